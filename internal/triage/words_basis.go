package triage

import (
	"regexp"
	"strings"

	"tbtwatch/internal/trade"
)

// bases are the ways in which trade.ResolveDate and the parsers of sources say
// how a date was read. The first form that fits counts, so those that hold another
// one stand first.
var bases = newPhraseBook([]phrase{
	{"not a day", "不是确定的日期"},
	{"not a day: %s", "不是确定的日期：%s"},
	{"interval: %s", "按时段计：%s"},
	{"not stated", "未写明"},
	{"as given", "按原文"},
	{"as given, day first", "按原文（日在前）"},
	{"as given, in UTC", "按原文（协调世界时）"},
	{"as given, beside %s", "按原文所写的日期（另写明 %s）"},
	{"%s, among other words", "%s（另有其他文字）"},
	{"Excel serial", "由表格的日期序号换算"},
	{"month first: no month has the number %s", "月在前：没有第 %s 个月"},
	{"ambiguous: %s if the day stands first, %s if the month does", "有歧义：日在前为 %s，月在前为 %s"},
	{"%s, in the title", "%s（见标题）"},
	{"%s, in the description", "%s（见内容说明）"},
	{"%s days are named; from the earliest to the latest", "原文写了 %s 个日期，取最早至最晚"},
	{"%s from %s (circulation)", "自通报之日 %[2]s 起 %[1]s"},
	{"%s from %s (the day named)", "自所写之日 %[2]s 起 %[1]s"},
	{"%s from an event whose day is not known", "自某事件起 %s，该事件的日期不详"},
	{severalDays, "各成员所写日期不同，取最早至最晚"},
	{"%s from circulation, whose day is not known", "自通报之日起 %s，通报日期不详"},
	{"%s from adoption, whose day is not known", "自批准之日起 %s，批准日期不详"},
	{"%s from publication, whose day is not known", "自公布之日起 %s，公布日期不详"},
	{"%s from entry into force, whose day is not known", "自生效之日起 %s，生效日期不详"},
	{"%s from %s (adoption)", "自批准之日 %[2]s 起 %[1]s"},
	{"%s from %s (publication)", "自公布之日 %[2]s 起 %[1]s"},
	{"%s from %s (entry into force)", "自生效之日 %[2]s 起 %[1]s"},
	{"on the day of adoption", "批准之日"},
	{"on the day of publication", "公布之日"},
	{"on the day of entry into force", "生效之日"},
	{"on circulation, whose day is not known", "以通报之日为准，通报日期不详"},
	{"%s lead outside 1990–2100", "加上 %s，超出 1990–2100 年"},
	{"the text is too long to be a date", "文字过长，不是日期"},
	{"the year is outside 1990–2100", "年份不在 1990–2100 之内"},
	{"the calendar does not have it", "日历上没有这一天"},
	{"the calendar does not have that month", "日历上没有这个月"},
	{"the number is no spreadsheet serial of 1990–2100", "数字不是 1990–2100 年的表格日期序号"},
	{"a number that is no date", "数字不是日期"},
	{"working days are counted, and the member's holidays are not known", "按工作日计算，而该成员的节假日不详"},
	{"not applicable", "不适用"},
	{"no day is named", "原文未写明具体日期"},
	{"to be determined", "待定"},
	{"on publication, whose day is not known", "以公布之日为准，公布日期不详"},
	{"on adoption, whose day is not known", "以批准之日为准，批准日期不详"},
	{"on entry into force, whose day is not known", "以生效之日为准，生效日期不详"},
	{"at once; no day is named", "立即，未写明日期"},
	{"the year %s", "%s 年"},
	{"quarter %s of %s", "%[2]s 年第 %[1]s 季度"},
	{"half 1 of %s", "%s 年上半年"},
	{"half 2 of %s", "%s 年下半年"},
	{"the month of %s", "%s"},
	{"first third of %s", "%s的前三分之一"},
	{"middle third of %s", "%s的中间三分之一"},
	{"last third of %s", "%s的后三分之一"},
})

var (
	countForm = regexp.MustCompile(`^(\d+) (day|week|month|year)s?$`)
	sinceForm = regexp.MustCompile(`^(\d+ [a-z]+) from (\d{4}-\d{2}-\d{2})$`)
	yearForm  = regexp.MustCompile(`^\d{4}$`)
	unitsZH   = map[string]string{"day": " 天", "week": " 周", "month": " 个月", "year": " 年"}
	monthsZH  = map[string]string{
		"January": "1 月", "February": "2 月", "March": "3 月", "April": "4 月", "May": "5 月", "June": "6 月",
		"July": "7 月", "August": "8 月", "September": "9 月", "October": "10 月", "November": "11 月", "December": "12 月",
	}
)

// BasisText says in both languages how a date was read; one that nobody knows
// stays as it is.
func BasisText(basis string) trade.Text {
	return trade.Text{ZH: basisZH(basis), EN: basis}
}

func basisZH(basis string) string {
	if m := countForm.FindStringSubmatch(basis); m != nil {
		return m[1] + unitsZH[m[2]]
	}
	if m := sinceForm.FindStringSubmatch(basis); m != nil {
		return "自 " + m[2] + " 起 " + basisZH(m[1])
	}
	if zh, ok := monthsZH[basis]; ok {
		return zh
	}
	part := basisZH
	if strings.Contains(basis, " third of ") {
		part = func(s string) string { // of a month or of a year
			if yearForm.MatchString(s) {
				return s + " 年"
			}
			return basisZH(s)
		}
	}
	if zh, ok := bases.read(basis, part); ok {
		return zh
	}
	return basis
}
