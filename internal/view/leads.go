package view

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// LeadRow is a measure that may be worth a specific trade concern (特别贸易关注):
// firms told of losses or commented on it, or its days give arguments.
type LeadRow struct {
	Key       string          `json:"key" doc:"of the case"`
	Family    string          `json:"family"`
	Number    string          `json:"number,omitempty"`
	Symbols   []string        `json:"symbols"`
	Markets   []string        `json:"markets" doc:"of the members that notified it"`
	Title     string          `json:"title" doc:"original"`
	Headline  trade.Text      `json:"headline"`
	Level     string          `json:"level"`
	State     trade.CaseState `json:"state"`
	Sectors   []string        `json:"sectors"`
	Firms     int             `json:"firms" doc:"registered firms with a product that it touches directly or likely"`
	Exposure  float64         `json:"exposure_usd" doc:"registered exports a year of these products, all markets"`
	Answered  int             `json:"answered" doc:"firms that told of losses or commented"`
	Affected  float64         `json:"affected_usd" doc:"exports affected a year, as firms told"`
	Cost      float64         `json:"added_cost_usd" doc:"added cost, as firms told"`
	Arguments []string        `json:"arguments" enum:"comment_period,transition,urgency" doc:"that its days give"`
	Published string          `json:"published,omitempty" doc:"YYYY-MM-DD"`
	Dates     []trade.Date    `json:"dates"`
	Value     float64         `json:"value_usd" doc:"what the list is ordered by: exports affected where firms told, else registered exports"`
}

// LeadQuery asks for leads.
type LeadQuery struct {
	Market string // that it applies in
	Sector string
	Since  string // YYYY-MM-DD: circulated on that day or later; opened, where no day is known
	Offset int
	Limit  int
}

// LeadPage is a part of the leads, those of the highest value first.
type LeadPage struct {
	Rows     []LeadRow `json:"rows" nullable:"false"`
	Total    int       `json:"total"`
	Affected float64   `json:"affected_usd" doc:"of all of them"`
	Cost     float64   `json:"added_cost_usd" doc:"of all of them"`
}

// voices keeps what firms told of losses, and who commented: some bytes for each
// answer that has a figure or words.
type voices struct {
	mu sync.RWMutex
	by map[uint64]*voice // by hash of the family's ID as the answer names it
}

type voice struct {
	losses    map[string]loss // by exporter
	commented map[string]bool
}

type loss struct {
	seq            uint64
	affected, cost float64
}

func newVoices() *voices { return &voices{by: map[uint64]*voice{}} }

func (v *voices) take(e bus.Entry[trade.Response]) {
	r := &e.Value
	if e.Deleted || r.Kind != trade.Commented && (r.Kind != trade.Surveyed || r.Survey == nil) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	key := hashOf(r.Family)
	of := v.by[key]
	if of == nil {
		of = &voice{losses: map[string]loss{}, commented: map[string]bool{}}
		v.by[key] = of
	}
	switch {
	case r.Kind == trade.Commented:
		of.commented[r.Exporter] = true
	case of.losses[r.Exporter].seq <= e.Seq:
		of.losses[r.Exporter] = loss{e.Seq, r.Survey.Affected, r.Survey.Cost}
	}
}

// heard is what firms said of one measure together.
type heard struct {
	firms          int
	affected, cost float64
}

// heard sums up what is known by the family that speaks for others now.
func (v *voices) heard(lead func(uint64) uint64) map[uint64]heard {
	v.mu.RLock()
	defer v.mu.RUnlock()
	type one struct {
		losses map[string]loss
		firms  map[string]bool
	}
	by := map[uint64]*one{}
	for key, of := range v.by {
		to := by[lead(key)]
		if to == nil {
			to = &one{map[string]loss{}, map[string]bool{}}
			by[lead(key)] = to
		}
		for firm := range of.commented {
			to.firms[firm] = true
		}
		for firm, l := range of.losses {
			if to.losses[firm].seq <= l.seq {
				to.losses[firm] = l
			}
		}
	}
	out := make(map[uint64]heard, len(by))
	for key, of := range by {
		var t heard
		for firm, l := range of.losses {
			if t.affected, t.cost = t.affected+l.affected, t.cost+l.cost; l.affected > 0 || l.cost > 0 {
				of.firms[firm] = true
			}
		}
		if t.firms = len(of.firms); t.firms > 0 {
			out[key] = t
		}
	}
	return out
}

