package view

import (
	"context"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Known is what is known of an exporter before it, or somebody for it, answers
// the impact survey about a family. An exporter that the family does not touch
// is trade.ErrNotFound. It reads the bus.
func (v *View) Known(ctx context.Context, f *trade.Family, exporter string) (triage.Known, error) {
	var touched []trade.Match
	var keys []string
	for m := range f.All() {
		if m.Exporter == exporter && m.Grade != trade.NoGrade {
			touched, keys = append(touched, m), append(keys, productOf(m).Key())
		}
	}
	if len(touched) == 0 {
		return triage.Known{}, trade.ErrNotFound
	}
	products, err := v.productsWith(ctx, keys)
	if err != nil {
		return triage.Known{}, err
	}
	answers, err := triage.Responses(ctx, v.Bus, append([]string{f.ID}, f.Roots...)...)
	if err != nil {
		return triage.Known{}, err
	}
	var previous *trade.Response
	for i := range answers {
		if r := &answers[i]; r.Exporter == exporter && r.Kind == trade.Surveyed {
			previous = r
		}
	}
	return triage.KnownOf(touched, func(product string) (trade.Product, bool) {
		p, ok := products[(&trade.Product{ID: product, Exporter: exporter}).Key()]
		return p, ok
	}, previous), nil
}
