package portal

import (
	"context"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/nomenclature"
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

// Wish is what an association may change of its subscription. The sector is
// not among it: it says whose sums the association may see, and the centre
// sets it.
type Wish struct {
	Markets     []string `json:"markets" doc:"ISO 3166 codes, blocs, or * for all"`
	Channel     string   `json:"channel"`
	Address     string   `json:"address"`
	Cadence     string   `json:"cadence" enum:"immediate,daily,weekly"`
	LowestLevel string   `json:"lowest_level,omitempty"`
	Language    string   `json:"language" enum:"zh,en"`
}

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

// Subscription reads the subscription of the scope's association.
func (p *Portal) Subscription(ctx context.Context, t auth.TenantScope) (Subscription, error) {
	if _, err := p.association(t); err != nil {
		return Subscription{}, err
	}
	e, err := p.o.Bus.Subscribers.Get(ctx, registry.SubscriberKey(t.Association()))
	return Subscription{e.Value, e.Seq}, err
}

// Foresee says what the changed subscription would have been sent. Nothing is
// stored.
func (p *Portal) Foresee(ctx context.Context, t auth.TenantScope, w Wish) (Foreseen, error) {
	now, err := p.Subscription(ctx, t)
	if err != nil {
		return Foreseen{}, err
	}
	s, err := p.wished(now.Subscriber, w)
	if err != nil || p.o.PreviewSubscriber == nil {
		return Foreseen{}, err
	}
	preview, err := p.o.PreviewSubscriber(ctx, s)
	out := Foreseen{Since: preview.Since, Sent: preview.Sent, Releases: preview.Releases, Examples: []ForeseenItem{}}
	for _, e := range preview.Examples {
		out.Examples = append(out.Examples, ForeseenItem{e.Number, e.Release, e.Level, e.At, e.Headline})
	}
	return out, err
}

// Subscribe changes the subscription of the scope's association. It returns
// trade.ErrConflict when somebody changed it since seq.
func (p *Portal) Subscribe(ctx context.Context, t auth.TenantScope, w Wish, seq uint64) error {
	now, err := p.Subscription(ctx, t)
	if err != nil {
		return err
	}
	s, err := p.wished(now.Subscriber, w)
	if err != nil {
		return err
	}
	if seq, err = p.o.Bus.Subscribers.Put(ctx, registry.SubscriberKey(s.ID), s, seq); err != nil {
		return err
	}
	p.listed(ctx, seq)
	return nil
}

// wished is the subscription with the wish in it, or why it cannot be.
func (p *Portal) wished(s trade.Subscriber, w Wish) (trade.Subscriber, error) {
	s.Markets = nil
	for _, m := range w.Markets {
		if m = strings.TrimSpace(m); m == "" {
			continue
		}
		code, ok := nomenclature.Market(m)
		if !ok {
			return s, trade.Refusef("%q is no market: write ISO 3166 codes such as VN, or blocs such as EU; 不认识市场 %[1]q，请填写国家代码（如 VN）或集团代码（如 EU）", m)
		}
		s.Markets = append(s.Markets, code)
	}
	s.Markets = trade.SortedUnique(s.Markets)
	check, ok := p.o.Rules.Channels[w.Channel]
	if !ok {
		return s, trade.Refusef("%q is no channel; 没有这个渠道", w.Channel)
	}
	w.Address = strings.TrimSpace(w.Address)
	if check != nil {
		if err := check(w.Address); err != nil {
			return s, trade.Refusef("the address cannot be used: %v; 地址无法使用，请检查格式", err)
		}
	}
	if w.LowestLevel != "" && !slices.Contains(p.o.Rules.Levels, w.LowestLevel) {
		return s, trade.Refusef("%q is no level; 没有这个等级", w.LowestLevel)
	}
	if !slices.Contains([]string{"immediate", "daily", "weekly"}, w.Cadence) || w.Language != "zh" && w.Language != "en" {
		return s, trade.Refusef("choose how often and in which language; 请选择频率和语言")
	}
	s.Channel, s.Address, s.LowestLevel, s.Cadence, s.Language = w.Channel, w.Address, w.LowestLevel, w.Cadence, w.Language
	return s, nil
}

// Level is a level as the centre's policy names it.
func (p *Portal) Level(id string) triage.Level { return p.o.View.Policy.Level(id) }
