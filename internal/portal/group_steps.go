package portal

import (
	"cmp"
	"slices"

	"tbtwatch/internal/triage"
)

// Counts of firms that are not named grow in steps.
//
// The rule. What happens is taken in the order of time; a step is closed when
// it holds at least three firms, and only closed steps are counted, in the
// month in which they close. Whoever looks twice sees a number change by three
// firms or more, or not at all. A part of a count (answered, of those asked)
// is told only as far as it and what is left of the whole are each of three
// firms or more, or of none. Totals are the sums of what is told, so no
// difference between a total and its rows says more than the rows. Nought is
// told as "none, or fewer than three": that there are one or two is told by
// nothing. A firm that moves to another district takes its past along: only
// then a row can change by less than a step.

// step is what happened to an ask, at that time.
type step struct {
	ask *ask
	at  int64
}

// stepsOf puts events in order and closes a step as soon as it has three firms.
// What is left at the end is held back.
func stepsOf(events []step) (closed [][]step) {
	slices.SortFunc(events, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.ask.exporter, b.ask.exporter), cmp.Compare(a.ask.family, b.ask.family))
	})
	from, firms := 0, map[string]bool{}
	for i, e := range events {
		firms[e.ask.exporter] = true
		if len(firms) == triage.FewestFirms {
			closed = append(closed, events[from:i+1])
			from, firms = i+1, map[string]bool{}
		}
	}
	return closed
}

// partOf is the largest part of the whole that may be told: closed steps of
// events, leaving three firms or more, or none.
func partOf(whole []*ask, events []step) (told []*ask) {
	left := map[string]int{} // asks of each firm that are not in the part
	for _, a := range whole {
		left[a.exporter]++
	}
	var part []*ask
	for _, closed := range stepsOf(events) {
		for _, e := range closed {
			part = append(part, e.ask)
			if left[e.ask.exporter]--; left[e.ask.exporter] == 0 {
				delete(left, e.ask.exporter)
			}
		}
		if len(left) == 0 || len(left) >= triage.FewestFirms {
			told = part
		}
	}
	return told
}

// groupMonth are the asks of a group that are counted in a month: those whose
// step closed in it.
type groupMonth struct {
	asks  []*ask
	since map[*ask]int64 // when its step closed
}

// monthsOf counts asks in steps, by month.
func monthsOf(asks []*ask, month func(int64) string) map[string]*groupMonth {
	out := map[string]*groupMonth{}
	for _, closed := range stepsOf(eventsOf(asks, func(a *ask) int64 { return a.counted })) {
		at := closed[len(closed)-1].at
		g := out[month(at)]
		if g == nil {
			g = &groupMonth{since: map[*ask]int64{}}
			out[month(at)] = g
		}
		for _, e := range closed {
			g.asks = append(g.asks, e.ask)
			g.since[e.ask] = at
		}
	}
	return out
}

// eventsOf are the asks to which something happened; at gives the moment, 0 for
// never.
func eventsOf(asks []*ask, at func(*ask) int64) (out []step) {
	for _, a := range asks {
		if when := at(a); when != 0 {
			out = append(out, step{a, when})
		}
	}
	return out
}

// firstOfEach are the first asks of each firm.
func firstOfEach(asks []*ask) (out []*ask) {
	first := map[string]*ask{}
	for _, a := range asks {
		if b := first[a.exporter]; b == nil || a.counted < b.counted {
			first[a.exporter] = a
		}
	}
	for _, a := range first {
		out = append(out, a)
	}
	return out
}

// firmsIn counts firms in steps: those whose first ask is in a closed step.
func firmsIn(asks []*ask) (n int) {
	for _, closed := range stepsOf(eventsOf(firstOfEach(asks), func(a *ask) int64 { return a.counted })) {
		n += len(closed)
	}
	return n
}
