package notify

import (
	"context"
	"fmt"

	"tbtwatch/internal/trade"
)

// Confirm notes on the ledger that the recipient of a drill confirmed it, and
// when. Done again it changes nothing. It leaves what is being sent to its
// sender, whose outcome would be lost: trade.ErrConflict, try again.
func (n *Notifier) Confirm(ctx context.Context, to trade.Subscriber, family string, release int) (at string, err error) {
	e, err := n.Bus.Deliveries.Get(ctx, trade.DeliveryKey(to.ID, to.Channel, family, release))
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
