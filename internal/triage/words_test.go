package triage

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

var latin = regexp.MustCompile(`[A-Za-z]`)

func TestNamesInBothLanguages(t *testing.T) {
	for _, k := range []trade.Kind{trade.KindNew, trade.KindUrgent, trade.KindAddendum, trade.KindCorrigendum, trade.KindRevision, trade.KindSupplement, trade.KindRule, trade.KindRecall, trade.KindReport} {
		object := published(k)
		if article := regexp.MustCompile(`^(an [aeiou]|a [^aeiou]|news)`); !article.MatchString(object.EN) || object.ZH == string(k) {
			t.Errorf("%s is published as %+v", k, object)
		}
		checkName(t, string(k), KindName(k))
	}
	for _, s := range trade.CaseStates {
		checkName(t, string(s), StateName(s))
	}
	for _, s := range []trade.DeliveryState{trade.Planned, trade.Sending, trade.Accepted, trade.Rejected, trade.RetryAt, trade.Unknown, trade.Held, trade.Suppressed} {
		checkName(t, string(s), DeliveryStateName(s))
	}
	for _, g := range []trade.Grade{trade.Direct, trade.Likely, trade.Reference, trade.NoGrade} {
		checkName(t, string(g), GradeName(g))
	}
	for _, what := range []string{trade.DatePublished, trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce} {
		checkName(t, what, DateName(what))
	}
	for _, c := range []string{"email", "webhook", "wecom", "dingtalk", "feishu"} {
		checkName(t, c, ChannelName(c))
	}
	checkName(t, ByRule, ByName(ByRule))
	for name, got := range map[string]trade.Text{
		"kind": KindName("x"), "case": StateName("x"), "delivery": DeliveryStateName("x"), "grade": GradeName("x"), "date": DateName("x"), "who": ByName("x"), "channel": ChannelName("x"),
	} {
		if got != same("x") {
			t.Errorf("a %s that nobody knows is called %+v", name, got)
		}
	}
}

func checkName(t *testing.T, id string, name trade.Text) {
	t.Helper()
	if name.EN == "" || name.ZH == "" || latin.MatchString(name.ZH) {
		t.Errorf("%s is called %+v", id, name)
	}
}

func TestBasesInChinese(t *testing.T) {
	for _, c := range []struct{ text, published, zh string }{
		{"", "", "未写明"},
		{"2026-09-15", "", "按原文"},
		{"31/12/2026", "", "按原文（日在前）"},
		{"03/04/2026", "", "有歧义：日在前为 2026-04-03，月在前为 2026-03-04"},
		{"12/31/2026", "", "月在前：没有第 31 个月"},
		{"until 03/04/2026", "", "有歧义：日在前为 2026-04-03，月在前为 2026-03-04（另有其他文字）"},
		{"expected 15 September 2026", "", "按原文（另有其他文字）"},
		{"45810", "", "由表格的日期序号换算"},
		{"60 days from notification", "2026-01-05", "自通报之日 2026-01-05 起 60 天"},
		{"1 month from notification", "2026-01-05", "自通报之日 2026-01-05 起 1 个月"},
		{"2 weeks after 5 January 2026", "", "自所写之日 2026-01-05 起 2 周"},
		{"60 days from notification", "", "不是确定的日期：自通报之日起 60 天，通报日期不详"},
		{"2 years after adoption", "2026-01-05", "不是确定的日期：自批准之日起 2 年，批准日期不详"},
		{"9999 years from notification", "2026-01-05", "不是确定的日期：加上 9999 年，超出 1990–2100 年"},
		{"30 working days from notification", "2026-01-05", "不是确定的日期：按工作日计算，而该成员的节假日不详"},
		{"60 days from notification (6 March 2026)", "2026-01-05", "按原文所写的日期（另写明 60 天）"},
		{"1 June 2026 and 1 July 2026", "", "原文写了 2 个日期，取最早至最晚"},
		{"mid-2027", "", "按时段计：2027 年的中间三分之一"},
		{"early March 2027", "", "按时段计：3 月的前三分之一"},
		{"March 2027", "", "按时段计：3 月"},
		{"Q3 2027", "", "按时段计：2027 年第 3 季度"},
		{"second half of 2027", "", "按时段计：2027 年下半年"},
		{"2027", "", "按时段计：2027 年"},
		{"To be determined", "", "不是确定的日期：待定"},
		{"upon publication", "", "不是确定的日期：以公布之日为准，公布日期不详"},
		{"30 February 2026", "", "不是确定的日期：日历上没有这一天"},
		{"soon", "", "不是确定的日期"},
	} {
		d := trade.ResolveDate(trade.DateAdoption, c.text, c.published)
		if got := BasisText(d.Basis); got.ZH != c.zh || got.EN != d.Basis {
			t.Errorf("%q: %+v, want %s for %q", c.text, got, c.zh, d.Basis)
		}
	}
	for basis, zh := range map[string]string{
		"as given, in UTC": "按原文（协调世界时）", "60 days from 2026-01-05": "自 2026-01-05 起 60 天", "by the moon": "by the moon", "read from page": "read from page",
	} {
		if got := BasisText(basis).ZH; got != zh {
			t.Errorf("%q: %q, want %q", basis, got, zh)
		}
	}
}

