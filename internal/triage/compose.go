package triage

import (
	"fmt"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Wording is what a case says of its measure, composed from facts.
type Wording struct {
	Headline trade.Text
	Summary  trade.Text
}

// Compose writes headline and summary from the facts of the family: member,
// kind, subject, dates. n is its latest paper. The original text stands beside
// it; nothing here is a translation, and nothing tells of registered firms:
// every recipient reads it.
func Compose(f *trade.Family, n *trade.Notice) Wording {
	market := marketNames(n.Markets)
	kind := KindName(n.Kind)
	what := subject(f, n)
	zh := fmt.Sprintf("%s%s：%s", market.ZH, kind.ZH, what.ZH)
	en := fmt.Sprintf("%s, %s: %s", market.EN, kind.EN, what.EN)
	if withdrawn(f.Papers) {
		zh += "，措施已撤销"
		en += ", the measure is withdrawn"
	} else if d := CurrentDate(f, trade.DateCommentDeadline); d.From != "" {
		zh += "，评议截止" + d.From
		en += ", comments close " + d.From
	} else if d := CurrentDate(f, trade.DateEntryIntoForce); d.From != "" {
		zh += "，生效" + d.From
		en += ", in force " + d.From
	}
	return Wording{trade.Text{ZH: zh, EN: en}, summary(f, n, market, what)}
}

func summary(f *trade.Family, n *trade.Notice, market, what trade.Text) trade.Text {
	var zh, en strings.Builder
	name := n.ID
	if len(n.Symbols) > 0 {
		name = strings.Join(n.Symbols, ", ")
	}
	paper := published(n.Kind)
	fmt.Fprintf(&zh, "%s发布%s（%s），涉及%s。", market.ZH, paper.ZH, name, what.ZH)
	fmt.Fprintf(&en, "%s published %s (%s) about %s.", market.EN, paper.EN, name, what.EN)
	for _, d := range CurrentDates(f) {
		label, text := DateName(d.What), DateText(d)
		fmt.Fprintf(&zh, "%s：%s", label.ZH, text.ZH)
		fmt.Fprintf(&en, " %s: %s", upperFirst(label.EN), text.EN)
		if basis := RowOf(d).Basis; basis.EN != "" && d.From != "" {
			fmt.Fprintf(&zh, "（%s）", basis.ZH)
			fmt.Fprintf(&en, " (%s)", basis.EN)
		}
		zh.WriteString("。")
		en.WriteString(".")
	}
	return trade.Text{ZH: zh.String(), EN: en.String()}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func count(f *trade.Family, g trade.Grade) int {
	return f.Grades()[g]
}

func marketNames(markets []string) trade.Text {
	if len(markets) == 0 {
		return trade.Text{ZH: "境外监管机构", EN: "A foreign regulator"}
	}
	const most = 3
	var zh, en []string
	for _, m := range markets[:min(most, len(markets))] {
		zh, en = append(zh, nomenclature.MarketName(m, "zh")), append(en, nomenclature.MarketName(m, "en"))
	}
	t := trade.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
	if len(markets) > most {
		t.ZH += fmt.Sprintf("等%d个成员", len(markets))
		t.EN += fmt.Sprintf(" and %d more members", len(markets)-most)
	}
	return t
}

// subject says what the measure is about: the concepts that the text names,
// else the headings of its codes, else the matched products, else the original
// words.
func subject(f *trade.Family, n *trade.Notice) trade.Text {
	var zh, en []string
	seen := map[string]bool{}
	add := func(z, e string) {
		if z != "" && !seen[z] && len(zh) < 3 {
			seen[z] = true
			zh, en = append(zh, z), append(en, e)
		}
	}
	for _, h := range nomenclature.FindConcepts(n.Title + "\n" + n.Products) {
		if !h.Negated {
			add(first(h.Concept.Names["zh"]), first(h.Concept.Names["en"]))
		}
	}
	for _, code := range n.HS {
		if len(zh) == 0 || len(n.HS) <= 2 {
			add(nomenclature.HSName(code, "zh"), nomenclature.HSName(code, "en"))
		}
	}
	if len(zh) == 0 && len(f.Papers) > 1 {
		for m := range f.All() {
			for _, e := range m.Evidence {
				if e.Kind == trade.EvidenceTerm || e.Kind == trade.EvidenceConcept {
					add(e.Product, e.Notice)
				}
			}
		}
	}
	if len(zh) == 0 {
		original := cut(firstText(n.Products, n.Title, n.Description), 60)
		return trade.Text{ZH: "“" + original + "”", EN: "“" + original + "”"}
	}
	return trade.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

// cut shortens text to n runes, marking that it did.
func cut(text string, n int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
