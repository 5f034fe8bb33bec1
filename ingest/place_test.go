package ingest

import (
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestPlaceFillsInWhatIsNotSaid(t *testing.T) {
	cases := []struct {
		name   string
		place  place
		notice trade.Notice
		texts  []string
		want   trade.Notice
	}{
		{"everything from the declaration", place{Market: "Viet Nam", Lang: "vi", Area: "sps", Kind: "rule"}, trade.Notice{}, []string{"Helmets"},
			trade.Notice{Members: []string{"VN"}, Markets: []string{"VN"}, Lang: "vi", Area: "SPS", Kind: trade.KindRule}},
		{"what the notice says wins", place{Market: "VN", Lang: "vi", Area: "SPS", Kind: "rule"},
			trade.Notice{Members: []string{"TH"}, Markets: []string{"TH"}, Lang: "th", Area: "TBT", Kind: trade.KindRecall}, []string{"G/SPS/N/JPN/1"},
			trade.Notice{Symbols: []string{"G/SPS/N/JPN/1"}, Members: []string{"TH"}, Markets: []string{"TH"}, Lang: "th", Area: "TBT", Kind: trade.KindRecall}},
		{"a suffix says the kind whatever is declared", place{Market: "EU", Kind: "rule"}, trade.Notice{}, []string{"G/TBT/N/EU/1/Add.1"},
			trade.Notice{Symbols: []string{"G/TBT/N/EU/1/Add.1"}, Members: []string{"EU"}, Markets: []string{"EU"}, Area: "TBT", Kind: trade.KindAddendum}},
		{"a joint symbol in the title", place{}, trade.Notice{}, []string{"G/TBT/N/BHR/1, G/TBT/N/KWT/2"},
			trade.Notice{Symbols: []string{"G/TBT/N/BHR/1", "G/TBT/N/KWT/2"}, Markets: []string{"BH", "KW"}, Area: "TBT", Kind: trade.KindNew}},
		{"an addendum that names its parent", place{Market: "EU"}, trade.Notice{}, []string{"News", "G/TBT/N/EU/1/Add.1 to G/TBT/N/EU/1"},
			trade.Notice{Symbols: []string{"G/TBT/N/EU/1/Add.1", "G/TBT/N/EU/1"}, Members: []string{"EU"}, Markets: []string{"EU"}, Area: "TBT", Kind: trade.KindAddendum}},
		{"two measures in the body", place{Market: "EU"}, trade.Notice{}, []string{"News", "G/TBT/N/EU/1, G/TBT/N/EU/2"},
			trade.Notice{Members: []string{"EU"}, Markets: []string{"EU"}, Kind: trade.KindReport}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := c.place.check(); err != nil {
				t.Fatal(err)
			}
			n := c.notice
			c.place.apply(&n, c.texts...)
			if !slices.Equal(n.Symbols, c.want.Symbols) || !slices.Equal(n.Members, c.want.Members) || !slices.Equal(n.Markets, c.want.Markets) ||
				n.Lang != c.want.Lang || n.Area != c.want.Area || n.Kind != c.want.Kind {
				t.Errorf("got  %+v\nwant %+v", n, c.want)
			}
		})
	}
}

func TestPlaceIsNotSharedByItsNotices(t *testing.T) {
	p := place{Market: "EU"}
	if err := p.check(); err != nil {
		t.Fatal(err)
	}
	var a, b trade.Notice
	p.apply(&a)
	a.Markets[0], a.Members[0] = "XX", "XX"
	p.apply(&b)
	if b.Markets[0] != "EU" || b.Members[0] != "EU" {
		t.Errorf("one notice changed another: %v", b.Markets)
	}
}

func TestComplete(t *testing.T) {
	whole := trade.Notice{ID: "x", Title: "t", Markets: []string{"EU"}}
	if err := complete(&whole); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*trade.Notice){
		"no identity":     func(n *trade.Notice) { n.ID = "" },
		"no title":        func(n *trade.Notice) { n.Title = " " },
		"names no market": func(n *trade.Notice) { n.Markets = nil },
	} {
		n := whole
		spoil(&n)
		if err := complete(&n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
