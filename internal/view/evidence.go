package view

import (
	"fmt"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var places = map[string]trade.Text{
	"title":       {ZH: "标题", EN: "title"},
	"products":    {ZH: "产品范围", EN: "products covered"},
	"description": {ZH: "内容说明", EN: "description"},
	"keywords":    {ZH: "关键词", EN: "keywords"},
	"hs":          {ZH: "税号栏", EN: "HS codes"},
	"ics":         {ZH: "ICS 分类栏", EN: "ICS codes"},
}

// reasons gives a sentence for each kind of evidence: %[1]s is what the notice
// says, %[2]s what the product says, %[3]s where, %[4]s the code's name.
var reasons = map[string]trade.Text{
	trade.EvidenceHS:        {ZH: "税号 %[1]s%[4]s 与产品税号 %[2]s 一致", EN: "HS code %[1]s%[4]s agrees with the product's %[2]s"},
	trade.EvidenceICS:       {ZH: "ICS 分类号 %[1]s%[4]s 与产品分类号 %[2]s 一致", EN: "ICS code %[1]s%[4]s agrees with the product's %[2]s"},
	trade.EvidenceTerm:      {ZH: "%[3]s写到“%[1]s”，与产品名称“%[2]s”相符", EN: "the %[3]s says “%[1]s”, a name of the product (“%[2]s”)"},
	trade.EvidenceConcept:   {ZH: "%[3]s写到“%[1]s”，与产品同属“%[2]s”", EN: "the %[3]s says “%[1]s”: the product is of that kind (%[2]s)"},
	trade.EvidenceStandard:  {ZH: "%[3]s引用标准 %[1]s，产品执行 %[2]s", EN: "the %[3]s cites the standard %[1]s; the product meets %[2]s"},
	trade.EvidenceSubstance: {ZH: "%[3]s涉及物质“%[1]s”，产品登记含“%[2]s”", EN: "the %[3]s names the substance “%[1]s”; the product is registered with “%[2]s”"},
	trade.EvidenceAgainst:   {ZH: "相反迹象：%[3]s写到“%[1]s”", EN: "against it: the %[3]s says “%[1]s”"},
}

// Why says one piece of evidence in words, for people who judge matches.
func Why(e trade.Evidence) trade.Text {
	if e.Kind == trade.EvidenceParent {
		parent := e.Where
		if parent == "" {
			parent = e.Notice
		}
		return trade.Text{ZH: fmt.Sprintf("后续文件：%s 涉及该产品", parent), EN: fmt.Sprintf("a follow-up of %s, which touches the product", parent)}
	}
	where, ok := places[e.Where]
	if !ok {
		where = trade.Text{ZH: "通报", EN: "notice"}
		if e.Where != "" {
			where = trade.Text{ZH: "通报（" + e.Where + "）", EN: "notice (" + e.Where + ")"}
		}
	}
	form, ok := reasons[e.Kind]
	if !ok {
		form = trade.Text{ZH: "通报“%[1]s”与产品“%[2]s”相符", EN: "the notice's “%[1]s” agrees with the product's “%[2]s”"}
	}
	name := codeName(e)
	return trade.Text{ZH: say(form.ZH, e, where.ZH, wrap(name.ZH, "（", "）")), EN: say(form.EN, e, where.EN, wrap(name.EN, " (", ")"))}
}

// say fills a form; its numbered verbs need not use all four words.
func say(form string, e trade.Evidence, where, name string) string {
	return fmt.Sprintf(form, cut(e.Notice, 160), cut(e.Product, 160), where, name)
}

func codeName(e trade.Evidence) trade.Text {
	switch e.Kind {
	case trade.EvidenceHS:
		return trade.Text{ZH: nomenclature.HSName(e.Notice, "zh"), EN: nomenclature.HSName(e.Notice, "en")}
	case trade.EvidenceICS:
		return trade.Text{ZH: nomenclature.ICSName(e.Notice, "zh"), EN: nomenclature.ICSName(e.Notice, "en")}
	}
	return trade.Text{}
}

func wrap(s, open, end string) string {
	if s == "" {
		return ""
	}
	return open + cut(s, 80) + end
}
