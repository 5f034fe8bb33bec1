package triage

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// worked is a world with one open case that Wang, an analyst, works on.
func worked(t *testing.T) (*world, func(do func(seq uint64) error) trade.Case) {
	t.Helper()
	w := newWorld(t)
	w.publish(trade.Notice{Source: "eping", ID: "G/TBT/N/BRA/1", Symbols: []string{"G/TBT/N/BRA/1"}, Kind: trade.KindNew, Markets: []string{"BR"}, Title: "Helmets", HS: []string{"650610"}}, match("E1", "P1", trade.Likely))
	return w, func(do func(seq uint64) error) trade.Case {
		t.Helper()
		_, seq := w.cas("G/TBT/N/BRA/1")
		if err := do(seq); err != nil {
			t.Fatal(err)
		}
		c, _ := w.cas("G/TBT/N/BRA/1")
		return c
	}
}

const family1 = "G/TBT/N/BRA/1"

func TestAPersonsLevelStaysAndShowsTheRule(t *testing.T) {
	w, on := worked(t)
	ctx := t.Context()
	byRule, _ := w.cas(family1)
	if len(byRule.Sectors) == 0 {
		t.Error("the case has no sector")
	}
	c := on(func(seq uint64) error {
		return w.desk.SetLevel(ctx, family1, seq, "red", "Wang", "两家龙头企业停产")
	})
	if c.Level != "red" || c.LevelBy != "Wang" || !strings.Contains(c.LevelWhy.ZH, "两家龙头企业停产") || !strings.Contains(c.LevelWhy.ZH, byRule.LevelWhy.ZH) {
		t.Errorf("after setting it: %s by %q, %s", c.Level, c.LevelBy, c.LevelWhy.ZH)
	}
	w.publish(trade.Notice{Source: "eping", ID: family1 + "/Add.1", Symbols: []string{family1 + "/Add.1"}, Kind: trade.KindAddendum, Markets: []string{"BR"}, Title: "Helmets, addendum"}, match("E1", "P1", trade.Likely))
	if c, _ = w.cas(family1); c.Level != "red" {
		t.Errorf("an addendum makes it %s", c.Level)
	}
	c = on(func(seq uint64) error { return w.desk.SetLevel(ctx, family1, seq, "", "Wang", "") })
	if c.Level != byRule.Level || c.LevelBy != "" {
		t.Errorf("given back to the rule it is %s by %q, want %s", c.Level, c.LevelBy, byRule.Level)
	}
	for _, bad := range [][2]string{{"purple", "why"}, {"red", " "}} {
		if err := w.desk.SetLevel(ctx, family1, 0, bad[0], "Wang", bad[1]); err == nil {
			t.Errorf("level %q with reason %q is taken", bad[0], bad[1])
		}
	}
}

func TestTheLastStepIsTakenBackByItsAuthorOnly(t *testing.T) {
	for name, do := range map[string]func(d *Desk, seq uint64) error{
		"assigned": func(d *Desk, seq uint64) error { return d.Assign(t.Context(), family1, seq, "Li", "Wang") },
		"level":    func(d *Desk, seq uint64) error { return d.SetLevel(t.Context(), family1, seq, "red", "Wang", "why") },
		"dismissed": func(d *Desk, seq uint64) error {
			return d.Decide(t.Context(), family1, seq, trade.CaseIrrelevant, "Wang", "why")
		},
		"reviewed": func(d *Desk, seq uint64) error {
			return d.Decide(t.Context(), family1, seq, trade.CaseInReview, "Wang", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, on := worked(t)
			before, _ := w.cas(family1)
			after := on(func(seq uint64) error { return do(w.desk, seq) })
			if len(after.History) != len(before.History)+1 {
				t.Fatalf("the history has %d lines, then %d", len(before.History), len(after.History))
			}
			if err := w.desk.Undo(t.Context(), family1, 0, "Li"); err == nil {
				t.Error("somebody else takes it back")
			}
			c := on(func(seq uint64) error { return w.desk.Undo(t.Context(), family1, seq, "Wang") })
			if c.State != before.State || c.Assignee != before.Assignee || c.Level != before.Level || c.LevelBy != before.LevelBy {
				t.Errorf("taken back it is %s, %q, %s by %q", c.State, c.Assignee, c.Level, c.LevelBy)
			}
			if len(c.History) != len(before.History)+2 {
				t.Errorf("the history has %d lines, want both steps in it", len(c.History))
			}
			if err := w.desk.Undo(t.Context(), family1, 0, "Wang"); err == nil {
				t.Error("it is taken back twice")
			}
		})
	}
}

