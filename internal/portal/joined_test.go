package portal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	early = "G/TBT/N/KEN/1" // warned of first, joined to late by a later paper
	late  = "G/TBT/N/UGA/2"
)

// joinedWorld was warned of early, by E1 to E5, and then of late, which has its
// paper: to all of them, and with other days.
func joinedWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for i, m := range []struct {
		family, closes string
		symbols        []string
	}{{early, "2026-04-17", []string{early}}, {late, "2026-04-24", []string{late, early}}} {
		warning := trade.Warning{Number: "2026-000" + string(rune('1'+i)), Family: m.family, Symbols: m.symbols, Release: 1, Level: "orange", Markets: []string{"VN"}, At: inMarch(2+i, 9),
			Headline: trade.Text{ZH: m.family, EN: m.family}, Dates: []trade.Date{{What: trade.DateCommentDeadline, From: m.closes, To: m.closes}}}
		for _, firm := range []string{"E1", "E2", "E3", "E4", "E5"} {
			warning.Audience = append(warning.Audience, trade.Match{Family: m.family, Exporter: firm, Product: "货" + firm, Markets: []string{"VN"}, Grade: trade.Direct})
		}
		store(t, w.bus.Warnings, trade.FamilyKey(m.family), warning)
	}
	w.settled()
	v := w.portal.o.View
	until(t, "the view", func() bool { return v.Ready() == nil && v.SpeaksTo(trade.FamilyKey(late), "E1") })
	return w
}

// parts finds by one family what families finds by walking all of them.
func TestPartsAreWhatAFamilySpeaksFor(t *testing.T) {
	for seed := range uint64(50) {
		r, b := rand.New(rand.NewPCG(seed, 1)), newBook()
		for seq := range uint64(12) {
			w := trade.Warning{Family: fmt.Sprintf("G/TBT/N/KEN/%d", 1+r.IntN(8)), Release: 1}
			w.Symbols = []string{w.Family, fmt.Sprintf("G/TBT/N/KEN/%d", 1+r.IntN(8))}
			b.takeWarning(bus.Entry[trade.Warning]{Key: trade.FamilyKey(w.Family), Seq: seq + 1, Value: w})
		}
		for _, n := range b.ids {
			b.about[n] = []int32{0}
		}
		all := b.families()
		for f := range b.about {
			got, want := b.parts(f), all[f]
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d: %s speaks for %v, want %v", seed, b.names[f], got, want)
			}
		}
	}
}

// A measure that was joined to another is told once: as the other.
func TestAJoinedMeasureIsToldOnce(t *testing.T) {
	w := joinedWorld(t)
	ctx, p := t.Context(), w.portal
	lead := trade.FamilyKey(late)
	token, err := p.RenewFeed(ctx, scope(t, "E1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		keys func() []string
	}{
		{"reminders", func() (keys []string) {
			for day := today; day.Month() < time.May; day = day.AddDate(0, 0, 1) {
				due, err := p.Occasions(ctx, day, 0)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range due {
					keys = append(keys, o.Key)
				}
			}
			return trade.SortedUnique(keys)
		}},
		{"the firm's list", func() (keys []string) {
			rows, _, err := p.rows(ctx, "E1")
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				keys = append(keys, r.Key)
			}
			return keys
		}},
		{"its page by the old key", func() []string {
			x, err := p.OwnWarning(ctx, scope(t, "E1"), trade.FamilyKey(early))
			if err != nil {
				t.Fatal(err)
			}
			return []string{x.Key}
		}},
		{"the district's measures", func() (keys []string) {
			m, err := p.Measures(ctx, scopeOf(t, trade.RoleDistrict, trade.Member{District: "北区"}))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range m.Open {
				keys = append(keys, trade.FamilyKey(o.Family))
			}
			return keys
		}},
	} {
		if got := c.keys(); !slices.Equal(got, []string{lead}) {
			t.Errorf("%s: %v, want %s alone, not %s", c.what, got, lead, trade.FamilyKey(early))
		}
	}
	for what, read := range map[string]func() (string, error){
		"the calendar": func() (string, error) { return p.Calendar(ctx, token, "zh", "") },
		"the feed":     func() (string, error) { return p.Atom(ctx, token, "zh", "") },
	} {
		if text, err := read(); err != nil || strings.Contains(text, "20260417") || strings.Contains(text, trade.FamilyKey(early)) || !strings.Contains(text, lead) {
			t.Errorf("%s: %v, %s", what, err, text)
		}
	}
	id := "remind-10-2026-04-02" // planned before they were joined
	if _, lead, why, err := p.OccasionWords(ctx, id, &trade.Subscriber{Kind: trade.SubExporter}, early, today); err != nil || len(lead) > 0 || why.EN == "" {
		t.Errorf("a reminder of the old measure still says %v, %v", lead, err)
	}
}
