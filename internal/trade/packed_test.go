package trade

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPackedComesBackWhole(t *testing.T) {
	long := strings.Repeat("长", 20)
	names := []string{"", "E1", "E12", "E12", "F", long, long + "x", "E1", "\x00", "0123456789abcdefgh", "0123456789abcdefgi"}
	lists := [][]string{{"DE"}, nil, {"US", "BR"}}
	p := NewPacker(lists, len(names))
	var want []Match
	for g, grade := range []Grade{Direct, Likely, Reference} {
		v := Verdict{Notice: "N", Grade: grade, Score: 0.5, Inferred: g == 1, Evidence: []Evidence{{Kind: "hs"}}}
		p.Verdict(v)
		for i, n := range names[g:] {
			product := names[len(names)-1-i]
			p.Add([]byte(n), []byte(product), i%len(lists))
			want = append(want, Match{Notice: "N", Family: "F", Exporter: n, Product: product, Markets: lists[i%len(lists)], Grade: grade, Score: 0.5, Inferred: g == 1, Evidence: v.Evidence})
		}
	}
	f := Family{ID: "F", Packed: p.Packed()}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Family
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(back.All()); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) || back.Touched() != len(want) {
		t.Errorf("packed %+v\ncame back as %+v", want, got)
	}
	if n := back.Grades()[Direct]; n != len(names) {
		t.Errorf("%d direct, want %d", n, len(names))
	}
	back.Expand()
	if back.Packed != nil || len(back.Matches) != len(want) || back.Touched() != len(want) {
		t.Errorf("expanded to %d matches, packed %v", len(back.Matches), back.Packed)
	}
	for cut := range back.Matches {
		damaged := *f.Packed
		damaged.Products = damaged.Products[:cut]
		if n := len(slices.Collect(damaged.All(""))); n > len(want) {
			t.Errorf("cut off at %d it gives %d matches", cut, n)
		}
	}
}

// TestFamiliesOfBeforeAreRead: matches written out, as records were once.
func TestFamiliesOfBeforeAreRead(t *testing.T) {
	var f Family
	err := json.Unmarshal([]byte(`{"id":"G/TBT/N/VNM/1","matched":true,"matches":[{"notice":"G/TBT/N/VNM/1","family":"G/TBT/N/VNM/1","exporter":"E","product":"P","markets":["VN"],"grade":"direct","score":0.9,"inferred":false,"evidence":null}]}`), &f)
	if err != nil || f.Touched() != 1 || f.Grades()[Direct] != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	for m := range f.All() {
		if m.Product != "P" || m.Markets[0] != "VN" {
			t.Errorf("%+v", m)
		}
	}
}
