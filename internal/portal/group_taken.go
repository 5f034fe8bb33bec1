package portal

import (
	"cmp"
	"slices"
	"time"

	"tbtwatch/internal/triage"
)

// What a group has taken up comes and goes again, so its count cannot grow in
// steps only.
//
// The rule. Each ask stands in one place: it waits, it is with the group, or it
// is over. The places that are told follow those of the record, one move from a
// place to another at a time: when it is of asks of three firms or more, and
// leaves none or three firms where they were. So whoever looks twice sees what
// three firms or more did, and no place that holds one or two. The moves follow
// from what happened before them alone: what was told once is not told
// otherwise later.

// The places of an ask.
const (
	placeWaiting = iota
	placeTaken
	placeOver
	places
)

// moves is what is told of places and what is not told yet.
type moves struct {
	told, is map[*ask]int
	firms    [places]map[string]int         // asks that are told there, by firm
	pending  [places][places]map[string]int // the same of moves that are not told
}

func newMoves() *moves {
	m := &moves{told: map[*ask]int{}, is: map[*ask]int{}}
	for from := range places {
		m.firms[from] = map[string]int{}
		for to := range places {
			m.pending[from][to] = map[string]int{}
		}
	}
	return m
}

func count(firms map[string]int, firm string, by int) {
	if firms[firm] += by; firms[firm] == 0 {
		delete(firms, firm)
	}
}

// enter tells that there is one more ask, which waits.
func (m *moves) enter(a *ask) {
	m.told[a], m.is[a] = placeWaiting, placeWaiting
	count(m.firms[placeWaiting], a.exporter, 1)
}

// move notes where an ask is now.
func (m *moves) move(a *ask, to int) {
	from, was := m.told[a], m.is[a]
	if was != from {
		count(m.pending[from][was], a.exporter, -1)
	}
	if m.is[a] = to; to != from {
		count(m.pending[from][to], a.exporter, 1)
	}
}

// tell tells the moves that may be told.
func (m *moves) tell() {
	for again := true; again; {
		again = false
		for from := range places {
			for to := range places {
				again = m.tellMove(from, to) || again
			}
		}
	}
}

func (m *moves) tellMove(from, to int) bool {
	moving := m.pending[from][to]
	if len(moving) < triage.FewestFirms {
		return false
	}
	left := 0
	for firm, n := range m.firms[from] {
		if n > moving[firm] {
			left++
		}
	}
	if left > 0 && left < triage.FewestFirms {
		return false
	}
	for a, at := range m.told {
		if at == from && m.is[a] == to {
			m.told[a] = to
			count(m.firms[from], a.exporter, -1)
			count(m.firms[to], a.exporter, 1)
		}
	}
	m.pending[from][to] = map[string]int{}
	return true
}

// withGroup are the asks that firms have not answered and that the reader's
// group has taken up by that moment, as far as it may be told. since is when an
// ask is counted in the whole.
func withGroup(whole []*ask, since map[*ask]int64, step triage.Step, now time.Time) (taken []*ask) {
	type event struct {
		at   int64
		kind int // -1: it enters; else the place where it is then
		ask  *ask
	}
	var events []event
	for _, a := range whole {
		events = append(events, event{since[a], -1, a})
		end := a.ended()
		for _, r := range a.ladder {
			if r.Step == step && (end.IsZero() || !end.Before(r.From)) {
				events = append(events, event{max(since[a], r.From.Unix()), placeTaken, a})
			}
		}
		if !end.IsZero() {
			events = append(events, event{max(since[a], end.Unix()), placeOver, a})
		}
	}
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.ask.exporter, b.ask.exporter), cmp.Compare(a.ask.family, b.ask.family))
	})
	m := newMoves()
	for i, e := range events {
		if e.at > now.Unix() {
			break
		}
		if e.kind < 0 {
			m.enter(e.ask)
		} else {
			m.move(e.ask, e.kind)
		}
		if i+1 == len(events) || events[i+1].at > e.at {
			m.tell()
		}
	}
	for a, at := range m.told {
		if at == placeTaken {
			taken = append(taken, a)
		}
	}
	return taken
}
