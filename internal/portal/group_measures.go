package portal

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Measure is a measure that is open for a group: what is public of it, and
// what it means to the group.
type Measure struct {
	Number   string       `json:"number"`
	Family   string       `json:"family"`
	Release  int          `json:"release"`
	Level    string       `json:"level"`
	Headline trade.Text   `json:"headline"`
	Markets  []string     `json:"markets"`
	At       string       `json:"at" doc:"RFC 3339, of the last release"`
	Next     string       `json:"next,omitempty" doc:"next day on which something ends or begins, YYYY-MM-DD"`
	NextWhat string       `json:"next_what,omitempty"`
	Advice   []trade.Text `json:"advice" doc:"what to do"`
	Link     string       `json:"link,omitempty"`
	Sums     trade.Sums   `json:"sums"`
}

// Measures are the open measures of a group.
type Measures struct {
	Total trade.Sums `json:"total" doc:"of all measures warned about so far, closed ones included, as far as it may be told"`
	Open  []Measure  `json:"open" doc:"those with the nearest day first"`
}

// recentDays is how long a measure without a day ahead stays listed.
const recentDays = 90

// group is whose products count, and how it is spoken to.
type group struct {
	kind    trade.SubscriberKind
	firm    func(trade.Exporter) bool // nil: every firm
	sector  string                    // "" for all
	markets []string                  // lists only measures that reach one of them; nil for all
}

// groupOf is the group behind a scope; no scope opens another's.
func (p *Portal) groupOf(t auth.TenantScope) (group, error) {
	switch {
	case t.Association() != "":
		s, err := p.association(t)
		g := groupBehind(s)
		if g.markets = s.Markets; len(s.Markets) == 0 || slices.Contains(s.Markets, "*") {
			g.markets = nil
		}
		return g, err
	case t.District() != "":
		return groupBehind(trade.Subscriber{Kind: trade.SubDistrict, District: t.District()}), nil
	case t.Role() == trade.RoleDepartment:
		return groupBehind(trade.Subscriber{Kind: trade.SubDepartment}), nil
	}
	return group{}, trade.ErrNotFound
}

// groupBehind is whose sums a subscriber is told. What it chose, such as
// markets, has no part in them, nor has the sector of a district or department:
// they see the sums of all sectors on their pages.
func groupBehind(s trade.Subscriber) group {
	switch s.Kind {
	case trade.SubAssociation:
		return group{kind: s.Kind, sector: s.Sector}
	case trade.SubDistrict:
		return group{kind: s.Kind, firm: func(e trade.Exporter) bool { return e.District == s.District }}
	}
	return group{kind: s.Kind}
}

// association is the subscriber of the scope.
func (p *Portal) association(t auth.TenantScope) (trade.Subscriber, error) {
	s, ok := p.o.View.Directory.Subscriber(t.Association())
	if !ok || t.Association() == "" || s.Kind != trade.SubAssociation {
		return s, trade.ErrNotFound
	}
	return s, nil
}

// Measures are the open measures of the scope's group. It reads products by
// key.
func (p *Portal) Measures(ctx context.Context, t auth.TenantScope) (Measures, error) {
	out := Measures{Open: []Measure{}}
	g, err := p.groupOf(t)
	if err != nil {
		return out, err
	}
	touching, err := p.touching(ctx, g, p.worth)
	if err != nil {
		return out, err
	}
	now := p.o.Now()
	sums, total := touching.sums(0)
	out.Total = total
	for _, m := range touching.measures {
		last := m.last()
		next, what := trade.NextDay(last.Dates, now.Format(trade.Day))
		if touching.joined[m.key] || last.Lifted || next == "" && last.at < now.AddDate(0, 0, -recentDays).Unix() || len(touching.of(last)) == 0 {
			continue
		}
		if g.markets != nil && len(nomenclature.Common(last.Markets, g.markets)) == 0 {
			continue
		}
		out.Open = append(out.Open, Measure{
			Number: last.Number, Family: last.Family, Release: last.Release, Level: last.Level, Headline: last.Headline, Markets: last.Markets, At: last.At,
			Next: next, NextWhat: what, Link: last.Link, Advice: triage.Advice(&last.Warning, g.kind, p.o.View.Policy, now), Sums: sums[m.key],
		})
	}
	slices.SortFunc(out.Open, func(a, b Measure) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Next, "9999"), cmp.Or(b.Next, "9999")), cmp.Compare(b.At, a.At), cmp.Compare(a.Family, b.Family))
	})
	return out, nil
}

// touching is which of a group's products each release touches.
type touching struct {
	book     *book
	measures []*measure      // in the order of their first releases
	joined   map[string]bool // keys of those that go on as another
	firmOf   map[int32]int32
	value    map[int32]float64 // of the group's products
}

// of are the group's products that the release touches.
func (t *touching) of(r *release) (out []int32) {
	for _, p := range r.touched {
		if _, mine := t.value[p]; mine {
			out = append(out, p)
		}
	}
	return out
}

