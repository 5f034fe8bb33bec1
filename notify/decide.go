package notify

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// decisions are how the ledger tells what a person decided.
var decisions = map[trade.DeliveryAction]string{
	trade.Resend: "sent again, as %s decided: %s",
	trade.Hold:   "held, as %s decided: %s",
	trade.GiveUp: "given up, as %s decided: %s",
}

// Decide does what a person decides about the delivery as it stood at the
// sequence seq: trade.ErrConflict says that it has changed since. The ladder of
// attempts begins anew. What is sent again has the same identity on the wire:
// who has it already may see it once.
func (n *Notifier) Decide(ctx context.Context, key string, seq uint64, a trade.DeliveryAction, by, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return trade.Refusef("say why: it stays in the ledger; 请填写理由，理由会留在通知记录中")
	}
	form, ok := decisions[a]
	if !ok {
		return trade.Refusef("%q is no decision about a delivery: resend, hold or give_up; 不能识别的操作 %[1]q", a)
	}
	e, err := n.Bus.Deliveries.Get(ctx, key)
	if err != nil {
		return err
	}
	if e.Seq != seq {
		return fmt.Errorf("delivery %s: %w", key, trade.ErrConflict)
	}
	if e.Value.WaitsForLead() && a == trade.Resend {
		return trade.Refusef("its release waits for the lead, who lets all of it go; 此次发布待负责人放行，不能单独发送")
	}
	if a == trade.Resend && e.Value.Family != "" {
		c, err := n.course(ctx, e.Value.Family, 0)
		if err != nil {
			return err
		}
		if why, err := n.stale(ctx, &e.Value, c); err != nil || why != "" {
			return cmp.Or(err, trade.Refusef("%s; %s", triage.ReasonText(why).ZH, why))
		}
	}
	return n.ledger().decide(ctx, e, a, func(d *trade.Delivery) {
		d.Braked = false // from here on it is a person's own decision
		d.Tried = d.Begun()
		d.Attempt, d.Owner, d.Reason = 0, "", recorded(form, by, line(reason, 300))
	})
}
