package view

import (
	"fmt"
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// rewrite stores a case again and waits until the view has it.
func rewrite(t *testing.T, v *View, b *bus.Bus, family string, change func(*trade.Case)) {
	t.Helper()
	key := trade.FamilyKey(family)
	e, err := b.Cases.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	change(&e.Value)
	seq := put(t, b.Cases, key, e.Value, e.Seq)
	waitFor(t, "the case in the queue", func() bool { r, _ := v.CaseRow(key); return r.Seq == seq })
}

// All cases are each there once, in the order of the queue, although cases
// change their places while they are read; the index is asked once.
func TestAllCasesWhileTheyMove(t *testing.T) {
	b := searchable(t)
	v := withIndex(t, b, true)
	rows, coverage := v.AllCases(t.Context(), CaseQuery{Text: "draft", States: []trade.CaseState{trade.CaseOpen}, Offset: 2, Limit: 1})
	if coverage.Partial {
		t.Error("the index is whole, and something may be missing")
	}
	v.Finder = nil // whoever asks again finds nothing by the papers' words
	var got []string
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, r.Family); len(got) == 1 {
			rewrite(t, v, b, "G/TBT/N/BRA/1", func(c *trade.Case) { c.Level, c.Dates[0].From = "red", "2026-05-01" }) // the first one now
			rewrite(t, v, b, "G/TBT/N/BRA/3", func(c *trade.Case) { c.Dates[0].From = "2026-12-01" })                 // the last one
		}
	}
	if want := []string{"G/TBT/N/BRA/3", "G/TBT/N/BRA/2", "G/TBT/N/BRA/1"}; !slices.Equal(got, want) {
		t.Errorf("the cases are %v, want %v", got, want)
	}
	got = nil
	rows, _ = v.AllCases(t.Context(), CaseQuery{States: []trade.CaseState{trade.CaseOpen}})
	for r := range rows {
		if got = append(got, r.Family); len(got) == 1 {
			rewrite(t, v, b, "G/TBT/N/BRA/2", func(c *trade.Case) { c.State = trade.CaseClosed })
		}
	}
	if want := []string{"G/TBT/N/BRA/1", "G/TBT/N/BRA/3"}; !slices.Equal(got, want) {
		t.Errorf("the open cases are %v, want %v: one was closed before it was read", got, want)
	}
}

// All standards are what the parts of the list are, one after the other.
func TestAllStandardsAreTheParts(t *testing.T) {
	b, _, _ := open(t)
	const count = 2*mostRows + 7
	for i := range count {
		p := trade.Product{ID: fmt.Sprintf("P%d", i), Exporter: "E1", Standards: []string{fmt.Sprintf("IEC %d", 60000+i)}}
		put(t, b.Products, p.Key(), p, 0)
	}
	n := notice("eping", "G/TBT/N/BRA/1", "Draft that names IEC 60003")
	put(t, b.Notices, n.Key(), n, 0)
	f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID, Symbols: n.Symbols}}}
	put(t, b.Families, f.Key(), f, 0)
	v, run := follow(t, b)
	run()
	for _, q := range []StandardQuery{{}, {Text: "6000"}, {Named: NamedByBoth}, {Text: "nowhere"}} {
		var want, got []StandardRow
		for total := 1; len(want) < total; {
			q.Offset, q.Limit = len(want), mostRows
			p, err := v.Standards(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			want, total = append(want, p.Rows...), p.Total
		}
		for r, err := range v.AllStandards(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		same := slices.EqualFunc(got, want, func(a, b StandardRow) bool {
			return a.Key == b.Key && (a.Latest == nil) == (b.Latest == nil) && a.Products == b.Products
		})
		if !same || q == (StandardQuery{Offset: q.Offset, Limit: q.Limit}) && (len(got) != count || got[0].Latest == nil) {
			t.Errorf("%+v: %d standards in one list, %d in parts", q, len(got), len(want))
		}
	}
}
