package api

import (
	"context"

	"tbtwatch/internal/view"
)

func (s *server) adminRoutes() {
	type explainInput struct {
		Notice   string `query:"notice" required:"true" maxLength:"300" doc:"symbol, identity or key"`
		Exporter string `query:"exporter" required:"true" maxLength:"200" doc:"its id"`
	}
	route(s, get("/explain", "explain", "system", "Why the exporter did, or did not, hear of the notice"), func(ctx context.Context, in *explainInput) (*answer[view.Explanation], error) {
		x, err := s.View.Explain(ctx, in.Notice, in.Exporter)
		return &answer[view.Explanation]{x}, err
	})
	index := func(ctx context.Context, fn func(context.Context) (any, error)) (*answer[any], error) {
		if fn == nil {
			return nil, unavailable("the index")
		}
		x, err := fn(ctx)
		return &answer[any]{x}, err
	}
	route(s, post("/index/rebuild", "rebuild-index", "system", "Build the index again from the bus"), func(ctx context.Context, _ *struct{}) (*answer[any], error) {
		return index(ctx, s.RebuildIndex)
	})
	route(s, get("/index/verify", "verify-index", "system", "Compare the index with the bus"), func(ctx context.Context, _ *struct{}) (*answer[any], error) {
		return index(ctx, s.VerifyIndex)
	})
	route(s, get("/version", "get-version", "system", "What is running"), func(context.Context, *struct{}) (*answer[Version], error) {
		return &answer[Version]{s.Version}, nil
	})
	route(s, get("/counts", "get-counts", "system", "The numbers of the first page"), func(context.Context, *struct{}) (*answer[view.Counts], error) {
		return &answer[view.Counts]{s.View.Counts()}, nil
	})
}
