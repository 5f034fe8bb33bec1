package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// told is figures that are told records one after another, as the bus does.
type told struct {
	*figures
	seq uint64
}

func tell() *told { return &told{figures: newFigures(time.UTC)} }

func (f *told) next() uint64 { f.seq++; return f.seq }

// paper tells of a paper; published and deadline may be empty.
func (f *told) paper(source, symbol, published, deadline, seen string, change func(*trade.Notice)) {
	n := trade.Notice{Source: source, ID: symbol, Symbols: trade.SymbolStrings(symbol), Area: "TBT", Kind: trade.KindNew, Markets: []string{"BR"}, SeenAt: stamp(seen)}
	for what, day := range map[string]string{trade.DatePublished: published, trade.DateCommentDeadline: deadline} {
		if day != "" {
			n.Dates = append(n.Dates, trade.Date{What: what, From: day, To: day})
		}
	}
	if change != nil {
		change(&n)
	}
	f.takeNotice(bus.Entry[trade.Notice]{Key: n.Key(), Seq: f.next(), Value: n})
}

// judge tells of a case and its moves: state, who, when.
func (f *told) judge(family string, symbols []string, moves ...string) {
	c := trade.Case{Family: family, Symbols: symbols, Markets: []string{"BR"}, State: trade.CaseOpen}
	for i := 0; i < len(moves); i += 3 {
		to := trade.CaseState(moves[i])
		c.History = append(c.History, trade.Change{From: c.State, To: to, By: moves[i+1], At: stamp(moves[i+2]).Format(time.RFC3339)})
		c.State = to
	}
	f.takeCase(bus.Entry[trade.Case]{Key: trade.FamilyKey(family), Seq: f.next(), Value: c})
}

func (f *told) deliver(family, subscriber, at string, state trade.DeliveryState) {
	d := trade.Delivery{Family: family, Subscriber: subscriber, State: state, At: stamp(at).Format(time.RFC3339)}
	f.takeDelivery(bus.Entry[trade.Delivery]{Key: subscriber, Seq: f.next(), Value: d})
}

