package triage

import (
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// told is a world with a case that a person has released as often.
func told(t *testing.T, releases int) *world {
	t.Helper()
	w := newWorld(t)
	w.publish(withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-04-30"), match("EX1", "P1", trade.Likely))
	for range releases {
		_, seq := w.cas(vnm)
		if err := w.desk.Release(t.Context(), vnm, seq, "甲", "看过"); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestAReleaseIsCorrected(t *testing.T) {
	w := told(t, 1)
	_, seq := w.cas(vnm)
	if err := w.desk.Edit(t.Context(), vnm, seq, trade.Text{ZH: "改过的标题"}, trade.Text{}, "甲"); err != nil {
		t.Fatal(err)
	}
	_, seq = w.cas(vnm)
	if err := w.desk.Correct(t.Context(), vnm, seq, "甲", " 标题写错了 "); err != nil {
		t.Fatal(err)
	}
	r := w.release(vnm)
	if r.Release != 2 || r.Corrects != 1 || r.Recalls != 0 || r.Lifted || r.Number != "2026-0001" || r.Headline.ZH != "改过的标题" || len(r.News) > 0 || len(r.Audience) != 1 {
		t.Errorf("%+v", r)
	}
	if len(r.Changed) == 0 || r.Changed[0] != (trade.Text{ZH: "更正：标题写错了", EN: "Correction: 标题写错了"}) {
		t.Errorf("changed %+v", r.Changed)
	}
	if c, _ := w.cas(vnm); c.State != trade.CaseReleased || c.Release != 2 || !strings.HasPrefix(c.History[len(c.History)-1].Reason.ZH, "更正：标题写错了：2026-0001 第 2 次发布") {
		t.Errorf("%+v", c)
	}
}

func TestAReleaseIsRecalled(t *testing.T) {
	for _, c := range []struct {
		name     string
		releases int
		correct  bool
		lifted   bool
		changed  int
	}{
		{"the first: nothing is left of the warning", 1, false, true, 1},
		{"an update: the release before stands", 2, false, false, 2},
		{"a correction: neither it nor what it corrected stands", 1, true, true, 2},
		{"a correction of an update: what was before them stands", 2, true, false, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := told(t, c.releases)
			_, seq := w.cas(vnm)
			if c.correct {
				if err := w.desk.Correct(t.Context(), vnm, seq, "甲", "写错了"); err != nil {
					t.Fatal(err)
				}
				_, seq = w.cas(vnm)
			}
			before := w.release(vnm)
			if err := w.desk.Recall(t.Context(), vnm, seq, "乙", "编码有误"); err != nil {
				t.Fatal(err)
			}
			r := w.release(vnm)
			if r.Release != before.Release+1 || r.Recalls != before.Release || r.Corrects != 0 || r.Lifted != c.lifted || (r.Level == LevelLifted) != c.lifted || r.Peak == "" || len(r.Audience) != 1 || r.By != "乙" {
				t.Errorf("%+v", r)
			}
			if len(r.Changed) != c.changed || r.Changed[0] != (trade.Text{ZH: "撤回：编码有误", EN: "Recalled: 编码有误"}) {
				t.Errorf("changed %+v", r.Changed)
			}
			cas, seq := w.cas(vnm)
			if cas.State != trade.CaseOpen || cas.Release != r.Release || !strings.Contains(cas.Pending.ZH, "已撤回") {
				t.Errorf("the case: %+v", cas)
			}
			if _, ok := Undoable(&cas, "乙"); ok {
				t.Error("who recalled it can take that back")
			}
			var refused *trade.Refused
			if err := w.desk.Recall(t.Context(), vnm, seq, "乙", "再来"); !errors.As(err, &refused) {
				t.Errorf("recalled twice: %v", err)
			}
			if err := w.desk.Correct(t.Context(), vnm, seq, "乙", "再来"); !errors.As(err, &refused) {
				t.Errorf("a recall is corrected: %v", err)
			}
			w.takeAll()
			if err := w.desk.Release(t.Context(), vnm, seq, "甲", "核对后发布"); err != nil {
				t.Fatal(err)
			}
			if next := w.release(vnm); next.Release != r.Release+1 || next.Recalls != 0 || next.Lifted || next.Level == LevelLifted {
				t.Errorf("released again: %+v", next)
			}
		})
	}
}

// What everybody can read goes with the release that it shows, and with no other.
func TestThePublicNoticeGoesWithItsRelease(t *testing.T) {
	for name, take := range map[string]func(*Desk, uint64) error{
		"corrected": func(d *Desk, seq uint64) error { return d.Correct(t.Context(), vnm, seq, "甲", "写错了") },
		"recalled":  func(d *Desk, seq uint64) error { return d.Recall(t.Context(), vnm, seq, "甲", "写错了") },
	} {
		t.Run(name, func(t *testing.T) {
			w := told(t, 2)
			c, seq := w.cas(vnm)
			c.Public = []trade.Publication{{Release: 1, At: "2026-03-01T00:00:00Z"}, {Release: 2, At: "2026-03-02T00:00:00Z"}}
			seq, err := w.desk.Bus.Cases.Put(t.Context(), trade.FamilyKey(vnm), c, seq)
			if err != nil {
				t.Fatal(err)
			}
			if err := take(w.desk, seq); err != nil {
				t.Fatal(err)
			}
			c, _ = w.cas(vnm)
			if c.Publication(1).Withdrawn != "" || c.Publication(2).Withdrawn == "" {
				t.Errorf("%+v", c.Public)
			}
		})
	}
}

// A process that dies between the recall and the case: the case is open again
// all the same, and the rule releases nothing by itself.
func TestARecallThatTheCaseDidNotLearnOf(t *testing.T) {
	w := told(t, 1)
	c, seq := w.cas(vnm)
	if err := w.desk.Recall(t.Context(), vnm, seq, "乙", "编码有误"); err != nil {
		t.Fatal(err)
	}
	_, seq = w.cas(vnm)
	if _, err := w.desk.Bus.Cases.Put(t.Context(), trade.FamilyKey(vnm), c, seq); err != nil {
		t.Fatal(err)
	}
	w.publish(withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-05-30"), match("EX1", "P1", trade.Direct))
	c, _ = w.cas(vnm)
	if c.State != trade.CaseOpen || c.Release != 2 || w.release(vnm).Release != 2 {
		t.Errorf("the case %+v, the last release %d", c, w.release(vnm).Release)
	}
}

func TestWhatCannotBeCorrectedOrRecalled(t *testing.T) {
	for name, do := range map[string]func(*Desk) func(w *world, seq uint64, reason string) error{
		"correct": func(d *Desk) func(*world, uint64, string) error {
			return func(w *world, seq uint64, reason string) error {
				return d.Correct(w.Context(), vnm, seq, "甲", reason)
			}
		},
		"recall": func(d *Desk) func(*world, uint64, string) error {
			return func(w *world, seq uint64, reason string) error {
				return d.Recall(w.Context(), vnm, seq, "甲", reason)
			}
		},
	} {
		var refused *trade.Refused
		none := told(t, 0)
		if err := do(none.desk)(none, 0, "x"); !errors.As(err, &refused) || !strings.Contains(err.Error(), "nothing has been released") {
			t.Errorf("%s of nothing: %v", name, err)
		}
		w := told(t, 1)
		_, seq := w.cas(vnm)
		if err := do(w.desk)(w, seq, "  "); !errors.As(err, &refused) {
			t.Errorf("%s without a reason: %v", name, err)
		}
		if err := do(w.desk)(w, seq-1, "x"); !errors.Is(err, trade.ErrConflict) {
			t.Errorf("%s of what has changed: %v", name, err)
		}
		if w.release(vnm).Release != 1 {
			t.Errorf("%s: something was released", name)
		}
	}
}
