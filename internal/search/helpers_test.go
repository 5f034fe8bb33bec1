package search

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func openBus(t testing.TB) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// start runs an index on dir until stop is called, and waits until it is ready.
func start(t testing.TB, b *bus.Bus, dir string) (x *Index, stop func()) {
	t.Helper()
	x, err := New(Options{Bus: b, Dir: dir, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = x.Run(ctx) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	waitFor(t, "the index to be ready", func() bool { return x.State().Ready })
	return x, stop
}

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(30*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("waited 30 s for %s", what)
		case <-tick.C:
		}
	}
}

func notice(id, title string) trade.Notice {
	return trade.Notice{Source: "eping", ID: id, Symbols: trade.SymbolStrings(id), Kind: trade.KindNew, Title: title, SeenAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
}

func put[T any](t testing.TB, table *bus.Table[T], key string, v T, last uint64) uint64 {
	t.Helper()
	seq, err := table.Put(t.Context(), key, v, last)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// found are the keys of what has the text, sorted.
func found(t testing.TB, x *Index, kind Kind, text string) []string {
	t.Helper()
	var out []string
	if _, err := x.Each(t.Context(), kind, text, func(key string) { out = append(out, key) }); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	slices.Sort(out)
	return out
}

// ranked are the keys of the first hits, the best first.
func ranked(t testing.TB, x *Index, kind Kind, text string) []string {
	t.Helper()
	f, err := x.Find(t.Context(), Query{Text: text, Kind: kind, Limit: 20})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var out []string
	for _, h := range f.Hits {
		out = append(out, h.Key)
	}
	return out
}

// plain is the text of pieces, with [ ] around what was asked for.
func plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
