package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/matcher"
)

// Explanation answers "why did this exporter (not) hear of this notice?" from
// the record.
type Explanation struct {
	Notice   string                `json:"notice"`
	Family   string                `json:"family"`
	Exporter string                `json:"exporter"`
	Name     string                `json:"name"`
	Told     bool                  `json:"told"` // a channel accepted a warning for one of its subscribers
	Case     string                `json:"case,omitempty"`
	Why      []trade.Text          `json:"why"`      // the answer, in order
	Products []matcher.Explanation `json:"products"` // each of its products, best first
	Delivery []trade.Delivery      `json:"deliveries"`
}

func (e *Explanation) say(zh, en string, args ...any) {
	e.Why = append(e.Why, trade.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}

// explain reads the notice, the firm's products, the case, the warnings and
// the ledger. notice is a symbol, the source's own identity or a key.
func (s *System) explain(ctx context.Context, notice, exporter string) (*Explanation, error) {
	n, f, err := s.findNotice(ctx, notice)
	if err != nil {
		return nil, err
	}
	firm, ok := s.directory.Exporter(exporter)
	if !ok {
		return nil, fmt.Errorf("exporter %q: %w; the registry has no such exporter_id", exporter, trade.ErrNotFound)
	}
	e := &Explanation{Notice: n.ID, Family: f.ID, Exporter: exporter, Name: firm.Name, Products: []matcher.Explanation{}, Delivery: []trade.Delivery{}}
	if err := s.explainProducts(ctx, e, n); err != nil {
		return nil, err
	}
	touched := slices.ContainsFunc(f.Matches, func(m trade.Match) bool { return m.Exporter == exporter })
	if touched {
		e.say("该措施的记录中有这家企业的匹配。", "The measure's record holds matches of this exporter.")
	} else {
		e.say("该措施的记录中没有这家企业的匹配。", "The measure's record holds no match of this exporter.")
	}
	if err := s.explainCase(ctx, e, f); err != nil {
		return nil, err
	}
	return e, s.explainDeliveries(ctx, e, f)
}

// findNotice looks a notice up by symbol or identity, with its family.
func (s *System) findNotice(ctx context.Context, id string) (*trade.Notice, *trade.Family, error) {
	roots := []string{id}
	if parsed := trade.ParseSymbols(id); len(parsed) > 0 {
		id, roots = parsed[0].String(), []string{parsed[0].Root()}
	}
	for _, c := range s.cfg.Sources {
		roots = append(roots, c.Name+":"+id, c.Kind+":"+id)
	}
	for _, root := range append(roots, "import:"+id) {
		e, err := s.bus.Families.Get(ctx, trade.FamilyKey(root))
		if err == nil && e.Value.Alias != "" {
			e, err = s.bus.Families.Get(ctx, trade.FamilyKey(e.Value.Alias))
		}
		if errors.Is(err, trade.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		for _, p := range e.Value.Papers {
			if p.ID == id || slices.Contains(p.Symbols, id) {
				n, err := s.bus.Notices.Get(ctx, p.Notice)
				if err != nil {
					return nil, nil, err
				}
				return &n.Value, &e.Value, nil
			}
		}
	}
	return nil, nil, fmt.Errorf("notice %q: %w; give a symbol such as G/TBT/N/VNM/350, or the source's own number", id, trade.ErrNotFound)
}

func (s *System) explainProducts(ctx context.Context, e *Explanation, n *trade.Notice) error {
	set, err := s.copy.Current(ctx)
	if err != nil {
		return err
	}
	r := matcher.Read(n)
	set.All(func(p *index.Profile) bool {
		if p.Exporter == e.Exporter {
			e.Products = append(e.Products, matcher.Explain(&r, p))
		}
		return true
	})
	slices.SortFunc(e.Products, func(a, b matcher.Explanation) int {
		if c := b.Match.Grade.Rank() - a.Match.Grade.Rank(); c != 0 {
			return c
		}
		return strings.Compare(a.Match.Product, b.Match.Product)
	})
	if len(e.Products) == 0 {
		e.say("这家企业没有登记产品。", "This exporter has no registered product.")
	}
	return nil
}

func (s *System) explainCase(ctx context.Context, e *Explanation, f *trade.Family) error {
	c, err := s.bus.Cases.Get(ctx, f.Key())
	switch {
	case errors.Is(err, trade.ErrNotFound):
		e.say("没有案件：历史通报且所有日期已过。", "There is no case: history whose dates have all passed.")
		return nil
	case err != nil:
		return err
	}
	e.Case = string(c.Value.State)
	e.say("案件状态：%s（%s）。", "The case is %s (%s).", c.Value.State, c.Value.LevelWhy.EN)
	if c.Value.Pending != (trade.Text{}) {
		e.say("等待：%s。", "It waits: %s.", c.Value.Pending.ZH)
		e.Why[len(e.Why)-1].EN = "It waits: " + c.Value.Pending.EN + "."
	}
	if h := c.Value.History; len(h) > 0 {
		last := h[len(h)-1]
		e.say("最后一步：%s，%s：%s。", "Last step: %s, %s: %s.", last.At, last.By, last.Reason)
	}
	return nil
}

func (s *System) explainDeliveries(ctx context.Context, e *Explanation, f *trade.Family) error {
	w, err := s.bus.Warnings.Get(ctx, f.Key())
	if errors.Is(err, trade.ErrNotFound) {
		e.say("尚未发布预警，因此没有通知任何人。", "No warning has been released, so nobody was told.")
		return nil
	}
	if err != nil {
		return err
	}
	subscribers := 0
	for _, sub := range s.directory.Subscribers() {
		if sub.Exporter != e.Exporter {
			continue
		}
		subscribers++
		why, told, err := s.notifier.WhyNot(ctx, sub, &w.Value)
		if err != nil {
			return err
		}
		if !told {
			e.say("订阅者%s未列入最新一版：%s。", "Subscriber %s is not addressed by the latest release: %s.", sub.ID, why)
		}
		for r := 1; r <= w.Value.Release; r++ {
			d, err := s.bus.Deliveries.Get(ctx, trade.DeliveryKey(sub.ID, sub.Channel, f.ID, r))
			if errors.Is(err, trade.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			e.Delivery = append(e.Delivery, d.Value)
			e.Told = e.Told || d.Value.State == trade.Accepted
			e.say("预警%s第%d版经%s发给%s：%s %s", "Warning %s, release %d, over %s to %s: %s %s", w.Value.Number, r, sub.Channel, sub.ID, d.Value.State, d.Value.Reason)
		}
	}
	if subscribers == 0 {
		e.say("这家企业没有订阅者，无法通知。", "This exporter has no subscriber, so there is nobody to tell.")
	}
	return nil
}

type explainCmd struct {
	Notice   string `arg:"" help:"Symbol or the source's own number."`
	Exporter string `arg:"" help:"The registry's exporter_id."`
	JSON     bool   `help:"Print the record as JSON."`
	ZH       bool   `help:"In Chinese. 中文" name:"zh"`
	remote
}

func (c explainCmd) Run(ctx context.Context, io streams) error {
	var e Explanation
	path := "/api/v1/explain?notice=" + url.QueryEscape(c.Notice) + "&exporter=" + url.QueryEscape(c.Exporter)
	if err := c.client().call(ctx, http.MethodGet, path, &e); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(io.out, e)
	}
	lang := "en"
	if c.ZH {
		lang = "zh"
	}
	fmt.Fprintf(io.out, "%s × %s %s\n", e.Notice, e.Exporter, e.Name)
	for _, w := range e.Why {
		fmt.Fprintln(io.out, " ", w.In(lang))
	}
	for _, p := range e.Products {
		fmt.Fprintf(io.out, "  %s:\n", p.Match.Product)
		for _, w := range p.Why {
			fmt.Fprintln(io.out, "    ", w.In(lang))
		}
	}
	if !e.Told {
		return partly
	}
	return nil
}