// touching finds the group's products among all that warnings touch. worth says
// what the products are that have these keys.
func (p *Portal) touching(ctx context.Context, g group, worth worthOf) (*touching, error) {
	b := p.book
	out := &touching{book: b, joined: map[string]bool{}, firmOf: map[int32]int32{}, value: map[int32]float64{}}
	keys, numbers := []string{}, map[string]int32{}
	b.mu.RLock()
	for _, m := range b.measures {
		// What Run appends later does not change this copy.
		c := *m
		out.measures, out.joined[m.key] = append(out.measures, &c), !b.leads(m)
		for _, r := range c.releases {
			for i, n := range r.touched {
				if _, seen := out.firmOf[n]; seen {
					continue
				}
				out.firmOf[n] = r.firms[i]
				firm, name := b.names[r.firms[i]], b.names[n]
				if g.firm != nil {
					if e, ok := p.o.View.Directory.Exporter(firm); !ok || !g.firm(e) {
						continue
					}
				}
				key := (&trade.Product{Exporter: firm, ID: name[len(firm)+1:]}).Key()
				keys, numbers[key] = append(keys, key), n
			}
		}
	}
	b.mu.RUnlock()
	slices.SortFunc(out.measures, func(a, b *measure) int {
		return cmp.Or(cmp.Compare(a.releases[0].at, b.releases[0].at), cmp.Compare(a.key, b.key))
	})
	products, err := worth(ctx, keys)
	if err != nil {
		return nil, err
	}
	for key, n := range numbers {
		product := products[key]
		if g.sector != "" && product.sector != g.sector {
			continue
		}
		out.value[n] = product.usd
	}
	return out, nil
}

// sums are what may be told of each family, by the rule of cells: the sum of
// its last release, else of an earlier one that was told already. total is that
// of everything up to some release: the last that could be told. Releases after
// that place in their stream have not happened yet; 0 for none.
func (t *touching) sums(last uint64) (of map[string]trade.Sums, total trade.Sums) {
	type shown struct {
		key string
		r   *release
	}
	var all []shown
	for _, m := range t.measures {
		for i := range m.releases {
			if r := &m.releases[i]; last == 0 || r.seq <= last {
				all = append(all, shown{m.key, r})
			}
		}
	}
	// What goes out within a second has an order, too.
	slices.SortFunc(all, func(a, b shown) int { return cmp.Compare(a.r.seq, b.r.seq) })
	c := newCells(func(p int32) int32 { return t.firmOf[p] }, func(p int32) float64 { return t.value[p] })
	of, total = map[string]trade.Sums{}, trade.Sums{Few: true}
	// The total grows by what stands in no sum yet, once that may be told.
	var together, waiting []int32
	told := 0
	free := func(p int32) bool { return c.of[p] == 0 }
	for _, s := range all {
		mine := t.of(s.r)
		if c.admit(mine) {
			of[s.key] = t.sum(mine)
		} else if _, before := of[s.key]; !before {
			of[s.key] = trade.Sums{Few: true}
		}
		together, waiting = append(together, mine...), append(waiting, mine...)
		waiting = slices.DeleteFunc(waiting, func(p int32) bool { return !free(p) })
		if len(together) > 0 && (len(waiting) == 0 || c.admit(waiting)) {
			told, waiting = len(together), nil
		}
	}
	if told > 0 {
		total = t.sum(together[:told])
	}
	return of, total
}

func (t *touching) sum(products []int32) trade.Sums {
	firms, seen, usd := map[int32]bool{}, map[int32]bool{}, 0.0
	for _, p := range products {
		if seen[p] {
			continue
		}
		seen[p], firms[t.firmOf[p]] = true, true
		usd += t.value[p]
	}
	return trade.Sums{Firms: len(firms), Value: trade.BandOf(usd)}
}

// Span is a year, or a month of it, in the centre's zone.
type Span struct {
	Year  string `json:"year" doc:"YYYY"`
	Month string `json:"month,omitempty" doc:"YYYY-MM; absent: the whole year"`
}

// PeriodOf reads "2026" or "2026-03"; "" is the current year.
func (p *Portal) PeriodOf(text string) (Span, error) {
	if text == "" {
		return Span{Year: p.o.Now().Format("2006")}, nil
	}
	if _, err := time.Parse("2006", text); err == nil {
		return Span{Year: text}, nil
	}
	if _, err := time.Parse("2006-01", text); err == nil {
		return Span{Year: text[:4], Month: text}, nil
	}
	return Span{}, trade.Refusef("%q is no period: write a year as 2026 or a month as 2026-03; 期间应写作 2026 或 2026-03", text)
}

// has reports whether the month, YYYY-MM, belongs to the period.
func (q Span) has(month string) bool {
	if q.Month != "" {
		return month == q.Month
	}
	return len(month) >= 4 && month[:4] == q.Year
}

// Years are those that have warnings or are current, the latest first.
func (p *Portal) Years() []string {
	out := []string{p.o.Now().Format("2006")}
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	for _, m := range p.book.measures {
		for _, r := range m.releases {
			out = append(out, p.monthOf(r.at)[:4])
		}
	}
	out = trade.SortedUnique(out)
	slices.Reverse(out)
	return out
}
