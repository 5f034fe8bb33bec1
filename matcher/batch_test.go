package matcher

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func noticesOf(t *testing.T, lines ...string) []trade.Notice {
	t.Helper()
	var out []trade.Notice
	for _, l := range lines {
		n, err := ReadLine([]byte(l))
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		out = append(out, n)
	}
	return out
}

func matchLines(t *testing.T, lines ...string) []trade.Match {
	t.Helper()
	products := []trade.Product{
		{ID: "moto", Exporter: "A", NameEN: "Motorcycle", HS: []string{"871120"}, Markets: []string{"TW", "EU", "SA", "BH"}},
		{ID: "chip", Exporter: "B", NameEN: "Memory chip", HS: []string{"854232"}, Markets: []string{"*"}},
		{ID: "helmet", Exporter: "A", NameZH: "摩托车头盔", HS: []string{"650610"}, Markets: []string{"TW"}},
	}
	var out []trade.Match
	err := MatchAll(t.Context(), products, noticesOf(t, lines...), func(m trade.Match) error {
		out = append(out, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFollowUpReachesExactlyItsParentsProducts(t *testing.T) {
	parent := `{"symbol":"G/TBT/N/TPKM/425","title":"Vehicle inspection","hs":"8711"}`
	child := `{"symbol":"G/TBT/N/TPKM/425/Add.5","title":"Final date for comments"}`
	other := `{"symbol":"G/TBT/N/TPKM/426","title":"Helmets","hs":"6506"}`
	for name, lines := range map[string][]string{"parent first": {parent, other, child}, "parent last": {child, other, parent}} {
		var parents, children []trade.Match
		for _, m := range matchLines(t, lines...) {
			switch m.Notice {
			case "G/TBT/N/TPKM/425":
				parents = append(parents, m)
			case "G/TBT/N/TPKM/425/Add.5":
				children = append(children, m)
			}
		}
		if len(parents) != 1 || len(children) != 1 {
			t.Fatalf("%s: %d matches of the parent, %d of its addendum, want 1 and 1", name, len(parents), len(children))
		}
		p, c := parents[0], children[0]
		if c.Product != p.Product || c.Grade != p.Grade || c.Grade != trade.Direct || c.Score >= p.Score || c.Family != p.Family || c.Inferred {
			t.Errorf("%s: the parent has %+v, the addendum %+v", name, p, c)
		}
		e := c.Evidence[0]
		if e.Kind != trade.EvidenceParent || e.Where != "G/TBT/N/TPKM/425" || !strings.Contains(e.Notice, "8711") || e.Product != "871120" {
			t.Errorf("%s: the addendum shows %+v", name, e)
		}
	}
}

func TestNoticeIsTheSymbolAsGiven(t *testing.T) {
	for _, symbol := range []string{" G/TBT/N/TPKM/7", "G / TBT / N / TPKM / 7", "g/tbt/n/tpkm/7 ", "G/TBT/N/TPKM/7,G/TBT/N/SAU/8G/TBT/N/BHR/9", " No. 5 of 2026"} {
		line := `{"symbol":"` + symbol + `","member":"TW","hs":"8711"}`
		matches := matchLines(t, line)
		if len(matches) != 1 || matches[0].Notice != symbol {
			t.Errorf("%q gives %+v", symbol, matches)
			continue
		}
		if c := Classify(&noticesOf(t, line)[0], matches[0].Family); c.Symbol != symbol || c.Family != matches[0].Family {
			t.Errorf("%q is classified as %q of %q", symbol, c.Symbol, c.Family)
		}
	}
}

// A code of an older HS reaches the products of what it became.
func TestFormerCodesReachTheirSuccessors(t *testing.T) {
	products := []trade.Product{
		{ID: "phone", Exporter: "A", NameEN: "Handset", HS: []string{"851713"}, Markets: []string{"*"}},
		{ID: "tea", Exporter: "A", NameEN: "Leaf", HS: []string{"090210"}, Markets: []string{"*"}},
		{ID: "aid", Exporter: "A", NameEN: "Device", HS: []string{"902110"}, Markets: []string{"*"}},
	}
	for line, want := range map[string]string{
		`{"symbol":"G/TBT/N/KEN/1","hs":"8517.12"}`:    "phone direct 851713 851712",
		`{"symbol":"G/TBT/N/KEN/1","hs":"8517120000"}`: "phone direct 851713 8517120000",
		`{"symbol":"G/TBT/N/KEN/1","hs":"90210"}`:      "tea direct 090210 ",
		`{"symbol":"G/TBT/N/KEN/1","hs":"902110"}`:     "aid direct 902110 ",
	} {
		var got []string
		if err := MatchAll(t.Context(), products, noticesOf(t, line), func(m trade.Match) error {
			got = append(got, m.Product+" "+string(m.Grade)+" "+m.Evidence[0].Notice+" "+m.Evidence[0].Former)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: %q, want %q", line, s, want)
		}
	}
	c := Classify(&noticesOf(t, `{"symbol":"X","hs":["8517.12","90210","8799"]}`)[0], "X")
	if h := c.HS[0]; h.Code != "851712" || h.Edition != "HS 2017" || h.Loss != "split" || !slices.Equal(h.Became, []string{"851713", "851714"}) || h.Inferred {
		t.Errorf("converted: %+v", h)
	}
	if h := c.HS[1]; h.Code != "090210" || !strings.Contains(h.Remark, "90210") || h.Edition != "" || h.Basis[0].Words != "90210" {
		t.Errorf("repaired: %+v", h)
	}
	if h := c.HS[2]; h.Code != "8799" || !strings.Contains(h.Remark, "not known") {
		t.Errorf("unknown: %+v", h)
	}
}

func TestFollowUpRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  string // notice>product:grade of follow-ups
	}{
		{"coded follow-up inherits nothing", []string{`{"symbol":"G/TBT/N/TPKM/1","hs":"8711"}`, `{"symbol":"G/TBT/N/TPKM/1/Add.1","hs":"6506"}`}, "Add.1>helmet:direct"},
		{"through a chain", []string{`{"symbol":"G/TBT/N/TPKM/1","hs":"6506"}`, `{"symbol":"G/TBT/N/TPKM/1/Rev.1","hs":"8711"}`, `{"symbol":"G/TBT/N/TPKM/1/Rev.1/Add.2/Corr.1"}`},
			"Rev.1>moto:direct Corr.1>moto:direct"},
		{"without any parent", []string{`{"symbol":"G/TBT/N/TPKM/1/Add.1","title":"Motorcycles"}`}, "Add.1>moto:likely"},
		{"only a coded sibling", []string{`{"symbol":"G/TBT/N/TPKM/1/Add.1","hs":"8711"}`, `{"symbol":"G/TBT/N/TPKM/1/Add.2"}`}, "Add.1>moto:direct Add.2>moto:direct"},
		{"joint parent, one member's addendum", []string{`{"symbol":"G/TBT/N/SAU/5, G/TBT/N/BHR/6","hs":"8711"}`, `{"symbol":"G/TBT/N/BHR/6/Add.1"}`}, "Add.1>moto:direct"},
		{"a market that the follow-up does not reach", []string{`{"symbol":"G/TBT/N/KEN/5","member":"EU","hs":"8711"}`, `{"symbol":"G/TBT/N/KEN/5/Add.1","member":"Kenya"}`}, ""},
		{"what the addendum names beside is no further recipient", []string{`{"symbol":"G/TBT/N/TPKM/1","hs":"8711"}`, `{"symbol":"G/TBT/N/TPKM/1/Add.1","title":"Motorcycle helmets"}`}, "Add.1>moto:direct"},
		{"a revision without codes may name more", []string{`{"symbol":"G/TBT/N/TPKM/1","hs":"8711"}`, `{"symbol":"G/TBT/N/TPKM/1/Rev.1","title":"Motorcycle helmets"}`}, "Rev.1>moto:direct Rev.1>helmet:likely"},
		{"a parent that touches nothing", []string{`{"symbol":"G/TBT/N/TPKM/1","title":"Draft 7"}`, `{"symbol":"G/TBT/N/TPKM/1/Add.1","title":"Helmets"}`}, "Add.1>helmet:likely"},
	} {
		var got []string
		for _, m := range matchLines(t, c.lines...) {
			if i := strings.LastIndex(m.Notice, "/"); strings.ContainsAny(m.Notice[i:], ".") {
				got = append(got, m.Notice[i+1:]+">"+m.Product+":"+string(m.Grade))
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func TestInheritedMarketsAreTheFollowUps(t *testing.T) {
	for _, m := range matchLines(t, `{"symbol":"G/TBT/N/SAU/5, G/TBT/N/BHR/6","hs":"8711"}`, `{"symbol":"G/TBT/N/BHR/6/Add.1"}`) {
		want := []string{"SA", "BH"}
		if m.Notice == "G/TBT/N/BHR/6/Add.1" {
			want = []string{"BH"}
		}
		if !slices.Equal(m.Markets, want) {
			t.Errorf("%s reaches %q, want %q", m.Notice, m.Markets, want)
		}
	}
}

func TestFamilies(t *testing.T) {
	notices := noticesOf(t,
		`{"symbol":"G/TBT/N/KWT/367/Add.1"}`,
		`{"symbol":"G/TBT/N/ARE/371, G/TBT/N/BHR/485"}`,
		`{"symbol":"2026-11634"}`,
		`{"symbol":"G/TBT/N/BHR/485G/TBT/N/KWT/367"}`,
		`{"symbol":"G/TBT/N/USA/2034/Rev.1/Add.2"}`,
		`{"symbol":"G/TBT/N/USA/2034"}`,
		`{"symbol":"G/TBT/N/KEN/1307","title":"DEAS 1252-5:2025, Repellent candles","published":"2025-06-06"}`,
		`{"symbol":"G/TBT/N/UGA/2158","title":"DEAS 1252-5:2025 repellents: candles","published":"2025-06-20"}`,
		`{"symbol":"G/TBT/N/BDI/605","title":"DEAS 1252-6:2025 repellents: mats","published":"2025-06-20"}`,
		`{"symbol":"G/TBT/N/TPKM/900","description":"The draft notified as G/TBT/N/TPKM/541 was adopted with changes."}`,
		`{"symbol":"G/TBT/N/TPKM/541/Add.1"}`,
		`{"symbol":"G/TBT/N/TPKM/901","description":"Relevant documents: G/TBT/N/TPKM/541"}`)
	want := []string{"G/TBT/N/ARE/371", "G/TBT/N/ARE/371", "2026-11634", "G/TBT/N/ARE/371", "G/TBT/N/USA/2034", "G/TBT/N/USA/2034",
		"G/TBT/N/KEN/1307", "G/TBT/N/KEN/1307", "G/TBT/N/BDI/605", "G/TBT/N/TPKM/541", "G/TBT/N/TPKM/541", "G/TBT/N/TPKM/901"}
	if got := Families(notices); !slices.Equal(got, want) {
		t.Errorf("families %q, want %q", got, want)
	}
	slices.Reverse(notices)
	slices.Reverse(want)
	if got := Families(notices); !slices.Equal(got, want) {
		t.Errorf("in reverse order: %q, want %q", got, want)
	}
}

func TestMatchAllKeepsTheOrderAndStops(t *testing.T) {
	var lines []string
	for range 3 * batchSize {
		lines = append(lines, `{"symbol":"Z","member":"TW","hs":"8711"}`, `{"symbol":"A","member":"TW","hs":["6506","8711","85"]}`)
	}
	matches := matchLines(t, lines...)
	if len(matches) != 3*batchSize*4 {
		t.Fatalf("%d matches, want %d", len(matches), 3*batchSize*4)
	}
	for i, m := range matches {
		want := []string{"Z:moto", "A:helmet", "A:moto", "A:chip"}[i%4]
		if got := m.Notice + ":" + m.Product; got != want {
			t.Fatalf("match %d is %s, want %s", i, got, want)
		}
	}
	stop := errors.New("the pipe is closed")
	products := []trade.Product{{ID: "P", Exporter: "E", HS: []string{"8711"}, Markets: []string{"*"}}}
	notices := noticesOf(t, `{"symbol":"X","member":"TW","hs":"8711"}`)
	if err := MatchAll(t.Context(), products, notices, func(trade.Match) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error of emit became %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := MatchAll(ctx, products, notices, func(trade.Match) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run ended with %v", err)
	}
}

func TestEachCallsOnceForEveryNumber(t *testing.T) {
	calls := make([]int, 100)
	Each(len(calls), func(i int) { calls[i]++ })
	if slices.Min(calls) != 1 || slices.Max(calls) != 1 {
		t.Errorf("calls: %v", calls)
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic got lost")
		}
	}()
	Each(10, func(i int) {
		if i == 7 {
			panic("seven")
		}
	})
}
