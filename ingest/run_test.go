package ingest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// listSource reads lines: "symbol|title" is a notice, "!" a bad row, ">path" a
// further document, "?path" a detail page; "cut" fails, "boom" panics.
type listSource struct {
	urls  []string
	asked []bus.SourceState
}

func (l *listSource) Plan(s bus.SourceState, _ time.Time) []Request {
	l.asked = append(l.asked, s)
	var out []Request
	for _, u := range l.urls {
		out = append(out, Request{URL: u, Role: "list"})
	}
	return out
}

func (l *listSource) Parse(doc Document, emit func(Item) error) error {
	lines := bufio.NewScanner(doc.Body)
	for lines.Scan() {
		line, item := lines.Text(), Item{}
		switch {
		case line == "":
			return ErrEmpty
		case line == "cut":
			return errors.New("the list breaks off")
		case line == "boom":
			panic("index out of range")
		case line[0] == '!':
			item.Bad = &Bad{Where: "row", Reason: line[1:], Bytes: []byte(line)}
		case line[0] == '>':
			item.Next = &Request{URL: root(doc.URL) + line[1:]}
		case line[0] == '?':
			item.Next = &Request{URL: root(doc.URL) + line[1:], Role: "detail", Carry: &trade.Notice{ID: "x"}}
		default:
			symbol, title, _ := strings.Cut(line, "|")
			item.Notice = &trade.Notice{ID: symbol, Symbols: trade.SymbolStrings(symbol), Kind: trade.KindNew, Title: title,
				Dates: []trade.Date{{What: trade.DatePublished, From: "2025-06-05", To: "2025-06-05"}}}
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	return lines.Err()
}

func root(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Scheme + "://" + u.Host
}

// world is a site whose pages a test writes, and a runner that watches it.
type world struct {
	*Runner
	bus   *bus.Bus
	src   *listSource
	mu    sync.Mutex
	pages map[string]string // path → text, or "=503" for a status
	etag  string
}

func newWorld(t testing.TB) *world {
	w := &world{bus: openBus(t), pages: map[string]string{}}
	s := site(t, func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		text, ok := w.pages[r.URL.Path]
		var status int
		switch _, err := fmt.Sscanf(text, "=%d", &status); {
		case err == nil:
			rw.WriteHeader(status)
		case !ok:
			http.NotFound(rw, r)
		case w.etag != "" && r.Header.Get("If-None-Match") == w.etag:
			rw.WriteHeader(http.StatusNotModified)
		default:
			rw.Header().Set("ETag", w.etag)
			fmt.Fprint(rw, text)
		}
	})
	runner, err := NewRunner(w.bus, fastClient(t, nil), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	runner.now = func() time.Time { return testNow }
	runner.wait = func(context.Context, time.Duration) error { return nil }
	w.Runner, w.src = runner, &listSource{urls: []string{s.URL + "/list"}}
	runner.sources["site"] = &watched{Config: Config{Name: "site", Kind: "list"}, kind: Kind{Rows: true}, source: w.src, every: time.Hour}
	return w
}

func (w *world) run(t testing.TB) (bus.Run, bus.SourceState, error) {
	t.Helper()
	run, err := w.Run(context.Background(), "site", "schedule")
	if err := run.Tally.Check(); err != nil {
		t.Errorf("tally: %v", err)
	}
	state, serr := w.state(context.Background(), "site")
	if serr != nil {
		t.Fatal(serr)
	}
	stored, serr := w.bus.Runs.Get(context.Background(), "site")
	if serr != nil || stored.Value.Tally != run.Tally {
		t.Errorf("record: %+v, %v", stored.Value, serr)
	}
	return run, state, err
}

func (w *world) quarantined(t testing.TB) []trade.Quarantine {
	t.Helper()
	var out []trade.Quarantine
	_, err := w.bus.Quarantine.Scan(context.Background(), func(e bus.Entry[trade.Quarantine]) error {
		if !e.Deleted {
			out = append(out, e.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRunTimeline(t *testing.T) {
	w := newWorld(t)
	w.etag = `"1"`
	w.pages["/list"] = "G/TBT/N/USA/1|Helmets\nG/TBT/N/USA/1|Helmets\n!garbled\n?/d1\n>/p2"
	w.pages["/d1"] = "G/TBT/N/USA/2|Tyres"
	w.pages["/p2"] = "G/TBT/N/USA/3|Tea\n>/p2\nG/TBT/N/USA/4|皇冠赌场投注app官网"
	run, state, err := w.run(t)
	if want := (trade.Tally{Rows: 6, Notices: 3, Duplicates: 1, Quarantined: 2}); err != nil || run.Tally != want || !run.First || run.Fetched != 3 {
		t.Fatalf("first: %+v, %v", run, err)
	}
	if !state.Primed || state.Watermark != "2025-06-05" || state.LastOK == "" || state.ETag[w.src.urls[0]] != `"1"` {
		t.Errorf("state: %+v", state)
	}
	for _, c := range run.Captures {
		if _, err := w.bus.Raw.Get(context.Background(), c.SHA256); err != nil {
			t.Errorf("capture of %s: %v", c.URL, err)
		}
	}
	if e, err := w.bus.Notices.Get(context.Background(), (&trade.Notice{Source: "site", Symbols: []string{"G/TBT/N/USA/1"}}).Key()); err != nil || !e.Value.Backfill || !e.Value.SeenAt.Equal(testNow) {
		t.Errorf("the first run's notice: %+v, %v", e.Value, err)
	}

	run, state, err = w.run(t)
	if err != nil || run.Tally.Rows != 0 || run.First || run.Captures[0].Status != 304 || state.ETag[w.src.urls[0]] != `"1"` {
		t.Errorf("unchanged: %+v, %+v, %v", run, state, err)
	}

	w.etag, w.pages["/list"] = `"2"`, "G/TBT/N/USA/1|Helmets, revised\nG/TBT/N/USA/5|New"
	run, state, err = w.run(t)
	if want := (trade.Tally{Rows: 2, Notices: 2}); err != nil || run.Tally != want || state.ETag[w.src.urls[0]] != `"2"` {
		t.Errorf("changed: %+v, %v", run, err)
	}
	if e, err := w.bus.Notices.Get(context.Background(), (&trade.Notice{Source: "site", Symbols: []string{"G/TBT/N/USA/5"}}).Key()); err != nil || e.Value.Backfill {
		t.Errorf("a later run's notice: %+v, %v", e.Value, err)
	}
	if w.src.asked[2].Watermark != "2025-06-05" {
		t.Errorf("the third plan was made with %+v", w.src.asked[2])
	}
}

func TestRunFaults(t *testing.T) {
	many := strings.Repeat("x", 1)
	for i := range 40 {
		many += fmt.Sprintf("\nG/TBT/N/USA/%d|Notice", i+1)
	}
	many = strings.TrimPrefix(many, "x\n")
	for _, c := range []struct {
		name     string
		pages    map[string]string
		lastRows int
		want     trade.Tally
		errText  string
		reason   string // of the last quarantine record
	}{
		{"empty list", map[string]string{"/list": "\n"}, 40, trade.Tally{Rows: 1, Quarantined: 1}, "list is empty", "list is empty"},
		{"breaks off", map[string]string{"/list": "G/TBT/N/USA/1|A\nG/TBT/N/USA/2|B\ncut"}, 0, trade.Tally{Rows: 1, Quarantined: 1}, "breaks off", "breaks off"},
		{"parser panics", map[string]string{"/list": "G/TBT/N/USA/1|A\nboom"}, 0, trade.Tally{Rows: 1, Quarantined: 1}, "panicked", "index out of range"},
		{"shrunken", map[string]string{"/list": "G/TBT/N/USA/1|A\nG/TBT/N/USA/2|B"}, 40, trade.Tally{Rows: 1, Quarantined: 1}, "less than a tenth", "less than a tenth of the last one's 40"},
		{"few but not shrunken", map[string]string{"/list": "G/TBT/N/USA/1|A"}, 10, trade.Tally{Rows: 1, Notices: 1}, "", ""},
		{"server error", map[string]string{"/list": "=503"}, 0, trade.Tally{}, "503", ""},
		{"blocked", map[string]string{"/list": "=403"}, 0, trade.Tally{}, "does not let us in", ""},
		{"list gone", map[string]string{}, 0, trade.Tally{}, "404", ""},
		{"detail gone", map[string]string{"/list": "G/TBT/N/USA/1|A\n?/none"}, 0, trade.Tally{Rows: 2, Notices: 1, Quarantined: 1}, "", "could not be fetched"},
		{"detail garbled", map[string]string{"/list": "G/TBT/N/USA/1|A\n?/d", "/d": "G/TBT/N/USA/2|B\ncut"}, 0, trade.Tally{Rows: 2, Notices: 1, Quarantined: 1}, "", "breaks off"},
		{"detail down", map[string]string{"/list": "G/TBT/N/USA/1|A\n?/d", "/d": "=500"}, 0, trade.Tally{Rows: 1, Notices: 1}, "500", ""},
		{"leads astray", map[string]string{"/list": "G/TBT/N/USA/1|A\n>@evil.example/"}, 0, trade.Tally{Rows: 2, Notices: 1, Quarantined: 1}, "", "user name"},
		{"second page breaks off", map[string]string{"/list": many + "\n>/2", "/2": "G/TBT/N/USA/99|Z\ncut"}, 0, trade.Tally{Rows: 41, Notices: 40, Quarantined: 1}, "breaks off", "breaks off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.pages = c.pages
			before := bus.SourceState{Source: "site", Primed: true, Watermark: "2025-06-01", LastRows: c.lastRows}
			if _, err := w.bus.SourceStates.Put(context.Background(), "site", before, 0); err != nil {
				t.Fatal(err)
			}
			run, state, err := w.run(t)
			if run.Tally != c.want || (err == nil) != (c.errText == "") || err != nil && !strings.Contains(err.Error(), c.errText) {
				t.Errorf("%+v, %v", run.Tally, err)
			}
			if complete := c.errText == ""; (state.Watermark != before.Watermark) != complete || (state.Failures == 0) != complete || (state.LastError == "") != complete {
				t.Errorf("state after the run: %+v", state)
			}
			q := w.quarantined(t)
			if len(q) != c.want.Quarantined || len(q) > 0 && !strings.Contains(q[len(q)-1].Reason, c.reason) {
				t.Errorf("quarantine: %+v", q)
			}
		})
	}
}

func TestRunLimits(t *testing.T) {
	w := newWorld(t)
	w.client.cfg.Sources["site"] = SourceOverride{MaxPages: 3}
	w.pages["/list"] = "G/TBT/N/USA/1|A\n>/1\n>/2\n>/3"
	for i := range 4 {
		w.pages[fmt.Sprintf("/%d", i)] = fmt.Sprintf("G/TBT/N/USA/%d|B", i+10)
	}
	run, state, err := w.run(t)
	if err != nil || run.Fetched != 3 || state.Watermark != "" || !strings.Contains(strings.Join(run.Notes, ""), "1 left (limit max_pages)") {
		t.Errorf("%+v, %+v, %v", run, state, err)
	}
	if _, err := w.Run(context.Background(), "nobody", "person"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("unknown source: %v", err)
	}
}

func TestReplay(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.pages["/list"] = "G/TBT/N/USA/1|A\ncut"
	if _, _, err := w.run(t); err == nil {
		t.Fatal("no fault")
	}
	whole := w.quarantined(t)[0]
	if _, err := w.Replay(ctx, QuarantineKey(whole), true); err == nil || !strings.Contains(err.Error(), "still not understood: the list breaks off") {
		t.Errorf("replay with the same parser: %v", err)
	}
	w.sources["site"].source = mended{w.src}
	run, err := w.Replay(ctx, QuarantineKey(whole), false)
	if err != nil || run.Tally != (trade.Tally{Rows: 1, Notices: 1}) || len(w.quarantined(t)) != 0 {
		t.Errorf("replay with a mended parser: %+v, %v", run, err)
	}
	if _, err := w.Replay(ctx, QuarantineKey(whole), false); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("replayed twice: %v", err)
	}

	w.sources["site"].source = w.src
	w.pages["/list"] = "G/TBT/N/USA/7|皇冠赌场投注app官网\n!odd"
	if _, _, err := w.run(t); err != nil {
		t.Fatal(err)
	}
	for _, q := range w.quarantined(t) {
		_, err := w.Replay(ctx, QuarantineKey(q), false)
		var refused *trade.Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "still not believed") {
			t.Errorf("%s: %v", q.Reason, err)
		}
		if strings.Contains(q.Reason, "gambling") {
			run, err := w.Replay(ctx, QuarantineKey(q), true)
			if err != nil || run.Tally.Notices != 1 {
				t.Errorf("forced: %+v, %v", run, err)
			}
		}
	}
	if len(w.quarantined(t)) != 1 {
		t.Error("what a person believed is still in quarantine")
	}
}

// mended is the list source with a parser that knows "cut".
type mended struct{ *listSource }

func (m mended) Parse(doc Document, emit func(Item) error) error {
	err := m.listSource.Parse(doc, emit)
	if err != nil && err.Error() == "the list breaks off" {
		return nil
	}
	return err
}

func TestTypicalRows(t *testing.T) {
	for _, c := range []struct {
		last, rows int
		primed     bool
		want       int
	}{{0, 500, false, 0}, {0, 40, true, 40}, {40, 30, true, 30}, {40, 150, true, 80}, {40, 0, true, 0}} {
		if got := typicalRows(c.last, c.rows, c.primed); got != c.want {
			t.Errorf("typicalRows(%d, %d, %v) = %d, want %d", c.last, c.rows, c.primed, got, c.want)
		}
	}
}
