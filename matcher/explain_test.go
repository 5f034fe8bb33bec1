package matcher

import (
	"encoding/json"
	"strings"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

func TestExplain(t *testing.T) {
	for _, c := range []struct{ name, line, product, zh, en string }{
		{"direct", `{"symbol":"G/TBT/N/KEN/1","hs":"8711"}`, "motorcycle", "直接相关", "the notice's HS code 8711 (Motorcycles) covers the code 871120 of the product."},
		{"likely", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles"}`, "motorcycle", "由文字推断", "inferred from its words"},
		{"market", `{"symbol":"G/TBT/N/KEN/1","hs":"8711"}`, "elsewhere", "没有共同市场：通报适用于肯尼亚，产品销往德国", "No market in common: the notice applies in Kenya, the product is sold in Germany."},
		{"no evidence", `{"symbol":"G/TBT/N/KEN/1","title":"Smartphones"}`, "motorcycle", "没有任何依据", "there is no evidence"},
		{"other codes", `{"symbol":"G/TBT/N/KEN/1","hs":"0203"}`, "motorcycle", "通报的 HS 编码（0203）与产品（871120）不符", "(0203) are not those of the product (871120)"},
		{"excepted", `{"symbol":"G/TBT/N/KEN/1","title":"Road vehicles except motorcycles"}`, "motorcycle", "但有相反迹象：通报（标题）写到“motorcycles”", "against it: the notice (title) says “motorcycles”"},
		{"market not known", `{"symbol":"X","hs":"8711"}`, "elsewhere", "（未知）", "(not known)"},
	} {
		goods["elsewhere"] = trade.Product{HS: []string{"871120"}, Markets: []string{"DE"}}
		_, r := readingOf(t, c.line)
		e := Explain(r, profileOf(t, c.product))
		var zh, en []string
		for _, w := range e.Why {
			if w.ZH == "" || w.EN == "" {
				t.Errorf("%s: a statement in one language only: %+v", c.name, w)
			}
			zh, en = append(zh, w.ZH), append(en, w.EN)
		}
		if !strings.Contains(strings.Join(zh, " "), c.zh) || !strings.Contains(strings.Join(en, " "), c.en) {
			t.Errorf("%s: %q\n%q\nwant %q and %q", c.name, zh, en, c.zh, c.en)
		}
		if e.Matched != (e.Match.Grade.Rank() > 0) || e.Match.Product != c.product {
			t.Errorf("%s: %+v", c.name, e.Match)
		}
	}
}

func TestClassify(t *testing.T) {
	n, _ := readingOf(t, `{"symbol":" g/tbt/n/ken/7/add.1","title":"Motorcycles and helmets, except mopeds","products":"Motorcycles (ICS 43.140)","published":"2026-06-02","comment_deadline":"mid-2026"}`)
	c := Classify(n, "G/TBT/N/KEN/7")
	if c.Symbol != " g/tbt/n/ken/7/add.1" || c.Symbols[0] != "G/TBT/N/KEN/7/Add.1" || c.Family != "G/TBT/N/KEN/7" || c.Kind != trade.KindAddendum || c.Markets[0] != "KE" {
		t.Errorf("who: %+v", c)
	}
	if len(c.HS) == 0 || c.HS[0].Code != "8711" || !c.HS[0].Inferred || c.HS[0].Confidence < 0.5 || c.HS[0].Confidence >= 1 || c.HS[0].Basis[0] != (Basis{whereTitle, "Motorcycles", "motorcycle"}) {
		t.Errorf("HS %+v", c.HS)
	}
	for i, code := range c.HS {
		if strings.HasPrefix(code.Code, "871110") {
			t.Errorf("mopeds are excepted and give %+v", code)
		}
		if i > 0 && code.Confidence > c.HS[i-1].Confidence {
			t.Errorf("codes are not in order of confidence: %+v", c.HS)
		}
	}
	if c.ICS[0].Code != "43.140" || c.ICS[0].Inferred || c.ICS[0].Confidence != 1 {
		t.Errorf("ICS %+v", c.ICS)
	}
	if len(c.Dates) != 2 || c.Dates[1].From != "2026-05-01" || c.Dates[1].To != "2026-08-31" {
		t.Errorf("dates %+v", c.Dates)
	}
	empty, _ := readingOf(t, `{"symbol":"X"}`)
	b, err := json.Marshal(Classify(empty, "X"))
	if err != nil || strings.Contains(string(b), "null") {
		t.Errorf("an empty notice prints %s (%v); lists are never null", b, err)
	}
}

func TestCommonRules(t *testing.T) {
	p := index.NewProfile(trade.Product{ID: "P", HS: []string{"8711"}, Markets: []string{"DE", "US"}}, 1)
	for _, c := range []struct {
		markets []string
		want    string
	}{{[]string{"EU"}, "DE"}, {[]string{"DE"}, "DE"}, {[]string{"*"}, "DE,US"}, {[]string{"BR"}, ""}, {nil, ""}} {
		r := Read(&trade.Notice{ID: "X", HS: []string{"8711"}, Markets: c.markets})
		m, ok := Judge(&r, p, nil)
		if got := strings.Join(m.Markets, ","); got != c.want || ok != (c.want != "") {
			t.Errorf("a notice in %q reaches %q, want %q", c.markets, got, c.want)
		}
	}
}
