package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
				if err := n.reconsider(ctx, e.Value.Family, e.Value.Exporter); err != nil {
					return fmt.Errorf("answer of %s about %s: %w", e.Value.Exporter, e.Value.Family, err)
				}
			}
			return nil
		},
	})
}

// relook is for who took "not relevant" back while those deliveries were being
// written as kept from it: it is not forgotten. Nor is what was kept, when the
// release that was told in its stead is recalled before it is sent.
func (n *Notifier) relook(ctx context.Context, written ...trade.Delivery) error {
	for _, d := range written {
		s, ok := n.Directory.Subscriber(d.Subscriber)
		if d.State != trade.Suppressed || d.Family == "" || !ok || s.Kind != trade.SubExporter {
			continue
		}
		c, err := n.course(ctx, d.Family, 0)
		if err == nil && (d.Silenced || c.voided[d.Release] > 0) {
			err = n.reconsiderFor(ctx, &s, d.Family, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relookUntilDone is relook of what is recorded already: nobody else would.
func (n *Notifier) relookUntilDone(ctx context.Context, written ...trade.Delivery) {
	for err := n.relook(ctx, written...); err != nil && ctx.Err() == nil; err = n.relook(ctx, written...) {
		n.Log.Warn("notify: whether an answer was taken back is looked at again", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// reconsider plans again what was kept from an exporter by its own word, where
// that word no longer stands: for each of its subscriptions the last release
// that it would have been told.
func (n *Notifier) reconsider(ctx context.Context, family, exporter string) error {
	c, err := n.course(ctx, family, 0)
	if err != nil {
		return err
	}
	for _, s := range n.Directory.Subscribers() {
		if s.Kind != trade.SubExporter || s.Exporter != exporter {
			continue
		}
		if err := n.reconsiderFor(ctx, &s, family, c); err != nil {
			return err
		}
	}
	return nil
}

// reconsiderFor looks at the releases from the last one back that stand, over
// whatever channel each was, as far as they were kept from the subscriber: one
// that only adds products of others is not what it would have been told.
func (n *Notifier) reconsiderFor(ctx context.Context, s *trade.Subscriber, family string, c *course) error {
	for release := c.last; release > 0; release-- {
		if c.voided[release] > 0 {
			continue
		}
		keys := []string{trade.DeliveryKey(s.ID, s.Channel, family, release)}
		for channel := range n.Channels {
			keys = append(keys, trade.DeliveryKey(s.ID, channel, family, release))
		}
		have, err := n.Bus.Deliveries.GetMany(ctx, trade.SortedUnique(keys))
		if err != nil {
			return err
		}
		for _, e := range have {
			if e.Value.Moved != "" {
				continue // what became of it stands with the other channel
			}
			if e.Value.State != trade.Suppressed || !e.Value.Silenced {
				return nil
			}
			if done, err := n.planAgain(ctx, s, e); err != nil || done {
				return err
			}
		}
	}
	return nil
}

// planAgain plans what was kept from the subscriber by its own word. It is not
// done where there is another reason not to tell it: an earlier release may be
// told. Where the word stands nothing is.
func (n *Notifier) planAgain(ctx context.Context, s *trade.Subscriber, e entry) (bool, error) {
	about, err := n.briefing(ctx, &e.Value)
	if err != nil {
		return false, err
	}
	view, why, ok, err := n.viewOf(ctx, telling{*s, about})
	if err != nil || !ok {
		return view.Silenced, err
	}
	_, err = n.ledger().move(ctx, e, trade.Planned, func(d *trade.Delivery) { d.Reason, d.NotBefore = why.EN, n.due(s, &about.warning) })
	if errors.Is(err, trade.ErrConflict) { // somebody plans it, too
		err = nil
	}
	return true, err
}
