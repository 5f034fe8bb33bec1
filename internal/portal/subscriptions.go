package portal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// subscribers are the firm's own, by id.
func (p *Portal) subscribers(exporter string) (out []trade.Subscriber) {
	for _, s := range p.o.View.Directory.Subscribers() { // shared with everybody: picked from, not cut down
		if s.Kind == trade.SubExporter && s.Exporter == exporter {
			out = append(out, s)
		}
	}
	return out
}

// Channels are the ways to be reached that there are, by name.
func (p *Portal) Channels() []string {
	return slices.Sorted(maps.Keys(p.o.Rules.Channels))
}

// OwnSubscriptions lists the firm's subscriptions, secret addresses masked.
func (p *Portal) OwnSubscriptions(t auth.TenantScope) ([]trade.Subscriber, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return nil, err
	}
	out := p.subscribers(exporter)
	for i := range out {
		out[i].Address = trade.MaskedAddress(out[i].Channel, out[i].Address)
	}
	return out, nil
}

// OwnSubscription finds one subscription among the firm's own, with its place;
// a secret address is masked.
func (p *Portal) OwnSubscription(ctx context.Context, t auth.TenantScope, id string) (trade.Subscriber, uint64, error) {
	s, seq, err := p.subscription(ctx, t, id)
	s.Address = trade.MaskedAddress(s.Channel, s.Address)
	return s, seq, err
}

// subscription reads a subscription of the firm; ids of others are not looked
// up.
func (p *Portal) subscription(ctx context.Context, t auth.TenantScope, id string) (trade.Subscriber, uint64, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return trade.Subscriber{}, 0, err
	}
	if !slices.ContainsFunc(p.subscribers(exporter), func(s trade.Subscriber) bool { return s.ID == id }) {
		return trade.Subscriber{}, 0, trade.ErrNotFound
	}
	e, err := p.o.Bus.Subscribers.Get(ctx, registry.SubscriberKey(id))
	if err == nil && e.Value.Exporter != exporter {
		err = trade.ErrNotFound
	}
	if err != nil {
		return trade.Subscriber{}, 0, err
	}
	return e.Value, e.Seq, nil
}

// SubscriptionFields are what a firm says of a subscription, by column.
var SubscriptionFields = []string{"name", "channel", "address", "cadence", "lowest_level", "language", "markets", "timezone", "quiet_hours", "rest_days", "paused_until", "muted"}

// ReadSubscription reads what was typed as a line of a file is read. id is the
// subscription that it changes, "" for a new one; without an address it keeps
// the one that it has.
func (p *Portal) ReadSubscription(ctx context.Context, t auth.TenantScope, id string, typed map[string]string) (trade.Subscriber, *registry.RowError, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return trade.Subscriber{}, nil, err
	}
	// The same channel and address twice are one subscription.
	now := trade.Subscriber{ID: "U-" + trade.Key("subscription", exporter, typed["channel"], strings.TrimSpace(typed["address"]))[:12], Kind: trade.SubExporter, Exporter: exporter}
	if id != "" {
		if now, _, err = p.subscription(ctx, t, id); err != nil {
			return trade.Subscriber{}, nil, err
		}
	}
	now.Name = p.firm(exporter).Name
	s, bad := p.readOver(now, SubscriptionFields, typed)
	return s, bad, nil
}

// readOver reads those fields of what was typed over a subscription. An address
// that is empty, or that comes back as it was shown, is the one that it has;
// what was shown is never an address of another channel.
func (p *Portal) readOver(now trade.Subscriber, fields []string, typed map[string]string) (trade.Subscriber, *registry.RowError) {
	values := map[string]string{"subscriber_id": now.ID, "kind": string(now.Kind), "exporter_id": now.Exporter, "district": now.District, "sector": now.Sector}
	for _, name := range fields {
		values[name] = typed[name]
	}
	values["name"] = cmp.Or(strings.TrimSpace(values["name"]), now.Name)
	if address := strings.TrimSpace(values["address"]); address == "" || address == trade.MaskedAddress(now.Channel, now.Address) {
		values["address"] = ""
		if values["channel"] == now.Channel {
			values["address"] = now.Address
		}
	}
	s, _, bad := registry.ParseSubscriber(registry.FormRow(values), p.o.Rules)
	return s, bad
}

