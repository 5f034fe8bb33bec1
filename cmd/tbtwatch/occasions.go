package main

import (
	"context"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/notify"
)

// occasions tells the notifier when somebody is to be written to about a
// release again: the portal knows who was told and who has answered.
type occasions struct{ *System }

// Due are the occasions of that day, and steps that began in the days before.
func (o occasions) Due(ctx context.Context, now time.Time, daysBefore int) ([]notify.Occasion, error) {
	due, err := o.portal.Occasions(ctx, now, daysBefore)
	out := make([]notify.Occasion, len(due))
	for i, d := range due {
		out[i] = notify.Occasion(d)
	}
	return out, err
}

// Words are what the recipient is told first.
func (o occasions) Words(ctx context.Context, id string, to *trade.Subscriber, w *trade.Warning) (words notify.Words, why trade.Text, err error) {
	words.Mark, words.Lead, why, err = o.portal.OccasionWords(ctx, id, to, w.Family, time.Now())
	return words, why, err
}
