package view

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// bare is a view without a bus.
func bare() *View {
	o := Options{Policy: triage.DefaultConfig(), Now: func() time.Time { return now }}
	return &View{Options: o, cases: newCases(nil, o.Policy)}
}

func open(t *testing.T) (*bus.Bus, *View, func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	v, run := follow(t, b)
	return b, v, run
}

// follow makes a view on b; run starts it and waits until it has caught up.
func follow(t *testing.T, b *bus.Bus) (*View, func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	directory, err := registry.NewDirectory(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	v := New(Options{Bus: b, Directory: directory, Policy: triage.DefaultConfig(), Now: func() time.Time { return now }, Log: log, Sources: []Source{
		{Name: "good", Every: time.Hour}, {Name: "bad", Every: time.Hour}, {Name: "quiet", Every: time.Hour}, {Name: "new", Every: time.Hour}, {Name: "off", Off: true},
	}})
	return v, func() {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); _ = v.Run(ctx) }()
		go func() { _ = directory.Run(ctx) }()
		t.Cleanup(func() { cancel(); <-done })
		waitFor(t, "the view to catch up", func() bool { return v.Ready() == nil })
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("waited 20 s for %s", what)
		case <-tick.C:
		}
	}
}

func put[T any](t *testing.T, table *bus.Table[T], key string, v T, last uint64) uint64 {
	t.Helper()
	seq, err := table.Put(t.Context(), key, v, last)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func notice(source, id, title string) trade.Notice {
	n := trade.Notice{Source: source, ID: id, Title: title, Kind: trade.KindNew, SeenAt: now}
	if strings.HasPrefix(id, "G/") {
		n.Symbols = trade.SymbolStrings(id)
	}
	return n
}

func TestNoticesAreListedWhole(t *testing.T) {
	b, v, run := open(t)
	const many = 450 // more than are kept ready
	for i := range many {
		n := notice("eping", fmt.Sprintf("G/TBT/N/USA/%d", i+1), "Title Of Notice "+fmt.Sprint(i+1))
		put(t, b.Notices, n.Key(), n, 0)
	}
	if err := v.Ready(); err == nil || !strings.Contains(err.Error(), "notices") {
		t.Errorf("before Run the view says it is ready: %v", err)
	}
	run()
	first := notice("eping", "G/TBT/N/USA/1", "Title revised")
	e, err := b.Notices.Get(t.Context(), first.Key())
	if err != nil {
		t.Fatal(err)
	}
	put(t, b.Notices, first.Key(), first, e.Seq)
	other := notice("gazette", "https://example.org/1", "Another source")
	put(t, b.Notices, other.Key(), other, 0)
	waitFor(t, "the new notice", func() bool { return v.Counts().Notices == many+1 })
	seen := map[string]bool{}
	var before uint64
	for {
		p, err := v.Notices(t.Context(), NoticeQuery{Before: before, Limit: 70})
		if err != nil {
			t.Fatal(err)
		}
		if p.Total != many+1 {
			t.Fatalf("total %d, want %d", p.Total, many+1)
		}
		for _, r := range p.Rows {
			if seen[r.Key] {
				t.Fatalf("%s is listed twice", r.ID)
			}
			seen[r.Key] = true
		}
		if before = p.Next; before == 0 {
			break
		}
	}
	if len(seen) != many+1 {
		t.Errorf("%d notices were listed, want %d", len(seen), many+1)
	}
	for _, c := range []struct {
		q    NoticeQuery
		want int
	}{
		{NoticeQuery{Text: "REVISED"}, 1}, {NoticeQuery{Text: "usa/45"}, 2}, {NoticeQuery{Source: "gazette"}, 1}, {NoticeQuery{Source: "gazette", Text: "usa"}, 0}, {NoticeQuery{Source: "none"}, 0},
	} {
		c.q.Limit = 100
		p, err := v.Notices(t.Context(), c.q)
		if err != nil || p.Total != c.want || len(p.Rows) != c.want {
			t.Errorf("%+v: %d rows of %d, %v; want %d", c.q, len(p.Rows), p.Total, err, c.want)
		}
	}
	if by := v.Counts().BySource; by["eping"] != many || by["gazette"] != 1 {
		t.Errorf("by source: %v", by)
	}
}

func TestNoticesAreFoundBySymbol(t *testing.T) {
	b, v, run := open(t)
	single, page := notice("eping", "G/TBT/N/USA/1/Add.2", "a"), notice("gazette", "https://example.org/x", "b")
	joint := notice("eping", "G/TBT/N/ARE/371, G/TBT/N/BHR/485", "c")
	for _, n := range []trade.Notice{single, page, joint} {
		put(t, b.Notices, n.Key(), n, 0)
	}
	lead := trade.Family{ID: "G/TBT/N/ARE/371", Papers: []trade.Paper{{Notice: joint.Key(), ID: joint.ID, Symbols: joint.Symbols}}}
	put(t, b.Families, lead.Key(), lead, 0)
	put(t, b.Families, trade.FamilyKey("G/TBT/N/BHR/485"), trade.Family{ID: "G/TBT/N/BHR/485", Alias: lead.ID}, 0)
	run()
	for symbol, want := range map[string]string{
		"G/TBT/N/USA/1/Add.2": "a", "g/tbt/n/usa/1/add.2": "a", "https://example.org/x": "b", "G/TBT/N/ARE/371": "c", "G/TBT/N/BHR/485": "c", "G/TBT/N/USA/1": "", "": "",
	} {
		e, err := v.NoticeBySymbol(t.Context(), symbol)
		if want == "" && !errors.Is(err, trade.ErrNotFound) || want != "" && (err != nil || e.Value.Title != want) {
			t.Errorf("%q: %q, %v; want %q", symbol, e.Value.Title, err, want)
		}
	}
}

// A view that is made again shows the same: releases and transitions included.
func TestHistoryOutlivesTheProcess(t *testing.T) {
	b, first, run := open(t)
	run()
	family := "G/TBT/N/BRA/9"
	w1 := put(t, b.Warnings, trade.FamilyKey(family), trade.Warning{Number: "2026-0001", Family: family, Release: 1}, 0)
	put(t, b.Warnings, trade.FamilyKey(family), trade.Warning{Number: "2026-0001", Family: family, Release: 2}, w1)
	key := trade.DeliveryKey("S", "email", family, 1)
	var last uint64
	for i, s := range []trade.DeliveryState{trade.Planned, trade.Sending, trade.RetryAt, trade.Sending, trade.Accepted} {
		last = put(t, b.Deliveries, key, trade.Delivery{Key: key, Subscriber: "S", Family: family, Release: 1, WarningSeq: w1, State: s, Attempt: i}, last)
	}
	other := trade.DeliveryKey("T", "email", "other", 1)
	put(t, b.Deliveries, other, trade.Delivery{Key: other, Subscriber: "T", Family: "other", Release: 1, State: trade.Planned}, 0)
	again, runAgain := follow(t, b)
	runAgain()
	for name, v := range map[string]*View{"the running one": first, "the one made again": again} {
		waitFor(t, "the deliveries", func() bool { return v.Counts().Deliveries["planned"] == 1 && v.Counts().Deliveries["accepted"] == 1 })
		d, err := v.Delivery(t.Context(), key)
		if err != nil || len(d.History) != 5 || d.State != trade.Accepted || d.Warning == nil || d.Warning.Release != 1 {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		if e, err := v.Release(t.Context(), trade.FamilyKey(family), 1); err != nil || e.Value.Release != 1 {
			t.Errorf("%s: the first release: %+v, %v", name, e.Value, err)
		}
		if _, err := v.Release(t.Context(), trade.FamilyKey(family), 3); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: a release that never was: %v", name, err)
		}
		if p, err := v.DeliveriesOf(t.Context(), family, 10); err != nil || len(p.Rows) != 1 || p.Rows[0].Key != key {
			t.Errorf("%s: deliveries of the family: %+v, %v", name, p, err)
		}
		if p, err := v.Warnings(t.Context(), 0, 10); err != nil || p.Total != 1 || p.Rows[0].Release != 2 {
			t.Errorf("%s: warnings: %+v, %v", name, p, err)
		}
	}
}

func TestSourcesAndTheirHealth(t *testing.T) {
	b, v, run := open(t)
	stamp := func(ago time.Duration) string { return now.Add(-ago).Format(time.RFC3339) }
	for _, s := range []bus.SourceState{
		{Source: "good", LastOK: stamp(time.Hour), LastRun: stamp(time.Hour)},
		{Source: "bad", LastOK: stamp(time.Hour), LastRun: stamp(time.Minute), LastError: "server answers 503", Failures: 2},
		{Source: "quiet", LastOK: stamp(5 * time.Hour), LastRun: stamp(5 * time.Hour)},
	} {
		put(t, b.SourceStates, s.Source, s, 0)
	}
	for i := range 100 {
		if _, err := b.Runs.Append(t.Context(), "good", bus.Run{Source: "good", Started: stamp(time.Duration(100-i) * time.Minute), Tally: trade.Tally{Rows: 2, Notices: 1, Unchanged: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Runs.Append(t.Context(), "import", bus.Run{Source: "import", Started: stamp(time.Minute), Trigger: "import", Tally: trade.Tally{Rows: 1, Refused: 1}}); err != nil {
		t.Fatal(err)
	}
	run()
	want := map[string]Health{"good": HealthOK, "bad": HealthFailing, "quiet": HealthSilent, "new": HealthWaiting, "off": HealthOff, "import": HealthPast}
	rows := v.SourceRows()
	if len(rows) != len(want) {
		t.Errorf("%d sources, want %d", len(rows), len(want))
	}
	for _, r := range rows {
		if r.Health != want[r.Name] {
			t.Errorf("%s is %s, want %s", r.Name, r.Health, want[r.Name])
		}
	}
	c := v.Counts()
	if c.Outcomes.Check() != nil || c.Outcomes.Rows != 201 || c.Runs != 101 {
		t.Errorf("outcomes %+v of %d runs", c.Outcomes, c.Runs)
	}
	if runs := v.Runs("", 200); len(runs) != runsKept+1 || runs[0].Started < runs[1].Started {
		t.Errorf("%d runs are kept, the first of %s", len(runs), runs[0].Started)
	}
	if runs := v.Runs("import", 5); len(runs) != 1 {
		t.Errorf("runs of one source: %+v", runs)
	}
}

func TestRawCapturesAreInert(t *testing.T) {
	b, v, _ := open(t)
	for _, c := range []struct{ name, body, kind, disposition string }{
		{"page", "<html><script>alert(1)</script>", "text/plain; charset=utf-8", ""},
		{"sheet", "PK\x03\x04\x00\x00", "application/octet-stream", "attachment"},
		{"long", strings.Repeat("x", 100_000), "text/plain; charset=utf-8", ""},
	} {
		sha, err := b.Raw.PutBytes(t.Context(), []byte(c.body))
		if err != nil || !IsSHA(sha) {
			t.Fatal(sha, err)
		}
		w := httptest.NewRecorder()
		if err := v.ServeRaw(w, httptest.NewRequest("GET", "/raw/"+sha, nil), sha); err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if w.Body.String() != c.body || h.Get("Content-Type") != c.kind || !strings.HasPrefix(h.Get("Content-Disposition"), c.disposition) || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", c.name, h)
		}
	}
	if err := v.ServeRaw(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), strings.Repeat("0", 64)); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("an unknown capture: %v", err)
	}
	for _, s := range []string{"", "../x", strings.Repeat("G", 64), strings.Repeat("a", 63)} {
		if IsSHA(s) {
			t.Errorf("%q counts as a SHA-256", s)
		}
	}
}
