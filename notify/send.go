package notify

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// handle does the next thing about an open delivery.
func (n *Notifier) handle(ctx context.Context, q *queue, j errand) {
	defer n.underWay.end(&j.entry.Value)
	e, err := j.entry, n.step(ctx, j)
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, trade.ErrConflict):
		n.Log.Debug("notify: another notifier has it", "delivery", e.Key)
		q.postpone(e, n.Now().Add(time.Second)) // what became of it is on its way here
	case errors.Is(err, errBehind):
		q.postpone(e, n.Now().Add(time.Second))
	default:
		n.Log.Warn("notify: delivery waits", "delivery", e.Key, "subscriber", e.Value.Subscriber, "channel", e.Value.Channel, "attempt", e.Value.Attempt, "err", err)
		q.postpone(e, n.Now().Add(5*time.Second))
	}
}

func (n *Notifier) step(ctx context.Context, j errand) error {
	e := j.entry
	switch e.Value.State {
	case trade.Sending:
		reason := recorded("process %s began attempt %s at %s and left no word", e.Value.Owner, e.Value.Attempt, e.Value.At)
		_, err := n.ledger().move(ctx, e, trade.Unknown, func(d *trade.Delivery) { d.Reason = reason })
		return err
	case trade.Unknown:
		return n.resolve(ctx, j)
	}
	return n.send(ctx, j)
}

