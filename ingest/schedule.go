package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	runsAtOnce    = 4               // sources that run at the same time
	firstRetry    = time.Minute     // after a first failure; doubled with each further one, up to the interval
	stagger       = time.Second / 4 // between the first runs, so that a start is no burst
	staleAfter    = 3               // intervals without a complete run
	stateAskAgain = 5 * time.Second // while the bus does not answer
)

// Scheduler runs all sources at their intervals. It is ready at once: a source
// that cannot be reached is that source's trouble and shown in Status.
type Scheduler struct {
	runner *Runner
	log    *slog.Logger
	slots  chan struct{}

	mu   sync.Mutex
	live map[string]*live
}

// live is what this process knows of a source beyond its stored state.
type live struct {
	wake    chan struct{}
	running bool
	next    time.Time
	said    string // last error that was logged: a repetition is said once
}

// SourceStatus is one source as people see it.
type SourceStatus struct {
	Name    string
	Kind    string
	About   string
	Every   time.Duration
	Off     bool
	Running bool
	Next    time.Time // of the next run; zero while running or off
	Stale   bool      // no complete run for three intervals
	State   bus.SourceState
	Last    *bus.Run // the last run's record, if there is one
}

// NewScheduler makes a scheduler for the runner's sources.
func NewScheduler(r *Runner, log *slog.Logger) *Scheduler {
	s := &Scheduler{runner: r, log: log, slots: make(chan struct{}, runsAtOnce), live: map[string]*live{}}
	for name := range r.sources {
		s.live[name] = &live{wake: make(chan struct{}, 1)}
	}
	return s
}

// Run works until ctx ends and returns nil then.
func (s *Scheduler) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for i, name := range s.runner.names() {
		w := s.runner.sources[name]
		if w.Off {
			continue
		}
		g.Go(func() error {
			s.keep(ctx, w, time.Duration(i)*stagger)
			return nil
		})
	}
	<-ctx.Done()
	return g.Wait()
}

// Trigger makes a source run now, or as soon as its present run is over.
func (s *Scheduler) Trigger(name string) error {
	w, ok := s.runner.sources[name]
	if !ok {
		return fmt.Errorf("source %q: %w", name, trade.ErrNotFound)
	}
	if w.Off {
		return trade.Refusef("source %q is off; remove \"off: true\" from its declaration to watch it", name)
	}
	select {
	case s.live[name].wake <- struct{}{}:
	default: // a trigger is waiting already
	}
	return nil
}

// keep runs one source again and again.
func (s *Scheduler) keep(ctx context.Context, w *watched, begin time.Duration) {
	due := s.first(ctx, w, begin)
	for ctx.Err() == nil {
		trigger := s.sleep(ctx, w.Name, due)
		if trigger == "" {
			return
		}
		if elsewhere := s.ranElsewhere(ctx, w); trigger == "schedule" && elsewhere > 0 {
			due = s.runner.now().Add(elsewhere)
			continue
		}
		due = s.runner.now().Add(s.once(ctx, w, trigger))
	}
}

// first is when a source runs after a start: when it would have, had the
// process not stopped.
func (s *Scheduler) first(ctx context.Context, w *watched, begin time.Duration) time.Time {
	for ctx.Err() == nil {
		state, err := s.runner.state(ctx, w.Name)
		if err == nil {
			soon := s.runner.now().Add(begin)
			last, err := time.Parse(time.RFC3339, state.LastRun)
			if err != nil {
				return soon
			}
			due := last.Add(delay(w.every, state.Failures, nil))
			if due.Before(soon) {
				return soon
			}
			return due
		}
		s.say(w.Name, fmt.Errorf("state not read: %w", err))
		_ = pause(ctx, stateAskAgain)
	}
	return time.Time{}
}

