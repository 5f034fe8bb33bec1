package notify

import (
	"context"
	"errors"
	"fmt"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// disable notes on the subscription that its endpoint says it is gone (410):
// nothing more is sent there until somebody gives it another address, and
// whoever has a mailbox beside it is told so. What fails here is tried with the
// next message.
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
	for _, other := range n.Directory.Subscribers() {
		if other.Channel != "email" || other.Stopped != "" || !sameOwner(&s, &other) {
			continue
		}
		if err := n.Post(ctx, goneLetter(s, other.Address)); err != nil {
			n.Log.Warn("notify: nobody was told of an endpoint that is gone", "subscriber", s.ID, "mailbox", other.ID, "err", err)
		}
	}
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
func goneLetter(s trade.Subscriber, to string) trade.Letter {
	name := first(s.Name, s.ID)
	return trade.Letter{
		Key: trade.Key("gone", s.ID, s.Channel, s.Address, to), To: to,
		Subject: fmt.Sprintf("预警推送已停用：%s · Warnings are not delivered any more: %s", name, name),
		Text: fmt.Sprintf("订阅“%s”（%s）的接收地址回复“410 已不存在”，系统不再向其发送预警。请在“接收方式”中填写新地址，或改用其他渠道。\n\n"+
			"The endpoint of the subscription %q (%s) answered \"410 Gone\", so nothing more is sent to it. Give it another address, or another channel, on the page \"channels\".", name, s.Channel, name, s.Channel),
	}
}
