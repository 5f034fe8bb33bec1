package view

import (
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

func date(what, day string) trade.Date { return trade.Date{What: what, From: day, To: day} }

func TestBuckets(t *testing.T) {
	const today = "2026-03-02"
	for _, c := range []struct {
		name   string
		state  trade.CaseState
		dates  []trade.Date
		bucket Bucket
		due    string
		next   string
	}{
		{"no date", trade.CaseOpen, nil, Later, "", ""},
		{"comments close in a month", trade.CaseOpen, []trade.Date{date(trade.DateCommentDeadline, "2026-04-02")}, Later, "2026-04-02", "2026-04-02"},
		{"comments close in two weeks", trade.CaseOpen, []trade.Date{date(trade.DateCommentDeadline, "2026-03-16")}, Soon, "2026-03-16", "2026-03-16"},
		{"comments close today", trade.CaseInReview, []trade.Date{date(trade.DateCommentDeadline, today)}, Soon, today, today},
		{"comments closed, in force later", trade.CaseOpen, []trade.Date{date(trade.DateCommentDeadline, "2026-03-01"), date(trade.DateEntryIntoForce, "2026-09-01")}, Overdue, "2026-03-01", "2026-09-01"},
		{"comments closed, but judged", trade.CaseReleased, []trade.Date{date(trade.DateCommentDeadline, "2026-03-01")}, Later, "2026-03-01", ""},
		{"only in force", trade.CaseOpen, []trade.Date{date(trade.DateEntryIntoForce, "2026-03-05"), date(trade.DateAdoption, "2026-03-04")}, Soon, "2026-03-04", "2026-03-04"},
		{"an interval closes at its end", trade.CaseOpen, []trade.Date{{What: trade.DateCommentDeadline, From: "2026-02-01", To: "2026-03-10"}}, Soon, "2026-03-10", "2026-03-10"},
		{"open date", trade.CaseOpen, []trade.Date{{What: trade.DateAdoption, Text: "to be determined"}}, Later, "", ""},
	} {
		k := newCases(nil, triage.DefaultConfig())
		_ = k.take(bus.Entry[trade.Case]{Key: "k", Seq: 1, Value: trade.Case{State: c.state, Dates: c.dates}})
		r := k.rows["k"].dated(today)
		if r.Bucket != c.bucket || r.Due != c.due || r.Next != c.next {
			t.Errorf("%s: %s, due %q, next %q; want %s, %q, %q", c.name, r.Bucket, r.Due, r.Next, c.bucket, c.due, c.next)
		}
	}
}

func TestQueueOrder(t *testing.T) {
	v := bare()
	put := func(key, level, due string, firms int, state trade.CaseState) {
		c := trade.Case{Family: key, State: state, Level: level, Exporters: firms, HeadlineZH: "标题" + key}
		if due != "" {
			c.Dates = []trade.Date{date(trade.DateCommentDeadline, due)}
		}
		_ = v.cases.take(bus.Entry[trade.Case]{Key: key, Seq: 1, Value: c})
	}
	put("later-blue", "blue", "2026-06-01", 1, trade.CaseOpen)
	put("later-red", "red", "", 1, trade.CaseOpen)
	put("soon-blue-far", "blue", "2026-03-12", 9, trade.CaseOpen)
	put("soon-blue-near", "blue", "2026-03-05", 1, trade.CaseInReview)
	put("soon-blue-near-many", "blue", "2026-03-05", 7, trade.CaseOpen)
	put("overdue-blue", "blue", "2026-02-01", 1, trade.CaseOpen)
	put("done", "red", "2026-03-03", 1, trade.CaseReleased)
	order := func(q CaseQuery) []string {
		out := []string{}
		for _, r := range v.Cases(t.Context(), q).Rows {
			out = append(out, r.Family)
		}
		return out
	}
	waits := []trade.CaseState{trade.CaseOpen, trade.CaseInReview}
	for _, c := range []struct {
		name string
		q    CaseQuery
		want []string
	}{
		{"the queue", CaseQuery{States: waits, Limit: 50}, []string{"overdue-blue", "soon-blue-near-many", "soon-blue-near", "soon-blue-far", "later-red", "later-blue"}},
		{"a part", CaseQuery{States: waits, Offset: 1, Limit: 2}, []string{"soon-blue-near-many", "soon-blue-near"}},
		{"one level", CaseQuery{Level: "red", Limit: 50}, []string{"done", "later-red"}},
		{"one bucket", CaseQuery{Bucket: Overdue, Limit: 50}, []string{"overdue-blue"}},
		{"a text", CaseQuery{Text: "标题LATER", Limit: 50}, []string{"later-red", "later-blue"}},
		{"beyond the end", CaseQuery{Offset: 99, Limit: 5}, []string{}},
	} {
		got := order(c.q)
		if c.name == "one level" {
			slices.Sort(got)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if by, overdue := v.cases.counts(v.Today()); overdue != 1 || by["open"] != 5 || by["in_review"] != 1 || by["closed"] != 0 {
		t.Errorf("counts: %v, %d overdue", by, overdue)
	}
	_ = v.cases.take(bus.Entry[trade.Case]{Key: "done", Seq: 2, Deleted: true})
	if _, ok := v.CaseRow("done"); ok {
		t.Error("a deleted case is still shown")
	}
}
