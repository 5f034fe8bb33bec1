package ingest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestIdentify(t *testing.T) {
	cases := []struct {
		name, symbol, member, area, kind string
		want                             trade.Notice
	}{
		{"regular", " G/TBT/N/USA/2206", "United States of America", "TBT", "Regular notification",
			trade.Notice{ID: "G/TBT/N/USA/2206", Symbols: []string{"G/TBT/N/USA/2206"}, Area: "TBT", Kind: trade.KindNew, Members: []string{"US"}, Markets: []string{"US"}}},
		{"joint, glued together", "G/TBT/N/BHR/485G/TBT/N/KWT/367", "Kuwait, the State of", "TBT", "Regular notification",
			trade.Notice{ID: "G/TBT/N/BHR/485G/TBT/N/KWT/367", Symbols: []string{"G/TBT/N/BHR/485", "G/TBT/N/KWT/367"}, Area: "TBT", Kind: trade.KindNew, Members: []string{"KW"}, Markets: []string{"BH", "KW"}}},
		{"EU by its old name", "G/SPS/N/EEC/12/Add.1", "European Union", "", "",
			trade.Notice{ID: "G/SPS/N/EEC/12/Add.1", Symbols: []string{"G/SPS/N/EEC/12/Add.1"}, Area: "SPS", Kind: trade.KindAddendum, Members: []string{"EU"}, Markets: []string{"EU"}}},
		{"emergency", "G/SPS/N/CHL/830", "Chile", "SPS", "Emergency notifications (SPS)",
			trade.Notice{ID: "G/SPS/N/CHL/830", Symbols: []string{"G/SPS/N/CHL/830"}, Area: "SPS", Kind: trade.KindUrgent, Members: []string{"CL"}, Markets: []string{"CL"}}},
		{"addendum to an emergency", "G/SPS/N/JPN/1326/Add.1", "Japan", "SPS", "Addendum to Emergency Notification (SPS)",
			trade.Notice{ID: "G/SPS/N/JPN/1326/Add.1", Symbols: []string{"G/SPS/N/JPN/1326/Add.1"}, Area: "SPS", Kind: trade.KindAddendum, Members: []string{"JP"}, Markets: []string{"JP"}}},
		{"member unknown, symbol known", "G/TBT/N/TPKM/541", "Nobody", "TBT", "",
			trade.Notice{ID: "G/TBT/N/TPKM/541", Symbols: []string{"G/TBT/N/TPKM/541"}, Area: "TBT", Kind: trade.KindNew, Markets: []string{"TW"}}},
		{"no symbol", "", "Grenada", "TBT", "Regular notification",
			trade.Notice{ID: "fallback", Area: "TBT", Kind: trade.KindNew, Members: []string{"GD"}, Markets: []string{"GD"}}},
		{"what is no WTO symbol is kept", "AB-17/2026", "Viet Nam", "TBT notification", "",
			trade.Notice{ID: "AB-17/2026", Area: "TBT", Kind: trade.KindReport, Members: []string{"VN"}, Markets: []string{"VN"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var n trade.Notice
			if err := identify(&n, c.symbol, "fallback", c.member, c.area, c.kind); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(n, c.want) {
				t.Errorf("got  %+v\nwant %+v", n, c.want)
			}
		})
	}
	err := identify(&trade.Notice{}, "none", "", "Atlantis", "", "")
	if err == nil || !strings.Contains(err.Error(), "Atlantis") {
		t.Errorf("a paper that reaches no market: %v", err)
	}
}

func TestKindOf(t *testing.T) {
	cases := []struct {
		symbol, said string
		want         trade.Kind
	}{
		{"G/TBT/N/USA/1/Rev.2", "Regular notification", trade.KindRevision},
		{"G/TBT/N/USA/1/Add.2/Corr.1", "", trade.KindCorrigendum},
		{"G/TBT/N/USA/1/Suppl.1", "", trade.KindSupplement},
		{"G/TBT/N/USA/1", "", trade.KindNew},
		{"G/TBT/N/USA/1", "2.9.2 [ ], 2.10.1 [X]", trade.KindUrgent},
		{"G/TBT/N/USA/1", "5.7.1", trade.KindUrgent},
		{"G/TBT/N/USA/1", "紧急通报", trade.KindUrgent},
		{"", "常规通报补遗", trade.KindAddendum},
		{"", "常规通报勘误", trade.KindCorrigendum},
		{"", "常规通报修订", trade.KindRevision},
		{"", "Final rule", trade.KindRule},
		{"", "产品召回", trade.KindRecall},
		{"", "Regular notification", trade.KindNew},
		{"", "News", trade.KindReport},
	}
	for _, c := range cases {
		if got := trade.KindOf(trade.ParseSymbols(c.symbol), c.said); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.symbol, c.said, got, c.want)
		}
	}
}

func TestAddLinks(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "Ministerial ordinance, in Japanese", nil},
		{"by line", "https://a.example/1.pdf\nhttps://a.example/2.pdf", []string{"https://a.example/1.pdf", "https://a.example/2.pdf"}},
		{"by comma", "https://a.example/1.pdf,https://a.example/2.pdf", []string{"https://a.example/1.pdf", "https://a.example/2.pdf"}},
		{"by nothing", "https://a.example/1.pdfhttps://a.example/2.pdf", []string{"https://a.example/1.pdf", "https://a.example/2.pdf"}},
		{"within words", "Text (https://a.example/x_(1).html), available in Spanish.", []string{"https://a.example/x_(1).html"}},
		{"twice", "https://a.example/1 https://a.example/1", []string{"https://a.example/1"}},
		{"after Chinese", "见https://a.example/中，另见", []string{"https://a.example/%E4%B8%AD"}},
		{"no host", "https:///x http://", nil},
		{"other schemes", "javascript:alert(1) ftp://a.example/x", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range addLinks(nil, "text", c.text) {
				got = append(got, l.URL)
				if l.Rel != "text" {
					t.Errorf("rel %q", l.Rel)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
