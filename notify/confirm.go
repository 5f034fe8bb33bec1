package notify

import (
	"context"
	"fmt"
	"slices"

	"tbtwatch/internal/trade"
)

// Confirm notes on the ledger that the recipient of a drill confirmed it, and
// when, whatever channel it has now. Done again it changes nothing. It leaves
// what is being sent to its sender, whose outcome would be lost:
// trade.ErrConflict, try again.
func (n *Notifier) Confirm(ctx context.Context, to trade.Subscriber, family string, release int) (at string, err error) {
	e, err := n.drill(ctx, &trade.Delivery{Subscriber: to.ID, Channel: to.Channel, Family: family, Release: release})
	if err != nil {
		return "", err
	}
	d := e.Value
	switch {
	case d.Confirmed != "":
		return d.Confirmed, nil
	case d.State == trade.Unknown: // now somebody knows
		d = n.ledger().after(d, change{to: trade.Accepted})
	case d.State != trade.Bundled && !d.State.Final():
		return "", fmt.Errorf("delivery %s is being sent: %w", e.Key, trade.ErrConflict)
	}
	d.Confirmed = stamp(n.Now())
	_, err = n.Bus.Deliveries.Put(ctx, e.Key, d, e.Seq)
	return d.Confirmed, err
}

// drill is the delivery by which the recipient of d was told: the one over its
// channel, unless only another was handed over.
func (n *Notifier) drill(ctx context.Context, d *trade.Delivery) (entry, error) {
	keys := deliveryKeys(d, d.Release, d.Release, append(n.otherChannels(d), d.Channel)...)
	told, err := n.handed(ctx, keys)
	if err != nil {
		return entry{}, err
	}
	key := keys[len(keys)-1]
	if len(told) > 0 && !slices.ContainsFunc(told, func(t trade.Delivery) bool { return t.Key == key }) {
		key = told[0].Key
	}
	return n.Bus.Deliveries.Get(ctx, key)
}
