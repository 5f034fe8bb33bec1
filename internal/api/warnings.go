package api

import (
	"context"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

func (s *server) warningRoutes() {
	type warningPage = view.Page[view.WarningRow]
	route(s, get("/warnings", "list-warnings", "warnings", "Warnings by their last release, latest first"), func(ctx context.Context, in *Paging) (*answer[warningPage], error) {
		p, err := s.View.Warnings(ctx, in.Before, in.Limit)
		return &answer[warningPage]{p}, err
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
		State trade.DeliveryState `query:"state" enum:"planned,sending,accepted,rejected,retry_at,unknown,held,suppressed"`
	}
	type deliveryPage = view.Page[view.DeliveryRow]
	route(s, get("/deliveries", "list-deliveries", "deliveries", "Deliveries by their last transition, latest first"), func(ctx context.Context, in *listInput) (*answer[deliveryPage], error) {
		p, err := s.View.Deliveries(ctx, in.State, in.Before, in.Limit)
		return &answer[deliveryPage]{p}, err
	})
	route(s, get("/deliveries/{key}", "get-delivery", "deliveries", "A delivery with its history"), func(ctx context.Context, in *ByKey) (*answer[view.DeliveryDetail], error) {
		d, err := s.View.Delivery(ctx, in.Key)
		return &answer[view.DeliveryDetail]{d}, err
	})
}
