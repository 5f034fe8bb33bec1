package triage

import (
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// hsEvidence says how far the codes agree: they do, one comprises the other,
// or only the heading or chapter is the same. A
// code that stands in no field of codes was inferred from the words there, and
// the sentence says so.
func hsEvidence(e trade.Evidence, v Voice) trade.Text {
	if !hsForm.MatchString(e.Notice) || !hsForm.MatchString(e.Product) {
		return tell("", same(e.Notice), same(e.Product), trade.Text{}, v)
	}
	owner := v.owner()
	name := named(e.Notice, nomenclature.HSName)
	zh, en := "通报的税号 "+e.Notice+name.ZH, "the notice's HS code "+e.Notice+name.EN
	if e.Former != "" {
		zh = "通报的旧版税号 " + e.Former + "（现为 " + e.Notice + name.ZH + "）"
		en = "the notice's HS code " + e.Former + " of an older edition, now " + e.Notice + name.EN + ","
	}
	if e.Where != "" && e.Where != "hs" {
		place := placeIn(e.Where)
		zh = "由通报文字" + place.ZH + "推断的税号 " + e.Notice + name.ZH
		en = "the HS code " + e.Notice + name.EN + ", inferred from the notice's words" + place.EN + ","
	}
	const worldwide = 6 // beyond them every tariff counts for itself
	a, b := e.Notice[:min(worldwide, len(e.Notice))], e.Product[:min(worldwide, len(e.Product))]
	shared := common(a, b)
	switch {
	case len(a) == 2 && strings.HasPrefix(b, a):
		return trade.Text{ZH: zh + "是整章，" + owner.ZH + "税号 " + e.Product + " 在该章内", EN: en + " is a whole chapter, and the code " + e.Product + " of " + owner.EN + " is in it"}
	case a == b:
		return trade.Text{ZH: zh + "与" + owner.ZH + "税号 " + e.Product + " 一致", EN: en + " agrees with the code " + e.Product + " of " + owner.EN}
	case strings.HasPrefix(b, a):
		return trade.Text{ZH: zh + "包括" + owner.ZH + "税号 " + e.Product, EN: en + " covers the code " + e.Product + " of " + owner.EN}
	case strings.HasPrefix(a, b):
		return trade.Text{ZH: zh + "是" + owner.ZH + "税号 " + e.Product + " 的一部分", EN: en + " is part of the code " + e.Product + " of " + owner.EN}
	case len(shared) >= 4:
		heading := shared[:4]
		return trade.Text{ZH: zh + "与" + owner.ZH + "税号 " + e.Product + " 同属品目 " + heading + "，子目不同", EN: en + " and the code " + e.Product + " of " + owner.EN + " are of the same heading " + heading + ", with other subheadings"}
	case len(shared) >= 2:
		return trade.Text{ZH: zh + "与" + owner.ZH + "税号 " + e.Product + " 只是同属第 " + shared[:2] + " 章", EN: en + " and the code " + e.Product + " of " + owner.EN + " share no more than chapter " + shared[:2]}
	}
	return trade.Text{ZH: zh + "与" + owner.ZH + "税号 " + e.Product + " 相关", EN: en + " goes with the code " + e.Product + " of " + owner.EN}
}

// icsEvidence compares two codes, or says that the notice's class comprises
// what the product is.
func icsEvidence(e trade.Evidence, v Voice) trade.Text {
	owner := v.owner()
	name := named(e.Notice, nomenclature.ICSName)
	zh, en := "通报的 ICS 分类 "+e.Notice+name.ZH, "the notice's ICS class "+e.Notice+name.EN
	switch {
	case icsForm.MatchString(e.Product) && (strings.HasPrefix(e.Product, e.Notice) || strings.HasPrefix(e.Notice, e.Product)):
		return trade.Text{ZH: zh + "与" + owner.ZH + "分类号 " + e.Product + " 一致", EN: en + " agrees with the code " + e.Product + " of " + owner.EN}
	case icsForm.MatchString(e.Product):
		return trade.Text{ZH: zh + "与" + owner.ZH + "分类号 " + e.Product + " 相近", EN: en + " is near the code " + e.Product + " of " + owner.EN}
	case hsForm.MatchString(e.Product):
		return trade.Text{ZH: zh + "包含" + owner.ZH + "（税号 " + e.Product + "）", EN: en + " comprises " + owner.EN + " (HS code " + e.Product + ")"}
	}
	whose := ""
	if v == ToFirm {
		whose = owner.ZH
	}
	return trade.Text{ZH: zh + "包含" + whose + "“" + e.Product + "”", EN: en + " comprises “" + e.Product + "”, " + owner.EN}
}

// named is a code's name in brackets, or that of the nearest wider code that
// has one; in Chinese a blank where there is none.
func named(code string, name func(code, lang string) string) trade.Text {
	for n := len(code); n >= 2; n-- {
		zh, en := name(code[:n], "zh"), name(code[:n], "en")
		if zh != "" && en != "" {
			return trade.Text{ZH: "（" + zh + "）", EN: " (" + en + ")"}
		}
	}
	return trade.Text{ZH: " "}
}

// common is the beginning that a and b share.
func common(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return a[:n]
}