func stamp(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func (f *told) figuresOf(t *testing.T, q StatisticsQuery) Statistics {
	t.Helper()
	s, err := f.count(q, now) // now is 2026-03-02
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hs(codes ...string) func(*trade.Notice) { return func(n *trade.Notice) { n.HS = codes } }

func TestFiguresOfNothing(t *testing.T) {
	s := tell().figuresOf(t, StatisticsQuery{})
	if s.Papers != (Compared{}) || len(s.Markets)+len(s.Sectors)+len(s.Kinds) > 0 || s.Comment.Share != nil || s.Waiting != 0 || s.Decisions.Total() != (Compared{}) {
		t.Errorf("nothing gives %+v", s)
	}
	if len(s.Months) != 12 || s.Months[0].Month != "2025-04" || s.Months[11].Month != "2026-03" || s.Period.From != "2025-04-01" || s.Period.To != "2026-03-31" || !s.Period.Running || s.Before.From != "2024-04-01" || s.Before.To != "2025-03-31" || s.Before.Running {
		t.Errorf("months %+v, period %+v after %+v", s.Months, s.Period, s.Before)
	}
	for _, r := range s.Response {
		if r.Count != 0 || r.Median != nil || r.P90 != nil || r.Before.Median != nil {
			t.Errorf("%s of nothing: %+v", r.Step, r)
		}
	}
}

func TestPapersAreCountedOnce(t *testing.T) {
	f := tell()
	f.paper("eping", "G/TBT/N/BRA/1", "2026-02-03", "", "2026-02-05 08:00", hs("871120"))
	f.paper("eping", "G/TBT/N/BRA/1", "2026-02-03", "", "2026-02-20 08:00", hs("871120", "090111")) // the record was corrected
	f.paper("bulk", "G/TBT/N/BRA/1", "2026-02-03", "", "2026-02-04 08:00", nil)                     // another source has it, too
	f.paper("eping", "G/TBT/N/BRA/1/Add.1", "2026-02-27", "", "2026-02-28 08:00", func(n *trade.Notice) { n.Kind = trade.KindAddendum })
	f.paper("eping", "G/TBT/N/ARE/2, G/TBT/N/OMN/3", "2026-01-31", "", "2026-02-01 08:00", func(n *trade.Notice) { n.Markets, n.ICS = []string{"AE", "OM"}, []string{"43.140"} })
	f.paper("gazette", "https://example.org/7", "", "", "2026-02-28 23:30", func(n *trade.Notice) { n.Area, n.Kind, n.Markets = "", trade.KindRule, nil })
	f.paper("eping", "G/SPS/N/JPN/4", "2026-02-10", "", "2026-02-10 08:00", func(n *trade.Notice) { n.Area, n.HS, n.Markets = "SPS", []string{"9999"}, []string{"JP"} })
	s := f.figuresOf(t, StatisticsQuery{Month: "2026-02"})
	if s.Papers != (Compared{4, 1}) || s.Uncoded != (Compared{1, 0}) {
		t.Errorf("papers %+v, uncoded %+v", s.Papers, s.Uncoded)
	}
	want := "[{BR {2 0}} { {1 0}} {JP {1 0}} {AE {0 1}} {OM {0 1}}]"
	if got := fmt.Sprint(s.Markets); got != want {
		t.Errorf("markets %s, want %s", got, want)
	}
	want = "[{agrifood {2 0}} {motorcycles {2 0}} {no_sector {1 0}} {uncoded {1 0}} {ics_only {0 1}}]"
	if got := fmt.Sprint(s.Sectors); got != want {
		t.Errorf("sectors %s, want %s: the addendum is in its parent's", got, want)
	}
	want = "[{TBT new {1 1}} {TBT addendum {1 0}} {SPS new {1 0}} { rule {1 0}}]"
	if got := fmt.Sprint(s.Kinds); got != want {
		t.Errorf("kinds %s, want %s", got, want)
	}
	if m := s.Months[11]; m.Month != "2026-02" || m.TBT != 2 || m.SPS != 1 || m.Other != 1 || m.Uncoded != 1 || s.Months[10].TBT != 1 {
		t.Errorf("February %+v, January %+v", m, s.Months[10])
	}
	if r := s.Response[0]; r.Count != 4 || *r.Median != 1 || *r.P90 != 1 || r.Before.Count != 0 {
		t.Errorf("from circulation to the first sight: %+v; a paper is seen when its first revision was read by the first source", r)
	}
	for q, want := range map[StatisticsQuery]int{{Market: "BR"}: 2, {Market: "OM"}: 1, {Sector: "agrifood"}: 2, {Sector: Uncoded}: 1, {Market: "JP", Sector: "motorcycles"}: 0, {}: 5} {
		if got := f.figuresOf(t, q).Papers.Count; got != want {
			t.Errorf("%+v: %d papers, want %d", q, got, want)
		}
	}
	f.takeNotice(bus.Entry[trade.Notice]{Key: (&trade.Notice{Source: "eping", Symbols: []string{"G/SPS/N/JPN/4"}}).Key(), Seq: f.next(), Deleted: true})
	if got := f.figuresOf(t, StatisticsQuery{}).Papers.Count; got != 4 {
		t.Errorf("%d papers after one was deleted, want 4", got)
	}
}

// The days of a month are the centre's: 23:30 UTC is the next month in China.
func TestMonthsAreTheCentres(t *testing.T) {
	f := &told{figures: newFigures(time.FixedZone("UTC+8", 8*3600))}
	f.paper("gazette", "https://example.org/7", "", "", "2026-01-31 23:30", nil)
	s, err := f.count(StatisticsQuery{Month: "2026-02"}, now)
	if err != nil || s.Papers != (Compared{1, 0}) {
		t.Errorf("%+v, %v", s.Papers, err)
	}
	for _, bad := range []string{"2026-13", "2026", "2026-2", "last", "0000-01", "2026-02-01"} {
		if _, err := f.count(StatisticsQuery{Month: bad}, now); err == nil || !strings.Contains(err.Error(), "月份") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A decision that its author took back is none; the next one counts.
func TestAStepTakenBackIsNoJudgement(t *testing.T) {
	f := tell()
	f.paper("eping", "G/TBT/N/BRA/1", "2026-02-01", "", "2026-02-02 12:00", nil)
	history := []trade.Change{
		{From: trade.CaseOpen, To: trade.CaseIrrelevant, By: "王", At: "2026-02-03T12:00:00Z"},
		{From: trade.CaseIrrelevant, To: trade.CaseOpen, By: "王", At: "2026-02-03T12:01:00Z", What: trade.WhatUndo},
	}
	tell := func(more ...trade.Change) Statistics {
		c := trade.Case{Family: "G/TBT/N/BRA/1", Symbols: []string{"G/TBT/N/BRA/1"}, State: trade.CaseOpen, History: append(history, more...)}
		f.takeCase(bus.Entry[trade.Case]{Key: trade.FamilyKey(c.Family), Seq: f.next(), Value: c})
		return f.figuresOf(t, StatisticsQuery{Month: "2026-02"})
	}
	if s := tell(); s.Decisions.Total().Count != 0 || s.Response[1].Count != 0 || s.Waiting != 1 {
		t.Errorf("taken back: %+v, %+v", s.Decisions, s.Response[1])
	}
	s := tell(trade.Change{From: trade.CaseOpen, To: trade.CaseReleased, By: "王", At: "2026-02-05T12:00:00Z"})
	if s.Decisions.Released.Count != 1 || s.Decisions.Irrelevant.Count != 0 || *s.Response[1].Median != 72 {
		t.Errorf("decided again: %+v, %+v", s.Decisions, s.Response[1])
	}
}

func TestResponseTimes(t *testing.T) {
	f := tell()
	symbol := func(n int) string { return fmt.Sprintf("G/TBT/N/BRA/%d", n) }
	released, rule := string(trade.CaseReleased), triage.ByRule
	for i := 1; i <= 10; i++ { // circulated on the first, seen i days later at noon, judged i hours after
		seen := fmt.Sprintf("2026-02-%02d 12:00", 1+i)
		f.paper("eping", symbol(i), "2026-02-01", "2026-02-09", seen, nil)
		f.judge(symbol(i), []string{symbol(i)}, "in_review", "王", seen, released, "王", fmt.Sprintf("2026-02-%02d %02d:00", 1+i, 12+i))
	}
	f.deliver(symbol(1), "S2", "2026-02-02 15:00", trade.Accepted)
	f.deliver(symbol(1), "S1", "2026-02-02 14:00", trade.Accepted)
	f.deliver(symbol(1), "S0", "2026-02-02 13:10", trade.Rejected)
	// Released by rule at once, edited, and released again: the first counts.
	f.paper("eping", symbol(20), "2026-01-10", "", "2026-01-12 09:00", nil)
	f.judge(symbol(20), []string{symbol(20)}, released, rule, "2026-01-12 09:01", released, "王", "2026-02-12 09:01")
	// History, a case that another one took over, and one that waits.
	f.paper("eping", symbol(30), "1999-01-10", "1999-03-01", "2026-02-12 09:00", func(n *trade.Notice) { n.Backfill = true })
	f.judge(symbol(30), []string{symbol(30)}, "irrelevant", "王", "2026-02-13 09:00")
	f.paper("eping", symbol(40), "2026-02-10", "", "2026-02-12 09:00", nil)
	f.judge(symbol(40), []string{symbol(40)}, "closed", rule, "2026-02-13 09:00")
	f.judge(symbol(50), []string{symbol(50)})
	s := f.figuresOf(t, StatisticsQuery{Month: "2026-02"})
	want := map[string][3]float64{ // count, median, 90th percentile
		StepSeen: {11, 5, 9}, StepJudged: {10, 5.5, 9}, StepByPerson: {10, 5.5, 9}, StepDelivered: {1, 1, 1}, StepUntilJudged: {10, 5.5, 9}, StepUntilDeliver: {1, 1, 1},
	}
	for _, r := range s.Response {
		if w := want[r.Step]; r.Count != int(w[0]) || *r.Median != w[1] || *r.P90 != w[2] {
			t.Errorf("%s: %d, median %v, p90 %v; want %v", r.Step, r.Count, *r.Median, *r.P90, w)
		}
	}
	if before := s.Response[1].Before; before.Count != 1 || *before.Median != 1.0/60 || s.Response[2].Before.Count != 0 {
		t.Errorf("January, by rule after a minute: %+v", s.Response[1:3])
	}
	if c := s.Comment; c.Count != 10 || c.Lost != 52 || c.Whole != 80 || c.Expired != 2 || *c.Share != 0.65 || *c.Median != 5.5 || *c.P90 != 8 || c.Before != nil {
		t.Errorf("comment days %+v", c)
	}
	if d := s.Decisions; d.Released != (Compared{10, 1}) || d.Irrelevant != (Compared{1, 0}) || d.Closed != (Compared{}) || d.ByRule != (Compared{0, 1}) || s.Waiting != 1 {
		t.Errorf("decisions %+v, waiting %d", d, s.Waiting)
	}
	if m := s.Months[10].Response[1]; m.Count != 1 || s.Months[11].Response[1].Count != 10 {
		t.Errorf("by month: %+v", m)
	}
}

// A joint paper's family has one of its roots; the papers of the others belong
// to it.
func TestJointPapersAreOneMeasure(t *testing.T) {
	f := tell()
	f.paper("eping", "G/TBT/N/ARE/2, G/TBT/N/OMN/3", "2026-02-01", "", "2026-02-02 08:00", nil)
	f.paper("eping", "G/TBT/N/OMN/3/Add.1", "2026-02-10", "", "2026-02-11 08:00", hs("8711"))
	f.judge("G/TBT/N/ARE/2", []string{"G/TBT/N/ARE/2", "G/TBT/N/OMN/3", "G/TBT/N/OMN/3/Add.1"}, "irrelevant", "王", "2026-02-02 10:00")
	f.judge("G/TBT/N/OMN/3", []string{"G/TBT/N/OMN/3"}, "closed", triage.ByRule, "2026-02-02 11:00")
	s := f.figuresOf(t, StatisticsQuery{Month: "2026-02"})
	if len(s.Sectors) != 1 || s.Sectors[0] != (NamedCount{"motorcycles", Compared{2, 0}}) || s.Uncoded.Count != 0 {
		t.Errorf("sectors %+v", s.Sectors)
	}
	if r := s.Response[1]; r.Count != 1 || *r.Median != 2 {
		t.Errorf("judged after %+v", r)
	}
}

func TestMiddleAndNineTenths(t *testing.T) {
	for _, c := range []struct {
		values      []int64
		median, p90 float64
	}{
		{[]int64{7}, 7, 7}, {[]int64{9, 1}, 5, 9}, {[]int64{3, 1, 2}, 2, 3}, {[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 100}, 5.5, 9}, {[]int64{0, 0, 0}, 0, 0},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 6, 10}, {[]int64{1 << 52, 1 << 52}, 1 << 52, 1 << 52},
	} {
		if got := timingOf("", UnitDays, c.values); got.Count != len(c.values) || *got.Median != c.median || *got.P90 != c.p90 {
			t.Errorf("%v: median %v, p90 %v; want %v, %v", c.values, *got.Median, *got.P90, c.median, c.p90)
		}
	}
	if n := len(nomenclature.Sectors()); n > 32 {
		t.Errorf("%d sectors do not fit into the bits of a paper", n)
	}
}

func TestAnswersByRule(t *testing.T) {
	rows := answerRows(Precision{Overall: PrecisionRow{Relevant: 3, NotRelevant: 1, NoAnswer: 9}, Rules: []PrecisionRow{
		{Rule: "concept", Grade: trade.Likely, NotRelevant: 1}, {Rule: "hs", Grade: trade.Direct, Relevant: 2}, {Rule: "hs", Grade: trade.Likely, Relevant: 1, NotRelevant: 1}, {Rule: "term", NoAnswer: 4},
	}})
	if len(rows) != 4 || rows[0].Rule != "" || *rows[0].Share != 0.25 || rows[1].Rule != "hs" || *rows[1].Share != 0.25 || *rows[2].Share != 1 || rows[3].Share != nil || rows[3].NoAnswer != 4 {
		t.Errorf("%+v", rows)
	}
}

// A view that is made again knows when a paper was first seen.
func TestFiguresOutliveTheProcess(t *testing.T) {
	b, first, run := open(t)
	run()
	n := notice("eping", "G/TBT/N/BRA/9", "a")
	n.Dates = []trade.Date{{What: trade.DatePublished, From: "2026-02-01", To: "2026-02-01"}}
	n.SeenAt = stamp("2026-02-03 08:00")
	seq := put(t, b.Notices, n.Key(), n, 0)
	n.Title, n.SeenAt = "b", stamp("2026-02-23 08:00")
	put(t, b.Notices, n.Key(), n, seq)
	again, runAgain := follow(t, b)
	runAgain()
	for name, v := range map[string]*View{"the running one": first, "the one made again": again} {
		waitFor(t, "the paper", func() bool { return v.Counts().Notices == 1 })
		s, err := v.Statistics(StatisticsQuery{})
		if err != nil || s.Papers.Count != 1 || s.Response[0].Count != 1 || *s.Response[0].Median != 2 || len(s.Answers) != 1 {
			t.Errorf("%s: %+v, %v", name, s.Response[0], err)
		}
	}
	if s, err := first.Statistics(StatisticsQuery{Market: "BR", Sector: "toys"}); err != nil || s.Answers != nil {
		t.Errorf("answers in a market and a sector: %+v, %v", s.Answers, err)
	}
}

func BenchmarkStatistics(b *testing.B) {
	f := tell()
	for i := range 105_000 {
		day := now.AddDate(0, 0, -i%800)
		f.paper("eping", fmt.Sprintf("G/TBT/N/BRA/%d", i), day.Format(trade.Day), "", day.Format("2006-01-02 15:04"), hs("8711", "090111"))
	}
	for b.Loop() {
		if _, err := f.count(StatisticsQuery{}, now); err != nil {
			b.Fatal(err)
		}
	}
}
