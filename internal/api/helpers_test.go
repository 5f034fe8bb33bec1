package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/alert"
	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const testToken = "tbt_abcdefgh_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// rig is a running API over a real bus.
type rig struct {
	t       *testing.T
	bus     *bus.Bus
	view    *view.View
	url     string
	openapi *huma.OpenAPI
	logged  *bytes.Buffer
}

func newRig(t *testing.T, change func(*Deps)) *rig {
	t.Helper()
	r := &rig{t: t, logged: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, cancel := context.WithCancel(context.Background())
	b, err := bus.Open(ctx, bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, log)
	if err != nil {
		t.Fatal(err)
	}
	seed(t, b)
	directory, err := registry.NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	policy := triage.DefaultConfig()
	r.bus = b
	r.view = view.New(view.Options{Bus: b, Directory: directory, Policy: policy, Now: clock, Log: log, Sources: []view.Source{{Name: "eping", Kind: "eping", Every: time.Hour}}})
	done := make(chan struct{})
	go func() { defer close(done); _ = r.view.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; b.Close() })
	waitFor(t, "the view to be ready", func() bool { return r.view.Ready() == nil })
	people := auth.DefaultConfig()
	people.SecondFactor = auth.FactorCentre
	people.Requests = 1000 // a test asks every route in no time
	guard, err := auth.New(ctx, auth.Options{Bus: b, Config: people, Dir: t.TempDir(), Log: log, Token: testToken, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{
		Bus: b, View: r.view, Guard: guard, Log: slog.New(slog.NewTextHandler(r.logged, nil)), Version: Version{Version: "test"}, Spool: t.TempDir(),
		Desk: &triage.Desk{Bus: b, Config: policy, Now: clock, Log: log}, CAP: alert.Frame{Sender: "tbt.example", Levels: policy.LevelIDs(), Zone: time.UTC},
	}
	if change != nil {
		change(&d)
	}
	mux := http.NewServeMux()
	r.openapi = Register(mux, d)
	server := httptest.NewServer(guard.Wrap(mux))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// seed stores one of everything.
func seed(t *testing.T, b *bus.Bus) {
	t.Helper()
	ctx := t.Context()
	n := trade.Notice{
		Source: "eping", ID: "G/TBT/N/BRA/9001", Symbols: []string{"G/TBT/N/BRA/9001"}, Kind: trade.KindNew, Markets: []string{"BR"},
		Title: "Draft requirements for motorcycle helmets", Description: "Tested as in UN Regulation No. 22.06", HS: []string{"650610"}, SeenAt: now,
		Dates: []trade.Date{{What: trade.DatePublished, From: "2026-03-01", To: "2026-03-01"}, {What: trade.DateCommentDeadline, From: "2026-04-30", To: "2026-04-30"}},
	}
	seq := must(b.Notices.Put(ctx, n.Key(), n, 0))(t)
	exporter := trade.Exporter{ID: "E1", Name: "甲头盔厂", District: "江北"}
	must(b.Exporters.Put(ctx, registry.ExporterKey("E1"), exporter, 0))(t)
	product := trade.Product{ID: "P1", Exporter: "E1", NameZH: "摩托车头盔", HS: []string{"650610"}, Standards: []string{"ECE R22.05"}, Markets: []string{"BR"}, ExportValue: 900_000}
	must(b.Products.Put(ctx, product.Key(), product, 0))(t)
	subscriber := trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Name: "甲头盔厂 收件人", Exporter: "E1", Channel: "email", Address: "a@example.org"}
	must(b.Subscribers.Put(ctx, registry.SubscriberKey("S1"), subscriber, 0))(t)
	f := trade.Family{
		ID: n.ID, Matched: true, Exposure: 900_000, Roots: n.Symbols,
		Papers: []trade.Paper{{Notice: n.Key(), Source: n.Source, ID: n.ID, Symbols: n.Symbols, Kind: n.Kind, Seq: seq, Title: n.Title, Markets: n.Markets, Dates: n.Dates, Published: "2026-03-01"}},
		Matches: []trade.Match{{
			Notice: n.ID, Family: n.ID, Exporter: "E1", Product: "P1", Markets: []string{"BR"}, Grade: trade.Likely, Score: 0.6,
			Evidence: []trade.Evidence{{Kind: trade.EvidenceHS, Notice: "650610", Product: "650610", Where: "hs"}},
		}},
	}
	must(b.Families.Put(ctx, f.Key(), f, 0))(t)
	c := trade.Case{Family: f.ID, State: trade.CaseOpen, FamilySeq: 1, HeadlineZH: "巴西新措施：头盔", HeadlineEN: "Brazil, new measure: helmets", Level: "yellow", Dates: n.Dates, Likely: 1, Exporters: 1, Opened: now.Format(time.RFC3339)}
	must(b.Cases.Put(ctx, f.Key(), c, 0))(t)
	q := trade.Quarantine{Source: "eping", Where: "row 7", Reason: "the title is HTML", Bytes: []byte("<script>alert(1)</script>"), At: now.Format(time.RFC3339)}
	must(b.Quarantine.Put(ctx, "q1", q, 0))(t)
	must(b.DeadLetters.Put(ctx, "d1", bus.DeadLetter{Consumer: "matcher", Reason: "cannot be read", At: now.Format(time.RFC3339)}, 0))(t)
	must(b.Runs.Append(ctx, "eping", bus.Run{Source: "eping", Started: "2026-03-02T08:00:00Z", Trigger: "schedule", Tally: trade.Tally{Rows: 3, Notices: 1, Unchanged: 1, Quarantined: 1}}))(t)
	must(b.SourceStates.Put(ctx, "eping", bus.SourceState{Source: "eping", LastOK: "2026-03-02T08:00:00Z", LastRun: "2026-03-02T08:00:00Z"}, 0))(t)
}

// ledger stores a delivery with three transitions about a release.
func ledger(t *testing.T, b *bus.Bus) string {
	t.Helper()
	ctx, family := t.Context(), "G/TBT/N/BRA/9001"
	w := trade.Warning{Number: "2026-0001", Family: family, Release: 1, Level: "yellow", At: now.Format(time.RFC3339), Audience: []trade.Match{{Exporter: "E1", Product: "P1", Grade: trade.Likely}}}
	at := must(b.Warnings.Put(ctx, trade.FamilyKey(family), w, 0))(t)
	drill := w
	drill.Exercise, drill.Family = true, trade.ExerciseFamily(family)
	must(b.Exercises.Put(ctx, trade.FamilyKey(drill.Family), drill, 0))(t)
	d := trade.Delivery{Key: trade.DeliveryKey("S1", "email", family, 1), Subscriber: "S1", Channel: "email", Family: family, Release: 1, WarningSeq: at, At: now.Format(time.RFC3339)}
	var last uint64
	for _, s := range []trade.DeliveryState{trade.Planned, trade.Sending, trade.Accepted} {
		d.State = s
		last = must(b.Deliveries.Put(ctx, d.Key, d, last))(t)
	}
	return d.Key
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
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

// reply is an answer that was read whole.
type reply struct {
	status  int
	header  http.Header
	body    string
	trailer http.Header
}

// do sends a request; header pairs follow the body. The token is sent unless a
// pair says otherwise.
func (r *rig) do(method, path, body string, headers ...string) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text), resp.Trailer}
}
