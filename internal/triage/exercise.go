package triage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
)

// Exercise sends a drill about the case to everybody whom its next release
// would reach: under a family and a number of its own, so that neither the
// case's state nor its warning changes. The case's history says that it was.
func (d *Desk) Exercise(ctx context.Context, family string, seq uint64, by, reason string) error {
	if err := explained(reason); err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		kept := *c // composing takes news into the case; the drill leaves it as it is
		out, err := d.next(ctx, &kept, by, "")
		if err != nil {
			return err
		}
		if out.stored {
			return trade.Refusef("release %d is being taken into the case: try again in a moment; 第 %[1]d 次发布正在记入此件，请稍后再试", out.before.Release)
		}
		w := d.drill(out.warning, reason)
		before, err := d.Bus.Exercises.Get(ctx, trade.FamilyKey(w.Family))
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return err
		}
		w.Release = before.Value.Release + 1
		year := d.Now().Format("2006")
		n, err := d.Bus.NextNumber(ctx, "exercise-"+year, fmt.Sprint(w.Family, "#", w.Release))
		if err != nil {
			return fmt.Errorf("numbering the exercise: %w", err)
		}
		w.Number = fmt.Sprintf("演练 %s-%04d", year, n)
		// If the process dies between this and the case, the drill is out and the
		// case's page counts it, but its history lacks the line.
		if _, err := d.Bus.Exercises.Put(ctx, trade.FamilyKey(w.Family), w, before.Seq); err != nil {
			return err
		}
		c.History = append(c.History, trade.Change{At: d.stamp(), By: by, From: c.State, To: c.State, What: trade.WhatExercise, Reason: releasedText(w, same(strings.TrimSpace(reason)))})
		return nil
	})
}

// drill is a release as it is told in an exercise.
func (d *Desk) drill(w trade.Warning, reason string) trade.Warning {
	w.Family, w.Exercise = trade.ExerciseFamily(w.Family), true
	w.Corrects, w.Recalls, w.Peak, w.News, w.At = 0, 0, "", nil, d.stamp()
	w.Changed = []trade.Text{saidFirst("演练", "Exercise", reason)}
	audience := make([]trade.Match, len(w.Audience))
	for i, m := range w.Audience {
		m.Family = w.Family
		audience[i] = m
	}
	w.Audience = audience
	return w
}
