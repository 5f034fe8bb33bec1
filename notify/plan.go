package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
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
	return bus.Consume(ctx, n.Bus, bus.Consumer[trade.Warning]{
		Name: bus.ConsumerPlanner, Table: n.Bus.Warnings, Batch: 1,
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

func (n *Notifier) planWarning(ctx context.Context, e bus.Entry[trade.Warning]) error {
	// Whoever subscribed before the release hears of it.
	last, err := n.Bus.Subscribers.LastWrite(ctx)
	if err != nil {
		return err
	}
	if err := n.Directory.WaitFor(ctx, last); err != nil {
		return err
	}
	facts, err := n.facts(ctx, &e.Value)
	if err != nil {
		return err
	}
	var planned []trade.Delivery
	for _, s := range n.Directory.Subscribers() {
		view, reason, ok := ViewFor(s, &e.Value, facts)
		if !ok && !view.Silenced {
			n.Log.Debug("notify: not sent", "warning", e.Value.Number, "release", e.Value.Release, "subscriber", s.ID, "because", reason.EN)
			continue
		}
		d := trade.Delivery{
			Key:        trade.DeliveryKey(s.ID, s.Channel, e.Value.Family, e.Value.Release),
			Subscriber: s.ID, Channel: s.Channel, Family: e.Value.Family, Release: e.Value.Release, WarningSeq: e.Seq,
			State: trade.Planned, NotBefore: n.due(s.Cadence), Reason: reason.EN, At: stamp(n.Now()),
		}
		if s.Kind == trade.SubExporter {
			d.Exporter = s.Exporter
		}
		if !ok {
			d.State, d.NotBefore, d.Silenced = trade.Suppressed, "", true
		}
		planned = append(planned, d)
	}
	if n.Unledgered {
		n.handOver(planned)
		return nil
	}
	if err := n.ledger().plan(ctx, planned); err != nil {
		return err
	}
	// Whoever took "not relevant" back while this was planned is not forgotten.
	for _, d := range planned {
		if s, ok := n.Directory.Subscriber(d.Subscriber); ok && d.Silenced {
			if err := n.reconsider(ctx, e, s.Exporter); err != nil {
				return err
			}
		}
	}
	return nil
}

// due is when a subscriber with that cadence wants to hear: at once, or at the
// next daily or weekly hour of the configuration.
func (n *Notifier) due(cadence string) string {
	if cadence != "daily" && cadence != "weekly" {
		return ""
	}
	zone, err := time.LoadLocation(n.Config.Timezone)
	if err != nil {
		zone = time.UTC
	}
	now := n.Now().In(zone)
	hour, minute := n.Config.digestTime()
	at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, zone)
	for !at.After(now) || cadence == "weekly" && at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, 1)
	}
	return stamp(at)
}

// facts reads the products and exporters that the warning names.
func (n *Notifier) facts(ctx context.Context, w *trade.Warning) (Facts, error) {
	var keys []string
	for _, m := range w.Audience {
		p := trade.Product{ID: m.Product, Exporter: m.Exporter}
		keys = append(keys, p.Key())
	}
	products, err := n.Bus.Products.GetMany(ctx, trade.SortedUnique(keys))
	if err != nil {
		return Facts{}, err
	}
	answers, err := triage.ReadAnswers(ctx, n.Bus, append([]string{w.Family}, w.Symbols...)...)
	if err != nil {
		return Facts{}, err
	}
	return Facts{
		Answers: answers,
		Product: func(exporter, id string) (trade.Product, bool) {
			p := trade.Product{ID: id, Exporter: exporter}
			e, ok := products[p.Key()]
			return e.Value, ok && !e.Deleted
		},
		Exporter: n.Directory.Exporter,
		Levels:   n.Config.Levels, Peak: w.Peak,
	}, nil
}

// WhyNot says why a subscriber is or is not told of the warning.
func (n *Notifier) WhyNot(ctx context.Context, s trade.Subscriber, w *trade.Warning) (reason trade.Text, told bool, err error) {
	facts, err := n.facts(ctx, w)
	if err != nil {
		return trade.Text{}, false, err
	}
	_, reason, told = ViewFor(s, w, facts)
	return reason, told, nil
}

// firstKey finds the recipient's first delivery of the family, for threading.
func (n *Notifier) firstKey(ctx context.Context, d *trade.Delivery) (string, error) {
	for r := 1; r < d.Release; r++ {
		key := trade.DeliveryKey(d.Subscriber, d.Channel, d.Family, r)
		e, err := n.Bus.Deliveries.Get(ctx, key)
		if errors.Is(err, trade.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if e.Value.State != trade.Suppressed {
			return key, nil
		}
	}
	return "", nil
}
