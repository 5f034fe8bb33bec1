package api

import (
	"context"
	"iter"

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
	route(s, get("/deliveries/{key}", "get-delivery", "deliveries", "A delivery with its history"), func(ctx context.Context, in *ByKey) (*answer[view.DeliveryDetail], error) {
		d, err := s.View.Delivery(ctx, in.Key)
		return &answer[view.DeliveryDetail]{d}, err
	})
}