// Every reason why a text is no day, or is another one than it looks, has its
// Chinese: those that stand in the code, and those that are put together.
func TestEveryReasonOfADateHasItsChinese(t *testing.T) {
	files, err := filepath.Glob("../trade/dates*.go")
	if err != nil || len(files) < 4 {
		t.Fatalf("the readers of dates: %v, %v", files, err)
	}
	reason := regexp.MustCompile(`"(not a day: [^"]*[^ "])"`)
	var bases []string
	for _, f := range files {
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reason.FindAllStringSubmatch(string(code), -1) {
			if !strings.HasSuffix(f, "_test.go") {
				bases = append(bases, m[1])
			}
		}
	}
	if len(bases) < 5 {
		t.Errorf("found only %d reasons", len(bases))
	}
	var dates []trade.Date
	for _, text := range []string{
		"not applicable", "to be determined", "immediately", "upon publication", "upon adoption", "upon entry into force", "60 days",
		"60 days from notification", "60 days after publication", "60 days after adoption", "60 days after entry into force", "03/04/2026",
	} {
		dates = trade.AddDate(dates[:0], trade.DateAdoption, text)
		bases = append(bases, dates[0].Basis)
		dates = trade.AddDate([]trade.Date{{What: trade.DateAdoption, From: "2026-03-01"}, {What: trade.DateEntryIntoForce, From: "2026-03-01"}}, "x", text)
		bases = append(bases, dates[2].Basis, dates[2].Basis+", in the title", dates[2].Basis+", in the description")
	}
	for _, b := range bases {
		if zh := BasisText(b).ZH; latin.MatchString(zh) {
			t.Errorf("%q is %q", b, zh)
		}
	}
}

