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