// sleep waits until due or a trigger and says which it was, "" when ctx ended.
func (s *Scheduler) sleep(ctx context.Context, name string, due time.Time) string {
	l := s.live[name]
	s.mu.Lock()
	l.next = due
	s.mu.Unlock()
	timer := time.NewTimer(due.Sub(s.runner.now()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ""
	case <-l.wake:
		return "person"
	case <-timer.C:
		return "schedule"
	}
}

// ranElsewhere is how long to wait when another process ran the source
// moments ago. It spares the authority; nothing rests on it.
func (s *Scheduler) ranElsewhere(ctx context.Context, w *watched) time.Duration {
	state, err := s.runner.state(ctx, w.Name)
	if err != nil || state.Failures > 0 {
		return 0
	}
	last, err := time.Parse(time.RFC3339, state.LastOK)
	if err != nil {
		return 0
	}
	if since := s.runner.now().Sub(last); since >= 0 && since < w.every/2 {
		return w.every - since
	}
	return 0
}

// once runs the source and returns the delay to the next run.
func (s *Scheduler) once(ctx context.Context, w *watched, trigger string) time.Duration {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	defer func() { <-s.slots }()
	s.setRunning(w.Name, true)
	defer s.setRunning(w.Name, false)
	record, err := s.guarded(ctx, w.Name, trigger)
	if ctx.Err() != nil {
		return 0
	}
	s.say(w.Name, err)
	failures := 0
	if err != nil {
		if state, serr := s.runner.state(ctx, w.Name); serr == nil {
			failures = state.Failures
		}
		failures = max(failures, 1)
	}
	s.log.Info("ingest: run", "source", w.Name, "trigger", trigger, "rows", record.Tally.Rows, "published", record.Tally.Notices,
		"quarantined", record.Tally.Quarantined, "documents", record.Fetched, "complete", err == nil)
	return delay(w.every, failures, err)
}

func (s *Scheduler) guarded(ctx context.Context, name, trigger string) (record bus.Run, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("run panicked: %v\n%s", p, clip(string(debug.Stack()), 2000))
		}
	}()
	return s.runner.Run(ctx, name, trigger)
}

// delay is the pause after a run with that many failures in a row.
func delay(every time.Duration, failures int, err error) time.Duration {
	if failures == 0 {
		return every
	}
	back := min(every, firstRetry<<min(failures-1, 10))
	if said, ok := trade.RetryDelay(err); ok {
		return max(said, back)
	}
	return back
}

// say logs a source's error when it differs from the one before, and its end.
func (s *Scheduler) say(name string, err error) {
	s.mu.Lock()
	l := s.live[name]
	text := ""
	if err != nil {
		text = err.Error()
	}
	news := text != l.said
	l.said = text
	s.mu.Unlock()
	switch {
	case news && err != nil:
		s.log.Warn("ingest: source in trouble", "source", name, "err", err)
	case news:
		s.log.Info("ingest: source works again", "source", name)
	}
}

func (s *Scheduler) setRunning(name string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[name].running, s.live[name].next = on, time.Time{}
}

// Status describes every declared source, by name.
func (s *Scheduler) Status(ctx context.Context) ([]SourceStatus, error) {
	var out []SourceStatus
	for _, name := range s.runner.names() {
		w := s.runner.sources[name]
		status := SourceStatus{Name: name, Kind: w.Kind, About: w.kind.About, Every: w.every, Off: w.Off}
		s.mu.Lock()
		status.Running, status.Next = s.live[name].running, s.live[name].next
		s.mu.Unlock()
		var err error
		if status.State, err = s.runner.state(ctx, name); err != nil {
			return nil, err
		}
		status.Stale = !w.Off && stale(status.State, w.every, s.runner.now())
		last, err := s.runner.bus.Runs.Get(ctx, name)
		switch {
		case err == nil:
			status.Last = &last.Value
		case !errors.Is(err, trade.ErrNotFound):
			return nil, err
		}
		out = append(out, status)
	}
	return out, nil
}

// stale is the dead man's switch: a source without a complete run for three
// intervals, or one that has only ever failed.
func stale(s bus.SourceState, every time.Duration, now time.Time) bool {
	last, err := time.Parse(time.RFC3339, s.LastOK)
	if err != nil {
		return s.Failures >= staleAfter
	}
	return now.Sub(last) > staleAfter*every
}
