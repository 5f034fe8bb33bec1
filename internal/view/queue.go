package view

import (
	"context"
	"iter"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Nobody asks for the cases that no person works on.
const Nobody = "-"

// CaseQuery asks for a part of the queue. Empty fields ask for everything.
type CaseQuery struct {
	States   []trade.CaseState
	Waiting  bool // only those that wait for a person
	Level    string
	Bucket   Bucket
	Sector   string
	Market   string      // a country, which a bloc's measure reaches, too; or a bloc
	Kind     trade.Kind  // of the latest paper
	Grade    trade.Grade // touches a product so, or more surely
	Assignee string      // or Nobody
	Text     string      // words that all stand in headline, title, symbols, number or assignee, or in the case with its papers
	Offset   int
	Limit    int
}

// CasePage is a part of the queue.
type CasePage struct {
	Rows   []CaseRow `json:"rows" nullable:"false"`
	Total  int       `json:"total"`
	Offset int       `json:"offset"`
	Coverage
}

// Coverage says how far a text was looked for.
type Coverage struct {
	Partial bool `json:"partial,omitempty" doc:"something may be missing: the index of full texts is being built, is not there or took longer than two seconds, and beside what it found the text was looked for in what the list's rows show only"`
}

// Cases lists cases: overdue ones first, then by level, days left, exposure,
// firms touched.
func (v *View) Cases(ctx context.Context, q CaseQuery) CasePage {
	found, partial := v.familiesWith(ctx, q.Text)
	defer v.cases.read(v.Today())()
	out := CasePage{Offset: max(q.Offset, 0), Rows: []CaseRow{}, Coverage: Coverage{partial}}
	limit := min(max(q.Limit, 1), mostRows)
	for r := range v.selected(&q, found) {
		if out.Total++; out.Total > out.Offset && len(out.Rows) < limit {
			out.Rows = append(out.Rows, *r)
		}
	}
	return out
}

// selected are the cases that q asks for, in order. The queue is held for
// reading; found are the families that hold the words elsewhere.
func (v *View) selected(q *CaseQuery, found map[string]bool) iter.Seq[*CaseRow] {
	words := searched(q.Text)
	return func(yield func(*CaseRow) bool) {
		within := reach{market: q.Market}
		for _, r := range v.cases.queue {
			if q.takes(r, &within) && (r.has(words) || found[r.Key]) && !yield(r) {
				return
			}
		}
	}
}

// searched splits what a person types into words as the rows have them; a
// symbol is found as it is written, too.
func searched(text string) [][2]string {
	var out [][2]string
	for _, w := range strings.Fields(text) {
		out = append(out, [2]string{nomenclature.Normalize(w), strings.ToLower(w)})
	}
	return out
}

func (r *CaseRow) has(words [][2]string) bool {
	for _, w := range words {
		if (w[0] == "" || !strings.Contains(r.words, w[0])) && !strings.Contains(r.words, w[1]) {
			return false
		}
	}
	return true
}

// takes reports whether the row has what the fields ask for; within is that of
// the market.
func (q *CaseQuery) takes(r *CaseRow, within *reach) bool {
	switch {
	case q.Waiting && !r.waits,
		q.Bucket != "" && r.Bucket != q.Bucket,
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		q.Level != "" && r.Level != q.Level,
		q.Sector != "" && !slices.Contains(r.Sectors, q.Sector),
		q.Kind != "" && r.Kind != q.Kind,
		!within.any(r.Markets):
		return false
	case q.Assignee == Nobody && r.Assignee != "", q.Assignee != "" && q.Assignee != Nobody && r.Assignee != q.Assignee:
		return false
	}
	switch q.Grade {
	case trade.Direct:
		return r.Direct > 0
	case trade.Likely:
		return r.Direct+r.Likely > 0
	case trade.Reference:
		return r.Direct+r.Likely+r.Reference > 0
	}
	return true
}

// reach says which measures apply in a market, "" for any. Each market or bloc
// that a measure names is looked up once.
type reach struct {
	market string
	known  map[string]bool
}

// any reports whether a measure of those markets applies there.
func (r *reach) any(markets []string) bool {
	return r.market == "" || slices.ContainsFunc(markets, r.one)
}

func (r *reach) one(market string) bool {
	applies, known := r.known[market]
	if !known {
		if r.known == nil {
			r.known = map[string]bool{}
		}
		applies = market == r.market || market == nomenclature.Everywhere || slices.Contains(nomenclature.Expand(market), r.market)
		r.known[market] = applies
	}
	return applies
}
