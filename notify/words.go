package notify

import (
	"fmt"
	"regexp"
	"strings"

	"tbtwatch/internal/trade"
)

// in picks the words for readers of that language.
func in(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

var dateNames = map[string]trade.Text{
	trade.DatePublished:       {ZH: "通报发布", EN: "Published"},
	trade.DateCommentDeadline: {ZH: "评议截止", EN: "Comments close"},
	trade.DateAdoption:        {ZH: "拟批准", EN: "Adoption"},
	trade.DateEntryIntoForce:  {ZH: "拟生效", EN: "Entry into force"},
}

func dateName(what, lang string) string {
	if t, ok := dateNames[what]; ok {
		return t.In(lang)
	}
	return line(strings.ReplaceAll(what, "_", " "), 60)
}

// dayWords says a date as precisely as it is known and no more.
func dayWords(d trade.Date, lang string) string {
	switch {
	case d.From == "" && d.To == "":
		return in(lang, "未定（原文未写明具体日期）", "open (the text names no day)")
	case d.From == d.To || d.To == "":
		return line(d.From, 20)
	case d.From == "":
		return in(lang, "不晚于 ", "by ") + line(d.To, 20)
	}
	return line(d.From, 20) + in(lang, " 至 ", " to ") + line(d.To, 20)
}

var (
	daysFrom   = regexp.MustCompile(`^(\d+) days from (\S+)$`)
	basisNames = map[string]trade.Text{
		"as given":     {ZH: "按原文", EN: "as given"},
		"Excel serial": {ZH: "由表格的日期序号换算", EN: "from the sheet's date serial"},
		"not a day":    {ZH: "不是确定的日期", EN: "not a day"},
	}
)

func basisWords(basis, lang string) string {
	if t, ok := basisNames[basis]; ok {
		return t.In(lang)
	}
	if m := daysFrom.FindStringSubmatch(basis); m != nil && lang != "en" {
		return fmt.Sprintf("自 %s 起 %s 天", m[2], m[1])
	}
	return line(basis, 200)
}

var kindNames = map[trade.Kind]trade.Text{
	trade.KindNew:         {ZH: "新通报", EN: "new notification"},
	trade.KindUrgent:      {ZH: "紧急通报", EN: "urgent notification"},
	trade.KindAddendum:    {ZH: "补遗", EN: "addendum"},
	trade.KindCorrigendum: {ZH: "勘误", EN: "corrigendum"},
	trade.KindRevision:    {ZH: "修订", EN: "revision"},
	trade.KindSupplement:  {ZH: "增补（译文）", EN: "supplement (translation)"},
	trade.KindRule:        {ZH: "法规公告", EN: "rule"},
	trade.KindRecall:      {ZH: "召回或安全警示", EN: "recall or safety alert"},
	trade.KindReport:      {ZH: "监管机构消息", EN: "regulator's notice"},
}

func kindName(k trade.Kind, lang string) string {
	if t, ok := kindNames[k]; ok {
		return t.In(lang)
	}
	return line(string(k), 40)
}

var gradeNames = map[trade.Grade]trade.Text{
	trade.Direct:    {ZH: "直接涉及", EN: "named directly"},
	trade.Likely:    {ZH: "很可能涉及", EN: "probably concerned"},
	trade.Reference: {ZH: "供参考", EN: "for reference"},
}

func gradeName(g trade.Grade, lang string) string {
	if t, ok := gradeNames[g]; ok {
		return t.In(lang)
	}
	return line(string(g), 40)
}

func marketNames(codes []string, lang string) []string {
	var out []string
	for _, c := range codes {
		if c == "*" {
			out = append(out, in(lang, "所有市场", "all markets"))
			continue
		}
		name := marketName(c, lang)
		if name == "" {
			name = c
		}
		out = append(out, line(name, 80))
	}
	return out
}

// joined writes a list as the language does.
func joined(words []string, lang string) string {
	return strings.Join(words, in(lang, "、", ", "))
}

// short lists the first few and says how many there are.
func short(words []string, most int, lang string) string {
	if len(words) <= most {
		return joined(words, lang)
	}
	return joined(words[:most], lang) + fmt.Sprintf(in(lang, " 等 %d 个", " and others, %d in all"), len(words))
}
