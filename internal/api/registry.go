package api

import (
	"context"
	"iter"
	"slices"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// Listed is a part of a list that is counted by offset.
type Listed[T any] struct {
	Rows   []T `json:"rows" nullable:"false"`
	Total  int `json:"total"`
	Offset int `json:"offset"`
}

func listed[T any](all []T, offset, limit int) Listed[T] {
	from := min(max(offset, 0), len(all))
	return Listed[T]{Rows: append([]T{}, all[from:min(from+limit, len(all))]...), Total: len(all), Offset: from}
}

func (s *server) registryRoutes() {
	type listInput struct {
		Offset int `query:"offset" minimum:"0"`
		Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50"`
		Format
	}
	list(s, get("/exporters", "list-exporters", "registry", "Exporters by id"), exporterTable(), func(_ context.Context, in *listInput) (*answer[Listed[trade.Exporter]], error) {
		return &answer[Listed[trade.Exporter]]{listed(s.View.Directory.Exporters(), in.Offset, in.Limit)}, nil
	}, func(context.Context, *listInput) (iter.Seq2[trade.Exporter, error], error) {
		return allOf(s.View.Directory.Exporters()), nil
	})
	type idInput struct {
		ID string `path:"id" maxLength:"200"`
	}
	route(s, get("/exporters/{id}", "get-exporter", "registry", "An exporter"), func(_ context.Context, in *idInput) (*answer[trade.Exporter], error) {
		e, ok := s.View.Directory.Exporter(in.ID)
		if !ok {
			return nil, notFound("exporter " + in.ID)
		}
		return &answer[trade.Exporter]{e}, nil
	})
	type productsInput struct {
		Paging
		Format
		Exporter string `query:"exporter" maxLength:"200" doc:"its id; all products without"`
	}
	type productPage = view.Page[trade.Product]
	list(s, get("/products", "list-products", "registry", "Products, latest change first"), s.productTable(), func(ctx context.Context, in *productsInput) (*answer[productPage], error) {
		p, err := s.View.Products(ctx, in.Exporter, in.Before, in.Limit)
		return &answer[productPage]{p}, err
	}, func(ctx context.Context, in *productsInput) (iter.Seq2[trade.Product, error], error) {
		return newestFirst(ctx, (*trade.Product).Key, func(ctx context.Context, before uint64, limit int) (productPage, error) {
			return s.View.Products(ctx, in.Exporter, before, limit)
		}), nil
	})
	list(s, get("/subscribers", "list-subscribers", "registry", "Subscribers by id; web addresses, which are secrets, whole to those who manage people"), subscriberTable(), func(ctx context.Context, in *listInput) (*answer[Listed[trade.Subscriber]], error) {
		return &answer[Listed[trade.Subscriber]]{listed(s.subscribers(ctx), in.Offset, in.Limit)}, nil
	}, func(ctx context.Context, _ *listInput) (iter.Seq2[trade.Subscriber, error], error) {
		return allOf(s.subscribers(ctx)), nil
	})
}

// subscribers are all of them. Whoever knows a robot's or a webhook's address
// can write there, so only those who manage people see it whole.
func (s *server) subscribers(ctx context.Context) []trade.Subscriber {
	all := s.View.Directory.Subscribers()
	if auth.Actor(ctx).Can(auth.Manage) {
		return all
	}
	all = slices.Clone(all) // shared with everybody
	for i := range all {
		all[i].Address = trade.MaskedAddress(all[i].Channel, all[i].Address)
	}
	return all
}
