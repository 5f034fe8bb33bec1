package triage

import (
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// A drill changes neither the case nor its warning, and is told under a family
// and a number of its own.
func TestAnExerciseLeavesTheCaseAsItIs(t *testing.T) {
	for name, releases := range map[string]int{"nothing was released": 0, "released before": 1} {
		t.Run(name, func(t *testing.T) {
			w := told(t, releases)
			before, seq := w.cas(vnm)
			last, err := w.desk.Bus.Warnings.LastSeq(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var refused *trade.Refused
			if err := w.desk.Exercise(t.Context(), vnm, seq, "甲", " "); !errors.As(err, &refused) {
				t.Errorf("without a word on what is exercised: %v", err)
			}
			for n := 1; n <= 2; n++ {
				_, seq = w.cas(vnm)
				if err := w.desk.Exercise(t.Context(), vnm, seq, "甲", "季度演练"); err != nil {
					t.Fatal(err)
				}
				e, err := w.desk.Bus.Exercises.Get(t.Context(), trade.FamilyKey(trade.ExerciseFamily(vnm)))
				if err != nil {
					t.Fatal(err)
				}
				d := e.Value
				if !d.Exercise || !trade.IsExercise(d.Family) || d.Release != n || !strings.HasPrefix(d.Number, "演练 2026-000") || len(d.Audience) != 1 || d.Audience[0].Family != d.Family || d.Lifted ||
					len(d.Changed) != 1 || !strings.Contains(d.Changed[0].ZH, "季度演练") || d.Corrects+d.Recalls != 0 {
					t.Errorf("drill %d: %+v", n, d)
				}
			}
			after, _ := w.cas(vnm)
			if now, err := w.desk.Bus.Warnings.LastSeq(t.Context()); err != nil || now != last {
				t.Errorf("%d warnings became %d, %v", last, now, err)
			}
			if after.State != before.State || after.Release != before.Release || after.Number != before.Number || after.Level != before.Level || after.Pending != before.Pending {
				t.Errorf("the case was %+v and is %+v", before, after)
			}
			if n := len(after.History) - len(before.History); n != 2 || after.History[len(after.History)-1].What != trade.WhatExercise {
				t.Errorf("%d lines of history more: %+v", n, after.History)
			}
			if _, can := Undoable(&after, "甲"); can {
				t.Error("a drill that was sent can be taken back")
			}
		})
	}
}
