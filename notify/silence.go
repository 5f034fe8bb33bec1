package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// heard drops what the firm itself called not relevant. A firm's word silences
// the firm and nobody else: districts, associations and departments go on
// hearing of it. reason is set when nothing is left.
func (f Facts) heard(to trade.Subscriber, hits []hit) (left []hit, reason trade.Text) {
	if to.Kind != trade.SubExporter || f.Answers == nil {
		return hits, trade.Text{}
	}
	left = slices.DeleteFunc(slices.Clone(hits), func(h hit) bool {
		said, silent := f.Answers.Silence(&h.match)
		if silent {
			reason = triage.Silenced(&said)
		}
		return silent
	})
	if len(left) > 0 {
		reason = trade.Text{}
	}
	return left, reason
}

// news reports whether a release tells its recipient anything. That further
// products are touched is news to their firms and to machines; others see the
// new sums with the next release that says more: a firm that registers its
// products must not fill the mailboxes of a whole city.
func news(to trade.Subscriber, w *trade.Warning, hits []hit) bool {
	if len(w.News) == 0 || to.Kind == trade.SubMachine {
		return true
	}
	return to.Kind == trade.SubExporter && slices.ContainsFunc(hits, func(h hit) bool { return slices.Contains(w.News, h.product.Key()) })
}

// hear follows the answers until ctx ends: who takes "not relevant" back is
// sent the latest release that was kept from it meanwhile.
func (n *Notifier) hear(ctx context.Context) error {
	return bus.Consume(ctx, n.Bus, bus.Consumer[trade.Response]{
		Name: bus.ConsumerAnswers, Table: n.Bus.Responses, Batch: 1,
		Handle: func(ctx context.Context, batch []bus.Entry[trade.Response]) error {
			for _, e := range batch {
				if e.Deleted || e.Value.Kind != trade.Relevant {
					continue
				}
				w, err := n.Bus.Warnings.Get(ctx, trade.FamilyKey(e.Value.Family))
				if errors.Is(err, trade.ErrNotFound) {
					continue
				}
				if err == nil {
					err = n.reconsider(ctx, w, e.Value.Exporter)
				}
				if err != nil {
					return fmt.Errorf("answer of %s about %s: %w", e.Value.Exporter, e.Value.Family, err)
				}
			}
			return nil
		},
	})
}

// reconsider plans the deliveries of a release to that exporter that were
// suppressed by its own word, where that word no longer stands.
func (n *Notifier) reconsider(ctx context.Context, w bus.Entry[trade.Warning], exporter string) error {
	var about *briefing
	for _, s := range n.Directory.Subscribers() {
		if s.Kind != trade.SubExporter || s.Exporter != exporter {
			continue
		}
		e, err := n.Bus.Deliveries.Get(ctx, trade.DeliveryKey(s.ID, s.Channel, w.Value.Family, w.Value.Release))
		if errors.Is(err, trade.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Value.State != trade.Suppressed || !e.Value.Silenced {
			continue
		}
		if about == nil {
			about = newBriefing(w)
		}
		_, why, ok, err := n.viewOf(ctx, telling{s, about})
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		_, err = n.ledger().move(ctx, e, trade.Planned, func(d *trade.Delivery) { d.Reason, d.NotBefore = why.EN, n.due(&s, &w.Value) })
		if err != nil && !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
	return nil
}
