package view

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// CaseDetail is everything that a person needs to judge a case.
type CaseDetail struct {
	Row      CaseRow              `json:"row"`
	Case     trade.Case           `json:"case"`
	Family   trade.Family         `json:"family"`
	Latest   trade.Notice         `json:"latest" doc:"the family's latest paper, whole"`
	Changed  []trade.Text         `json:"changed" doc:"what is new since the last release"`
	State    trade.MeasureState   `json:"state" doc:"how far the measure has come"`
	Steps    []triage.PaperChange `json:"steps" doc:"each paper and what it changed, oldest first"`
	Firms    []Firm               `json:"firms" doc:"matches by exporter, best first"`
	More     int                  `json:"more_firms,omitempty" doc:"firms that are not listed"`
	City     []DistrictSum        `json:"city" doc:"who is hit, in sums by district"`
	Centre   string               `json:"centre_deadline,omitempty" doc:"the centre's own last day for comments"`
	Releases []WarningRow         `json:"releases" doc:"oldest first"`

	Standards []CaseStandard `json:"standards" doc:"standards that the papers name, those of touched products first"`

	Responses []ResponseRow `json:"responses" doc:"what recipients answered, oldest first"`
}

// Firm is an exporter with its matched products, best first.
type Firm struct {
	Exporter trade.Exporter `json:"exporter"`
	Best     trade.Grade    `json:"best"`
	Products []Matched      `json:"products"`
	More     int            `json:"more_products,omitempty" doc:"matched products that are not listed"`
}

// Count is how many of its products match.
func (f Firm) Count() int { return len(f.Products) + f.More }

// Matched is a product and why it matches, in words.
type Matched struct {
	Product trade.Product `json:"product"`
	Match   trade.Match   `json:"match"`
	Why     []trade.Text  `json:"why"`
}

// What a case shows at once.
const (
	mostFirms        = 100
	mostFirmProducts = 20 // of each
)

// Case reads a case with its family, its papers and its warnings, or returns
// trade.ErrNotFound. It reads the bus.
func (v *View) Case(ctx context.Context, key string) (CaseDetail, error) {
	e, err := v.Bus.Cases.Get(ctx, key)
	if err != nil {
		return CaseDetail{}, err
	}
	d := CaseDetail{Case: e.Value, Row: v.rowOf(e)}
	f, err := v.Bus.Families.Get(ctx, key)
	if err != nil {
		return d, err
	}
	d.Family = f.Value
	d.State, d.Steps = triage.StateOf(d.Family.Papers, v.Now()), triage.PaperChanges(&d.Family, v.Now())
	if p := d.Family.Latest(); p != nil {
		n, err := v.Bus.Notices.Get(ctx, p.Notice)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return d, err
		}
		d.Latest = n.Value
	}
	releases, err := v.Releases(ctx, key)
	if err != nil {
		return d, err
	}
	for _, r := range releases {
		d.Releases = append(d.Releases, warningRow(r))
	}
	if n := len(releases); n > 0 {
		d.Changed = triage.Changes(&releases[n-1].Value, &d.Family, d.Case.Level, v.Now())
	}
	if d.Responses, err = v.Responses(ctx, &d.Family); err != nil {
		return d, err
	}
	d.Standards = v.caseStandards(key, d.Family.All())
	d.City, d.Centre = v.city(d.Family.All()), triage.CentreDay(d.Case.Dates, v.Policy.Bulletin.LeadDays)
	d.Firms, d.More, err = v.Firms(ctx, d.Family.All())
	return d, err
}

// rowOf makes the row of an entry that was just read: newer than the
// projection, perhaps.
func (v *View) rowOf(e bus.Entry[trade.Case]) CaseRow {
	c := newCases(nil, v.Policy)
	_ = c.take(e)
	return c.rows[e.Key].dated(v.Today())
}

// Firms groups matches by exporter, best first, and reads their products. more
// is the number of firms beyond the first hundred. Of a firm the first twenty
// products are listed.
func (v *View) Firms(ctx context.Context, matches iter.Seq[trade.Match]) (firms []Firm, more int, err error) {
	by := map[string]int{}
	for m := range matches {
		i, ok := by[m.Exporter]
		if !ok {
			i = len(firms)
			by[m.Exporter] = i
			e, _ := v.Directory.Exporter(m.Exporter)
			firms = append(firms, Firm{Exporter: trade.Exporter{ID: m.Exporter, Name: cmp.Or(e.Name, m.Exporter), District: e.District}, Best: trade.NoGrade})
		}
		if m.Grade.Rank() > firms[i].Best.Rank() {
			firms[i].Best = m.Grade
		}
		firms[i].Products = append(firms[i].Products, Matched{Match: m})
	}
	slices.SortStableFunc(firms, func(a, b Firm) int {
		return cmp.Or(cmp.Compare(b.Best.Rank(), a.Best.Rank()), cmp.Compare(len(b.Products), len(a.Products)), cmp.Compare(a.Exporter.ID, b.Exporter.ID))
	})
	more = max(0, len(firms)-mostFirms)
	firms = first(firms, mostFirms)
	for i := range firms {
		f := &firms[i]
		slices.SortStableFunc(f.Products, func(a, b Matched) int {
			return cmp.Or(cmp.Compare(b.Match.Grade.Rank(), a.Match.Grade.Rank()), cmp.Compare(b.Match.Score, a.Match.Score))
		})
		f.More = max(0, len(f.Products)-mostFirmProducts)
		f.Products = first(f.Products, mostFirmProducts)
	}
	return firms, more, v.fillProducts(ctx, firms)
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