func TestDateRows(t *testing.T) {
	for _, c := range []struct {
		name                 string
		d                    trade.Date
		zh, en, written, why string // why in Chinese
	}{
		{"the day itself", trade.Date{Text: "2026-11-20", From: "2026-11-20", To: "2026-11-20", Basis: "as given"}, "2026-11-20", "2026-11-20", "", ""},
		{"a moment of the day", trade.Date{Text: "2026-11-20T00:00:00+00:00", From: "2026-11-20", To: "2026-11-20", Basis: "as given"}, "2026-11-20", "2026-11-20", "", ""},
		{"a serial of the day", trade.Date{Text: "46346", From: "2026-11-20", To: "2026-11-20", Basis: "Excel serial"}, "2026-11-20", "2026-11-20", "", ""},
		{"a serial of another day", trade.Date{Text: "46340", From: "2026-11-20", To: "2026-11-20", Basis: "Excel serial"}, "2026-11-20", "2026-11-20", "46340", "由表格的日期序号换算"},
		{"the day in words", trade.Date{Text: "20 November 2026", From: "2026-11-20", To: "2026-11-20", Basis: "as given"}, "2026-11-20", "2026-11-20", "", ""},
		{"two readings", trade.Date{Text: "03/04/2026", From: "2026-03-04", To: "2026-04-03", Basis: "ambiguous: 2026-04-03 if the day stands first, 2026-03-04 if the month does"}, "2026-03-04 至 2026-04-03", "2026-03-04 to 2026-04-03", "03/04/2026", "有歧义：日在前为 2026-04-03，月在前为 2026-03-04"},
		{"counted", trade.Date{Text: "60 days from notification", From: "2026-03-06", To: "2026-03-06", Basis: "60 days from 2026-01-05 (circulation)"}, "2026-03-06", "2026-03-06", "60 days from notification", "自通报之日 2026-01-05 起 60 天"},
		{"interval", trade.Date{Text: "mid-2027", From: "2027-05-01", To: "2027-08-31", Basis: "interval: middle third of 2027"}, "2027-05-01 至 2027-08-31", "2027-05-01 to 2027-08-31", "mid-2027", "按时段计：2027 年的中间三分之一"},
		{"no day", trade.Date{Text: "TBD", Basis: "not a day: to be determined"}, "未定", "open", "TBD", "待定"},
		{"a basis that repeats the words", trade.Date{Text: "To be determined", Basis: "not a day: to be determined"}, "未定", "open", "To be determined", ""},
		{"words that nobody knows", trade.Date{Text: "when ready", Basis: "not a day"}, "未定", "open", "when ready", "原文未写明具体日期"},
		{"not applicable", trade.Date{Text: "N/A", Basis: "not a day: not applicable"}, "不适用", "not applicable", "N/A", "原文未写明具体日期"},
		{"nothing written", trade.Date{Basis: "not stated"}, "未说明", "not stated", "", "未写明"},
		{"only an end", trade.Date{To: "2027-01-01", Basis: "as given"}, "不晚于 2027-01-01", "by 2027-01-01", "", "按原文"},
	} {
		r := RowOf(c.d)
		if r.When.ZH != c.zh || r.When.EN != c.en || r.Written != c.written || r.Basis.ZH != c.why {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	if got := DateText(trade.Date{Text: "TBD"}); got.ZH != "未定（原文：TBD）" || got.EN != "open (as written: TBD)" {
		t.Errorf("alone, a date that is open says %+v", got)
	}
}

func TestReasonsInChinese(t *testing.T) {
	forward := Reason("level: the warning is %s, the subscriber asks for %s or higher", trade.Text{ZH: "蓝色", EN: "Blue"}, trade.Text{ZH: "红色", EN: "Red"})
	if want := (trade.Text{ZH: "等级不到：预警为蓝色，接收人只要红色及以上", EN: "level: the warning is Blue, the subscriber asks for Red or higher"}); forward != want {
		t.Errorf("%+v, want %+v", forward, want)
	}
	for _, p := range reasons.phrases {
		args := strings.Count(p.en, "%s")
		if latin.MatchString(strings.ReplaceAll(regexp.MustCompile(`%(\[\d\])?s`).ReplaceAllString(p.zh, ""), "%s", "")) || strings.Count(p.zh, "s") != args {
			t.Errorf("%q is %q", p.en, p.zh)
		}
	}
	for reason, zh := range map[string]string{
		"products of the firm concerned: 3":                                                                 "涉及该企业产品 3 项",
		"firms of district 东区 concerned: 2":                                                                 "涉及东区企业 2 家",
		"market: the measure applies in European Union, Brazil, the subscriber asks for Japan":              "市场不符：措施适用于欧盟、巴西，接收人只要日本",
		"policy is not to send twice: process a-1 began attempt 2 at 2026-03-02T08:00:00Z and left no word": "按规定不重复发送：进程 a-1 的第 2 次尝试始于 2026-03-02T08:00:00Z，之后没有记录",
		"given up after 10 attempts: 451 later":                                                             "尝试 10 次后放弃：451 later",
		"no such mailbox":                                                                                   "no such mailbox",
		"no":                                                                                                "no",
		"":                                                                                                  "",
	} {
		if got := ReasonText(reason); got.ZH != zh || got.EN != reason {
			t.Errorf("%q: %+v, want %q", reason, got, zh)
		}
	}
	if got := Reason("a reason of later days: %s", 5); got != same("a reason of later days: 5") {
		t.Errorf("an unknown reason: %+v", got)
	}
}
