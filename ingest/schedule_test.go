package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// eventually waits for a condition that a background run brings about.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestScheduler(t *testing.T) {
	w := newWorld(t)
	w.now = time.Now
	w.pages["/list"] = "G/TBT/N/USA/1|Helmets"
	down := *w.sources["site"]
	down.Name, down.source = "down", &listSource{urls: []string{"http://127.0.0.1:1/list"}}
	off := *w.sources["site"]
	off.Name, off.Off = "off", true
	w.sources["down"], w.sources["off"] = &down, &off
	s := NewScheduler(w.Runner, slog.New(slog.DiscardHandler))
	running := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()

	status := func(name string) SourceStatus {
		list, err := s.Status(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Name == name {
				return x
			}
		}
		t.Fatalf("no status of %s", name)
		return SourceStatus{}
	}
	eventually(t, "first runs", func() bool {
		return status("site").State.Primed && status("down").State.Failures == 1 && !status("down").Running && !status("site").Running
	})
	if x := status("site"); x.Last == nil || x.Last.Tally.Notices != 1 || x.Stale || time.Until(x.Next) < 50*time.Minute {
		t.Errorf("site: %+v", x)
	}
	if x := status("down"); x.State.LastError == "" || x.State.Primed || time.Until(x.Next) > firstRetry {
		t.Errorf("down: %+v", x)
	}
	w.mu.Lock()
	w.pages["/list"] = "G/TBT/N/USA/2|Tyres"
	w.mu.Unlock()
	if err := s.Trigger("site"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "triggered run", func() bool { x := status("site"); return x.Last.Trigger == "person" && x.Last.Tally.Notices == 1 })
	var refused *trade.Refused
	if err := s.Trigger("off"); !errors.As(err, &refused) {
		t.Errorf("triggering what is off: %v", err)
	}
	if err := s.Trigger("nobody"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("triggering nobody: %v", err)
	}
	if status("off").Last != nil {
		t.Error("what is off has run")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	w.client.Close()
	goleak.VerifyNone(t, running, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

func TestSchedulerAfterRestart(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	src := w.sources["site"]
	s := NewScheduler(w.Runner, slog.New(slog.DiscardHandler))
	if due := s.first(ctx, src, time.Second); !due.Equal(testNow.Add(time.Second)) {
		t.Errorf("a new source is due %v", due)
	}
	set := func(state bus.SourceState) {
		if err := w.update(ctx, "site", func(s *bus.SourceState) { *s = state }); err != nil {
			t.Fatal(err)
		}
	}
	set(bus.SourceState{LastRun: stamp(testNow.Add(-20 * time.Minute)), LastOK: stamp(testNow.Add(-20 * time.Minute))})
	if due := s.first(ctx, src, 0); !due.Equal(testNow.Add(40 * time.Minute)) {
		t.Errorf("after a restart a source is due %v", due)
	}
	if d := s.ranElsewhere(ctx, src); d != 40*time.Minute {
		t.Errorf("run by another process 20 minutes ago: wait %v", d)
	}
	set(bus.SourceState{LastRun: stamp(testNow.Add(-3 * time.Minute)), Failures: 3})
	if due := s.first(ctx, src, 0); !due.Equal(testNow.Add(time.Minute)) {
		t.Errorf("after three failures a source is due %v", due)
	}
	if d := s.ranElsewhere(ctx, src); d != 0 {
		t.Errorf("failed elsewhere: wait %v", d)
	}
}

func TestDelay(t *testing.T) {
	plain := errors.New("down")
	for _, c := range []struct {
		failures int
		err      error
		want     time.Duration
	}{
		{0, nil, time.Hour}, {1, plain, time.Minute}, {2, plain, 2 * time.Minute}, {7, plain, time.Hour}, {99, plain, time.Hour},
		{1, trade.RetryAfter(plain, 10*time.Minute), 10 * time.Minute}, {7, trade.RetryAfter(plain, time.Minute), time.Hour},
		{1, fmt.Errorf("x: %w", trade.RetryAfter(plain, 24*time.Hour)), 24 * time.Hour},
	} {
		if got := delay(time.Hour, c.failures, c.err); got != c.want {
			t.Errorf("%d failures, %v: %v, want %v", c.failures, c.err, got, c.want)
		}
	}
}

func TestStale(t *testing.T) {
	ok := stamp(testNow.Add(-4 * time.Hour))
	for _, c := range []struct {
		state bus.SourceState
		want  bool
	}{{bus.SourceState{}, false}, {bus.SourceState{Failures: 3}, true}, {bus.SourceState{LastOK: ok}, true}, {bus.SourceState{LastOK: stamp(testNow)}, false}} {
		if got := stale(c.state, time.Hour, testNow); got != c.want {
			t.Errorf("%+v: %v", c.state, got)
		}
	}
}

func TestWatchRefusesDeclarations(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Kind: "eping"}, "a name has letters"}, {Config{Name: "a b", Kind: "eping"}, "a name has letters"},
		{Config{Name: "a", Kind: "epping"}, "there is no kind"}, {Config{Name: "a", Kind: "eping", Every: "daily"}, "no interval"},
		{Config{Name: "a", Kind: "eping", MinRows: -1}, "min_rows"},
	} {
		if _, err := NewRunner(nil, nil, []Config{c.cfg}, nil); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v", c.cfg, err)
		}
	}
	if _, err := NewRunner(nil, nil, []Config{{Name: "a", Kind: "eping"}, {Name: "a", Kind: "eping"}}, nil); err == nil || !contains(err, "twice") {
		t.Errorf("declared twice: %v", err)
	}
}
