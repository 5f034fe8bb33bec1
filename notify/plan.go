package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Directory is what the notifier asks the registry.
type Directory interface {
	Subscribers() []trade.Subscriber
	Subscriber(id string) (trade.Subscriber, bool)
	Exporter(id string) (trade.Exporter, bool)
	WaitFor(ctx context.Context, seq uint64) error // until all changes up to that registry sequence show
}

// Plan turns every released warning into planned deliveries until ctx ends.
// Replaying all warnings plans nothing twice: a delivery's key says which
// release it is for.
func (n *Notifier) Plan(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.planAll(ctx, bus.ConsumerPlanner, n.Bus.Warnings) })
	g.Go(func() error { return n.planAll(ctx, bus.ConsumerDrills, n.Bus.Exercises) })
	return g.Wait()
}

func (n *Notifier) planAll(ctx context.Context, consumer string, releases *bus.Table[trade.Warning]) error {
	return bus.Consume(ctx, n.Bus, bus.Consumer[trade.Warning]{
		Name: consumer, Table: releases, Batch: 1,
		Handle: func(ctx context.Context, batch []bus.Entry[trade.Warning]) error {
			for _, e := range batch {
				if err := n.planWarning(ctx, e); err != nil {
					return fmt.Errorf("planning warning %s, release %d: %w", e.Value.Number, e.Value.Release, err)
				}
			}
			return nil
		},
	})
}

// planWarning plans a release once: who subscribes later, or is told over
// another channel later, hears nothing of it when the stream is read again.
func (n *Notifier) planWarning(ctx context.Context, e bus.Entry[trade.Warning]) error {
	key := trade.PlanKey(e.Value.Family, e.Value.Release)
	again := n.Unledgered || n.Bus.Planned.Unguarded() // tests show what happens then
	if _, err := n.Bus.Planned.Get(ctx, key); !errors.Is(err, trade.ErrNotFound) && !again {
		return err
	}
	if err := n.planRelease(ctx, e); err != nil || n.Unledgered {
		return err
	}
	_, err := n.Bus.Planned.Put(ctx, key, stamp(n.Now()), 0)
	if errors.Is(err, trade.ErrConflict) { // another notifier was as far
		return nil
	}
	return err
}

func (n *Notifier) planRelease(ctx context.Context, e bus.Entry[trade.Warning]) error {
	// Whoever subscribed before the release hears of it.
	last, err := n.Bus.Subscribers.LastWrite(ctx)
	if err != nil {
		return err
	}
	if err := n.Directory.WaitFor(ctx, last); err != nil {
		return err
	}
	about := newBriefing(e)
	n.told.put(about)
	if about.warning.Voids() > 0 {
		if err := n.takeBack(ctx, &about.warning); err != nil {
			return err
		}
	}
	held, err := n.brake(ctx, about)
	if err != nil {
		return err
	}
	for subscribers := range slices.Chunk(n.Directory.Subscribers(), planChunk) {
		if err := n.planFor(ctx, about, planning{held: held}, subscribers); err != nil {
			return err
		}
	}
	return nil
}

// planChunk is how many recipients are planned for at once.
const planChunk = 250

// planning is how a release is planned.
type planning struct {
	occasion string // why it is told again; "" for the release itself
	held     string // why it waits for the lead; "" where it does not
}

// planFor plans the deliveries of a release, or of an occasion to write about
// it again, to those subscribers.
func (n *Notifier) planFor(ctx context.Context, about *briefing, how planning, subscribers []trade.Subscriber) error {
	outcomes, err := n.outcomes(ctx, about, subscribers)
	if err != nil {
		return err
	}
	var planned []trade.Delivery
	for _, o := range outcomes {
		if d := o.delivery; o.recorded && (how.occasion == "" || o.told()) {
			switch {
			case how.occasion != "":
				d.Key, d.Occasion = trade.OccasionKey(d.Subscriber, d.Channel, d.Family, how.occasion), how.occasion
			case how.held != "" && o.told():
				d.State, d.NotBefore, d.Braked, d.Reason = trade.Held, "", true, how.held
			}
			planned = append(planned, d)
		} else if !o.recorded {
			n.Log.Debug("notify: not sent", "warning", about.warning.Number, "release", about.warning.Release, "subscriber", o.to.ID, "because", o.why.EN)
		}
	}
	if how.occasion != "" {
		planned, err = n.heardOf(ctx, planned)
	} else {
		planned, err = n.onlyReached(ctx, &about.warning, subscribers, planned)
	}
	if err != nil {
		return err
	}
	if n.Unledgered {
		n.handOver(planned)
		return nil
	}
	if err := n.ledger().plan(ctx, planned); err != nil {
		return err
	}
	return n.relook(ctx, planned...)
}

// outcome is what becomes of a release for one subscriber.
type outcome struct {
	to       *trade.Subscriber
	delivery trade.Delivery
	why      trade.Text // what concerns it, or why it is not told
	recorded bool       // false for who is not told and did not ask for that
	view     View
}

// told reports whether the subscriber is to hear of the release.
func (o *outcome) told() bool { return o.recorded && o.delivery.State == trade.Planned }

// outcomes says what becomes of the release for each of those subscribers.
// Nothing is written: a preview and the planner see the same.
func (n *Notifier) outcomes(ctx context.Context, about *briefing, subscribers []trade.Subscriber) ([]outcome, error) {
	those := make([]telling, len(subscribers))
	for i, s := range subscribers {
		those[i] = telling{s, about}
	}
	facts, err := n.facts(ctx, those...)
	if err != nil {
		return nil, err
	}
	out := make([]outcome, len(subscribers))
	for i := range subscribers {
		out[i] = n.planOne(&subscribers[i], about, facts)
	}
	return out, nil
}

// planOne is what becomes of a release for that subscriber.
func (n *Notifier) planOne(s *trade.Subscriber, about *briefing, facts Facts) outcome {
	w := about.to(s)
	view, reason, ok := ViewFor(*s, w, facts.about(s, w))
	if !ok && !view.Silenced {
		return outcome{to: s, why: reason}
	}
	d := trade.Delivery{
		Key:        trade.DeliveryKey(s.ID, s.Channel, w.Family, w.Release),
		Subscriber: s.ID, Channel: s.Channel, Family: w.Family, Release: w.Release, WarningSeq: about.seq,
		State: trade.Planned, NotBefore: n.due(s, w), Reason: reason.EN, At: stamp(n.Now()),
	}
	if s.Kind == trade.SubExporter {
		d.Exporter = s.Exporter
	}
	if !ok {
		d.State, d.NotBefore, d.Silenced = trade.Suppressed, "", true
	}
	return outcome{s, d, reason, true, view}
}

// WhyNot says why a subscriber is or is not told of the warning.
func (n *Notifier) WhyNot(ctx context.Context, s trade.Subscriber, w *trade.Warning) (reason trade.Text, told bool, err error) {
	_, reason, told, err = n.viewOf(ctx, telling{s, briefingOf(w)})
	return reason, told, err
}

// viewOf is ViewFor with what the registry and the answers say now.
func (n *Notifier) viewOf(ctx context.Context, t telling) (view View, reason trade.Text, ok bool, err error) {
	facts, err := n.facts(ctx, t)
	if err != nil {
		return View{}, trade.Text{}, false, err
	}
	w := t.about.to(&t.to)
	view, reason, ok = ViewFor(t.to, w, facts.about(&t.to, w))
	return view, reason, ok, nil
}
