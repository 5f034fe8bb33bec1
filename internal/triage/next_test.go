package triage

import (
	"reflect"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// What a preview shows is what Release then stores, the number aside, and a
// preview stores nothing.
func TestWhatIsPreviewedIsWhatIsReleased(t *testing.T) {
	w := newWorld(t)
	w.publish(withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-04-30"), match("EX1", "P1", trade.Likely))
	for _, release := range []int{1, 2} {
		c, seq := w.cas(vnm)
		before, _ := w.desk.Bus.Warnings.LastSeq(t.Context())
		shown, err := w.desk.Next(t.Context(), vnm, "甲", "看过")
		if err != nil {
			t.Fatal(err)
		}
		if after, _ := w.desk.Bus.Warnings.LastSeq(t.Context()); after != before {
			t.Errorf("release %d: the preview stored a warning", release)
		}
		if again, s := w.cas(vnm); s != seq || !reflect.DeepEqual(again, c) {
			t.Errorf("release %d: the preview changed the case to %+v", release, again)
		}
		if err := w.desk.Release(t.Context(), vnm, seq, "甲", "看过"); err != nil {
			t.Fatal(err)
		}
		stored := w.release(vnm)
		if shown.Number = stored.Number; stored.Release != release || !reflect.DeepEqual(shown, *stored) {
			t.Errorf("release %d: shown %+v\nstored %+v", release, shown, *stored)
		}
		if release == 2 && (len(shown.Changed) == 0 || shown.Changed[len(shown.Changed)-1].ZH != "看过") {
			t.Errorf("changed %+v", shown.Changed)
		}
	}
}

func TestAReleaseThatCannotBeIsNotPreviewed(t *testing.T) {
	w := newWorld(t)
	w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Reference))
	if _, err := w.desk.Next(t.Context(), vnm, "甲", ""); err == nil || !strings.Contains(err.Error(), "无人可通知") {
		t.Errorf("nobody to warn: %v", err)
	}
	if _, err := w.desk.Next(t.Context(), "G/TBT/N/VNM/77", "甲", ""); err == nil {
		t.Error("a case that there is not is previewed")
	}
	w.publish(paper("2026-03-01", "G/TBT/N/VNM/2"), match("EX1", "P1", trade.Likely))
	c, seq := w.cas("G/TBT/N/VNM/2")
	if err := w.desk.Release(t.Context(), "G/TBT/N/VNM/2", seq, "甲", ""); err != nil {
		t.Fatal(err)
	}
	_, seq = w.cas("G/TBT/N/VNM/2") // as if the process had died before the case was written
	if _, err := w.desk.Bus.Cases.Put(t.Context(), trade.FamilyKey(c.Family), c, seq); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Next(t.Context(), "G/TBT/N/VNM/2", "甲", ""); err == nil || !strings.Contains(err.Error(), "out already") {
		t.Errorf("a release that is stored already: %v", err)
	}
}

// To whom a release is news, where it says nothing else than that further
// products are touched.
func TestToWhomAReleaseIsNews(t *testing.T) {
	likely, direct := match("EX1", "P1", trade.Likely), match("EX2", "P9", trade.Direct)
	for _, c := range []struct {
		name   string
		before func(w *world, seq uint64) error // what happens after the first release
		then   []trade.Match
		remark string
		says   string // last line of what is new
		news   []string
	}{
		{"a person lets a likely product in", nil, []trade.Match{likely, match("EX3", "P5", trade.Likely)}, "", Further.ZH, []string{(&trade.Product{ID: "P5", Exporter: "EX3"}).Key()}},
		{"with a remark it is news to all", nil, []trade.Match{likely, match("EX3", "P5", trade.Likely)}, "请注意", "请注意", nil},
		{"after a recall everybody is meant", func(w *world, seq uint64) error { return w.desk.Recall(w.Context(), vnm, seq, "甲", "编码有误") }, []trade.Match{likely, direct}, "", "第 1 次发布撤回之后，重新发布", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := told(t, 1)
			_, seq := w.cas(vnm)
			if c.before != nil {
				if err := c.before(w, seq); err != nil {
					t.Fatal(err)
				}
			}
			w.rematch(vnm, c.then...)
			w.takeAll()
			_, seq = w.cas(vnm)
			if err := w.desk.Release(t.Context(), vnm, seq, "甲", c.remark); err != nil {
				t.Fatal(err)
			}
			r := w.release(vnm)
			if len(r.Changed) == 0 || r.Changed[len(r.Changed)-1].ZH != c.says || !reflect.DeepEqual(r.News, c.news) {
				t.Errorf("changed %+v, news to %q", r.Changed, r.News)
			}
		})
	}
}

// rematch gives the family other matches, as the matcher writes them.
func (w *world) rematch(id string, matches ...trade.Match) {
	w.Helper()
	e, err := w.desk.Bus.Families.Get(w.Context(), trade.FamilyKey(id))
	if err == nil {
		e.Value.Matches = matches
		_, err = w.desk.Bus.Families.Put(w.Context(), e.Key, e.Value, e.Seq)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// A release must not say what the case knew beside papers that it did not.
func TestACaseBehindItsFamilyIsNotReleased(t *testing.T) {
	w := told(t, 1)
	w.rematch(vnm, match("EX1", "P1", trade.Likely), match("EX4", "P1", trade.Likely))
	_, seq := w.cas(vnm)
	for name, do := range map[string]func() error{
		"release": func() error { return w.desk.Release(t.Context(), vnm, seq, "甲", "") },
		"correct": func() error { return w.desk.Correct(t.Context(), vnm, seq, "甲", "错了") },
		"preview": func() error { _, err := w.desk.Next(t.Context(), vnm, "甲", ""); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "being taken into the case") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.takeAll()
	_, seq = w.cas(vnm)
	if err := w.desk.Release(t.Context(), vnm, seq, "甲", ""); err != nil {
		t.Errorf("after it was taken in: %v", err)
	}
}
