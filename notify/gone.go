package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// letters are those about endpoints that are gone, by their identity: which were
// written, and when one that failed is tried again.
type letters map[string]*letter

type letter struct {
	done  bool
	tries int
	next  time.Time
}

// tellGone writes, until ctx ends, to whoever has a mailbox beside an endpoint
// that is gone. What fails is tried again by the ladder, as the same mail.
func (n *Notifier) tellGone(ctx context.Context) error {
	if _, ok := n.Channels["email"].(poster); !ok {
		return nil
	}
	for {
		n.writeLetters(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
		}
	}
}

func (n *Notifier) writeLetters(ctx context.Context) {
	all := n.Directory.Subscribers()
	for i := range all {
		if all[i].Gone == "" {
			continue
		}
		for k := range all {
			if to := &all[k]; to.Channel == "email" && to.Stopped == "" && sameOwner(&all[i], to) {
				n.writeLetter(ctx, goneLetter(&all[i], to.Address))
			}
		}
	}
}

// writeLetter writes a letter that nobody has written yet. That it was done is
// kept beside what was planned.
func (n *Notifier) writeLetter(ctx context.Context, l trade.Letter) {
	if n.letters == nil {
		n.letters = letters{}
	}
	known := n.letters[l.Key]
	if known == nil {
		known = &letter{}
		n.letters[l.Key] = known
	}
	if known.done || n.Now().Before(known.next) || ctx.Err() != nil {
		return
	}
	_, err := n.Bus.Planned.Get(ctx, l.Key)
	if errors.Is(err, trade.ErrNotFound) {
		if err = n.Post(ctx, l); err == nil || trade.IsPermanent(err) || known.tries >= len(ladder) {
			_, err = n.Bus.Planned.Put(ctx, l.Key, stamp(n.Now()), 0)
		}
	}
	if known.done = err == nil || errors.Is(err, trade.ErrConflict); known.done { // perhaps another notifier wrote the same mail
		return
	}
	n.Log.Warn("notify: whose endpoint is gone is told later", "to", l.To, "err", err)
	known.next = n.Now().Add(ladder[min(known.tries, len(ladder)-1)])
	known.tries++
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
