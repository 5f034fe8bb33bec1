package triage

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

var today = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is a desk over a real bus, with the matcher's part played by the test.
type world struct {
	*testing.T
	desk *Desk
	seen uint64 // last family record taken in
}

func newWorld(t *testing.T) *world {
	return &world{T: t, desk: &Desk{Bus: openBus(t), Config: DefaultConfig(), Now: func() time.Time { return today }, Log: slog.New(slog.DiscardHandler)}}
}

// publish stores the notice, its family with those matches, and lets the desk
// take it in.
func (w *world) publish(n trade.Notice, matches ...trade.Match) {
	w.Helper()
	ctx, b := w.Context(), w.desk.Bus
	e, err := b.Notices.Get(ctx, n.Key())
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		w.Fatal(err)
	}
	seq, err := b.Notices.Put(ctx, n.Key(), n, e.Seq)
	if err != nil {
		w.Fatal(err)
	}
	book, err := OpenBook(ctx, b, []trade.Notice{n})
	if err != nil {
		w.Fatal(err)
	}
	f, _ := book.Place(&n, PaperOf(bus.Entry[trade.Notice]{Key: n.Key(), Seq: seq, Value: n}))
	f.Matched, f.Matches = true, matches
	if err := book.Save(ctx); err != nil {
		w.Fatal(err)
	}
	w.takeAll()
}

