package view

import (
	"context"
	"errors"

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

// mostDrilled bounds the deliveries of a drill that are counted.
const mostDrilled = 5000

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
	all, err := v.DeliveriesOf(ctx, name, mostDrilled)
	for _, row := range all.Rows {
		if row.Release != w.Release || row.State == trade.Suppressed {
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
	return &d, err
}