// Taking a level back brings the level of before with its author and reason.
func TestALevelIsTakenBackWhole(t *testing.T) {
	w, on := worked(t)
	first := on(func(seq uint64) error { return w.desk.SetLevel(t.Context(), family1, seq, "red", "Li", "停产风险") })
	on(func(seq uint64) error { return w.desk.SetLevel(t.Context(), family1, seq, "blue", "Wang", "已备货") })
	c := on(func(seq uint64) error { return w.desk.Undo(t.Context(), family1, seq, "Wang") })
	if c.Level != "red" || c.LevelBy != "Li" || c.LevelWhy != first.LevelWhy {
		t.Errorf("it is %s by %q because %s", c.Level, c.LevelBy, c.LevelWhy.ZH)
	}
}

// Who set the codes stands in the family's record; the case's history has it
// once, however often that is read, and its words follow the codes.
func TestTheHistoryTellsWhoSetTheCodes(t *testing.T) {
	w, _ := worked(t)
	set := func(codes trade.Codes) trade.Case {
		t.Helper()
		e, err := w.desk.Bus.Families.Get(t.Context(), trade.FamilyKey(family1))
		if err != nil {
			t.Fatal(err)
		}
		e.Value.Codes = &codes
		if _, err := w.desk.Bus.Families.Put(t.Context(), e.Key, e.Value, e.Seq); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			w.seen = 0
			w.takeAll()
		}
		c, _ := w.cas(family1)
		return c
	}
	told := func(c trade.Case) (out []string) {
		for _, h := range c.History {
			if h.What == trade.WhatCodes {
				out = append(out, h.By+" "+h.At+" "+h.Reason.EN)
			}
		}
		return out
	}
	tea := trade.Codes{HS: []string{"0902"}, ICS: []string{"67.140.10"}, By: "Wang", At: "2026-03-02T08:00:00Z", Reason: "annex"}
	c := set(tea)
	want := []string{"Wang 2026-03-02T08:00:00Z codes set to 0902, 67.140.10: annex"}
	if got := told(c); !slices.Equal(got, want) || !slices.Equal(c.Sectors, []string{"agrifood"}) {
		t.Errorf("the history tells %q, the sectors are %q", got, c.Sectors)
	}
	c = set(trade.Codes{By: "Li", At: "2026-03-02T09:00:00Z"})
	if got := told(c); !slices.Equal(got, append(want, "Li 2026-03-02T09:00:00Z the codes are those of the papers again")) || slices.Contains(c.Sectors, "agrifood") {
		t.Errorf("given back, the history tells %q, the sectors are %q", got, c.Sectors)
	}
}

func TestAReleaseIsNotTakenBack(t *testing.T) {
	w, on := worked(t)
	on(func(seq uint64) error { return w.desk.Release(t.Context(), family1, seq, "Wang", "") })
	if err := w.desk.Undo(t.Context(), family1, 0, "Wang"); err == nil {
		t.Error("a release that people have read is taken back")
	}
	c := on(func(seq uint64) error {
		return w.desk.Decide(t.Context(), family1, seq, trade.CaseIrrelevant, "Wang", "why")
	})
	if c = on(func(seq uint64) error { return w.desk.Undo(t.Context(), family1, seq, "Wang") }); c.State != trade.CaseReleased {
		t.Errorf("the case is %s", c.State)
	}
}

func TestSectorsOfAFamily(t *testing.T) {
	evidence := func(kind, product string) []trade.Match {
		return []trade.Match{{Grade: trade.Likely, Evidence: []trade.Evidence{{Kind: kind, Product: product}}}}
	}
	for name, c := range map[string]struct {
		family trade.Family
		want   []string
	}{
		"codes of the papers":      {trade.Family{Papers: []trade.Paper{{HS: []string{"871120", "0902"}}}, Matches: evidence(trade.EvidenceHS, "850760")}, []string{"motorcycles", "agrifood"}},
		"no codes: products":       {trade.Family{Matches: evidence(trade.EvidenceHS, "871120")}, []string{"motorcycles"}},
		"no codes: kinds of goods": {trade.Family{Packed: &trade.Packed{Verdicts: []trade.Verdict{{Grade: trade.Direct, Evidence: evidence(trade.EvidenceConcept, "摩托车")[0].Evidence}}}}, []string{"motorcycles"}},
		"nothing":                  {trade.Family{}, nil},
	} {
		if got := sectorsOf(&c.family); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCommentsStayInTheHistory(t *testing.T) {
	w, on := worked(t)
	c := on(func(uint64) error { return w.desk.Comment(t.Context(), family1, " 已问过检测机构 ", "Wang") })
	if last := c.History[len(c.History)-1]; last.What != trade.WhatComment || last.By != "Wang" || last.Reason.ZH != "已问过检测机构" || c.State != trade.CaseOpen {
		t.Errorf("the history ends with %+v", last)
	}
	if _, ok := Undoable(&c, "Wang"); ok {
		t.Error("a comment can be taken back")
	}
	for name, text := range map[string]string{"empty": " \n", "long": strings.Repeat("长", 2001)} {
		if err := w.desk.Comment(t.Context(), family1, text, "Wang"); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	if err := w.desk.Comment(t.Context(), "G/TBT/N/BRA/404", "words", "Wang"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("on a case that is not there: %v", err)
	}
}
