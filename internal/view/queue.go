package view

import (
	"context"
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
}

// Cases lists cases: overdue ones first, then by level, days left, exposure,
// firms touched.
func (v *View) Cases(q CaseQuery) CasePage {
	words, found := searched(q.Text), v.familiesWith(context.Background(), q.Text)
	defer v.cases.read(v.Today())()
	out := CasePage{Offset: max(q.Offset, 0), Rows: []CaseRow{}}
	limit := min(max(q.Limit, 1), mostRows)
	for _, r := range v.cases.queue {
		if !q.takes(r) || q.Bucket != "" && r.Bucket != q.Bucket || !r.has(words) && !found[r.Key] {
			continue
		}
		if out.Total++; out.Total > out.Offset && len(out.Rows) < limit {
			out.Rows = append(out.Rows, *r)
		}
	}
	return out
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

// takes reports whether the row has what the fields ask for.
func (q *CaseQuery) takes(r *CaseRow) bool {
	switch {
	case q.Waiting && !r.waits,
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		q.Level != "" && r.Level != q.Level,
		q.Sector != "" && !slices.Contains(r.Sectors, q.Sector),
		q.Kind != "" && r.Kind != q.Kind,
		q.Market != "" && !reaches(r.Markets, q.Market):
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

// reaches reports whether a measure of those markets applies in that one.
func reaches(markets []string, market string) bool {
	return slices.ContainsFunc(markets, func(m string) bool {
		return m == market || m == nomenclature.Everywhere || slices.Contains(nomenclature.Expand(m), market)
	})
}