// takeAll hands every new family record to the desk.
func (w *world) takeAll() {
	w.Helper()
	last, err := w.desk.Bus.Families.LastSeq(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for seq := w.seen + 1; seq <= last; seq++ {
		e, err := w.desk.Bus.Families.At(w.Context(), seq)
		if errors.Is(err, trade.ErrNotFound) {
			continue // overwritten
		}
		if err == nil {
			err = w.desk.take(w.Context(), e)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
	w.seen = last
}

func (w *world) cas(id string) (trade.Case, uint64) {
	w.Helper()
	e, err := w.desk.Bus.Cases.Get(w.Context(), trade.FamilyKey(id))
	if err != nil {
		w.Fatal(err)
	}
	return e.Value, e.Seq
}

func (w *world) release(id string) *trade.Warning {
	w.Helper()
	r, err := w.desk.lastRelease(w.Context(), &trade.Family{ID: id})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func match(exporter, product string, g trade.Grade) trade.Match {
	return trade.Match{Notice: "G/TBT/N/VNM/1", Family: "G/TBT/N/VNM/1", Exporter: exporter, Product: product, Grade: g, Markets: []string{"VN"}}
}

func withDate(n trade.Notice, what, day string) trade.Notice {
	n.Dates = append(slices.Clone(n.Dates), trade.Date{What: what, Text: day, From: day, To: day, Basis: "as given"})
	return n
}

const vnm = "G/TBT/N/VNM/1"

func TestDirectMatchesAreReleasedByRuleAndOnlyOnce(t *testing.T) {
	w := newWorld(t)
	n := withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-04-30")
	w.publish(n, match("EX1", "P1", trade.Direct), match("EX2", "P1", trade.Likely))
	c, _ := w.cas(vnm)
	r := w.release(vnm)
	if c.State != trade.CaseReleased || r == nil || r.Release != 1 || r.Number != "2026-0001" || len(r.Audience) != 1 || r.Audience[0].Exporter != "EX1" {
		t.Fatalf("case %+v\nrelease %+v", c, r)
	}
	if !strings.Contains(c.Pending.EN, "release an update: 1") {
		t.Errorf("pending %q: the likely firm left the queue in silence", c.Pending.EN)
	}
	if c.Deadline != "2026-04-30" || !strings.Contains(c.HeadlineZH, "2026-04-30") || !strings.Contains(c.HeadlineEN, "2026-04-30") {
		t.Errorf("deadline %q, headlines %q %q", c.Deadline, c.HeadlineZH, c.HeadlineEN)
	}
	if r.Centre == nil || r.Centre.Day != "2026-04-16" || r.Centre.Close != "2026-04-30" || !strings.Contains(r.Centre.Basis.ZH, "10 个工作日") {
		t.Errorf("the release records the centre's day as %+v", r.Centre)
	}
	w.seen = 0 // everything again, as after a lost acknowledgement
	w.takeAll()
	if again := w.release(vnm); again.Release != 1 {
		t.Errorf("taken in twice, released %d times", again.Release)
	}
}

func TestWhatReachesAPersonAndWhatDoesNot(t *testing.T) {
	backfill := paper("2026-03-01", vnm)
	backfill.Backfill = true
	cases := []struct {
		name    string
		notice  trade.Notice
		matches []trade.Match
		pending string // words that the case says; "" when released
	}{
		{"likely only", paper("2026-03-01", vnm), []trade.Match{match("EX1", "P1", trade.Likely)}, "likely matches only"},
		{"reference only", paper("2026-03-01", vnm), []trade.Match{match("EX1", "P1", trade.Reference)}, "reference matches only"},
		{"nobody", paper("2026-03-01", vnm), nil, "no registered product"},
		{"history never alerts", backfill, []trade.Match{match("EX1", "P1", trade.Direct)}, "history"},
		{"direct", paper("2026-03-01", vnm), []trade.Match{match("EX1", "P1", trade.Direct)}, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(tc.notice, tc.matches...)
			c, _ := w.cas(vnm)
			if released := w.release(vnm) != nil; released != (tc.pending == "") || !strings.Contains(c.Pending.EN, tc.pending) {
				t.Errorf("released %v, pending %q", released, c.Pending.EN)
			}
		})
	}
}

func TestAPersonReleasesDismissesAndReopens(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Likely), match("EX2", "P1", trade.Reference))
	_, seq := w.cas(vnm)
	if err := w.desk.Release(ctx, vnm, seq+1, "李明", "看过"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("release of a case that changed: %v", err)
	}
	if err := w.desk.Decide(ctx, vnm, seq, trade.CaseIrrelevant, "李明", " "); err == nil {
		t.Error("dismissed without a reason")
	}
	if err := w.desk.Release(ctx, vnm, seq, "李明", "看过"); err != nil {
		t.Fatal(err)
	}
	r := w.release(vnm)
	if r.By != "李明" || len(r.Audience) != 1 || r.Audience[0].Product != "P1" || r.Audience[0].Exporter != "EX1" {
		t.Errorf("release %+v", r)
	}
	if err := w.desk.Release(ctx, vnm, seq, "李明", "双击"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("a double click: %v", err)
	}
	_, seq = w.cas(vnm)
	if err := w.desk.Decide(ctx, vnm, seq, trade.CaseIrrelevant, "李明", "已停产"); err != nil {
		t.Fatal(err)
	}
	add := paper("2026-03-02", vnm+"/Add.1")
	w.publish(add, match("EX1", "P1", trade.Likely))
	if got := w.release(vnm); got.Release != 1 {
		t.Errorf("a case judged irrelevant was released again: %d", got.Release)
	}
	c, _ := w.cas(vnm)
	if last := c.History[len(c.History)-1]; c.State != trade.CaseOpen || last.By != ByRule || !strings.Contains(last.Reason.EN, "/Add.1") {
		t.Errorf("a follow-up of what was judged irrelevant: %s, %+v", c.State, last)
	}
	if c.Pending.EN == "" {
		t.Error("reopened, and nobody is told what it waits for")
	}
	if last := c.History[len(c.History)-2]; last.By != "李明" || last.Reason != same("已停产") {
		t.Errorf("history %+v", c.History)
	}
}

func TestUpdatesSayWhatChangedAndStayQuietOtherwise(t *testing.T) {
	first := withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-04-30")
	direct := match("EX1", "P1", trade.Direct)
	cases := []struct {
		name  string
		next  trade.Notice
		match []trade.Match
		want  string // words of the changes; "" when nothing is sent
	}{
		{"an addendum moves the deadline", withDate(paper("2026-03-02", vnm+"/Add.1"), trade.DateCommentDeadline, "2026-06-30"), []trade.Match{direct}, "2026-06-30, was 2026-04-30"},
		{"an addendum", paper("2026-03-02", vnm+"/Add.1"), []trade.Match{direct}, "addendum G/TBT/N/VNM/1/Add.1"},
		{"a corrigendum of nothing that counts", paper("2026-03-02", vnm+"/Corr.1"), []trade.Match{direct}, ""},
		{"a corrigendum of a date", withDate(paper("2026-03-02", vnm+"/Corr.1"), trade.DateCommentDeadline, "2026-05-15"), []trade.Match{direct}, "2026-05-15"},
		{"a translation", paper("2026-03-02", vnm+"/Suppl.1"), []trade.Match{direct}, ""},
		{"a wider scope", paper("2026-03-02", vnm+"/Corr.1"), []trade.Match{direct, match("EX2", "P9", trade.Direct)}, "further registered products"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(first, direct)
			w.publish(tc.next, tc.match...)
			r := w.release(vnm)
			var said []string
			for _, c := range r.Changed {
				said = append(said, c.EN)
			}
			if got := strings.Join(said, "; "); (r.Release == 2) != (tc.want != "") || !strings.Contains(got, tc.want) {
				t.Errorf("release %d says %q, want %q", r.Release, got, tc.want)
			}
			if r.Number != "2026-0001" {
				t.Errorf("an update is numbered %s", r.Number)
			}
		})
	}
}