// leading is the family that has the papers of that root.
func (f *figures) leading(root uint64) uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if lead, ok := f.leads[root]; ok {
		return lead
	}
	return root
}

// leads are the leads that q asks for, in order, without what is read of the
// case: symbols, title and dates.
func (v *View) leads(q LeadQuery) []LeadRow {
	said := v.voices.heard(v.figures.leading)
	within := reach{market: q.Market}
	done := v.cases.read(v.Today())
	defer done()
	var out []LeadRow
	for _, r := range v.cases.rows {
		t := said[hashOf(r.Family)]
		argued := len(r.args) > 0 && r.Exporters > 0 && r.State != trade.CaseIrrelevant && r.State != trade.CaseClosed
		if t.firms == 0 && !argued || !within.any(r.Markets) || q.Sector != "" && !slices.Contains(r.Sectors, q.Sector) || q.Since != "" && cmp.Or(r.published, first10(r.Opened)) < q.Since {
			continue
		}
		row := LeadRow{
			Key: r.Key, Family: r.Family, Number: r.Number, Markets: r.Markets, Headline: r.Headline, Level: r.Level, State: r.State, Sectors: r.Sectors, Firms: r.Exporters, Exposure: r.Exposure,
			Answered: t.firms, Affected: t.affected, Cost: t.cost, Arguments: r.args, Published: r.published, Value: r.Exposure,
		}
		if t.affected > 0 {
			row.Value = t.affected
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b LeadRow) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(b.Cost, a.Cost), cmp.Compare(b.Answered, a.Answered), cmp.Compare(b.Firms, a.Firms), cmp.Compare(a.Family, b.Family))
	})
	return out
}

func first10(stamp string) string { return stamp[:min(len(stamp), len(trade.Day))] }

// Leads lists the leads, those of the highest value first. It reads the cases of
// the rows.
func (v *View) Leads(ctx context.Context, q LeadQuery) (LeadPage, error) {
	all := v.leads(q)
	out := LeadPage{Total: len(all), Rows: []LeadRow{}}
	for i := range all {
		out.Affected, out.Cost = out.Affected+all[i].Affected, out.Cost+all[i].Cost
	}
	rows := first(all[min(max(q.Offset, 0), len(all)):], min(max(q.Limit, 1), mostRows))
	rows, err := v.fillLeads(ctx, rows)
	out.Rows = append(out.Rows, rows...)
	return out, err
}

// AllLeads are all that q asks for, whatever its Offset and Limit. It reads
// their cases part by part.
func (v *View) AllLeads(ctx context.Context, q LeadQuery) iter.Seq2[LeadRow, error] {
	all := v.leads(q)
	return func(yield func(LeadRow, error) bool) {
		for part := range slices.Chunk(all, mostRows) {
			rows, err := v.fillLeads(ctx, part)
			if err != nil {
				yield(LeadRow{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// fillLeads reads symbols, title and dates. A case that is gone meanwhile is
// left out.
func (v *View) fillLeads(ctx context.Context, rows []LeadRow) ([]LeadRow, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	read, err := v.Bus.Cases.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	var out []LeadRow
	for _, r := range rows {
		e, ok := read[r.Key]
		if !ok || e.Deleted {
			continue
		}
		r.Symbols, r.Title, r.Dates = first(e.Value.Symbols, 40), cut(e.Value.Title, 400), e.Value.Dates
		r.Symbols, r.Dates = append([]string{}, r.Symbols...), append([]trade.Date{}, r.Dates...)
		r.Arguments = append([]string{}, r.Arguments...)
		out = append(out, r)
	}
	return out, nil
}

// Says are the arguments of a lead in words.
func (r *LeadRow) Says() []trade.Text {
	var out []trade.Text
	for _, code := range r.Arguments {
		out = append(out, triage.ArgumentName(code))
	}
	return out
}

// Day is the date of that kind, "" where none is stated.
func (r *LeadRow) Day(what string) string {
	for _, d := range r.Dates {
		if d.What == what {
			return cmp.Or(d.From, d.Text)
		}
	}
	return ""
}
