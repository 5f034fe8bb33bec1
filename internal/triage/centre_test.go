package triage

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/calendar"
	"tbtwatch/internal/trade"
)

func TestCentreDay(t *testing.T) {
	const vn, us, eu, mx, un = "G/TBT/N/VNM/1", "G/TBT/N/USA/1", "G/TBT/N/EU/1", "G/SPS/N/MEX/1", "2026-12-31"
	tests := []struct {
		name      string
		symbols   []string
		markets   []string
		from, to  string
		day       string
		languages []string
		basis     []string // what it says, in either language
		silent    []string
	}{
		{"the default", []string{vn}, nil, "2026-04-30", "", "2026-04-16", []string{"en"}, []string{"评议截止前 10 个工作日", "10 working days before comments close"}, []string{"节假日", "："}},
		{"over Spring Festival", []string{vn}, nil, "2026-03-02", "", "2026-02-10", nil, nil, nil},
		{"United States", []string{us}, nil, "2026-10-12", "", "2026-10-08", nil, []string{"美国：评议截止前 3 个工作日"}, nil},
		{"European Union", []string{eu}, nil, "2026-11-05", "", "2026-10-15", nil, []string{"欧盟：评议截止前 3 周", "3 weeks before"}, []string{"逢休息日"}},
		{"three weeks before lies in National Day", []string{eu}, nil, "2026-10-27", "", "2026-09-30", nil, []string{"逢休息日提前至工作日"}, nil},
		{"Mexico has the default's lead and its own languages", []string{mx}, nil, "2026-04-30", "", "2026-04-16", []string{"es", "en"}, nil, []string{"墨西哥"}},
		{"no symbol: the market", nil, []string{"US"}, "2026-11-27", "", "2026-11-24", nil, []string{"美国："}, nil},
		{"a joint notice: the earliest day, all languages", []string{us, mx}, nil, "2026-04-30", "", "2026-04-16", []string{"en", "es"}, []string{"10 个工作日"}, []string{"美国"}},
		{"the same the other way round", []string{mx, us}, nil, "2026-04-30", "", "2026-04-16", []string{"es", "en"}, []string{"10 个工作日"}, []string{"美国"}},
		{"an interval counts from its earliest day", []string{vn}, nil, "2026-04-30", "2026-05-31", "2026-04-16", nil, nil, nil},
		{"beyond what is known", []string{vn}, nil, "2027-01-18", "", "2027-01-04", nil, []string{"节假日安排只公布到 " + un + "，此后只计周末", "published up to " + un}, nil},
		{"close beyond what is known, day within", []string{vn}, nil, "2027-01-08", "", "2026-12-25", nil, []string{"只公布到"}, nil},
		{"all that is counted is known", []string{vn}, nil, "2027-01-01", "", "2026-12-18", nil, nil, []string{"只公布到"}},
		{"before what is known", []string{vn}, nil, "2020-10-09", "", "2020-09-25", nil, []string{"未收录"}, []string{"只公布到"}},
		{"weeks whose day is known", []string{eu}, nil, "2027-01-11", "", "2026-12-21", nil, nil, []string{"只公布到"}},
		{"open", []string{vn}, nil, "", "", "", []string{"en"}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := trade.Date{What: trade.DateCommentDeadline, From: test.from, To: max(test.from, test.to)}
			got := DefaultConfig().CentreDay([]trade.Date{d}, test.symbols, test.markets)
			if got.Day != test.day || got.Close != test.from || got.Until != test.to {
				t.Errorf("got %s before %s (until %s), want %s; %s", got.Day, got.Close, got.Until, test.day, got.Basis.ZH)
			}
			if test.languages != nil && !slices.Equal(got.Languages, test.languages) {
				t.Errorf("languages %v, want %v", got.Languages, test.languages)
			}
			if !strings.Contains(got.Route.ZH, "通报咨询中心") || got.Route.EN == "" {
				t.Errorf("the route is %+v", got.Route)
			}
			text := got.Basis.ZH + "\n" + got.Basis.EN
			for _, s := range test.basis {
				if !strings.Contains(text, s) {
					t.Errorf("the basis does not say %q: %s", s, text)
				}
			}
			for _, s := range test.silent {
				if strings.Contains(text, s) {
					t.Errorf("the basis says %q: %s", s, text)
				}
			}
		})
	}
}

