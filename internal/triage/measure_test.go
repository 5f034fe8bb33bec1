package triage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// titled is a paper with a title.
func titled(day, title string, symbols ...string) trade.Notice {
	n := paper(day, symbols...)
	n.Title, n.Area = title, trade.ParseSymbols(symbols[0])[0].Area
	return n
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ name, day, title, symbol, want string }{
		{"a designation", "2025-06-06", "DEAS 1252-5:2025, Repellents — Part 5: Candles, First Edition", "G/TBT/N/KEN/1", "EAC|TBT|new|DEAS 1252-5:2025"},
		{"another print of it", "2025-06-06", "Draft  DEAS 1252–5: 2025 repellent candles", "G/TBT/N/UGA/1", "EAC|TBT|new|DEAS 1252-5:2025"},
		{"of an addendum", "2025-06-06", "DEAS 1252-5:2025, Repellents", "G/TBT/N/KEN/1/Add.1", "EAC|TBT|addendum|DEAS 1252-5:2025"},
		{"without a day the year is enough", "", "DEAS 1252-5:2025, Repellents", "G/TBT/N/KEN/1", "EAC|TBT|new|DEAS 1252-5:2025"},
		{"without day and year", "", "GSO 1943 Safety of cosmetic products", "G/TBT/N/SAU/1", ""},
		{"without a year", "2025-06-06", "GSO 1943 Safety of cosmetic products", "G/TBT/N/SAU/1", "GCC|TBT|new|GSO 1943"},
		{"a long title", "2025-06-06", "Technical regulation for the control of hazardous substances in toys", "G/TBT/N/SAU/1", "GCC|TBT|new|technical regulation for the control of hazardous substances in toys"},
		{"a short title", "2025-06-06", "Draft technical regulation", "G/TBT/N/SAU/1", ""},
		{"a standard named later on is not the measure", "2025-06-06", "Toys to EN 71-1", "G/TBT/N/SAU/1", ""},
		{"no bloc", "2025-06-06", "DEAS 1252-5:2025, Repellents", "G/TBT/N/USA/1", ""},
		{"no symbol", "2025-06-06", "DEAS 1252-5:2025, Repellents", "", ""},
	} {
		n := trade.Notice{Title: c.title}
		if c.symbol != "" {
			n = titled(c.day, c.title, c.symbol)
		}
		if marks, _ := Marks(&n); strings.Join(marks, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, marks, c.want)
		}
	}
}

func TestAlike(t *testing.T) {
	a := trade.Sighting{Root: "A", Members: []string{"KE"}, Day: "2025-06-06"}
	for _, c := range []struct {
		name string
		b    trade.Sighting
		want bool
	}{
		{"a neighbour, weeks later", trade.Sighting{Root: "B", Members: []string{"UG"}, Day: "2025-07-01"}, true},
		{"a neighbour, weeks earlier", trade.Sighting{Root: "B", Members: []string{"UG"}, Day: "2025-04-07"}, true},
		{"a neighbour, too late", trade.Sighting{Root: "B", Members: []string{"UG"}, Day: "2025-08-06"}, false},
		{"the same member", trade.Sighting{Root: "B", Members: []string{"KE"}, Day: "2025-06-07"}, false},
		{"itself", trade.Sighting{Root: "A", Members: []string{"UG"}, Day: "2025-06-07"}, false},
		{"day not known", trade.Sighting{Root: "B", Members: []string{"UG"}}, true},
	} {
		if Alike(a, c.b) != c.want || Alike(c.b, a) != c.want {
			t.Errorf("%s: %v", c.name, !c.want)
		}
	}
}

