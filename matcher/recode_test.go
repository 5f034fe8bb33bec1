package matcher

import (
	"errors"
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func names(matches []trade.Match) (out []string) {
	for _, m := range matches {
		out = append(out, m.Exporter+" "+m.Product+" "+string(m.Grade))
	}
	return out
}

// Codes that a person sets decide whom the family touches: at once, for
// follow-ups, and for products that come later; taken back, the papers' count.
func TestCodesOfAPersonDecide(t *testing.T) {
	s := stageOf(t)
	late := newLate(t, s.Bus)
	n := noticesOf(t, `{"symbol":"G/TBT/N/UGA/1","title":"Draft order No. 5","hs":"8711","published":"2026-01-05","comment_deadline":"2026-06-30"}`)
	run(t, s, n...)
	key := trade.FamilyKey("G/TBT/N/UGA/1")
	helmets := trade.Codes{HS: []string{"650610"}, ICS: []string{"13.340.20"}, By: "Wang", Reason: "read in the annex"}
	change, err := s.Recode(t.Context(), key, helmets, 0, false)
	if err != nil || !slices.Equal(names(change.In), []string{"B helmet direct"}) || !slices.Equal(names(change.Out), []string{"A moto likely"}) {
		t.Fatalf("the preview says %+v, %v", change, err)
	}
	if _, got := reached(t, s, "G/TBT/N/UGA/1"); !slices.Equal(got, []string{"A moto likely"}) {
		t.Errorf("a preview changed it to %q", got)
	}
	if _, err := s.Recode(t.Context(), key, helmets, change.Seq+1, true); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("with another sequence: %v", err)
	}
	if _, err := s.Recode(t.Context(), key, helmets, change.Seq, true); err != nil {
		t.Fatal(err)
	}
	reaches := func(when string, want ...string) {
		t.Helper()
		if _, got := reached(t, s, "G/TBT/N/UGA/1"); !slices.Equal(got, want) {
			t.Errorf("%s it touches %q, want %q", when, got, want)
		}
	}
	reaches("saved", "B helmet direct")
	run(t, s, noticesOf(t, `{"symbol":"G/TBT/N/UGA/1/Add.1","title":"Order No. 5, adopted","published":"2026-02-05"}`)...)
	reaches("after an addendum", "B helmet direct")
	for _, p := range []trade.Product{
		{ID: "moto", Exporter: "C", HS: []string{"871120"}, Markets: []string{"UG"}},
		{ID: "helmet", Exporter: "C", HS: []string{"650610"}, Markets: []string{"UG"}},
	} {
		seq, err := s.Bus.Products.Put(t.Context(), p.Key(), p, 0)
		if err == nil {
			err = late.handle(t.Context(), []bus.Entry[trade.Product]{{Key: p.Key(), Seq: seq, Value: p}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	reaches("with products that came later", "B helmet direct", "C helmet direct")
	if _, err := s.Recode(t.Context(), key, trade.Codes{By: "Wang"}, 0, true); err != nil {
		t.Fatal(err)
	}
	reaches("taken back", "A moto likely", "C moto likely")
	for _, bad := range []trade.Codes{{HS: []string{"87a1"}}, {HS: []string{"8"}}, {ICS: []string{"43.14"}}} {
		if _, err := s.Recode(t.Context(), key, bad, 0, true); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
