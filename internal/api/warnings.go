package api

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/alert"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

func (s *server) warningRoutes() {
	type warningPage = view.Page[view.WarningRow]
	list(s, get("/warnings", "list-warnings", "warnings", "Warnings by their last release, latest first"), s.warningTable(), func(ctx context.Context, in *pagedInput) (*answer[warningPage], error) {
		p, err := s.View.Warnings(ctx, in.Before, in.Limit)
		return &answer[warningPage]{p}, err
	}, func(ctx context.Context, _ *pagedInput) (iter.Seq2[view.WarningRow, error], error) {
		return newestFirst(ctx, func(r *view.WarningRow) string { return r.Key }, s.View.Warnings), nil
	})
	type releaseInput struct {
		ByKey
		Release int `path:"release" minimum:"1"`
	}
	route(s, get("/warnings/{key}/{release}", "get-warning", "warnings", "One release of a warning, whole"), func(ctx context.Context, in *releaseInput) (*answer[trade.Warning], error) {
		e, err := s.View.Release(ctx, in.Key, in.Release)
		return &answer[trade.Warning]{e.Value}, err
	})
	s.alertRoute()
	s.passRoute()
	type listInput struct {
		Paging
		Format
		State trade.DeliveryState `query:"state" enum:"planned,sending,accepted,rejected,retry_at,unknown,held,suppressed"`
	}
	type deliveryPage = view.Page[view.DeliveryRow]
	list(s, get("/deliveries", "list-deliveries", "deliveries", "Deliveries by their last transition, latest first"), deliveryTable(), func(ctx context.Context, in *listInput) (*answer[deliveryPage], error) {
		p, err := s.View.Deliveries(ctx, in.State, in.Before, in.Limit)
		return &answer[deliveryPage]{p}, err
	}, func(ctx context.Context, in *listInput) (iter.Seq2[view.DeliveryRow, error], error) {
		return newestFirst(ctx, func(r *view.DeliveryRow) string { return r.Key }, func(ctx context.Context, before uint64, limit int) (deliveryPage, error) {
			return s.View.Deliveries(ctx, in.State, before, limit)
		}), nil
	})
	read := func(ctx context.Context, key string) (*tagged[view.DeliveryDetail], error) {
		d, err := s.View.Delivery(ctx, key)
		return &tagged[view.DeliveryDetail]{etag(d.Seq), d}, err
	}
	route(s, get("/deliveries/{key}", "get-delivery", "deliveries", "A delivery with its history"), func(ctx context.Context, in *ByKey) (*tagged[view.DeliveryDetail], error) {
		return read(ctx, in.Key)
	})
	type deliveryDecision struct {
		ByKey
		Precondition
		Body struct {
			Do     trade.DeliveryAction `json:"do" enum:"resend,hold,give_up"`
			Reason string               `json:"reason" minLength:"1" maxLength:"300" doc:"stays in the ledger"`
		}
	}
	op := post("/deliveries/{key}/decisions", "decide-delivery", "deliveries", "Send a delivery again with the same identity, hold it, or give it up; needs If-Match")
	op.DefaultStatus, op.Errors = http.StatusOK, []int{http.StatusConflict, http.StatusPreconditionRequired}
	route(s, op, func(ctx context.Context, in *deliveryDecision) (*tagged[view.DeliveryDetail], error) {
		if s.DecideDelivery == nil {
			return nil, unavailable("notify")
		}
		if !in.matched() {
			return nil, problem(http.StatusPreconditionRequired, "send If-Match with the ETag of the delivery that you read", "请携带 If-Match（您所读取通知的 ETag）")
		}
		seq, err := in.seq()
		if err == nil {
			err = s.DecideDelivery(ctx, in.Key, seq, in.Body.Do, by(ctx), in.Body.Reason)
		}
		if err != nil {
			return nil, err
		}
		return read(ctx, in.Key)
	})
}

// alertRoute answers releases and exercises as alerts of CAP 1.2.
func (s *server) alertRoute() {
	alertOf := func(op huma.Operation, releases func(context.Context, string) ([]bus.Entry[trade.Warning], error)) {
		type input struct {
			ByKey
			Release int `path:"release" minimum:"1"`
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "the alert", Content: map[string]*huma.MediaType{capType: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
		route(s, op, func(ctx context.Context, in *input) (*alertAnswer, error) {
			all, err := releases(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			var earlier []trade.Warning
			for _, e := range all {
				if e.Value.Release == in.Release {
					return s.alert(ctx, in.Key, &e.Value, earlier)
				}
				earlier = append(earlier, e.Value)
			}
			return nil, trade.ErrNotFound
		})
	}
	alertOf(get("/warnings/{key}/{release}/cap", "get-alert", "warnings", "One release of a warning as an alert of CAP 1.2, in Chinese and English; it names no firm"), s.View.Releases)
	alertOf(get("/cases/{key}/exercises/{release}/cap", "get-exercise-alert", "cases", "One exercise about a case as an alert of CAP 1.2, with the status Exercise"), s.View.Exercises)
}

const capType = "application/cap+xml"

type alertAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// alert writes the release; whether everybody may read it is the case's to say.
func (s *server) alert(ctx context.Context, key string, w *trade.Warning, earlier []trade.Warning) (*alertAnswer, error) {
	frame := s.CAP
	if w.Exercise {
		text, err := alert.CAP(w, nil, frame) // each drill is one of its own
		return &alertAnswer{capType, text}, err
	}
	c, err := s.Bus.Cases.Get(ctx, key)
	switch {
	case err == nil:
		p := c.Value.Publication(w.Release)
		frame.Public = p != nil && p.Withdrawn == ""
	case !errors.Is(err, trade.ErrNotFound):
		return nil, err
	}
	text, err := alert.CAP(w, earlier, frame)
	return &alertAnswer{capType, text}, err
}
