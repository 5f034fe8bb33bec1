package portal

import (
	"context"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Subscription is an association's, with the sequence that a change of it
// refers to.
type Subscription struct {
	trade.Subscriber
	Seq uint64 `json:"seq"`
}

// MembersFields are what an association says of its subscription, by column.
// The sector is not among them: it says whose sums the association may see, and
// the centre sets it.
var MembersFields = []string{"channel", "address", "cadence", "lowest_level", "language", "markets", "timezone", "quiet_hours", "rest_days", "paused_until", "muted"}

// Foreseen is what a subscription would have been sent in the last twelve
// months. It does not say why: the reasons count products.
type Foreseen struct {
	Since    string         `json:"since"`
	Sent     int            `json:"sent"`
	Releases int            `json:"releases"`
	Examples []ForeseenItem `json:"examples" doc:"the latest, at most five"`
}

// ForeseenItem is a release that would have been sent.
type ForeseenItem struct {
	Number   string     `json:"number"`
	Release  int        `json:"release"`
	Level    string     `json:"level"`
	At       string     `json:"at"`
	Headline trade.Text `json:"headline"`
}

// Subscription reads the subscription of the scope's association; a secret
// address is masked.
func (p *Portal) Subscription(ctx context.Context, t auth.TenantScope) (Subscription, error) {
	s, seq, err := p.membersSubscription(ctx, t)
	s.Address = trade.MaskedAddress(s.Channel, s.Address)
	return Subscription{s, seq}, err
}

func (p *Portal) membersSubscription(ctx context.Context, t auth.TenantScope) (trade.Subscriber, uint64, error) {
	if _, err := p.association(t); err != nil {
		return trade.Subscriber{}, 0, err
	}
	e, err := p.o.Bus.Subscribers.Get(ctx, registry.SubscriberKey(t.Association()))
	if err != nil {
		return trade.Subscriber{}, 0, err
	}
	return e.Value, e.Seq, nil
}

// ReadChange reads what an association typed as a line of a file is read;
// without an address it keeps the one that it has.
func (p *Portal) ReadChange(ctx context.Context, t auth.TenantScope, typed map[string]string) (trade.Subscriber, *registry.RowError, error) {
	now, _, err := p.membersSubscription(ctx, t)
	if err != nil {
		return trade.Subscriber{}, nil, err
	}
	s, bad := p.readOver(now, MembersFields, typed)
	return s, bad, nil
}

// Foresee says what the subscription that ReadChange has read would have been
// sent. Nothing is stored.
func (p *Portal) Foresee(ctx context.Context, t auth.TenantScope, s trade.Subscriber) (Foreseen, error) {
	now, _, err := p.membersSubscription(ctx, t)
	if err != nil || p.o.PreviewSubscriber == nil {
		return Foreseen{}, err
	}
	preview, err := p.o.PreviewSubscriber(ctx, ownedAs(now, s))
	out := Foreseen{Since: preview.Since, Sent: preview.Sent, Releases: preview.Releases, Examples: []ForeseenItem{}}
	for _, e := range preview.Examples {
		out.Examples = append(out.Examples, ForeseenItem{e.Number, e.Release, e.Level, e.At, e.Headline})
	}
	return out, err
}

// Subscribe stores what ReadChange has read. It returns trade.ErrConflict when
// somebody changed the subscription since seq.
func (p *Portal) Subscribe(ctx context.Context, t auth.TenantScope, s trade.Subscriber, seq uint64) error {
	now, _, err := p.membersSubscription(ctx, t)
	if err != nil {
		return err
	}
	if seq, err = p.o.Bus.Subscribers.Put(ctx, registry.SubscriberKey(now.ID), ownedAs(now, s), seq); err != nil {
		return err
	}
	p.listed(ctx, seq)
	return nil
}

// ownedAs is s as the subscription of whom now is.
func ownedAs(now, s trade.Subscriber) trade.Subscriber {
	s.ID, s.Kind, s.Name, s.Exporter, s.District, s.Sector = now.ID, now.Kind, now.Name, now.Exporter, now.District, now.Sector
	return s
}

// Level is a level as the centre's policy names it.
func (p *Portal) Level(id string) triage.Level { return p.o.View.Policy.Level(id) }