// resolve finds out what became of a delivery that nobody knows about: the
// channel is asked where it can tell, else policy decides.
func (n *Notifier) resolve(ctx context.Context, j errand) error {
	e := j.entry
	if p, ok := n.Channels[e.Value.Channel].(Prober); ok {
		if s, found := n.Directory.Subscriber(e.Value.Subscriber); found {
			asked := Message{Key: e.Key, To: s}
			had, err := n.earlier(ctx, &e.Value)
			if err != nil {
				return err
			}
			asked.First, asked.Thread = thread(had)
			arrived, known, err := p.Probe(ctx, asked)
			if err == nil && known && arrived {
				return n.ledger().settle(ctx, e, change{to: trade.Accepted, edit: func(d *trade.Delivery) { d.Reason = recorded("found by asking the channel") }})
			}
			if err == nil && known && e.Value.Attempt <= len(ladder) {
				return n.send(ctx, j)
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
	return n.send(ctx, j)
}

// send makes one attempt. "sending" is in the ledger before the channel is
// called, and the outcome after it.
func (n *Notifier) send(ctx context.Context, j errand) error {
	e := j.entry
	out, err := n.outgoing(ctx, j)
	if err != nil {
		return err
	}
	if out.reason != "" {
		return n.suppress(ctx, e, out)
	}
	channel, ok := n.Channels[e.Value.Channel]
	if n.Unledgered {
		_, err := n.attempt(ctx, channel, out.Message, time.Now())
		n.queue(e.Value.Channel).drop(e.Key)
		return err
	}
	if at := n.mayBeWritten(&out); at.After(n.Now()) { // looked at again before: a pause may be ended early
		at = earlierOf(at, n.Now().Add(holdFor))
		_, err := n.ledger().move(ctx, e, e.Value.State, func(d *trade.Delivery) { d.Reason, d.NotBefore = e.Value.Reason, stamp(at) })
		return err
	}
	until, begun := n.Now().Add(lease), time.Now()
	sending, err := n.ledger().change(ctx, e, change{trade.Sending, func(d *trade.Delivery) {
		d.Attempt, d.Owner, d.LeaseUntil = d.Attempt+1, n.Owner, stamp(until)
	}, out.left})
	if err != nil {
		return err
	}
	n.relookUntilDone(ctx, slices.Collect(maps.Values(out.left))...)
	if !ok {
		return n.ledger().settle(ctx, sending, change{to: trade.Rejected, edit: func(d *trade.Delivery) { d.Reason = recorded("there is no channel %s", d.Channel) }})
	}
	receipt, err := n.attempt(ctx, channel, out.Message, begun)
	if errors.Is(err, ErrGone) {
		n.disable(ctx, &sending.Value, out.To)
	}
	to, edit := n.verdict(sending.Value, receipt, err)
	return n.ledger().settle(ctx, sending, change{to: to, edit: edit})
}

// mayBeWritten is when the message may go out: its recipient may have asked for
// quiet since it was planned, or the hours may have come before a retry did.
func (n *Notifier) mayBeWritten(out *outgoing) time.Time {
	urgent := n.Config.urgent(&out.View.Warning)
	if out.Digest != nil {
		urgent = slices.ContainsFunc(out.Digest.lasts(), func(m Message) bool { return n.Config.urgent(&m.View.Warning) })
	}
	return n.Config.hours(&out.To).next(n.Now(), trade.Immediate, urgent)
}

// suppress records that nothing is to be sent. Who is told over another channel
// now is told over it: that is planned first.
func (n *Notifier) suppress(ctx context.Context, e entry, out outgoing) error {
	if out.moved != "" {
		now, err := n.Bus.Deliveries.Get(ctx, e.Key)
		if err == nil && now.Seq != e.Seq { // another notifier told it over the old channel
			err = fmt.Errorf("delivery %s: %w", e.Key, trade.ErrConflict)
		}
		if err != nil {
			return err
		}
		if err := n.planMoved(ctx, e, out.moved); err != nil {
			return err
		}
	}
	now, err := n.ledger().change(ctx, e, change{trade.Suppressed, func(d *trade.Delivery) {
		d.Reason, d.Silenced, d.Moved = out.reason, out.View.Silenced, out.moved
	}, out.left})
	if err != nil {
		return err
	}
	n.relookUntilDone(ctx, append(slices.Collect(maps.Values(out.left)), now.Value)...)
	return nil
}

// planMoved plans what e would have told over the recipient's new channel.
func (n *Notifier) planMoved(ctx context.Context, e entry, channel string) error {
	whole := []trade.Delivery{e.Value}
	if e.Value.Family == "" {
		parts, err := n.parts(ctx, &e.Value)
		if err != nil {
			return err
		}
		whole = whole[:0]
		for _, p := range parts {
			if p.Value.State != trade.Suppressed { // the others are not to be told
				whole = append(whole, p.Value)
			}
		}
	}
	for _, d := range whole {
		key := trade.DeliveryKey(d.Subscriber, channel, d.Family, d.Release)
		if d.Occasion != "" {
			key = trade.OccasionKey(d.Subscriber, channel, d.Family, d.Occasion)
		}
		there, err := n.Bus.Deliveries.Get(ctx, key)
		switch {
		case errors.Is(err, trade.ErrNotFound):
			d = trade.Delivery{
				Key: key, Subscriber: d.Subscriber, Exporter: d.Exporter, Channel: channel, Family: d.Family, Release: d.Release, WarningSeq: d.WarningSeq, Occasion: d.Occasion,
				State: trade.Planned, Reason: recorded("told over channel %s before", d.Channel), At: stamp(n.Now()),
			}
			err = n.ledger().plan(ctx, []trade.Delivery{d})
		case err == nil && there.Value.State == trade.Suppressed && there.Value.Moved != "": // there and back again
			_, err = n.ledger().move(ctx, there, trade.Planned, func(x *trade.Delivery) { x.Reason = recorded("told over channel %s before", d.Channel) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recorded is a reason as the ledger keeps it: triage.ReasonText knows it again.
func recorded(form string, args ...any) string { return triage.Reason(form, args...).EN }

// attempt calls the channel within the lease, which began before the ledger was
// written to. A channel that panics has perhaps delivered.
func (n *Notifier) attempt(ctx context.Context, c Channel, m Message, leased time.Time) (receipt string, err error) {
	ctx, cancel := context.WithDeadline(ctx, leased.Add(sendWithin))
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
	if IsAmbiguous(err) {
		return trade.Unknown, n.again(err, waitAfter(&d, err))
	}
	if trade.IsPermanent(err) {
		return trade.Rejected, reason
	}
	if d.Attempt > len(ladder) && !isNotYet(err) {
		return trade.Rejected, func(d *trade.Delivery) {
			d.Reason = recorded("given up after %s attempts: %s", d.Attempt, err)
		}
	}
	return trade.RetryAt, n.again(err, waitAfter(&d, err))
}

// waitAfter is how long to wait after an attempt: what the channel asks for, and
// not less than the ladder says, or a short wait that is asked for ten times
// would end the attempts within minutes. Where nothing was attempted no step of
// the ladder was used.
func waitAfter(d *trade.Delivery, err error) time.Duration {
	asked, _ := trade.RetryDelay(err)
	if isNotYet(err) {
		return asked
	}
	return max(asked, stretched(ladder[min(d.Attempt, len(ladder))-1], d))
}

// stretched is the wait and up to a tenth more, so that what failed together
// does not come together again.
func stretched(wait time.Duration, d *trade.Delivery) time.Duration {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, d.Key, d.Attempt)
	return wait + time.Duration(int64(wait/10)*int64(h.Sum32()%1000)/1000)
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

// outgoing is what the channel sends, or why it is not to be sent any more.
type outgoing struct {
	Message
	reason string                    // "" to send it
	moved  string                    // the channel over which the recipient is told now
	left   map[string]trade.Delivery // of a digest: parts that are not to be told any more, as they are to be recorded
}

func unsent(reason string) outgoing { return outgoing{reason: reason} }

// outgoing makes the message from the warning and the registry as they are now.
func (n *Notifier) outgoing(ctx context.Context, j errand) (outgoing, error) {
	d := &j.entry.Value
	s, ok := n.Directory.Subscriber(d.Subscriber)
	if !ok {
		return unsent(recorded("the subscriber is no longer registered")), nil
	}
	c := &course{}
	if d.Family != "" {
		var err error
		if c, err = n.course(ctx, d.Family, j.end); err != nil {
			return outgoing{}, err
		}
		if why, err := n.stale(ctx, d, c); err != nil || why != "" {
			return unsent(why), err
		}
	}
	if s.Channel != d.Channel {
		out := unsent(recorded("the subscriber moved to channel %s", s.Channel))
		out.moved = s.Channel
		return out, nil
	}
	if d.Family == "" {
		return n.digest(ctx, j, s)
	}
	b, err := n.briefing(ctx, d)
	if err != nil {
		return outgoing{}, err
	}
	t := telling{s, b}
	if before := j.told.to; j.facts == nil || before.Kind != s.Kind || before.Exporter != s.Exporter {
		facts, err := n.facts(ctx, t)
		if err != nil {
			return outgoing{}, err
		}
		j.facts = &facts
	}
	m, why, err := n.message(ctx, d, c, t, *j.facts)
	if err != nil || why.EN != "" {
		return outgoing{Message: m, reason: why.EN}, err
	}
	return outgoing{Message: m}, nil
}

// message is what the recipient is told of one release; why says that nothing
// is to be told.
func (n *Notifier) message(ctx context.Context, d *trade.Delivery, c *course, t telling, facts Facts) (m Message, why trade.Text, err error) {
	w := t.about.to(&t.to)
	had, err := n.earlier(ctx, d)
	if err != nil {
		return m, why, err
	}
	if n.stillSending(had) {
		return m, why, errBehind
	}
	var words Words
	if d.Occasion != "" && n.Occasions != nil {
		w.News, w.Changed = nil, nil // the release has told them
		if words, why, err = n.Occasions.Words(ctx, d.Occasion, &t.to, w); err != nil || why.EN != "" {
			return m, why, err
		}
		words.Day = n.today()
	}
	if d.Occasion == "" {
		if nothing, err := n.nothingToRecall(ctx, &t.to, w, c); err != nil || nothing != "" {
			return m, triage.ReasonText(nothing), err
		}
		if w.Changed, err = n.changedSince(ctx, d, c, had, t, w); err != nil {
			return m, why, err
		}
	}
	facts = facts.about(&t.to, w)
	if n.Sums != nil && t.to.Kind != trade.SubExporter {
		told, err := n.Sums(ctx, t.to, w, d.WarningSeq)
		if err != nil {
			return m, why, fmt.Errorf("sums for subscriber %s: %w", t.to.ID, err)
		}
		facts.Sums = &told
	}
	view, why, ok := ViewFor(t.to, w, facts)
	if !ok {
		return Message{View: view}, why, nil
	}
	m = Message{Key: d.Key, To: t.to, Warning: w, View: view, Words: words}
	m.First, m.Thread = thread(had)
	return m, trade.Text{}, nil
}
