package api

import (
	"context"
	"net/http"

	"tbtwatch/internal/trade"
)

func (s *server) previewRoutes() {
	type subscriberInput struct{ Body trade.Subscriber }
	op := post("/subscribers/preview", "preview-subscriber", "registry", "What a subscription would have been sent in the last twelve months")
	op.Description = "The body is a subscriber as the register has it; nothing is stored."
	route(s, op, func(ctx context.Context, in *subscriberInput) (*answer[trade.Preview], error) {
		if s.PreviewSubscriber == nil {
			return nil, unavailable("notify")
		}
		to := in.Body
		if to.Kind == trade.SubExporter {
			if _, ok := s.View.Directory.Exporter(to.Exporter); !ok {
				return nil, problem(http.StatusUnprocessableEntity, "there is no exporter "+to.Exporter+"; import its products first", "没有登记企业 "+to.Exporter+"，请先导入其产品")
			}
		}
		p, err := s.PreviewSubscriber(ctx, to)
		return &answer[trade.Preview]{p}, err
	})
	type releaseInput struct {
		ByKey
		Reason string `query:"reason" maxLength:"2000" doc:"the remark that the release would carry"`
	}
	route(s, get("/cases/{key}/release-preview", "preview-release", "cases", "Whom releasing the case would tell, when and how; nothing is stored or sent"), func(ctx context.Context, in *releaseInput) (*answer[trade.ReleasePreview], error) {
		if s.Desk == nil || s.PreviewRelease == nil {
			return nil, unavailable("notify")
		}
		e, err := s.Bus.Cases.Get(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		w, err := s.Desk.Next(ctx, e.Value.Family, by(ctx), in.Reason)
		if err != nil {
			return nil, err
		}
		p, err := s.PreviewRelease(ctx, &w)
		return &answer[trade.ReleasePreview]{p}, err
	})
	type productInput struct{ Body trade.Product }
	op = post("/products/preview", "preview-product", "registry", "Which measures with open dates a product would be touched by")
	op.Description = "The body is a product as the register has it; nothing is stored."
	route(s, op, func(ctx context.Context, in *productInput) (*answer[[]trade.Touching], error) {
		if s.PreviewProduct == nil {
			return nil, unavailable("matcher")
		}
		found, err := s.PreviewProduct(ctx, in.Body)
		return &answer[[]trade.Touching]{append([]trade.Touching{}, found...)}, err
	})
}
