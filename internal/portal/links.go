package portal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// Where the links of messages lead. Both show a page first and do something
// only when its button is pressed (POST): scanners of mail open every link.
const (
	StopPath    = "/stop/"
	ReceiptPath = "/receipt/"
)

// StopWords are what the link by which a recipient ends its subscription says.
// It is of one address: whoever gets the mail after it has changed is not
// unsubscribed by who got it before.
func StopWords(s trade.Subscriber) []string { return []string{s.ID, addressOf(s)} }

// ReceiptWords are what the link by which a firm confirms a release says.
func ReceiptWords(s trade.Subscriber, family string, release int) []string {
	return []string{s.ID, addressOf(s), family, strconv.Itoa(release)}
}

func addressOf(s trade.Subscriber) string {
	return trade.Key("address", s.Channel, s.Address)[:12]
}

// linked finds the subscriber of a link.
func (p *Portal) linked(ctx context.Context, id, address string) (trade.Subscriber, uint64, error) {
	e, err := p.o.Bus.Subscribers.Get(ctx, registry.SubscriberKey(id))
	if err == nil && addressOf(e.Value) != address {
		err = fmt.Errorf("subscription %s has another address now: %w", id, trade.ErrNotFound)
	}
	return e.Value, e.Seq, err
}

// Stopping is the subscription that a stop link is about, its address masked
// where it is a secret.
func (p *Portal) Stopping(ctx context.Context, token string) (trade.Subscriber, error) {
	words, ok := p.o.Links.Words(StopPath, token, 2)
	if !ok {
		return trade.Subscriber{}, trade.ErrNotFound
	}
	s, _, err := p.linked(ctx, words[0], words[1])
	s.Address = trade.MaskedAddress(s.Channel, s.Address)
	return s, err
}

// Stop ends the subscription of a stop link, or takes that back, and names it.
// Done again it changes nothing.
func (p *Portal) Stop(ctx context.Context, token string, stop bool) (subscriber string, err error) {
	words, ok := p.o.Links.Words(StopPath, token, 2)
	if !ok {
		return "", trade.ErrNotFound
	}
	for {
		s, seq, err := p.linked(ctx, words[0], words[1])
		if err != nil || stop == (s.Stopped != "") {
			return s.ID, err
		}
		if s.Stopped = ""; stop {
			s.Stopped = p.o.Now().UTC().Format(time.RFC3339)
		}
		seq, err = p.o.Bus.Subscribers.Put(ctx, registry.SubscriberKey(s.ID), s, seq)
		if errors.Is(err, trade.ErrConflict) {
			continue // somebody else wrote: what they wrote is kept
		}
		if err == nil {
			p.listed(ctx, seq)
		}
		return s.ID, err
	}
}

// Receivable is a release that its recipient can confirm.
type Receivable struct {
	Key      string // of the family
	Number   string
	Headline trade.Text
	Firm     string // or who else is to confirm an exercise
	Exercise bool
	At       string // of the confirmation that stands, RFC 3339; "" for none
}

// Receivable reads what a receipt link is about.
func (p *Portal) Receivable(ctx context.Context, token string) (Receivable, error) {
	s, w, err := p.receiptOf(ctx, token)
	if err != nil {
		return Receivable{}, err
	}
	out := Receivable{Key: trade.FamilyKey(w.Family), Number: w.Number, Headline: w.Headline, Firm: cmp.Or(p.firm(s.Exporter).Name, s.Name, s.ID), Exercise: w.Exercise}
	if w.Exercise {
		e, err := p.o.Bus.Deliveries.Get(ctx, trade.DeliveryKey(s.ID, s.Channel, w.Family, w.Release))
		out.At = e.Value.Confirmed
		return out, err
	}
	said, err := p.said(ctx, s.Exporter, []trade.Warning{w})
	if err != nil {
		return Receivable{}, err
	}
	if r := said[0].received; r != nil {
		out.At = r.At
	}
	return out, nil
}

// Receive confirms the release of a receipt link in its firm's name, and names
// the subscription. Done again it changes nothing.
func (p *Portal) Receive(ctx context.Context, token string) (subscriber string, err error) {
	s, w, err := p.receiptOf(ctx, token)
	if err != nil {
		return "", err
	}
	if w.Exercise && p.o.ConfirmExercise != nil {
		_, err = p.o.ConfirmExercise(ctx, s, w.Family, w.Release)
		return s.ID, err
	}
	if p.o.Desk == nil {
		return "", errNoDesk
	}
	_, err = p.o.Desk.Respond(ctx, trade.FamilyKey(w.Family), trade.Response{Exporter: s.Exporter, Kind: trade.Receipt, By: cmp.Or(s.Name, s.ID)})
	return s.ID, err
}

// receiptOf is the subscriber and the release that a receipt link names. A
// release that does not speak to the firm is not found.
func (p *Portal) receiptOf(ctx context.Context, token string) (trade.Subscriber, trade.Warning, error) {
	words, ok := p.o.Links.Words(ReceiptPath, token, 4)
	if !ok {
		return trade.Subscriber{}, trade.Warning{}, trade.ErrNotFound
	}
	s, _, err := p.linked(ctx, words[0], words[1])
	release, errRelease := strconv.Atoi(words[3])
	key := trade.FamilyKey(words[2])
	if err == nil && errRelease == nil && trade.IsExercise(words[2]) {
		return p.drillOf(ctx, s, key, release)
	}
	if err == nil && (errRelease != nil || s.Kind != trade.SubExporter || !p.o.View.SpeaksTo(key, s.Exporter)) {
		err = trade.ErrNotFound
	}
	if err != nil {
		return s, trade.Warning{}, err
	}
	w, err := p.o.View.Release(ctx, key, release)
	return s, public(w.Value, s.Exporter), err
}

// drillOf is the exercise that a receipt link names. Whoever it was told to may
// confirm it.
func (p *Portal) drillOf(ctx context.Context, s trade.Subscriber, key string, release int) (trade.Subscriber, trade.Warning, error) {
	var found *trade.Warning
	err := p.o.Bus.Exercises.History(ctx, key, func(e bus.Entry[trade.Warning]) error {
		if e.Value.Release == release {
			found = &e.Value
		}
		return nil
	})
	if err != nil || found == nil {
		return s, trade.Warning{}, cmp.Or(err, trade.ErrNotFound)
	}
	if _, err := p.o.Bus.Deliveries.Get(ctx, trade.DeliveryKey(s.ID, s.Channel, found.Family, release)); err != nil {
		return s, trade.Warning{}, err
	}
	return s, public(*found, s.Exporter), nil
}
