package view

import (
	"cmp"
	"slices"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// The queue is kept in its order and counted as cases change: it is read all
// day, and nobody sorts or counts forty thousand cases for a page.

// put takes a row into the queue. The lock is held.
func (c *cases) put(r *CaseRow) {
	c.rows[r.Key] = r
	if c.day == "" {
		return // nobody has asked yet: sorted once, when somebody does
	}
	*r = r.dated(c.day)
	at, _ := slices.BinarySearchFunc(c.queue, r, c.compare)
	c.queue = slices.Insert(c.queue, at, r)
	c.sums.add(r, 1)
}

// drop takes a row out, if there is one. The lock is held.
func (c *cases) drop(r *CaseRow) {
	if r == nil {
		return
	}
	delete(c.rows, r.Key)
	if at, in := slices.BinarySearchFunc(c.queue, r, c.compare); in {
		c.queue = slices.Delete(c.queue, at, at+1)
		c.sums.add(r, -1)
	}
}

// turn brings all rows to another day.
func (c *cases) turn(today string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.day == today {
		return
	}
	c.day, c.queue, c.sums = today, make([]*CaseRow, 0, len(c.rows)), newCaseSums()
	for _, r := range c.rows {
		*r = r.dated(today)
		c.queue = append(c.queue, r)
		c.sums.add(r, 1)
	}
	slices.SortFunc(c.queue, c.compare)
}

// queued compares two cases by their place in the queue: overdue ones first,
// then by level, days left, exposure, firms touched.
func queued(policy triage.Config) func(a, b *CaseRow) int {
	buckets, levels := map[Bucket]int{}, map[string]int{}
	for i, b := range Buckets {
		buckets[b] = i
	}
	for i, l := range append(policy.LevelIDs(), triage.LevelLifted) {
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

// order compares cases of the same bucket and level; no two are equal.
func order(a, b *CaseRow) int {
	return cmp.Or(
		cmp.Compare(cmp.Or(a.Due, "9999"), cmp.Or(b.Due, "9999")),
		cmp.Compare(b.Exposure, a.Exposure),
		cmp.Compare(b.Exporters, a.Exporters),
		cmp.Compare(a.Family, b.Family),
		cmp.Compare(a.Key, b.Key))
}

// caseSums are how many cases there are, and how many of those that wait for a
// person have what filters ask for.
type caseSums struct {
	states                             map[trade.CaseState]int
	waiting, overdue                   int
	sectors, markets, kinds, assignees map[string]int
}

func newCaseSums() caseSums {
	return caseSums{states: map[trade.CaseState]int{}, sectors: map[string]int{}, markets: map[string]int{}, kinds: map[string]int{}, assignees: map[string]int{}}
}

// add counts a row, or with a sign of -1 no longer.
func (s *caseSums) add(r *CaseRow, sign int) {
	s.states[r.State] += sign
	if !r.waits {
		return
	}
	s.waiting += sign
	if r.Bucket == Overdue {
		s.overdue += sign
	}
	for _, v := range r.Sectors {
		s.sectors[v] += sign
	}
	for _, v := range r.Markets {
		s.markets[v] += sign
	}
	s.kinds[string(r.Kind)] += sign
	if r.Assignee != "" {
		s.assignees[r.Assignee] += sign
	}
}

// counts are the cases by state, and those that wait though their day passed.
func (c *cases) counts(today string) (byState map[string]int, overdue int) {
	defer c.read(today)()
	byState = map[string]int{}
	for _, s := range trade.CaseStates {
		byState[string(s)] = 0
	}
	for s, n := range c.sums.states {
		byState[string(s)] += n
	}
	return byState, c.sums.overdue
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
	defer v.cases.read(v.Today())()
	s := &v.cases.sums
	return Choices{s.waiting, choices(s.sectors), choices(s.markets), choices(s.kinds), choices(s.assignees)}
}

func choices(counts map[string]int) []Choice {
	out := make([]Choice, 0, len(counts))
	for value, n := range counts {
		if n > 0 {
			out = append(out, Choice{value, n})
		}
	}
	slices.SortFunc(out, func(a, b Choice) int { return cmp.Compare(a.Value, b.Value) })
	return out
}