// SaveSubscription stores what ReadSubscription has read. last is the place of
// the one that it was made from, 0 for a new one; trade.ErrConflict means that
// somebody else wrote meanwhile, or that there is one with this address.
func (p *Portal) SaveSubscription(ctx context.Context, t auth.TenantScope, s trade.Subscriber, last uint64) error {
	exporter, err := ownOf(t)
	if err != nil {
		return err
	}
	s.Kind, s.Exporter, s.District, s.Sector = trade.SubExporter, exporter, "", ""
	key := registry.SubscriberKey(s.ID)
	e, err := p.o.Bus.Subscribers.Get(ctx, key)
	switch {
	case err == nil && (last == 0 || e.Value.Exporter != exporter || e.Value.Kind != trade.SubExporter):
		return fmt.Errorf("subscription %s: %w", s.ID, trade.ErrConflict)
	case errors.Is(err, trade.ErrNotFound) && last == 0:
		last = e.Seq
	case err != nil:
		return err
	}
	seq, err := p.o.Bus.Subscribers.Put(ctx, key, s, last)
	if err != nil {
		return err
	}
	p.listed(ctx, seq)
	return nil
}

// listed waits until the directory shows a write, so that its author does. It
// is stored in any case: a failure here is none of the write.
func (p *Portal) listed(ctx context.Context, seq uint64) {
	_ = p.o.View.Directory.WaitForSubscribers(ctx, seq)
}

// RemoveSubscription ends a subscription.
func (p *Portal) RemoveSubscription(ctx context.Context, t auth.TenantScope, id string, last uint64) error {
	s, _, err := p.subscription(ctx, t, id)
	if err != nil {
		return err
	}
	key := registry.SubscriberKey(s.ID)
	if err := p.o.Bus.Subscribers.Delete(ctx, key, last); err != nil {
		return err
	}
	if seq, err := p.o.Bus.Subscribers.LastWrite(ctx); err == nil {
		p.listed(ctx, seq)
	}
	return nil
}

// OwnPreview is what a subscription would have been sent in the last twelve
// months. It counts the firm's own warnings only.
type OwnPreview struct {
	Since    string                 `json:"since"`
	Sent     int                    `json:"sent"`
	Kept     int                    `json:"kept" doc:"of warnings to the firm that its level or markets would have kept back"`
	ByMonth  []trade.PreviewMonth   `json:"by_month"`
	Examples []trade.PreviewExample `json:"examples"`
}

// PreviewSubscription says what a subscription would have been sent.
func (p *Portal) PreviewSubscription(ctx context.Context, t auth.TenantScope, s trade.Subscriber) (OwnPreview, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return OwnPreview{}, err
	}
	if p.o.PreviewSubscriber == nil {
		return OwnPreview{}, trade.Refusef("notices are not sent by this process, ask the administrator; 本进程不发送通知，请联系管理员")
	}
	s.Kind, s.Exporter, s.District, s.Sector = trade.SubExporter, exporter, "", ""
	would, err := p.o.PreviewSubscriber(ctx, s)
	if err != nil {
		return OwnPreview{}, err
	}
	s.Markets, s.LowestLevel = nil, ""
	all, err := p.o.PreviewSubscriber(ctx, s)
	return OwnPreview{would.Since, would.Sent, max(0, all.Sent-would.Sent), would.ByMonth, would.Examples}, err
}

// TestSubscription sends a message that says that it is a test, and returns
// the channel's receipt. So many at once, then one in every five minutes.
func (p *Portal) TestSubscription(ctx context.Context, t auth.TenantScope, id string) (receipt string, err error) {
	s, _, err := p.subscription(ctx, t, id)
	if err != nil {
		return "", err
	}
	if p.o.TestChannel == nil {
		return "", trade.Refusef("notices are not sent by this process, ask the administrator; 本进程不发送通知，请联系管理员")
	}
	if !p.tests.take(s.Exporter, p.o.Now()) {
		return "", trade.Refusef("too many tests: wait five minutes; 测试过于频繁，请五分钟后再试")
	}
	return p.o.TestChannel(ctx, s)
}

// Levels are the levels that a subscription can begin at, highest first.
func (p *Portal) Levels() []triage.Level { return p.o.View.Policy.Levels }
