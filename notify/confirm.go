package notify

import (
	"context"

	"tbtwatch/internal/trade"
)

// Confirm notes on the ledger that the recipient of a drill confirmed it, and
// when. Done again it changes nothing.
func (n *Notifier) Confirm(ctx context.Context, to trade.Subscriber, family string, release int) (at string, err error) {
	e, err := n.Bus.Deliveries.Get(ctx, trade.DeliveryKey(to.ID, to.Channel, family, release))
	if err != nil {
		return "", err
	}
	if e.Value.Confirmed != "" {
		return e.Value.Confirmed, nil
	}
	e.Value.Confirmed = stamp(n.Now())
	_, err = n.Bus.Deliveries.Put(ctx, e.Key, e.Value, e.Seq)
	return e.Value.Confirmed, err
}
