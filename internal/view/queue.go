package view

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
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
	rows := v.selected(q)
	levels := append(v.Policy.LevelIDs(), triage.LevelLifted)
	rank := func(r *CaseRow) int {
		if i := slices.Index(levels, r.Level); i >= 0 {
			return i
		}
		return len(levels)
	}
	slices.SortFunc(rows, func(a, b CaseRow) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Buckets, a.Bucket), slices.Index(Buckets, b.Bucket)),
			cmp.Compare(rank(&a), rank(&b)),
			cmp.Compare(cmp.Or(a.Due, "9999"), cmp.Or(b.Due, "9999")),
			cmp.Compare(b.Exposure, a.Exposure),
			cmp.Compare(b.Exporters, a.Exporters),
			cmp.Compare(a.Family, b.Family))
	})
	out := CasePage{Total: len(rows), Offset: max(q.Offset, 0)}
	from := min(out.Offset, len(rows))
	out.Rows = rows[from:min(from+min(max(q.Limit, 1), mostRows), len(rows))]
	return out
}

// selected are the cases that the query asks for, in no order.
func (v *View) selected(q CaseQuery) []CaseRow {
	today := v.Today()
	words, found := searched(q.Text), v.familiesWith(context.Background(), q.Text)
	v.cases.mu.RLock()
	defer v.cases.mu.RUnlock()
	rows := make([]CaseRow, 0, min(len(v.cases.rows), 1024))
	for _, r := range v.cases.rows {
		if !q.takes(&r) || !r.has(words) && !found[r.Key] {
			continue
		}
		if r = r.dated(today); q.Bucket == "" || r.Bucket == q.Bucket {
			rows = append(rows, r)
		}
	}
	return rows
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
	case q.Waiting && !r.waiting(),
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

// Choices are the values that filters of the queue offer, with the number of
// waiting cases that have them, in the order of their names.
type Choices struct {
	Waiting                            int // all of them
	Sectors, Markets, Kinds, Assignees []Choice
}

// Choice is one of them.
type Choice struct {
	Value string `json:"value"`
	Cases int    `json:"count"`
}

// Choices counts the cases that wait for a person.
func (v *View) Choices() Choices {
	sectors, markets, kinds, assignees := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	waiting := 0
	v.cases.mu.RLock()
	defer v.cases.mu.RUnlock()
	for _, r := range v.cases.rows {
		if !r.waiting() {
			continue
		}
		waiting++
		for _, s := range r.Sectors {
			sectors[s]++
		}
		for _, m := range r.Markets {
			markets[m]++
		}
		kinds[string(r.Kind)]++
		if r.Assignee != "" {
			assignees[r.Assignee]++
		}
	}
	return Choices{waiting, choices(sectors), choices(markets), choices(kinds), choices(assignees)}
}

func choices(counts map[string]int) []Choice {
	out := make([]Choice, 0, len(counts))
	for value, n := range counts {
		out = append(out, Choice{value, n})
	}
	slices.SortFunc(out, func(a, b Choice) int { return cmp.Compare(a.Value, b.Value) })
	return out
}
