package view

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// The answer changes with each thing that happens on the notice's way.
func TestExplainFollowsTheWay(t *testing.T) {
	b, v, run := open(t)
	run()
	v.WhyNot = func(n *trade.Notice, p *trade.Product) []trade.Text {
		return []trade.Text{{ZH: "市场不符", EN: "market differs: " + p.ID + strings.Join(n.HS, " ")}}
	}
	v.WhyNotTold = func(context.Context, trade.Subscriber, *trade.Warning) (trade.Text, bool, error) {
		return trade.Text{ZH: "等级不到", EN: "level: asks for red"}, false, nil
	}
	n := notice("eping", "G/TBT/N/BRA/9", "Helmets")
	ask := func(step, want string) Explanation {
		t.Helper()
		x, err := v.Explain(t.Context(), n.ID, "E1")
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if !strings.Contains(x.Verdict.EN, want) {
			t.Errorf("%s: %q lacks %q", step, x.Verdict.EN, want)
		}
		return x
	}
	if _, err := v.Explain(t.Context(), n.ID, "E1"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("an unknown notice: %v", err)
	}
	put(t, b.Notices, n.Key(), n, 0)
	waitFor(t, "the notice", func() bool { return v.Counts().Notices == 1 })
	if _, err := v.Explain(t.Context(), n.Key(), "E1"); !errors.Is(err, trade.ErrNotFound) || !strings.Contains(err.Error(), "exporter") {
		t.Errorf("an unknown exporter: %v", err)
	}
	put(t, b.Exporters, registry.ExporterKey("E1"), trade.Exporter{ID: "E1", Name: "甲厂"}, 0)
	for _, id := range []string{"P1", "P2"} {
		p := trade.Product{ID: id, Exporter: "E1", NameEN: id}
		put(t, b.Products, p.Key(), p, 0)
	}
	waitFor(t, "the registry", func() bool { c := v.Counts(); return c.Products == 2 && c.Exporters == 1 })
	ask("before the matcher", "not matched yet")

	f := trade.Family{ID: n.ID, Matched: true, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID}}}
	seq := put(t, b.Families, f.Key(), f, 0)
	x := ask("no match", "none of the firm's products")
	if len(x.Products) != 2 || x.Products[0].Why[0].EN[:14] != "market differs" {
		t.Errorf("the products' reasons: %+v", x.Products)
	}
	f.Codes = &trade.Codes{HS: []string{"0902"}}
	seq = put(t, b.Families, f.Key(), f, seq)
	if x = ask("codes of a person", "none of the firm's products"); !strings.HasSuffix(x.Products[0].Why[0].EN, "0902") {
		t.Errorf("why not, by the notice's own codes: %+v", x.Products[0].Why)
	}
	f.Matches = []trade.Match{{Exporter: "E1", Product: "P2", Grade: trade.Direct, Evidence: []trade.Evidence{{Kind: trade.EvidenceTerm, Notice: "helmet", Product: "helmet", Where: "title"}}}}
	put(t, b.Families, f.Key(), f, seq)
	put(t, b.Cases, f.Key(), trade.Case{Family: f.ID, State: trade.CaseOpen, Pending: trade.Text{ZH: "由人员判断", EN: "a person decides"}}, 0)
	x = ask("not released", "a person decides")
	if x.Products[0].Product.ID != "P2" || !strings.Contains(x.Products[0].Why[0].EN, "helmet") {
		t.Errorf("the matched product is not first: %+v", x.Products)
	}
	w := trade.Warning{Number: "2026-0001", Family: f.ID, Release: 1}
	wseq := put(t, b.Warnings, f.Key(), w, 0)
	ask("another audience", "does not speak to this firm")
	w.Audience, w.Release = f.Matches, 2
	wseq = put(t, b.Warnings, f.Key(), w, wseq)
	ask("no subscriber", "nobody is registered")
	put(t, b.Subscribers, registry.SubscriberKey("S1"), trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Name: "甲厂", Exporter: "E1", Channel: "email"}, 0)
	waitFor(t, "the subscriber", func() bool { return v.Counts().Subscribers == 1 })
	ask("not planned", "asks for red")
	key := trade.DeliveryKey("S1", "email", f.ID, 2)
	dseq := put(t, b.Deliveries, key, trade.Delivery{Key: key, Subscriber: "S1", Channel: "email", Family: f.ID, Release: 2, State: trade.Rejected, Reason: "no such mailbox", WarningSeq: wseq}, 0)
	ask("rejected", "no such mailbox")
	put(t, b.Deliveries, key, trade.Delivery{Key: key, Subscriber: "S1", Channel: "email", Family: f.ID, Release: 2, State: trade.Accepted, WarningSeq: wseq}, dseq)
	x = ask("accepted", "The firm was told")
	if len(x.Deliveries) != 1 || x.Deliveries[0].Name != "甲厂" {
		t.Errorf("the deliveries: %+v", x.Deliveries)
	}
}
