package notify

import (
	"context"
	"errors"
	"fmt"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// disable notes on the subscription that its endpoint says it is gone (410):
// nothing more is sent there until somebody gives it another address. What fails
// here is tried with the next message.
func (n *Notifier) disable(ctx context.Context, d *trade.Delivery, s trade.Subscriber) {
	e, err := n.Bus.Subscribers.Get(ctx, registry.SubscriberKey(s.ID))
	if err == nil && e.Value.Gone == "" && e.Value.Channel == s.Channel && e.Value.Address == s.Address {
		e.Value.Gone = stamp(n.Now())
		_, err = n.Bus.Subscribers.Put(ctx, e.Key, e.Value, e.Seq)
	}
	if err != nil && !errors.Is(err, trade.ErrNotFound) && !errors.Is(err, trade.ErrConflict) {
		n.Log.Warn("notify: an endpoint that is gone is not marked yet", "subscriber", s.ID, "err", err)
		return
	}
	n.Log.Warn("notify: the endpoint says that it is gone, nothing more is sent there", "subscriber", s.ID, "channel", s.Channel, "delivery", d.Key)
}

// tellGone writes to whoever has a mailbox beside an endpoint that is gone. That
// it was done is kept, for each day on which an endpoint went; what fails is
// tried again, as a mail of the same identity.
func (n *Notifier) tellGone(ctx context.Context) error {
	if _, ok := n.Channels["email"].(poster); !ok {
		return nil
	}
	for _, s := range n.Directory.Subscribers() {
		if s.Gone == "" || n.letters[s.ID] == s.Gone {
			continue
		}
		if err := n.tellGoneOne(ctx, &s); err != nil {
			return fmt.Errorf("subscriber %s: %w", s.ID, err)
		}
		if n.letters == nil {
			n.letters = map[string]string{}
		}
		n.letters[s.ID] = s.Gone
	}
	return nil
}

func (n *Notifier) tellGoneOne(ctx context.Context, s *trade.Subscriber) error {
	done := trade.Key("gone", s.ID, s.Gone)
	if _, err := n.Bus.Planned.Get(ctx, done); !errors.Is(err, trade.ErrNotFound) {
		return err
	}
	for _, other := range n.Directory.Subscribers() {
		if other.Channel != "email" || other.Stopped != "" || !sameOwner(s, &other) {
			continue
		}
		if err := n.Post(ctx, goneLetter(s, other.Address)); err != nil && !trade.IsPermanent(err) {
			return err
		}
	}
	_, err := n.Bus.Planned.Put(ctx, done, stamp(n.Now()), 0)
	if errors.Is(err, trade.ErrConflict) { // another notifier wrote the same mails
		return nil
	}
	return err
}

// sameOwner reports whether both are told on behalf of the same firm, or of the
// same association, district or department by name.
func sameOwner(a, b *trade.Subscriber) bool {
	if a.Kind == trade.SubExporter {
		return b.Kind == trade.SubExporter && a.Exporter == b.Exporter
	}
	return a.Kind == b.Kind && a.Name != "" && a.Name == b.Name
}

// goneLetter is the same for a subscription and its address however often it is
// sent.
func goneLetter(s *trade.Subscriber, to string) trade.Letter {
	name := first(s.Name, s.ID)
	return trade.Letter{
		Key: trade.Key("gone", s.ID, s.Channel, s.Address, s.Gone, to), To: to,
		Subject: fmt.Sprintf("预警推送已停用：%s · Warnings are not delivered any more: %s", name, name),
		Text: fmt.Sprintf("订阅“%s”（%s）的接收地址回复“410 已不存在”，系统不再向其发送预警。请在“接收方式”中填写新地址，或改用其他渠道。\n\n"+
			"The endpoint of the subscription %q (%s) answered \"410 Gone\", so nothing more is sent to it. Give it another address, or another channel, on the page \"channels\".", name, s.Channel, name, s.Channel),
	}
}
