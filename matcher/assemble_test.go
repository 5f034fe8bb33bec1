package matcher

import (
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// familyOf assembles the family of some lines against the products of the
// batch tests' kind: a motorcycle in the EU and Kenya, helmets everywhere.
func familyOf(t *testing.T, lines ...string) trade.Family {
	t.Helper()
	set := index.NewSet()
	for i, p := range []trade.Product{
		{ID: "moto", Exporter: "A", NameEN: "Motorcycle", HS: []string{"871120"}, Markets: []string{"DE", "FR", "KE"}, ExportValue: 10},
		{ID: "helmet", Exporter: "A", NameEN: "Motorcycle helmet", HS: []string{"650610"}, Markets: []string{"*"}, ExportValue: 5},
	} {
		set.Put(p, uint64(i)+1)
	}
	f := trade.Family{ID: "G/TBT/N/EU/1"}
	notices := map[string]*trade.Notice{}
	for _, n := range noticesOf(t, lines...) {
		f.Papers = append(f.Papers, trade.Paper{Notice: n.Key(), ID: n.ID, Kind: n.Kind})
		notices[n.Key()] = &n
	}
	f.Papers = append(f.Papers, trade.Paper{Notice: "a paper that is missing"})
	Assemble(&f, notices, set)
	f.Expand()
	return f
}

func TestAssemble(t *testing.T) {
	for _, c := range []struct {
		name     string
		lines    []string
		want     string // product:grade
		markets  string // of the first
		evidence string // kinds of the first
		exposure float64
	}{
		{"one paper", []string{`{"symbol":"G/TBT/N/EU/1","hs":"8711"}`}, "moto:direct", "DE FR", "hs", 10},
		{"an addendum without codes adds its parent as evidence and nothing else", []string{`{"symbol":"G/TBT/N/EU/1","hs":"8711"}`, `{"symbol":"G/TBT/N/EU/1/Add.1","title":"Helmets"}`},
			"moto:direct", "DE FR", "hs parent", 10},
		{"in any order", []string{`{"symbol":"G/TBT/N/EU/1/Add.1","title":"Motorcycles"}`, `{"symbol":"G/TBT/N/EU/1","hs":"8711"}`},
			"moto:direct", "DE FR", "concept hs parent term", 10},
		{"nothing to inherit", []string{`{"symbol":"G/TBT/N/EU/1/Add.1","title":"Helmets"}`}, "helmet:likely", "EU", "concept", 5},
		{"the markets of both papers", []string{`{"symbol":"G/TBT/N/DEU/1","hs":"8711"}`, `{"symbol":"G/TBT/N/KEN/2","hs":"8711","title":"Motorcycles"}`}, "moto:direct", "DE KE", "concept hs term", 10},
		{"the wider market stays", []string{`{"symbol":"G/TBT/N/DEU/1","hs":"6506"}`, `{"symbol":"G/TBT/N/EU/2","hs":"6506"}`}, "helmet:direct", "EU", "hs", 5},
		{"a revision replaces", []string{`{"symbol":"G/TBT/N/EU/1","hs":"8711"}`, `{"symbol":"G/TBT/N/EU/1/Rev.1","hs":"6506"}`, `{"symbol":"G/TBT/N/EU/1/Add.1"}`}, "helmet:direct", "EU", "hs parent", 5},
		{"a revision replaces its own member's notification only", []string{`{"symbol":"G/TBT/N/DEU/1","hs":"8711"}`, `{"symbol":"G/TBT/N/KEN/2","hs":"8711"}`, `{"symbol":"G/TBT/N/DEU/1/Rev.1","hs":"6506"}`},
			"helmet:direct moto:direct", "DE", "hs", 15},
		{"a revision that says nothing does not", []string{`{"symbol":"G/TBT/N/EU/1","hs":"8711"}`, `{"symbol":"G/TBT/N/EU/1/Rev.1"}`}, "moto:direct", "DE FR", "hs", 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := familyOf(t, c.lines...)
			var got string
			for i, m := range f.Matches {
				if i > 0 {
					got += " "
				}
				got += m.Product + ":" + string(m.Grade)
				if m.Family != f.ID {
					t.Errorf("%s is of family %q", m.Product, m.Family)
				}
			}
			if got != c.want || f.Exposure != c.exposure || !f.Matched || f.Rules != Version {
				t.Fatalf("%q with exposure %v, want %q with %v", got, f.Exposure, c.want, c.exposure)
			}
			var kinds []string
			for _, e := range f.Matches[0].Evidence {
				kinds = append(kinds, e.Kind)
			}
			if k, m := strings.Join(trade.SortedUnique(kinds), " "), strings.Join(trade.SortedUnique(f.Matches[0].Markets), " "); k != c.evidence || m != c.markets {
				t.Errorf("evidence %q in %q, want %q in %q", k, m, c.evidence, c.markets)
			}
		})
	}
}

func TestAssembleDoesNotDependOnTheOrderOfFollowUps(t *testing.T) {
	lines := []string{`{"symbol":"G/TBT/N/EU/1","hs":"8711","title":"Motorcycles"}`, `{"symbol":"G/TBT/N/EU/1/Add.1","title":"Dates"}`, `{"symbol":"G/TBT/N/EU/1/Add.2","title":"Helmets"}`}
	first := familyOf(t, lines...).Matches
	slices.Reverse(lines)
	second := familyOf(t, lines...).Matches
	if len(first) != 1 || len(second) != 1 || first[0].Grade != second[0].Grade || first[0].Score != second[0].Score || len(first[0].Evidence) != len(second[0].Evidence) {
		t.Errorf("%+v\nand in the other order %+v", first, second)
	}
}
