package notify

import (
	"fmt"

	"tbtwatch/internal/trade"
)

var placeNames = map[string]trade.Text{
	"title":       {ZH: "标题", EN: "title"},
	"products":    {ZH: "产品范围", EN: "products covered"},
	"description": {ZH: "内容说明", EN: "description"},
	"keywords":    {ZH: "关键词", EN: "keywords"},
	"hs":          {ZH: "税号栏", EN: "HS codes"},
	"ics":         {ZH: "ICS 分类栏", EN: "ICS codes"},
}

// Why says one piece of evidence in words, for the firm whose product it is.
// lang is "zh" or "en". Foreign words in it are made inert.
func Why(e trade.Evidence, lang string) string {
	n, p := line(e.Notice, 200), line(e.Product, 200)
	at := ""
	if t, ok := placeNames[e.Where]; ok {
		at = in(lang, "（"+t.ZH+"）", " ("+t.EN+")")
	}
	switch e.Kind {
	case trade.EvidenceHS:
		return fmt.Sprintf(in(lang, "通报的税号 %s%s与您的产品税号 %s 一致", "the notice's HS code %s%s agrees with your product's code %s"), n, named(e.Notice, lang), p)
	case trade.EvidenceICS:
		return fmt.Sprintf(in(lang, "通报的 ICS 分类号 %s 与您的产品分类号 %s 一致", "the notice's ICS code %s agrees with your product's code %s"), n, p)
	case trade.EvidenceTerm:
		return fmt.Sprintf(in(lang, "通报%[2]s写到“%[1]s”，与您登记的产品名称“%[3]s”相符", "the notice%[2]s says “%[1]s”, which is your product's name “%[3]s”"), n, at, p)
	case trade.EvidenceConcept:
		return fmt.Sprintf(in(lang, "通报%[2]s写到“%[1]s”，与您的产品同属“%[3]s”", "the notice%[2]s says “%[1]s”, which is the same kind of goods as your product: %[3]s"), n, at, p)
	case trade.EvidenceStandard:
		return fmt.Sprintf(in(lang, "通报%[2]s引用标准 %[1]s，您的产品执行 %[3]s", "the notice%[2]s cites the standard %[1]s; your product meets %[3]s"), n, at, p)
	case trade.EvidenceSubstance:
		return fmt.Sprintf(in(lang, "通报%[2]s涉及物质“%[1]s”，您的产品登记含“%[3]s”", "the notice%[2]s is about the substance “%[1]s”; your product is registered with “%[3]s”"), n, at, p)
	case trade.EvidenceParent:
		return fmt.Sprintf(in(lang, "本文件是 %s 的后续文件，该通报涉及您的产品", "this paper follows %s, which touches your product"), line(first(e.Where, e.Notice), 120))
	case trade.EvidenceAgainst:
		return fmt.Sprintf(in(lang, "但有相反迹象：通报%[2]s写到“%[1]s”", "against it: the notice%[2]s says “%[1]s”"), n, at)
	}
	return fmt.Sprintf(in(lang, "通报“%s”与产品“%s”相符（%s）", "the notice's “%s” agrees with the product's “%s” (%s)"), n, p, line(e.Kind, 40))
}

// named is the code's name in brackets, when there is one.
func named(hs, lang string) string {
	name := line(hsName(hs, lang), 80)
	if name == "" {
		return in(lang, " ", "")
	}
	return in(lang, "（"+name+"）", " ("+name+")")
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
