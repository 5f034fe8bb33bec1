package view

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Source is a declared source, as the pages need to know it.
type Source struct {
	Name  string        `json:"name"`
	Kind  string        `json:"kind"`
	About string        `json:"about,omitempty"`
	Every time.Duration `json:"every_ns" doc:"interval between runs, nanoseconds"`
	Off   bool          `json:"off,omitempty" doc:"declared, but not watched"`
}

// Health says how a source is doing.
type Health string

// The healths of a source.
const (
	HealthOK      Health = "ok"      // its last run succeeded
	HealthWaiting Health = "waiting" // it has not run yet
	HealthFailing Health = "failing" // its last run failed, or nothing it brought was believed
	HealthSilent  Health = "silent"  // nothing succeeded for three intervals
	HealthOff     Health = "off"     // declared, but not watched
	HealthPast    Health = "past"    // not declared any more, or files that were imported
)

// SourceRow is a source with how it is doing.
type SourceRow struct {
	Source
	Health  Health      `json:"health"`
	LastOK  string      `json:"last_ok,omitempty" doc:"RFC 3339"`
	LastRun string      `json:"last_run,omitempty" doc:"RFC 3339"`
	Error   string      `json:"error,omitempty" doc:"of the last run"`
	Fails   int         `json:"failures" doc:"in a row"`
	Primed  bool        `json:"primed" doc:"had its first live run"`
	Last    *bus.Run    `json:"last,omitempty" doc:"the last run"`
	Outcome trade.Tally `json:"outcomes" doc:"of the rows of its recorded runs"`
}

const (
	runsKept     = 60 // of each source
	capturesKept = 5  // of each run
)

// runs follows what the runs of all sources did.
type runs struct {
	table *bus.Table[bus.Run]

	mu    sync.RWMutex
	by    map[string][]bus.Run // oldest first
	tally map[string]trade.Tally
	count int
	pos   uint64
	ready bool
}

func (r *runs) follow(ctx context.Context) error {
	last, err := r.table.LastSeq(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	from := r.pos
	r.ready = r.ready || from >= last
	r.mu.Unlock()
	return r.table.Follow(ctx, from, func(e bus.Entry[bus.Run]) error {
		r.take(e)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ready = r.ready || e.Seq >= last
		return nil
	})
}

func (r *runs) take(e bus.Entry[bus.Run]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Seq <= r.pos || e.Deleted {
		return
	}
	r.pos = e.Seq
	run := e.Value
	run.Captures, run.Notes = first(run.Captures, capturesKept), first(run.Notes, 20)
	kept := append(r.by[run.Source], run)
	r.by[run.Source] = kept[max(0, len(kept)-runsKept):]
	t := r.tally[run.Source]
	add(&t, run.Tally)
	r.tally[run.Source] = t
	r.count++
}

func add(sum *trade.Tally, t trade.Tally) {
	sum.Rows += t.Rows
	sum.Notices += t.Notices
	sum.Duplicates += t.Duplicates
	sum.Unchanged += t.Unchanged
	sum.Quarantined += t.Quarantined
	sum.Refused += t.Refused
}

func (r *runs) isReady() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ready
}

func (r *runs) totals() (trade.Tally, int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var sum trade.Tally
	for _, t := range r.tally {
		add(&sum, t)
	}
	return sum, r.count
}

// sources joins declarations, states and runs.
type sources struct {
	declared []Source
	table    *bus.Table[bus.SourceState]
	runs     *runs

	mu     sync.RWMutex
	states map[string]bus.SourceState
	ready  bool
}

func newSources(o Options) *sources {
	return &sources{
		declared: o.Sources, table: o.Bus.SourceStates, states: map[string]bus.SourceState{},
		runs: &runs{table: o.Bus.Runs, by: map[string][]bus.Run{}, tally: map[string]trade.Tally{}},
	}
}

func (s *sources) followStates(ctx context.Context) error {
	return s.table.FollowAll(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ready = true
	}, func(e bus.Entry[bus.SourceState]) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.states[e.Value.Source] = e.Value
		return nil
	})
}

func (s *sources) isReady() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ready
}

// SourceRows lists the declared sources in their order, then those that only
// the record knows: imports, and what was declared once.
func (v *View) SourceRows() []SourceRow {
	s, now := v.sources, v.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.runs.mu.RLock()
	defer s.runs.mu.RUnlock()
	out := make([]SourceRow, 0, len(s.declared))
	for _, d := range s.declared {
		out = append(out, s.row(d, true, now))
	}
	var rest []string
	for name := range s.runs.by {
		if !slices.ContainsFunc(s.declared, func(d Source) bool { return d.Name == name }) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range rest {
		out = append(out, s.row(Source{Name: name}, false, now))
	}
	return out
}

func (s *sources) row(d Source, declared bool, now time.Time) SourceRow {
	state := s.states[d.Name]
	r := SourceRow{
		Source: d, LastOK: state.LastOK, LastRun: state.LastRun, Error: cut(state.LastError, 600),
		Fails: state.Failures, Primed: state.Primed, Outcome: s.runs.tally[d.Name],
	}
	if all := s.runs.by[d.Name]; len(all) > 0 {
		last := all[len(all)-1]
		r.Last = &last
	}
	ok, _ := time.Parse(time.RFC3339, state.LastOK)
	switch {
	case !declared:
		r.Health = HealthPast
	case d.Off:
		r.Health = HealthOff
	case state.LastRun == "":
		r.Health = HealthWaiting
	case state.Failures > 0, r.Last != nil && r.Last.Tally.Rows > 0 && r.Last.Tally.Quarantined == r.Last.Tally.Rows:
		r.Health = HealthFailing
	case d.Every > 0 && now.Sub(ok) > 3*d.Every:
		r.Health = HealthSilent
	default:
		r.Health = HealthOK
	}
	return r
}

// Runs lists the latest runs, newest first; source "" means all sources.
func (v *View) Runs(source string, limit int) []bus.Run {
	r := v.sources.runs
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := []bus.Run{}
	for name, all := range r.by {
		if source == "" || source == name {
			out = append(out, all...)
		}
	}
	slices.SortStableFunc(out, func(a, b bus.Run) int { return strings.Compare(b.Started, a.Started) })
	return first(out, min(max(limit, 1), mostRows))
}