// eacDay is a day on which five neighbours notify the same standards, some a
// few days later, with follow-ups, a joint paper and other matters between: 121
// papers on 25 measures.
func eacDay() (notices []trade.Notice) {
	goods := []string{"candles", "paper", "mats", "coils", "gels"}
	number := 1000
	for std := range 22 {
		for i, m := range []string{"KEN", "UGA", "TZA", "RWA", "BDI"} {
			number++
			title := fmt.Sprintf("DEAS %d-%d:2025, Repellent %s — Specification — Part %d, First Edition", 1252+std/5, std%5+1, goods[std%5], std%5+1)
			if i%2 == 1 {
				title = strings.ReplaceAll(strings.ReplaceAll(title, "—", "-"), "Repellent", "repellents")
			}
			notices = append(notices, titled(fmt.Sprintf("2025-06-%02d", 6+i), title, fmt.Sprintf("G/TBT/N/%s/%d", m, number)))
		}
	}
	notices = append(notices,
		titled("2025-06-10", "Entry into force", "G/TBT/N/UGA/1002/Add.1"),
		titled("2025-06-10", "Correction", "G/TBT/N/BDI/1005/Corr.1"),
		titled("2025-06-06", "Marking of timber sold in the East African Community", "G/TBT/N/KEN/2001", "G/TBT/N/UGA/2002"),
		titled("2025-06-08", "Marking of timber sold in the East African Community", "G/TBT/N/RWA/2003"),
		titled("2025-06-09", "Marking of timber, sold in the East African community", "G/TBT/N/TZA/2004"),
		titled("2025-06-10", "Marking of timber sold in the East African Community", "G/TBT/N/BDI/2005"),
		titled("2025-06-06", "Fees of the bureau of standards", "G/TBT/N/KEN/3001"),
		titled("2025-06-07", "Comments", "G/TBT/N/KEN/3001/Add.1"),
		titled("2025-06-08", "Correction", "G/TBT/N/KEN/3001/Add.1/Corr.1"),
		titled("2025-06-06", "DEAS 999:2025, Mats", "G/TBT/N/TZA/9001"),
		adopted,
	)
	return notices
}

// adopted says by itself that it is about an earlier notification's measure.
var adopted = func() trade.Notice {
	n := titled("2025-06-10", "Standard on mats", "G/TBT/N/TZA/9002")
	n.Description = "The draft notified as G/TBT/N/TZA/9001 was adopted with changes."
	return n
}()

func TestADayOfOneBloc(t *testing.T) {
	day := eacDay()
	b := openBus(t)
	place(t, b, 60, day)
	if got := byName(t, b); len(day) != 121 || len(got) != 25 {
		t.Errorf("%d notices are %d families, want 121 and 25: %v", len(day), len(got), slices.Sorted(maps.Keys(got)))
	}
}

// TestNeighboursNotifyOneMeasure: five members, one family for each standard,
// in whatever order and batches the papers come, and the same in one batch.
func TestNeighboursNotifyOneMeasure(t *testing.T) {
	all := append(eacDay(),
		titled("2025-06-06", "Fees of the bureau of standards", "G/TBT/N/UGA/3002"),  // too short to be a name
		titled("2025-12-06", "DEAS 1252-1:2025, Repellent candles", "G/TBT/N/SSD/9"), // too late
	)
	const measures = 27
	var want map[string][]string
	rnd := rand.New(rand.NewPCG(3, 9))
	for round := range 5 {
		b := openBus(t)
		place(t, b, []int{1, 7, 40, 200, 3}[round], all)
		got := byName(t, b)
		if len(got) != measures {
			t.Fatalf("round %d: %d families of %d measures: %v", round, len(got), measures, slices.Sorted(maps.Keys(got)))
		}
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d, in another order: %s", round, diff)
		}
		place(t, b, 50, all) // again
		if diff := cmp.Diff(want, byName(t, b)); diff != "" {
			t.Fatalf("round %d, again: %s", round, diff)
		}
		b.Close()
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
}

// byName reads the families that lead: the smallest root → sorted papers. The
// ID says which one came first and is left out.
func byName(t *testing.T, b *bus.Bus) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	if _, err := b.Families.Scan(t.Context(), func(e bus.Entry[trade.Family]) error {
		if f := e.Value; f.Alias == "" {
			for _, p := range f.Papers {
				out[f.Roots[0]] = append(out[f.Roots[0]], p.ID)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