func TestAWithdrawalLiftsTheWarning(t *testing.T) {
	w := newWorld(t)
	w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Direct))
	add := paper("2026-03-02", vnm+"/Add.1")
	add.Description = "The draft has been withdrawn by the ministry."
	w.publish(add, match("EX1", "P1", trade.Direct))
	if r := w.release(vnm); !r.Lifted || r.Release != 2 || r.Level != LevelLifted || r.Peak == "" {
		t.Errorf("release %+v", r)
	}
}

// The process dies after the warning is stored and before the case is.
func TestAReleaseWithoutItsCaseIsFoundAgain(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Likely))
	c, seq := w.cas(vnm)
	orphan := trade.Warning{Number: "2026-0001", Family: vnm, Release: 1, By: "李明", Level: c.Level, Markets: c.Markets, Dates: c.Dates, Audience: []trade.Match{match("EX1", "P1", trade.Likely)}}
	if _, err := w.desk.Bus.Warnings.Put(ctx, trade.FamilyKey(vnm), orphan, 0); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Release(ctx, vnm, seq, "李明", "again"); err != nil {
		t.Fatal(err)
	}
	if r := w.release(vnm); r.Release != 1 {
		t.Errorf("released %d times", r.Release)
	}
	if c, _ := w.cas(vnm); c.State != trade.CaseReleased || c.Release != 1 || c.Number != "2026-0001" {
		t.Errorf("case %+v", c)
	}
}

func TestGradingPrintsItsRule(t *testing.T) {
	c := DefaultConfig()
	family := func(kind trade.Kind, exposure float64, force string, grade trade.Grade) *trade.Family {
		f := &trade.Family{Exposure: exposure, Papers: []trade.Paper{{Kind: kind}}, Matches: []trade.Match{match("EX1", "P1", grade)}}
		if force != "" {
			f.Papers[0].Dates = []trade.Date{{What: trade.DateEntryIntoForce, From: force, To: force}}
		}
		return f
	}
	cases := []struct {
		name, text, want string
		f                *trade.Family
	}{
		{"a draft far ahead", "quality of rice", "blue", family(trade.KindNew, 0, "", trade.Reference)},
		{"a draft on certification", "certification of motorcycles", "yellow", family(trade.KindNew, 100_000, "2026-12-01", trade.Likely)},
		{"certification soon, large exports", "certification of motorcycles", "orange", family(trade.KindNew, 9e6, "2026-03-10", trade.Direct)},
		{"a ban in force, large exports", "the import is prohibited", "red", family(trade.KindUrgent, 9e6, "2026-03-10", trade.Direct)},
		{"urgent is at least the second level", "labels", "orange", family(trade.KindUrgent, 0, "", trade.Likely)},
		{"urgent that touches nobody", "labels", "blue", family(trade.KindUrgent, 0, "", trade.Reference)},
	}
	for _, tc := range cases {
		g := c.Grade(tc.f, tc.text, today)
		if g.Level != tc.want || !strings.Contains(g.Why.ZH, "分 = ") || !strings.Contains(g.Why.EN, "points = ") {
			t.Errorf("%s: %s, want %s: %s", tc.name, g.Level, tc.want, g.Why.EN)
		}
	}
}

func TestConfigRefusesWhatCannotBeCarriedOut(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"release by nobody":       func(c *Config) { c.Release.Direct = "nobody" },
		"no levels":               func(c *Config) { c.Levels = nil },
		"no level for few points": func(c *Config) { c.Levels = c.Levels[:2] },
		"levels in disorder":      func(c *Config) { c.Levels[0].From = 1 },
		"the reserved level":      func(c *Config) { c.Levels[1].ID = LevelLifted },
		"thresholds in disorder":  func(c *Config) { c.Exposure = []float64{3, 2, 1} },
		"too few thresholds":      func(c *Config) { c.Exposure = []float64{1} },
	} {
		c := DefaultConfig()
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(&c)
		if c.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

type fakeHook struct{ err error }

func (h fakeHook) Translate(context.Context, string, string, string) (string, error) {
	return "摩托车安全要求", h.err
}

func TestTranslationIsMarkedAndNeverInTheWay(t *testing.T) {
	for name, fails := range map[string]error{"works": nil, "fails": errors.New("down")} {
		w := newWorld(t)
		w.desk.Translate = fakeHook{fails}
		w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Direct))
		if c, _ := w.cas(vnm); c.Machine != (fails == nil) || strings.Contains(c.SummaryZH, "机器翻译") != (fails == nil) || c.State != trade.CaseReleased {
			t.Errorf("hook %s: machine %v, %s", name, c.Machine, c.SummaryZH)
		}
	}
}
