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
	Coverage
}

// Coverage says how far a text was looked for.
type Coverage struct {
	Partial bool `json:"partial,omitempty" doc:"something may be missing: the index of full texts is being built, is not there or took longer than two seconds, and beside what it found the text was looked for in what the list's rows show only"`
}

// Cases lists cases: overdue ones first, then by level, days left, exposure,
// firms touched.
func (v *View) Cases(ctx context.Context, q CaseQuery) CasePage {
	words := searched(q.Text)
	found, partial := v.familiesWith(ctx, q.Text)
	defer v.cases.read(v.Today())()
	rows := v.selected(q, words, found)
	out := CasePage{Total: len(rows), Offset: max(q.Offset, 0), Coverage: Coverage{partial}}
	from := min(out.Offset, len(rows))
	to := min(from+min(max(q.Limit, 1), mostRows), len(rows))
	out.Rows = make([]CaseRow, 0, to-from)
	for _, r := range smallest(rows, to, v.queued())[from:to] {
		out.Rows = append(out.Rows, *r)
	}
	return out
}

// queued compares two cases by their place in the queue.
func (v *View) queued() func(a, b *CaseRow) int {
	buckets, levels := map[Bucket]int{}, map[string]int{}
	for i, b := range Buckets {
		buckets[b] = i
	}
	for i, l := range append(v.Policy.LevelIDs(), triage.LevelLifted) {
		levels[l] = i
	}
	rank := func(r *CaseRow) int {
		if i, ok := levels[r.Level]; ok {
			return i
		}
		return len(levels)
	}
	return func(a, b *CaseRow) int {
		if a.Bucket != b.Bucket {
			return cmp.Compare(buckets[a.Bucket], buckets[b.Bucket])
		}
		if a.Level != b.Level {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), order(a, b))
		}
		return order(a, b)
	}
}

// order compares cases of the same bucket and level.
func order(a, b *CaseRow) int {
	return cmp.Or(
		cmp.Compare(cmp.Or(a.Due, "9999"), cmp.Or(b.Due, "9999")),
		cmp.Compare(b.Exposure, a.Exposure),
		cmp.Compare(b.Exporters, a.Exporters),
		cmp.Compare(a.Family, b.Family))
}

// smallest puts the n smallest elements first, in order: nobody reads twenty
// thousand cases, but the first page is read all day. It keeps a heap of n with
// the largest of them on top.
func smallest[T any](all []T, n int, compare func(a, b T) int) []T {
	if n <= 0 || n > len(all)/4 {
		slices.SortFunc(all, compare)
		return all
	}
	down := func(i int) {
		for {
			top := i
			for child := 2*i + 1; child <= 2*i+2 && child < n; child++ {
				if compare(all[child], all[top]) > 0 {
					top = child
				}
			}
			if top == i {
				return
			}
			all[i], all[top], i = all[top], all[i], top
		}
	}
	for i := n/2 - 1; i >= 0; i-- {
		down(i)
	}
	for i := n; i < len(all); i++ {
		if compare(all[i], all[0]) < 0 {
			all[i], all[0] = all[0], all[i]
			down(0)
		}
	}
	slices.SortFunc(all[:n], compare)
	return all
}

// selected are the cases that the query asks for, in no order. The rows are
// held for reading; found are the families that hold the words elsewhere.
func (v *View) selected(q CaseQuery, words [][2]string, found map[string]bool) []*CaseRow {
	rows := make([]*CaseRow, 0, len(v.cases.rows))
	for _, r := range v.cases.rows {
		if q.takes(r) && (q.Bucket == "" || r.Bucket == q.Bucket) && (r.has(words) || found[r.Key]) {
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
