package trade

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestPackedComesBackWhole(t *testing.T) {
	long := strings.Repeat("长", 20)
	names := []string{"", "E1", "E12", "E12", "F", long, long + "x", long + "y7", long + "y08", "E1", "\x00", "0123456789abcdefgh", "0123456789abcdefgi",
		"0007", "007", "99999999999999", "123456789012345678901", "E00000000000000", "SKU-2024-1", "SKU-2024-99999999"}
	lists := [][]string{{"DE"}, nil, {"US", "BR"}}
	p := NewPacker(lists, len(names))
	var want []Match
	for g, grade := range []Grade{Direct, Likely, Reference} {
		v := Verdict{Notice: "N", Grade: grade, Score: 0.5, Inferred: g == 1, Evidence: []Evidence{{Kind: "hs"}}}
		p.Verdict(v)
		for i, n := range names[g:] {
			product := names[len(names)-1-i]
			p.Add(AppendName(nil, n), AppendName(nil, product), i%len(lists))
			want = append(want, Match{Notice: "N", Family: "F", Exporter: n, Product: product, Markets: lists[i%len(lists)], Grade: grade, Score: 0.5, Inferred: g == 1, Evidence: v.Evidence})
		}
	}
	f := Family{ID: "F", Packed: p.Packed()}
	head, tail := f.SplitTail()
	text, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	var back Family
	if err := errors.Join(json.Unmarshal(text, &back), back.JoinTail(tail)); err != nil {
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
		damaged.Names = damaged.Names[:cut]
		if n := len(slices.Collect(damaged.All(""))); n > len(want) {
			t.Errorf("cut off at %d it gives %d matches", cut, n)
		}
	}
	for cut := range len(tail) - len(f.Packed.Names) {
		if err := back.JoinTail(tail[:cut]); err == nil {
			t.Errorf("a tail cut off at %d is read", cut)
		}
	}
}

// FuzzTail: whatever a tail holds, reading it ends.
func FuzzTail(f *testing.F) {
	p := NewPacker([][]string{{"DE"}, {"FR", "DE"}}, 1)
	p.Verdict(Verdict{Notice: "N", Grade: Likely, Evidence: []Evidence{{Kind: "hs", Notice: "8711"}}})
	p.Add(AppendName(nil, "E1"), AppendName(nil, "0042"), 1)
	_, tail := Family{Packed: p.Packed()}.SplitTail()
	f.Add(tail)
	f.Fuzz(func(t *testing.T, tail []byte) {
		var back Family
		if back.JoinTail(tail) != nil {
			return
		}
		for m := range back.All() {
			if m.Family != "" {
				t.Fatal(m)
			}
		}
	})
}

// TestPackedOfBeforeIsRead: products front-coded within the JSON.
func TestPackedOfBeforeIsRead(t *testing.T) {
	var f Family
	err := json.Unmarshal([]byte(`{"id":"F","matched":true,"packed":{"verdicts":[{"notice":"N","grade":"direct","score":0.9}],"counts":[3],"markets":[["DE"],["FR"]],"products":"`+
		base64.StdEncoding.EncodeToString([]byte("\x02E1\x0217\x00\x11"+"2\x10"+"\x01\x20"+"\x018"+"\x00"))+`"}}`), &f)
	got := ""
	for m := range f.All() {
		got += m.Exporter + "/" + m.Product + "/" + m.Markets[0] + " "
	}
	if err != nil || got != "E1/17/DE E2/1/FR E2/8/DE " {
		t.Fatalf("%q, %v", got, err)
	}
	if _, tail := f.SplitTail(); tail != nil {
		t.Error("it is not written in the form that it has")
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

// What a warning's audience is stays as it was, in its order, and one that the
// packed form would change is not packed.
func TestAudienceComesBackWhole(t *testing.T) {
	hs, term := Evidence{Kind: "hs", Notice: "8711"}, Evidence{Kind: "term", Product: "头盔"}
	m := func(exporter, product string, g Grade, markets []string, ev ...Evidence) Match {
		return Match{Notice: "N", Family: "F", Exporter: exporter, Product: product, Markets: markets, Grade: g, Score: 0.5, Evidence: ev}
	}
	br, both := []string{"BR"}, []string{"BR", "VN"}
	w := Warning{Family: "F", Title: "t", Audience: []Match{
		m("E1", "P1", Direct, br, hs), m("E1", "P2", Direct, both, hs), m("E2", "P1", Likely, br, term), m("E0", "P9", Direct, br, hs), m("E0", "P9", Direct, br, hs, term),
	}}
	head, tail := w.SplitTail()
	text, err := json.Marshal(head)
	if err != nil || tail == nil || strings.Contains(string(text), "P9") {
		t.Fatalf("%d bytes beside %s, %v", len(tail), text, err)
	}
	var back Warning
	if err := errors.Join(json.Unmarshal(text, &back), back.JoinTail(tail)); err != nil || !reflect.DeepEqual(back, w) {
		t.Errorf("came back as %+v, %v", back, err)
	}
	for cut := range tail {
		if err := back.JoinTail(tail[:cut]); err == nil {
			t.Errorf("a tail cut off at %d is read", cut)
		}
	}
	foreign := w
	foreign.Audience = append(slices.Clone(w.Audience), Match{Family: "G"})
	for name, w := range map[string]Warning{"another family's match": foreign, "nobody": {Family: "F", Audience: []Match{}}} {
		if head, tail := w.SplitTail(); tail != nil || !reflect.DeepEqual(head, w) {
			t.Errorf("%s: packed into %d bytes", name, len(tail))
		}
	}
}
