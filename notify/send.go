package notify

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// dueAt is when something is to be done about an open delivery.
func (n *Notifier) dueAt(d trade.Delivery) time.Time {
	if d.State != trade.Sending {
		return parseStamp(d.NotBefore)
	}
	if n.Alone && d.Owner != n.Owner {
		return time.Time{}
	}
	return parseStamp(d.LeaseUntil)
}

// handle does the next thing about an open delivery.
func (n *Notifier) handle(ctx context.Context, q *queue, e entry) {
	err := n.step(ctx, e)
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, trade.ErrConflict):
		n.Log.Debug("notify: another notifier has it", "delivery", e.Key)
	default:
		n.Log.Warn("notify: delivery waits", "delivery", e.Key, "subscriber", e.Value.Subscriber, "channel", e.Value.Channel, "attempt", e.Value.Attempt, "err", err)
		q.postpone(e, n.Now().Add(5*time.Second))
	}
}

func (n *Notifier) step(ctx context.Context, e entry) error {
	switch e.Value.State {
	case trade.Sending:
		reason := recorded("process %s began attempt %s at %s and left no word", e.Value.Owner, e.Value.Attempt, e.Value.At)
		_, err := n.ledger().move(ctx, e, trade.Unknown, func(d *trade.Delivery) { d.Reason = reason })
		return err
	case trade.Unknown:
		return n.resolve(ctx, e)
	}
	return n.send(ctx, e)
}

// resolve finds out what became of a delivery that nobody knows about: the
// channel is asked where it can tell, else policy decides.
func (n *Notifier) resolve(ctx context.Context, e entry) error {
	if p, ok := n.Channels[e.Value.Channel].(Prober); ok {
		if s, found := n.Directory.Subscriber(e.Value.Subscriber); found {
			arrived, known, err := p.Probe(ctx, e.Key, s.Address)
			if err == nil && known && arrived {
				return n.ledger().settle(ctx, e, trade.Accepted, func(d *trade.Delivery) { d.Reason = recorded("found by asking the channel") })
			}
			if err == nil && known && e.Value.Attempt <= len(ladder) {
				return n.send(ctx, e)
			}
		}
	}
	why := ""
	switch {
	case n.Config.OnAmbiguous == "hold":
		why = recorded("policy is not to send twice: %s", e.Value.Reason)
	case e.Value.Attempt > len(ladder):
		why = recorded("no clear answer in %s attempts: %s", e.Value.Attempt, e.Value.Reason)
	}
	if why != "" {
		_, err := n.ledger().move(ctx, e, trade.Held, func(d *trade.Delivery) { d.Reason = why })
		return err
	}
	return n.send(ctx, e)
}

// send makes one attempt. "sending" is in the ledger before the channel is
// called, and the outcome after it.
func (n *Notifier) send(ctx context.Context, e entry) error {
	m, reason, err := n.message(ctx, e)
	if err != nil {
		return err
	}
	if reason != "" {
		_, err := n.ledger().move(ctx, e, trade.Suppressed, func(d *trade.Delivery) { d.Reason, d.Silenced = reason, m.View.Silenced })
		return err
	}
	channel, ok := n.Channels[e.Value.Channel]
	if n.Unledgered {
		_, err := n.attempt(ctx, channel, m)
		n.queue(e.Value.Channel).drop(e.Key)
		return err
	}
	until := n.Now().Add(lease)
	sending, err := n.ledger().move(ctx, e, trade.Sending, func(d *trade.Delivery) {
		d.Attempt, d.Owner, d.LeaseUntil = d.Attempt+1, n.Owner, stamp(until)
	})
	if err != nil {
		return err
	}
	if !ok {
		return n.ledger().settle(ctx, sending, trade.Rejected, func(d *trade.Delivery) { d.Reason = recorded("there is no channel %s", d.Channel) })
	}
	receipt, err := n.attempt(ctx, channel, m)
	to, edit := n.verdict(sending.Value, receipt, err)
	return n.ledger().settle(ctx, sending, to, edit)
}

// recorded is a reason as the ledger keeps it: triage.ReasonText knows it again.
func recorded(form string, args ...any) string { return triage.Reason(form, args...).EN }

// attempt calls the channel within the lease. A channel that panics has
// perhaps delivered.
func (n *Notifier) attempt(ctx context.Context, c Channel, m Message) (receipt string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			n.Log.Error("notify: channel panics", "channel", m.To.Channel, "delivery", m.Key, "panic", p, "stack", string(debug.Stack()))
			err = Ambiguous(fmt.Errorf("the channel panicked: %v", p))
		}
	}()
	return c.Send(ctx, m)
}

// verdict turns the channel's answer into the delivery's next state.
func (n *Notifier) verdict(d trade.Delivery, receipt string, err error) (trade.DeliveryState, func(*trade.Delivery)) {
	if err == nil {
		return trade.Accepted, func(d *trade.Delivery) { d.Provider = receipt }
	}
	reason := func(d *trade.Delivery) { d.Reason = err.Error() }
	asked, waits := trade.RetryDelay(err)
	if IsAmbiguous(err) {
		wait := ladder[min(d.Attempt, len(ladder))-1]
		if waits {
			wait = asked
		}
		return trade.Unknown, n.again(err, wait)
	}
	if trade.IsPermanent(err) {
		return trade.Rejected, reason
	}
	if d.Attempt > len(ladder) && !isNotYet(err) {
		return trade.Rejected, func(d *trade.Delivery) {
			d.Reason = recorded("given up after %s attempts: %s", d.Attempt, err)
		}
	}
	wait := ladder[min(d.Attempt, len(ladder))-1]
	if waits {
		wait = asked
	}
	return trade.RetryAt, n.again(err, wait)
}

// again notes when a delivery is to be looked at next, and why.
func (n *Notifier) again(err error, wait time.Duration) func(*trade.Delivery) {
	return func(d *trade.Delivery) {
		d.Reason, d.NotBefore = err.Error(), stamp(n.Now().Add(wait))
		if isNotYet(err) {
			d.Attempt--
		}
	}
}

// message makes what the channel sends from the warning and the registry as
// they are now. A reason means that it is not to be sent any more.
func (n *Notifier) message(ctx context.Context, e entry) (m Message, reason string, err error) {
	s, ok := n.Directory.Subscriber(e.Value.Subscriber)
	if !ok {
		return m, recorded("the subscriber is no longer registered"), nil
	}
	if s.Channel != e.Value.Channel {
		return m, recorded("the subscriber moved to channel %s", s.Channel), nil
	}
	w, err := n.Bus.Warnings.At(ctx, e.Value.WarningSeq)
	if err != nil {
		return m, "", err
	}
	facts, err := n.facts(ctx, &w.Value)
	if err != nil {
		return m, "", err
	}
	if n.Sums != nil && s.Kind != trade.SubExporter {
		told, err := n.Sums(ctx, s, &w.Value, e.Value.WarningSeq)
		if err != nil {
			return m, "", fmt.Errorf("sums for subscriber %s: %w", s.ID, err)
		}
		facts.Sums = &told
	}
	view, why, ok := ViewFor(s, &w.Value, facts)
	if !ok {
		return Message{View: view}, why.EN, nil
	}
	first, err := n.firstKey(ctx, &e.Value)
	if err != nil {
		return m, "", err
	}
	return Message{Key: e.Key, First: first, To: s, Warning: &w.Value, View: view}, "", nil
}
