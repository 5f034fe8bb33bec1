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
	e, err := d.opened(ctx, family, seq)
	if err != nil {
		return err
	}
	w, err := d.sendDrill(ctx, e.Value, by, reason)
	if err != nil {
		return err
	}
	// The drill is out: who else writes the case now does not make it go out
	// again. If the process dies here, the history lacks the line.
	return d.change(ctx, family, func(c *trade.Case) error {
		c.History = append(c.History, trade.Change{At: d.stamp(), By: by, From: c.State, To: c.State, What: trade.WhatExercise, Reason: releasedText(w, same(strings.TrimSpace(reason)))})
		return nil
	})
}

// sendDrill stores the next drill about a case. Composing takes news into the
// case; the one that is stored stays as it is.
func (d *Desk) sendDrill(ctx context.Context, c trade.Case, by, reason string) (w trade.Warning, err error) {
	out, err := d.next(ctx, &c, by, "")
	if err != nil {
		return w, err
	}
	if out.stored {
		return w, trade.Refusef("release %d is being taken into the case: try again in a moment; 第 %[1]d 次发布正在记入此件，请稍后再试", out.before.Release)
	}
	w = d.drill(out.warning, reason)
	before, err := d.Bus.Exercises.Get(ctx, trade.FamilyKey(w.Family))
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return w, err
	}
	w.Release = before.Value.Release + 1
	year := d.Now().Format("2006")
	n, err := d.Bus.NextNumber(ctx, "exercise-"+year, fmt.Sprint(w.Family, "#", w.Release))
	if err != nil {
		return w, fmt.Errorf("numbering the exercise: %w", err)
	}
	w.Number = fmt.Sprintf("演练 %s-%04d", year, n)
	_, err = d.Bus.Exercises.Put(ctx, trade.FamilyKey(w.Family), w, before.Seq)
	return w, err
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
