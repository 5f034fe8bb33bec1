package view

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// together puts all papers and measures together at once, from what the
// records say: what the figures keep put together has to be the same.
func (f *figures) together() map[uint64][]string {
	same := map[uint64]countedPaper{}
	for _, p := range slices.SortedFunc(maps.Values(f.papers), earlier) {
		if known, ok := same[p.same]; ok {
			p = oneOf(known, p)
		}
		same[p.same] = p
	}
	measures := map[uint64]*countedMeasure{}
	for _, p := range same {
		id := p.root
		if lead, ok := f.leads[id]; ok {
			id = lead
		}
		m := measures[id]
		if m == nil {
			m = &countedMeasure{id: id}
			measures[id] = m
		}
		m.papers = append(m.papers, &circulated{countedPaper: p, of: m})
		m.sectors, m.hs, m.ics = m.sectors|p.sectors, m.hs || p.hs, m.ics || p.ics
		if !p.backfill && (m.opens == nil || cmp.Or(cmp.Compare(p.seen, m.opens.seen), cmp.Compare(p.published, m.opens.published)) < 0) {
			m.opens = m.papers[len(m.papers)-1]
		}
	}
	return saidOf(measures)
}

// saidOf says what is counted of each measure.
func saidOf(measures map[uint64]*countedMeasure) map[uint64][]string {
	out := map[uint64][]string{}
	for id, m := range measures {
		lines := []string{fmt.Sprint(m.sectors, m.hs, m.ics)}
		if m.opens != nil {
			lines[0] += fmt.Sprint(" opens ", m.opens.seen, m.opens.published)
		}
		for _, p := range m.papers {
			lines = append(lines, fmt.Sprintf("%+v", p.countedPaper))
			if p.of != m {
				lines = append(lines, "a paper that does not know its measure")
			}
		}
		slices.Sort(lines[1:])
		out[id] = lines
	}
	return out
}

// Papers come from two sources, are revised, renamed and deleted, and cases
// say which family has them, in any order: after each record every measure is
// what it would be if all were put together anew.
func TestMeasuresAreKeptPutTogether(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := newFigures(time.UTC)
		symbol := func() string { return fmt.Sprintf("G/TBT/N/BRA/%d", 1+r.IntN(6)) }
		for seq := range uint64(150) {
			switch r.IntN(8) {
			case 0:
				c := trade.Case{Family: symbol(), Symbols: []string{symbol(), symbol()}, State: trade.CaseOpen}
				f.takeCase(bus.Entry[trade.Case]{Key: trade.FamilyKey(c.Family), Seq: seq + 1, Value: c})
			case 1:
				f.takeNotice(bus.Entry[trade.Notice]{Key: fmt.Sprint(r.IntN(12)), Seq: seq + 1, Deleted: true})
			default:
				n := trade.Notice{Source: []string{"a", "b"}[r.IntN(2)], ID: symbol(), Area: "TBT", Kind: trade.KindNew, Backfill: r.IntN(3) == 0, SeenAt: stamp(fmt.Sprintf("2026-01-%02d 08:00", 1+r.IntN(20)))}
				n.Symbols = []string{n.ID}
				if r.IntN(3) == 0 {
					n.Symbols[0] += "/Add.1"
				}
				if r.IntN(2) == 0 {
					n.HS = []string{"8711"}
				}
				if r.IntN(3) == 0 {
					n.ICS = []string{"43"}
				}
				if r.IntN(2) == 0 {
					n.Dates = []trade.Date{{What: trade.DatePublished, From: fmt.Sprintf("2026-01-%02d", 1+r.IntN(20))}}
				}
				f.takeNotice(bus.Entry[trade.Notice]{Key: fmt.Sprint(r.IntN(12)), Seq: seq + 1, Value: n})
			}
			want, got := f.together(), saidOf(f.measures)
			if len(got) != len(want) {
				t.Fatalf("seed %d, record %d: %d measures, want %d", seed, seq, len(got), len(want))
			}
			for id := range want {
				if !slices.Equal(got[id], want[id]) {
					t.Fatalf("seed %d, record %d: measure %d is\n%q\nwant\n%q", seed, seq, id, got[id], want[id])
				}
			}
		}
		if len(f.dated) != len(f.circulated) {
			t.Errorf("seed %d: %d papers have a day, of %d", seed, len(f.dated), len(f.circulated))
		}
		for _, g := range f.circulated {
			had, count := f.dated[g.place-1], len(f.dated)
			if f.date(g); had.paper != g || f.dated[g.place-1] != had || len(f.dated) != count {
				t.Errorf("seed %d: a paper counts as %+v, and anew as %+v", seed, had, f.dated[g.place-1])
			}
		}
		if len(f.byRoot) > len(f.circulated) {
			t.Errorf("seed %d: %d roots of %d papers", seed, len(f.byRoot), len(f.circulated))
		}
	}
}