func TestLateText(t *testing.T) {
	c := trade.CentreDay{Day: "2026-03-05", Close: "2026-03-19", Until: "2026-03-25"}
	for today, want := range map[string]string{
		"2026-03-04": "", "2026-03-05": "就是今天（2026-03-05）", "2026-03-06": "已过", "2026-03-25": "2026-03-19 至 2026-03-25", "2026-03-26": "",
	} {
		if got := LateText(c, today).ZH; got != want && (want == "" || !strings.Contains(got, want)) {
			t.Errorf("on %s: %q, want %q", today, got, want)
		}
	}
	if got := LateText(trade.CentreDay{}, "2026-03-05"); got != (trade.Text{}) {
		t.Errorf("a day that is not known is late: %+v", got)
	}
	for today, want := range map[string]string{"2026-03-05": "2026-03-05", "2026-03-06": "2026-03-19"} {
		if got := c.By(today); got != want {
			t.Errorf("on %s comments are wanted by %s, want %s", today, got, want)
		}
	}
}

func TestLeadIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"10 working days": "10 个工作日", "1 business day": "1 个工作日", "3 weeks": "3 周", "1 week": "1 周", "14 days": "2 周", "15 days": "15 天",
		"10个工作日": "10 个工作日", "5 工作日": "5 个工作日", "3 周": "3 周", "0 days": "0 天", " 2  Weeks ": "2 周",
	} {
		var l Lead
		if err := l.UnmarshalText([]byte(text)); err != nil || l.Words().ZH != want {
			t.Errorf("%q is read as %q (%v), want %q", text, l.Words().ZH, err, want)
		}
	}
	for _, text := range []string{"", "14", "-3 days", "3 months", "ten days", "366 days", "53 weeks", "working days"} {
		var l Lead
		if err := l.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %s", text, l)
		}
	}
}

// An operator's rules add to the default ones, and are checked.
func TestCommentRulesFromConfiguration(t *testing.T) {
	read := func(text string) (Config, error) {
		c := DefaultConfig()
		if err := yaml.Unmarshal([]byte(text), &c); err != nil {
			return c, err
		}
		return c, c.Validate()
	}
	c, err := read("comments: {members: {KR: {lead: 5 working days, languages: [ko, en]}, US: {languages: [en]}}}")
	if err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]string{"KR": "5 个工作日", "US": "10 个工作日", "EU": "3 周", "BR": "10 个工作日"} {
		if rule, _ := c.Comments.of(member); rule.Lead.Words().ZH != want || rule.Route == "" {
			t.Errorf("%s: %s, want %s", member, rule.Lead.Words().ZH, want)
		}
	}
	for text, want := range map[string]string{
		"comments: {members: {USA: {lead: 3 days}}}":          "USA",
		"comments: {members: {US: {lead: soon}}}":             "is no lead",
		"comments: {members: {US: {languages: [english]}}}":   "members.US.languages",
		"comments: {default: {languages: [xx], lead: 1 day}}": "default.languages",
	} {
		if _, err := read(text); want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
	none := DefaultConfig()
	none.Comments.Default = CommentRule{}
	if err := none.Validate(); err == nil {
		t.Error("a default without a lead was taken")
	}
}

func TestCentreOf(t *testing.T) {
	w := &trade.Warning{Symbols: []string{"G/TBT/N/VNM/1"}, Dates: []trade.Date{stated(trade.DateCommentDeadline, "2026-04-30")}}
	if got := CentreOf(w, DefaultConfig()).Day; got != "2026-04-16" {
		t.Errorf("a release of before: %s", got)
	}
	w.Centre = &trade.CentreDay{Day: "2026-04-01", Close: "2026-04-30"}
	if got := CentreOf(w, DefaultConfig()).Day; got != "2026-04-01" {
		t.Errorf("what the release said was computed anew: %s", got)
	}
}

// With no calendar weekends are known, and the basis says that nothing else is.
func TestCentreDayWithoutCalendar(t *testing.T) {
	c := DefaultConfig()
	c.Calendar = (*calendar.Calendar)(nil)
	got := c.CentreDay([]trade.Date{stated(trade.DateCommentDeadline, "2026-10-12")}, nil, []string{"US"})
	if got.Day != "2026-10-07" || !strings.Contains(got.Basis.ZH, "未收录") {
		t.Errorf("got %s, %s", got.Day, got.Basis.ZH)
	}
}
