package triage

import (
	"fmt"
	"regexp"
	"strings"

	"tbtwatch/internal/trade"
)

// Voice is to whom evidence is told.
type Voice int

// The voices.
const (
	ToStaff Voice = iota // 产品: to people who judge matches
	ToFirm               // 您的产品: to the firm whose product it is
)

func (v Voice) owner() trade.Text {
	if v == ToFirm {
		return trade.Text{ZH: "您的产品", EN: "your product"}
	}
	return trade.Text{ZH: "产品", EN: "the product"}
}

var placeNames = map[string]trade.Text{
	"title":       {ZH: "标题", EN: "title"},
	"products":    {ZH: "产品范围", EN: "products covered"},
	"description": {ZH: "内容说明", EN: "description"},
	"keywords":    {ZH: "关键词", EN: "keywords"},
	"hs":          {ZH: "税号栏", EN: "HS codes"},
	"ics":         {ZH: "ICS 分类栏", EN: "ICS codes"},
}

// evidenceForms give a sentence for each kind of evidence: %[1]s is what the
// notice says, %[2]s what the product says, %[3]s where the notice says it,
// %[4]s whose product it is.
var evidenceForms = map[string]trade.Text{
	trade.EvidenceTerm:      {ZH: "通报%[3]s写到“%[1]s”，与%[4]s登记的名称“%[2]s”相符", EN: "the notice%[3]s says “%[1]s”, a registered name of %[4]s (“%[2]s”)"},
	trade.EvidenceConcept:   {ZH: "通报%[3]s写到“%[1]s”，与%[4]s“%[2]s”属于同类商品", EN: "the notice%[3]s says “%[1]s”: the same kind of goods as %[4]s, “%[2]s”"},
	trade.EvidenceStandard:  {ZH: "通报%[3]s引用标准 %[1]s，%[4]s执行 %[2]s", EN: "the notice%[3]s cites the standard %[1]s; %[4]s meets %[2]s"},
	trade.EvidenceSubstance: {ZH: "通报%[3]s涉及物质“%[1]s”，%[4]s登记含“%[2]s”", EN: "the notice%[3]s is about the substance “%[1]s”; %[4]s is registered with “%[2]s”"},
	trade.EvidenceAgainst:   {ZH: "但有相反迹象：通报%[3]s写到“%[1]s”", EN: "against it: the notice%[3]s says “%[1]s”"},
	"byCode":                {ZH: "通报%[3]s写到“%[1]s”，%[4]s的税号 %[2]s 属于此类商品", EN: "the notice%[3]s says “%[1]s”: the HS code %[2]s of %[4]s is of this kind of goods"},
	"otherCodes":            {ZH: "但通报所列税号（%[1]s）指其他商品，%[4]s的税号为 %[2]s", EN: "against it: the notice's HS codes (%[1]s) name other goods; the code of %[4]s is %[2]s"},
	"exceptedOrigin":        {ZH: "但通报写明不涉及来自%[1]s的货物", EN: "against it: the notice is not about goods from %[1]s"},
	"otherOrigin":           {ZH: "但通报写明只涉及来自%[1]s的货物，不含%[2]s", EN: "against it: the notice is only about goods from %[1]s, not from %[2]s"},
	"":                      {ZH: "通报“%[1]s”与%[4]s“%[2]s”相符", EN: "the notice's “%[1]s” agrees with “%[2]s” of %[4]s"},
}

// Evidence says one piece of evidence in words, without a full stop. Words of
// the notice and of the registry stand in it as they are, shortened: whoever
// sends it on makes them inert.
func Evidence(e trade.Evidence, v Voice) trade.Text {
	e.Notice, e.Product, e.Where = cut(e.Notice, 160), cut(e.Product, 160), cut(e.Where, 120)
	switch e.Kind {
	case trade.EvidenceHS:
		return hsEvidence(e, v)
	case trade.EvidenceICS:
		return icsEvidence(e, v)
	case trade.EvidenceParent:
		parent := firstText(e.Where, e.Notice)
		owner := v.owner()
		return trade.Text{ZH: "本文件是 " + parent + " 的后续文件，该通报涉及" + owner.ZH, EN: "this paper follows " + parent + ", which touches " + owner.EN}
	}
	form := e.Kind
	where := placeIn(e.Where)
	notice, product := same(e.Notice), same(e.Product)
	switch {
	case e.Kind == trade.EvidenceConcept && hsForm.MatchString(e.Product):
		form = "byCode"
	case e.Kind == trade.EvidenceAgainst && e.Where == "hs":
		form = "otherCodes"
	case e.Kind == trade.EvidenceAgainst && e.Where == "excepted":
		form, notice, product = "exceptedOrigin", MarketList(strings.Split(e.Notice, ", ")), MarketList([]string{e.Product})
	case e.Kind == trade.EvidenceAgainst && e.Where == "affected":
		form, notice, product = "otherOrigin", MarketList(strings.Split(e.Notice, ", ")), MarketList([]string{e.Product})
	}
	return tell(form, notice, product, where, v)
}

func tell(form string, notice, product, where trade.Text, v Voice) trade.Text {
	t, ok := evidenceForms[form]
	if !ok {
		t = evidenceForms[""]
	}
	owner := v.owner()
	return trade.Text{
		ZH: sprint(t.ZH, notice.ZH, product.ZH, where.ZH, owner.ZH),
		EN: sprint(t.EN, notice.EN, product.EN, where.EN, owner.EN),
	}
}

// sprint fills a form, whose numbered verbs need not use all words.
func sprint(form string, words ...any) string { return fmt.Sprintf(form, words...) }

func placeIn(where string) trade.Text {
	t, ok := placeNames[where]
	switch {
	case where == "":
		return trade.Text{}
	case !ok:
		t = same(where)
	}
	return trade.Text{ZH: "（" + t.ZH + "）", EN: " (" + t.EN + ")"}
}

var (
	hsForm  = regexp.MustCompile(`^\d{2,10}$`)
	icsForm = regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
)
