package notify

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tbtwatch/internal/trade"
)

// takeBack suppresses what of the release that w voids has not begun. What is
// planned, bundled or sent while it looks is found by who sends it: see stale.
func (n *Notifier) takeBack(ctx context.Context, w *trade.Warning) error {
	c := change{to: trade.Suppressed, edit: func(d *trade.Delivery) { d.Reason = notSent(d, w.Release) }}
	for part := range slices.Chunk(n.Directory.Subscribers(), planChunk) {
		for {
			have, err := n.deliveriesOf(ctx, w.Family, w.Voids(), part)
			if err != nil {
				return err
			}
			var waiting []entry
			for _, e := range have {
				if d := &e.Value; (d.State == trade.Planned || d.State == trade.Held || d.State == trade.RetryAt) && !d.Begun() {
					waiting = append(waiting, e)
				}
			}
			moved, err := n.ledger().moveAll(ctx, waiting, c)
			if err != nil {
				return err
			}
			if moved < len(waiting) {
				continue // somebody moved one of them: look where to
			}
			for _, e := range waiting {
				d := e.Value
				if d.State = trade.Suppressed; w.Recalls > 0 {
					err = errors.Join(err, n.relook(ctx, d))
				}
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// notSent is why a delivery is not sent once the release by voids its own.
func notSent(d *trade.Delivery, by int) string {
	if d.Begun() {
		return recorded("not sent again: release %s takes its place", by)
	}
	return recorded("recalled before it was sent: release %s takes its place", by)
}

// deliveriesOf are the ledger's deliveries of a release to those subscribers,
// over the channels that they have now, by key.
func (n *Notifier) deliveriesOf(ctx context.Context, family string, release int, to []trade.Subscriber) (map[string]entry, error) {
	keys := make([]string, len(to))
	for i, s := range to {
		keys[i] = trade.DeliveryKey(s.ID, s.Channel, family, release)
	}
	return n.Bus.Deliveries.GetMany(ctx, keys)
}

// reached are those of the subscribers who have a release, or may have it, over
// whatever channel they had then. While a recall is planned, hoping is true:
// what is about to be sent may still be. When it is sent that is known.
func (n *Notifier) reached(ctx context.Context, family string, release int, to []trade.Subscriber, hoping bool) (map[string]bool, error) {
	out := map[string]bool{}
	note := func(have map[string]entry) error {
		for _, e := range have {
			d := &e.Value
			switch {
			case d.Begun(), hoping && d.State != trade.Suppressed:
				out[d.Subscriber] = true
			case d.State == trade.Bundled:
				whole, err := n.Bus.Deliveries.Get(ctx, d.Digest)
				if err != nil && !errors.Is(err, trade.ErrNotFound) {
					return err
				}
				out[d.Subscriber] = out[d.Subscriber] || whole.Value.Begun()
			}
		}
		return nil
	}
	have, err := n.deliveriesOf(ctx, family, release, to)
	if err == nil {
		err = note(have)
	}
	if err != nil {
		return nil, err
	}
	var others []string
	for _, s := range to {
		for channel := range n.Channels {
			if !out[s.ID] && channel != s.Channel {
				others = append(others, trade.DeliveryKey(s.ID, channel, family, release))
			}
		}
	}
	if have, err = n.Bus.Deliveries.GetMany(ctx, others); err != nil {
		return nil, err
	}
	return out, note(have)
}

// onlyReached leaves of a recall's deliveries those to recipients who have what
// is recalled, or may have it. That a warning is not lifted after all concerns
// everybody: what was still to be sent of it was not, because of the lift.
func (n *Notifier) onlyReached(ctx context.Context, w *trade.Warning, to []trade.Subscriber, planned []trade.Delivery) ([]trade.Delivery, error) {
	if w.Recalls == 0 || len(planned) == 0 {
		return planned, nil
	}
	c, err := n.course(ctx, w.Family, 0)
	if err != nil || c.lifts[w.Recalls] {
		return planned, err
	}
	have, err := n.reachedByAny(ctx, w, c, to, true)
	return slices.DeleteFunc(planned, func(d trade.Delivery) bool { return !have[d.Subscriber] }), err
}

// reachedByAny is reached for what w takes back: the release that it recalls, and
// what that one corrected, which does not stand either.
func (n *Notifier) reachedByAny(ctx context.Context, w *trade.Warning, c *course, to []trade.Subscriber, hoping bool) (map[string]bool, error) {
	have, err := n.reached(ctx, w.Family, w.Recalls, to, hoping)
	for corrected, by := range c.voided {
		if err != nil || by != w.Recalls {
			continue
		}
		var also map[string]bool
		also, err = n.reached(ctx, w.Family, corrected, to, hoping)
		maps.Copy(have, also)
	}
	return have, err
}

// nothingToRecall says why a recall is not told to that subscriber; "" to tell it.
func (n *Notifier) nothingToRecall(ctx context.Context, to *trade.Subscriber, w *trade.Warning, c *course) (string, error) {
	if w.Recalls == 0 || c.lifts[w.Recalls] {
		return "", nil
	}
	have, err := n.reachedByAny(ctx, w, c, []trade.Subscriber{*to}, false)
	if err != nil || have[to.ID] {
		return "", err
	}
	return recorded("nothing to recall: the recipient was not sent release %s", w.Recalls), nil
}
