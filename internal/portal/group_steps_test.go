package portal

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tbtwatch/internal/triage"
)

// firmsOf counts the firms of the asks that are in a and not in b.
func firmsOf(a, b []*ask) int {
	out, firms := map[*ask]bool{}, map[string]bool{}
	for _, x := range b {
		out[x] = true
	}
	for _, x := range a {
		if !out[x] {
			firms[x.exporter] = true
		}
	}
	return len(firms)
}

// Whoever looks every hour sees numbers, and differences of any two of them,
// that speak of no firm or of three and more.
func TestStepsTellAboutThreeFirmsOrNone(t *testing.T) {
	few := func(n int) bool { return n == 1 || n == 2 }
	toldAnswers, toldOpen, naive := 0, 0, 0
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 2))
		var all []*ask
		for i := range 30 {
			a := &ask{exporter: fmt.Sprint(r.IntN(8)), family: fmt.Sprint(i), asked: int64(1 + r.IntN(60)), due: 200}
			a.counted = a.asked
			a.ladder = []triage.Rung{{Step: triage.StepFirm, From: time.Unix(a.asked, 0)}, {Step: triage.StepAssociation, From: time.Unix(a.asked+15, 0)}}
			if r.IntN(10) < 7 {
				a.reply = &reply{first: a.asked + int64(r.IntN(60))}
			}
			all = append(all, a)
		}
		var asked, answered, open []*ask
		for now := int64(1); now < 130; now++ {
			var known []*ask
			for _, a := range all {
				if a.asked <= now {
					known = append(known, a)
				}
			}
			g := monthsOf(known, func(int64) string { return "m" })["m"]
			if g == nil {
				continue
			}
			event := func(a *ask) int64 {
				if at := a.inTime(); at != 0 && at <= now {
					return max(at, g.since[a])
				}
				return 0
			}
			told := partOf(g.asks, eventsOf(g.asks, event))
			with := withGroup(g.asks, g.since, triage.StepAssociation, time.Unix(now, 0))
			if came, gone, held := firmsOf(with, open), firmsOf(open, with), firmsOf(with, nil); few(came) || few(gone) || few(held) || few(firmsOf(g.asks, with)) {
				t.Fatalf("seed %d, hour %d: %d firms are with the association, %d came since the hour before, %d went", seed, now, held, came, gone)
			}
			open = with
			toldOpen += len(with)
			if few(firmsOf(known, nil)) || few(len(eventsOf(known, event))) {
				naive++
			}
			for what, n := range map[string]int{
				"asked": firmsOf(g.asks, nil), "asked since the hour before": firmsOf(g.asks, asked), "no longer asked": firmsOf(asked, g.asks),
				"answered": firmsOf(told, nil), "not answered": firmsOf(g.asks, told), "answered since the hour before": firmsOf(told, answered), "no longer answered": firmsOf(answered, told),
			} {
				if few(n) {
					t.Fatalf("seed %d, hour %d: %s speaks of %d firms", seed, now, what, n)
				}
			}
			asked, answered = g.asks, told
			toldAnswers += len(told)
		}
	}
	if toldAnswers == 0 || toldOpen == 0 || naive == 0 {
		t.Errorf("%d answers told, %d asks told as open, %d hours in which plain counts would have told of one or two firms: this test cannot fail", toldAnswers, toldOpen, naive)
	}
}

func TestAreaTotalsAreTheSumsOfTheirRows(t *testing.T) {
	at := func(day int) int64 { return time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC).Unix() }
	month := func(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01") }
	asks := map[string][]*ask{}
	for district, firms := range map[string]int{"甲": 4, "乙": 2, "丙": 6} {
		for i := range firms {
			a := &ask{exporter: fmt.Sprint(district, i), family: "f", asked: at(2 + i), due: at(16), reply: &reply{first: at(10)}}
			if a.counted = a.asked; i >= 3 {
				a.reply = nil
			}
			asks[district] = append(asks[district], a)
		}
	}
	got := area(asks, Span{Year: "2026"}, month, time.Unix(at(28), 0))
	want := map[string]AreaScore{
		"甲": {District: "甲", Warned: 3, Asked: 3, InTime: 3}, // the fourth is held back
		"乙": {District: "乙"},                                 // two firms: nothing
		"丙": {District: "丙", Warned: 6, Asked: 6, InTime: 3},
	}
	for _, d := range got.Districts {
		d.Share = nil
		if d != want[d.District] {
			t.Errorf("%s: %+v, want %+v", d.District, d, want[d.District])
		}
	}
	if c := got.City; c.Warned != 9 || c.Asked != 9 || c.InTime != 6 {
		t.Errorf("the city: %+v is not the sum of its rows", c)
	}
	if first := got.Districts[0].District; first != "丙" {
		t.Errorf("%s comes first, want the lowest share", first)
	}
	if len(area(asks, Span{Year: "2025"}, month, time.Unix(at(28), 0)).Months) != 0 {
		t.Error("months of another year are shown")
	}
}
