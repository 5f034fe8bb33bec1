package notify

import (
	"testing"

	"tbtwatch/internal/trade"
)

func TestAPreviewCountsWhatWouldHaveBeenSent(t *testing.T) {
	at := func(at string, level string) *trade.Warning {
		w := soundWarning()
		w.At, w.Level, w.Number = at, level, at
		return w
	}
	firm := subscribers["firm"]
	firm.LowestLevel = "yellow"
	p := newPreview(firm, testNow.AddDate(-1, 0, 0))
	for _, w := range []*trade.Warning{
		at("2025-11-01T00:00:00Z", "red"), at("2025-11-30T00:00:00Z", "yellow"), at("2025-12-01T00:00:00Z", "blue"), at("2026-01-01T00:00:00Z", "blue"),
		at("2026-02-01T00:00:00Z", "red"), at("2026-03-01T00:00:00Z", "red"), at("2026-04-01T00:00:00Z", "red"), at("2026-05-01T00:00:00Z", "red"),
	} {
		p.take(w, facts())
	}
	none := at("2026-06-01T00:00:00Z", "red")
	none.Audience = none.Audience[2:]
	p.take(none, facts())
	got := p.done()
	if got.Releases != 9 || got.Sent != 6 || len(got.ByMonth) != 5 || got.ByMonth[0] != (trade.PreviewMonth{Month: "2025-11", Sent: 2}) {
		t.Errorf("%+v", got)
	}
	if len(got.Examples) != 5 || got.Examples[0].Number != "2026-05-01T00:00:00Z" || got.Examples[4].Number != "2025-11-30T00:00:00Z" {
		t.Errorf("examples %+v", got.Examples)
	}
	if len(got.NotSent) != 2 || got.NotSent[0].Kind != "level" || got.NotSent[0].Count != 2 || got.NotSent[1].Kind != "not concerned" || got.NotSent[1].Example.ZH == "" {
		t.Errorf("not sent %+v", got.NotSent)
	}
}

// What was planned is what a preview of the same subscription counts.
func TestAPreviewAgreesWithTheLedger(t *testing.T) {
	r := newRig(t)
	for release := range 3 {
		w := r.warn(release + 1)
		w.Value.At = stamp(r.clock.Now())
		if _, err := r.n.Bus.Warnings.Put(t.Context(), w.Key, w.Value, w.Seq); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range r.n.Directory.Subscribers() {
		p, err := r.n.Preview(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		if s.ID == "S1" {
			want = 3
		}
		if p.Sent != want {
			t.Errorf("%s: %+v", s.ID, p)
		}
	}
}
