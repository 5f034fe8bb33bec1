package trade

import "testing"

func TestNextDay(t *testing.T) {
	const today = "2026-03-10"
	comments := func(from, to string) Date { return Date{What: DateCommentDeadline, From: from, To: to} }
	force := func(day string) Date { return Date{What: DateEntryIntoForce, From: day, To: day} }
	for _, c := range []struct {
		name      string
		dates     []Date
		day, what string
	}{
		{"none", nil, "", ""},
		{"the nearest", []Date{force("2026-09-01"), comments("2026-04-01", "2026-04-01")}, "2026-04-01", DateCommentDeadline},
		{"today", []Date{comments(today, today)}, today, DateCommentDeadline},
		{"past", []Date{comments("2026-03-09", "2026-03-09")}, "", ""},
		{"an interval ahead", []Date{comments("2026-03-15", "2026-03-20")}, "2026-03-15", DateCommentDeadline},
		{"joint papers that close on two days, the first past", []Date{comments("2026-03-01", "2026-03-20")}, "2026-03-20", DateCommentDeadline},
		{"another day within such an interval", []Date{comments("2026-03-01", "2026-03-20"), force("2026-03-12")}, "2026-03-12", DateEntryIntoForce},
		{"an interval past", []Date{comments("2026-03-01", "2026-03-02")}, "", ""},
		{"no last day", []Date{comments("2026-03-15", "")}, "2026-03-15", DateCommentDeadline},
		{"publication", []Date{{What: DatePublished, From: "2026-03-12", To: "2026-03-12"}}, "", ""},
		{"open", []Date{{What: DateAdoption, Text: "to be determined"}}, "", ""},
	} {
		if day, what := NextDay(c.dates, today); day != c.day || what != c.what {
			t.Errorf("%s: %s %s, want %s %s", c.name, day, what, c.day, c.what)
		}
	}
}
