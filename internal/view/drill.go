package view

import (
	"context"
	"errors"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Drill is what became of the last exercise about a case.
type Drill struct {
	Number    string `json:"number"`
	Release   int    `json:"release"`
	By        string `json:"by"`
	At        string `json:"at" doc:"RFC 3339"`
	Sent      int    `json:"sent" doc:"deliveries of it"`
	Accepted  int    `json:"accepted" doc:"of them, by their channels"`
	Confirmed int    `json:"confirmed" doc:"of them, by their recipients"`
}

// Exercises reads every exercise about the case's family, oldest first, or
// returns trade.ErrNotFound.
func (v *View) Exercises(ctx context.Context, key string) (out []bus.Entry[trade.Warning], err error) {
	c, err := v.Bus.Cases.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	err = v.Bus.Exercises.History(ctx, trade.FamilyKey(trade.ExerciseFamily(c.Value.Family)), func(e bus.Entry[trade.Warning]) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

// Drill reads the last exercise about the case's family; nil where there was none.
func (v *View) Drill(ctx context.Context, family string) (*Drill, error) {
	name := trade.ExerciseFamily(family)
	e, err := v.Bus.Exercises.Get(ctx, trade.FamilyKey(name))
	if errors.Is(err, trade.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := &e.Value
	d := Drill{Number: w.Number, Release: w.Release, By: w.By, At: w.At}
	for row, err := range v.ofRelease(ctx, name, w.Release, "") {
		if err != nil {
			return nil, err
		}
		if row.State == trade.Suppressed {
			continue
		}
		d.Sent++
		if row.State == trade.Accepted {
			d.Accepted++
		}
		if row.Confirmed != "" {
			d.Confirmed++
		}
	}
	return &d, nil
}
