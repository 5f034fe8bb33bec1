package notify

import (
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// city are subscribers of every kind, cadence and reason not to be told.
func city() []trade.Subscriber {
	firm := func(id string, change func(*trade.Subscriber)) trade.Subscriber {
		s := trade.Subscriber{ID: id, Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: id, Name: "名" + id}
		if change != nil {
			change(&s)
		}
		return s
	}
	return []trade.Subscriber{
		{ID: "G", Kind: trade.SubDepartment, Channel: "test", Address: "g"},
		firm("now", nil),
		firm("daily", func(s *trade.Subscriber) { s.Cadence = "daily" }),
		firm("weekly", func(s *trade.Subscriber) { s.Cadence = "daily;orange=weekly" }),
		firm("quiet", func(s *trade.Subscriber) { s.QuietHours = "08:00-20:00"; s.Timezone = "UTC" }),
		firm("paused", func(s *trade.Subscriber) { s.Cadence, s.PausedUntil = "daily", "2026-04-01" }),
		firm("other", func(s *trade.Subscriber) { s.Exporter = "EX2" }),
		firm("far", func(s *trade.Subscriber) { s.Markets = []string{"BR"} }),
		firm("gone", func(s *trade.Subscriber) { s.Stopped = "2026-01-01T00:00:00Z" }),
		firm("low", func(s *trade.Subscriber) { s.LowestLevel = "red" }),
	}
}

// A preview says what the planner then writes, and writes nothing itself.
func TestThePreviewOfAReleaseAgreesWithTheLedger(t *testing.T) {
	r := newRig(t)
	r.n.Config = cadenceConfig()
	r.n.Directory = people{city()}
	w := trade.Warning{Family: "G/TBT/N/VNM/1", Release: 1, Level: "orange", Markets: []string{"VN"}, Headline: trade.Text{ZH: "越南", EN: "Viet Nam"}, At: stamp(r.clock.Now()),
		Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}}
	p, err := r.n.PreviewRelease(t.Context(), &w)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := r.n.Bus.Deliveries.LastSeq(t.Context()); err != nil || last != 0 {
		t.Errorf("the preview wrote %d ledger records, %v", last, err)
	}
	if last, err := r.n.Bus.Warnings.LastSeq(t.Context()); err != nil || last != 0 {
		t.Errorf("the preview wrote %d warnings, %v", last, err)
	}
	seq, err := r.n.Bus.Warnings.Put(t.Context(), trade.FamilyKey(w.Family), w, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.n.planWarning(t.Context(), entryOf(w, seq)); err != nil {
		t.Fatal(err)
	}
	planned := map[string]trade.Delivery{}
	for _, s := range city() {
		if e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey(s.ID, s.Channel, w.Family, 1)); err == nil {
			planned[s.ID] = e.Value
		}
	}
	if p.Subscribers != 10 || p.Recipients != len(planned) || len(planned) != 6 || p.Share != 0.6 {
		t.Errorf("%d of %d (%.2f), planned %d", p.Recipients, p.Subscribers, p.Share, len(planned))
	}
	when := map[string]string{"G": trade.WhenAtOnce, "now": trade.WhenAtOnce, "daily": trade.WhenDaily, "weekly": trade.WhenWeekly, "quiet": trade.WhenQuiet, "paused": trade.WhenPaused}
	for _, f := range p.First {
		d, ok := planned[f.Subscriber]
		if !ok || d.NotBefore != f.NotBefore || d.Reason != f.Why.EN || f.Why.ZH == "" || f.When != when[f.Subscriber] {
			t.Errorf("%s: the preview says %+v, planned is %+v", f.Subscriber, f, d)
		}
	}
	if f := p.First[1]; len(f.Concerned) != 1 || f.Concerned[0].ZH != "摩托车" {
		t.Errorf("%s is concerned by %+v", f.Subscriber, f.Concerned)
	}
	reasons := map[string]int{}
	for _, c := range p.NotTold {
		reasons[c.Kind] = c.Count
		if c.Example.ZH == "" {
			t.Errorf("%s has no example", c.Kind)
		}
	}
	for _, kind := range []string{"not concerned", "market", "unsubscribed", "level"} {
		if reasons[kind] != 1 {
			t.Errorf("%s: %d times in %+v", kind, reasons[kind], p.NotTold)
		}
	}
	if len(p.Channels) != 1 || p.Channels[0] != (trade.Counted{Name: "test", Count: 6}) || len(p.Kinds) != 2 || p.Kinds[0] != (trade.Counted{Name: "exporter", Count: 5}) || p.When[0] != (trade.Counted{Name: trade.WhenAtOnce, Count: 2}) || len(p.When) != 5 {
		t.Errorf("channels %+v, kinds %+v, when %+v", p.Channels, p.Kinds, p.When)
	}
	if p.Sample == nil || p.Sample.Subscriber != "now" || !strings.Contains(p.Sample.Subject, "越南") || !strings.Contains(p.Sample.Text, "摩托车") || !strings.Contains(p.Sample.Text, "名now") {
		t.Errorf("sample %+v", p.Sample)
	}
}

// The mail that the centre reads beforehand does not answer for its recipient.
func TestASampleHasNoLinksThatActForItsRecipient(t *testing.T) {
	r := newRig(t)
	env, _ := testEnv(t)
	env.Stop = func(trade.Subscriber) string { return "https://warn.example.org/stop/secret" }
	env.Receipt = func(trade.Subscriber, string, int) string { return "https://warn.example.org/receipt/secret" }
	mail, err := newEmail(nil, env)
	if err != nil {
		t.Fatal(err)
	}
	r.n.Channels["email"] = mail
	w := soundWarning()
	w.Family, w.Audience = "G/TBT/N/VNM/1", []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}
	p, err := r.n.PreviewRelease(t.Context(), w)
	if err != nil || p.Sample == nil {
		t.Fatalf("%+v, %v", p, err)
	}
	mustNotContain(t, "the sample", p.Sample.Text, "secret")
	mustContain(t, "the sample", p.Sample.Text, "样例中心", "https://warn.example.org/families/")
}
