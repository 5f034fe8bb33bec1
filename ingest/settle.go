package ingest

import (
	"context"
	"errors"
	"fmt"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// state reads what is known of a source, the zero state of a new one.
func (r *Runner) state(ctx context.Context, name string) (bus.SourceState, error) {
	e, err := r.bus.SourceStates.Get(ctx, name)
	if errors.Is(err, trade.ErrNotFound) {
		return bus.SourceState{Source: name}, nil
	}
	return e.Value, err
}

// settle stores the run's record and moves the source's state. Dying before it
// means that the next run looks at the same window again and finds every row
// unchanged; nothing is lost either way.
func (r *Runner) settle(ctx context.Context, t *tour) error {
	t.record.Ended = stamp(r.now())
	if t.err != nil {
		t.record.Error = clip(t.err.Error(), maxErrorBytes)
	}
	if err := t.record.Tally.Check(); err != nil {
		return fmt.Errorf("ingest: run of %s: %w", t.w.Name, err)
	}
	if _, err := r.bus.Runs.Append(ctx, t.w.Name, t.record); err != nil {
		return err
	}
	return r.update(ctx, t.w.Name, t.move)
}

// update changes a source's state by compare-and-set.
func (r *Runner) update(ctx context.Context, name string, change func(*bus.SourceState)) error {
	err := trade.ErrConflict
	for try := 0; try < publishRetries && errors.Is(err, trade.ErrConflict); try++ {
		var e bus.Entry[bus.SourceState]
		e, err = r.bus.SourceStates.Get(ctx, name)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return err
		}
		state := e.Value
		state.Source = name
		change(&state)
		_, err = r.bus.SourceStates.Put(ctx, name, state, e.Seq)
	}
	if err != nil {
		return fmt.Errorf("ingest: state of %s: %w", name, err)
	}
	return nil
}

// move is what the run does to the state: a complete one moves everything, any
// other only counts.
func (t *tour) move(s *bus.SourceState) {
	s.LastRun = t.record.Ended
	if t.err != nil {
		s.LastError = t.record.Error
		s.Failures++
		return
	}
	s.LastOK, s.LastError, s.Failures = t.record.Ended, "", 0
	if !t.limited {
		s.Watermark = max(s.Watermark, t.watermark)
	}
	if t.unchanged == 0 {
		s.LastRows = typicalRows(s.LastRows, t.rows.rows, s.Primed)
	}
	s.Primed = true
	s.ETag, s.LastModified = t.validators(*s)
}

// typicalRows is the number that the next run is measured against. A first run
// looks back further than others and says nothing about them; one that comes
// after a pause brings more than usual, so growth is believed by halves.
func typicalRows(last, rows int, primed bool) int {
	switch {
	case !primed:
		return 0
	case last == 0:
		return rows
	}
	return min(rows, 2*last)
}

// validators are what to ask conditionally with next time: for the planned
// documents only, as a list that has not changed leads nowhere new.
func (t *tour) validators(old bus.SourceState) (etag, modified map[string]string) {
	etag, modified = map[string]string{}, map[string]string{}
	keep := func(url, e, m string) {
		if e != "" {
			etag[url] = e
		}
		if m != "" {
			modified[url] = m
		}
	}
	for _, req := range t.plan {
		keep(req.URL, old.ETag[req.URL], old.LastModified[req.URL])
	}
	for _, d := range t.docs {
		if d.planned && d.req.Method == "" && !t.limited {
			keep(d.req.URL, d.etag, d.lastModified)
		}
	}
	return etag, modified
}
