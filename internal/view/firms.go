package view

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Firm is an exporter with its matched products, best first.
type Firm struct {
	Exporter trade.Exporter `json:"exporter"`
	Best     trade.Grade    `json:"best"`
	Products []Matched      `json:"products" doc:"as many as were asked for"`
	Touched  int            `json:"touched" doc:"matched products in all"`
}

// Matched is a product and why it matches, in words.
type Matched struct {
	Product trade.Product `json:"product"`
	Match   trade.Match   `json:"match"`
	Why     []trade.Text  `json:"why"`
}

// FirmQuery says which of the firms that a measure touches are shown, and how
// much of each.
type FirmQuery struct {
	Exporter string // one firm only; empty for all
	Offset   int    // firms that are passed over
	Firms    int    // that are shown; 0 for none
	From     int    // products of each firm that are passed over
	Products int    // of each that are shown
}

// FirmPage is a part of the firms that a measure touches, the best first: by
// grade, then by the number of their products.
type FirmPage struct {
	Firms []Firm
	Total int // firms in all
}

// More is how many firms come after those of the page.
func (p *FirmPage) More(q FirmQuery) int { return max(0, p.Total-q.Offset-len(p.Firms)) }

// Firms groups matches by exporter and reads the products that q asks for. It
// goes through the matches twice, so that it holds those that are shown only.
func (v *View) Firms(ctx context.Context, matches iter.Seq[trade.Match], q FirmQuery) (FirmPage, error) {
	all := firmsOf(matches, q.Exporter)
	out := FirmPage{Total: len(all), Firms: all[min(max(q.Offset, 0), len(all)):]}
	out.Firms = first(out.Firms, q.Firms)
	at := make(map[string]int, len(out.Firms))
	for i, f := range out.Firms {
		at[f.Exporter.ID] = i
	}
	for m := range matches {
		if i, shown := at[m.Exporter]; shown {
			out.Firms[i].Products = append(out.Firms[i].Products, Matched{Match: m})
		}
	}
	for i := range out.Firms {
		f := &out.Firms[i]
		e, _ := v.Directory.Exporter(f.Exporter.ID)
		f.Exporter.Name, f.Exporter.District = cmp.Or(e.Name, f.Exporter.ID), e.District
		slices.SortStableFunc(f.Products, func(a, b Matched) int {
			return cmp.Or(cmp.Compare(b.Match.Grade.Rank(), a.Match.Grade.Rank()), cmp.Compare(b.Match.Score, a.Match.Score))
		})
		f.Products = first(f.Products[min(max(q.From, 0), len(f.Products)):], q.Products)
	}
	return out, v.fillProducts(ctx, out.Firms)
}

// firmsOf counts matches by exporter, without their products, in the order of
// the page.
func firmsOf(matches iter.Seq[trade.Match], only string) []Firm {
	at := map[string]int{}
	var firms []Firm
	for m := range matches {
		if only != "" && m.Exporter != only {
			continue
		}
		i, known := at[m.Exporter]
		if !known {
			i = len(firms)
			at[m.Exporter] = i
			firms = append(firms, Firm{Exporter: trade.Exporter{ID: m.Exporter}, Best: trade.NoGrade})
		}
		if firms[i].Touched++; m.Grade.Rank() > firms[i].Best.Rank() {
			firms[i].Best = m.Grade
		}
	}
	slices.SortFunc(firms, func(a, b Firm) int {
		return cmp.Or(cmp.Compare(b.Best.Rank(), a.Best.Rank()), cmp.Compare(b.Touched, a.Touched), cmp.Compare(a.Exporter.ID, b.Exporter.ID))
	})
	return firms
}

func (v *View) fillProducts(ctx context.Context, firms []Firm) error {
	var keys []string
	for _, f := range firms {
		for _, p := range f.Products {
			keys = append(keys, productOf(p.Match).Key())
		}
	}
	products, err := v.productsWith(ctx, keys)
	if err != nil {
		return err
	}
	for _, f := range firms {
		for i := range f.Products {
			p := &f.Products[i]
			want := productOf(p.Match)
			p.Product = *want
			if known, ok := products[want.Key()]; ok {
				p.Product = known
			}
			for _, e := range p.Match.Evidence {
				p.Why = append(p.Why, triage.Evidence(e, triage.ToStaff))
			}
		}
	}
	return nil
}

// productsWith reads the products with those keys, as the list has them; what it
// does not know yet is asked for. Unknown ones are absent.
func (v *View) productsWith(ctx context.Context, keys []string) (map[string]trade.Product, error) {
	read, err := v.products.withKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make(map[string]trade.Product, len(keys))
	for key, e := range read {
		out[key] = e.Value
	}
	missing := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { _, ok := out[key]; return ok })
	rest, err := v.Directory.Products(ctx, missing)
	maps.Copy(out, rest)
	return out, err
}

func productOf(m trade.Match) *trade.Product {
	return &trade.Product{ID: m.Product, Exporter: m.Exporter}
}
