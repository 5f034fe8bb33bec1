package matcher

import (
	"fmt"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Explanation says in words why a notice does, or does not, touch a product.
type Explanation struct {
	Match   trade.Match  `json:"match"`
	Matched bool         `json:"matched"` // graded direct, likely or reference
	Why     []trade.Text `json:"why"`     // one statement each
}

// Explain judges the pair and tells it, also when there is no match: no market
// in common, no evidence, or contradicted by what.
func Explain(r *Reading, p *index.Profile) Explanation {
	m, ok := Judge(r, p, p.FindTerms(r.Fields))
	if len(index.CommonMarkets(r.Markets, p.Markets)) == 0 {
		return Explanation{Match: none(r, p), Why: []trade.Text{noMarket(r, p)}}
	}
	if !ok {
		return Explanation{Match: none(r, p), Why: []trade.Text{noEvidence(r, p)}}
	}
	e := Explanation{Match: m, Matched: m.Grade != trade.NoGrade}
	e.Why = append(e.Why, verdict(m))
	for _, ev := range m.Evidence {
		said := triage.Evidence(ev, triage.ToStaff)
		e.Why = append(e.Why, trade.Text{ZH: said.ZH + "。", EN: said.EN + "."})
	}
	if m.Inferred {
		e.Why = append(e.Why, trade.Text{
			ZH: "通报未给出与该产品相符的编码，以上结论由文字推断。",
			EN: "The notice gives no code that agrees with the product; this is inferred from its words."})
	}
	return e
}

func none(r *Reading, p *index.Profile) trade.Match {
	return trade.Match{Notice: r.ID, Exporter: p.Exporter, Product: p.ID, Grade: trade.NoGrade}
}

var gradeWords = map[trade.Grade]trade.Text{
	trade.Direct:    {ZH: "直接相关：通报指明了该产品", EN: "direct: the notice names this product"},
	trade.Likely:    {ZH: "可能相关：从通报文字可推知该产品，须人工研判", EN: "likely: the text implies this product; a person has to decide"},
	trade.Reference: {ZH: "供参考：仅有宽泛编码或附带提及", EN: "reference: a broad code or a passing mention only"},
	trade.NoGrade:   {ZH: "不相关：有依据，但被否定", EN: "none: there is evidence, and it is contradicted"},
}

func verdict(m trade.Match) trade.Text {
	w := gradeWords[m.Grade]
	if m.Grade == trade.NoGrade {
		return trade.Text{ZH: w.ZH + "。", EN: w.EN + "."}
	}
	zh, en := marketNames(m.Markets, "zh"), marketNames(m.Markets, "en")
	return trade.Text{
		ZH: fmt.Sprintf("%s（评分 %.2f），涉及市场：%s。", w.ZH, m.Score, zh),
		EN: fmt.Sprintf("%s (score %.2f), in: %s.", w.EN, m.Score, en),
	}
}

func marketNames(codes []string, lang string) string {
	if len(codes) == 0 {
		return map[string]string{"zh": "（未知）", "en": "(not known)"}[lang]
	}
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = nomenclature.MarketName(c, lang)
	}
	return strings.Join(names, map[string]string{"zh": "、", "en": ", "}[lang])
}

func noMarket(r *Reading, p *index.Profile) trade.Text {
	return trade.Text{
		ZH: fmt.Sprintf("没有共同市场：通报适用于%s，产品销往%s。", marketNames(r.Markets, "zh"), marketNames(p.Markets, "zh")),
		EN: fmt.Sprintf("No market in common: the notice applies in %s, the product is sold in %s.", marketNames(r.Markets, "en"), marketNames(p.Markets, "en")),
	}
}

func noEvidence(r *Reading, p *index.Profile) trade.Text {
	hs := codeList(r.HS)
	if hs == "" {
		return trade.Text{
			ZH: "市场相同，但没有任何依据：通报未给出 HS 编码，文字中也没有该产品的名称、品类、标准或物质。",
			EN: "The market is the same, but there is no evidence: the notice gives no HS code, and its text names neither the product, nor its kind, a standard or a substance of it.",
		}
	}
	return trade.Text{
		ZH: fmt.Sprintf("市场相同，但没有任何依据：通报的 HS 编码（%s）与产品（%s）不符，文字中也没有该产品。", hs, codeList(p.HS)),
		EN: fmt.Sprintf("The market is the same, but there is no evidence: the HS codes of the notice (%s) are not those of the product (%s), and its text does not name it.", hs, codeList(p.HS)),
	}
}
