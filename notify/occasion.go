package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tbtwatch/internal/trade"
)

// Occasion is a reason to write once more about the last release of a measure:
// a day that comes near, or a firm that has not answered.
type Occasion struct {
	ID  string // with the family and the recipient: what was told is not told again
	Key string // of the family
	To  func(s *trade.Subscriber) bool
}

// Words are what an occasion's message says before the warning itself.
type Words struct {
	Mark trade.Text   // one word for the subject
	Lead []trade.Text // sentences
	Day  string       // on which it is told, where that is not the day of the release
}

// Occasions knows what is due on a day, and what is said then.
type Occasions interface {
	// Due are those of the day of now, and what days before it began and lasts.
	Due(ctx context.Context, now time.Time, daysBefore int) ([]Occasion, error)
	// Words is asked when the message goes out, perhaps after quiet hours; why
	// says that there is nothing to say any more.
	Words(ctx context.Context, id string, to *trade.Subscriber, w *trade.Warning) (words Words, why trade.Text, err error)
}

// missedDays is how many days without a notifier are made up for.
const missedDays = 6

// keepOccasions plans, once a day at the hour of digests, what is due, until ctx
// ends. A day on which no notifier ran is made up for.
func (n *Notifier) keepOccasions(ctx context.Context) error {
	if n.Occasions == nil || n.Unledgered {
		return nil
	}
	select {
	case <-n.ready:
	case <-ctx.Done():
		return nil
	}
	done := ""
	for {
		h := hours{zone: n.Config.zone(""), digest: n.Config.digestTime()}
		now := n.Now().In(h.zone)
		if day := now.Format(trade.Day); day != done && !now.Before(h.clock(now, h.digest)) {
			if err := n.planOccasions(ctx, now); err == nil {
				done = day
			} else if ctx.Err() == nil {
				n.Log.Warn("notify: reminders wait", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
		}
	}
}

func (n *Notifier) planOccasions(ctx context.Context, now time.Time) error {
	due, err := n.Occasions.Due(ctx, now, missedDays)
	if err != nil {
		return err
	}
	for _, o := range due {
		if err := n.planOccasion(ctx, o); err != nil {
			return fmt.Errorf("%s about %s: %w", o.ID, o.Key, err)
		}
	}
	return nil
}

// planOccasion plans the messages of an occasion to those whom it is for and
// whom the release concerns.
func (n *Notifier) planOccasion(ctx context.Context, o Occasion) error {
	e, err := n.Bus.Warnings.Get(ctx, o.Key)
	if errors.Is(err, trade.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.Value.Lifted {
		return nil // nothing is asked of anybody
	}
	about := newBriefing(e)
	about.warning.News = nil // it was told already: now everybody is meant
	var to []trade.Subscriber
	for _, s := range n.Directory.Subscribers() {
		if o.To(&s) {
			to = append(to, s)
		}
	}
	for part := range slices.Chunk(to, planChunk) {
		if err := n.planFor(ctx, about, planning{occasion: o.ID}, part); err != nil {
			return err
		}
	}
	return nil
}

// heardOf leaves out those to whom the release itself does not go out: it waits
// for the lead to let it go, or it was given up.
func (n *Notifier) heardOf(ctx context.Context, planned []trade.Delivery) ([]trade.Delivery, error) {
	of := func(d *trade.Delivery) string { return trade.DeliveryKey(d.Subscriber, d.Channel, d.Family, d.Release) }
	keys := make([]string, len(planned))
	for i := range planned {
		keys[i] = of(&planned[i])
	}
	have, err := n.Bus.Deliveries.GetMany(ctx, keys)
	return slices.DeleteFunc(planned, func(d trade.Delivery) bool {
		e, ok := have[of(&d)]
		r := &e.Value
		return ok && (r.WaitsForLead() || r.State == trade.Suppressed && !r.Silenced && !r.Begun())
	}), err
}
