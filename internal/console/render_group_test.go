package console

import (
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// groupBodies are the pages of associations, districts and departments.
func (s sample) groupBodies() map[string]any {
	half := 0.5
	choices := []choice{{s.text, s.text, true}}
	measure := portal.Measure{Number: s.text, Family: s.text, Release: 2, Level: "red", Headline: s.t(), Markets: []string{"BR", s.text}, At: s.text, Next: "2026-04-01", NextWhat: trade.DateCommentDeadline, Advice: []trade.Text{s.t()}, Link: s.text}
	summed := measure
	summed.Sums = trade.Sums{Firms: 3, Value: trade.Band{From: 1e6, To: 2e6}}
	measure.Sums = trade.Sums{Few: true}
	score := portal.Score{Asked: 4, InTime: 1, Late: 1, Waiting: 1, Overdue: 1, Share: &half}
	area := portal.AreaScore{District: s.text, Warned: 3, Asked: 6, InTime: 3, Share: &half, Open: 3}
	report := portal.Report{
		Name: s.text, Year: "2026", Running: true, Delivered: 1, Levels: []portal.Named{{Name: "red", Count: 1}}, Months: []portal.Named{{Name: "2026-01", Count: 1}}, Markets: []portal.Named{{Name: s.text, Count: 1}},
		Warnings: []portal.Received{{Number: s.text, Release: 1, Level: s.text, Headline: s.t(), Markets: []string{s.text}, State: trade.Accepted, At: s.text}}, Members: portal.MembersSum{Reached: 3, Asked: 3, Days: &half},
	}
	warnings := []portal.FirmWarning{
		{Number: s.text, Release: 1, Level: "red", Headline: s.t(), Channel: s.text, State: trade.Accepted, At: s.text, Answer: portal.AnswerInTime, Kinds: []trade.ResponseKind{trade.NotRelevant, trade.Receipt, trade.ResponseKind(s.text)}, Answered: s.text, Due: s.text},
		{Number: s.text, State: trade.Accepted, Answer: portal.AnswerOverdue, Due: s.text}, {Number: s.text, State: trade.Rejected},
	}
	return map[string]any{
		"measures":     measuresBody{Name: s.text, Sector: s.text, Markets: []string{s.text}, Measures: portal.Measures{Total: summed.Sums, Open: []portal.Measure{measure, summed}}, Side: "association", With: 3, NotReady: s.text},
		"subscription": s.subscriptionBody(),
		"report":       reportBody{Report: report, Title: s.text, Sections: reportSections("zh", func(_, id string) string { return id }, report), Years: choices, NotReady: s.text},
		"scorecard":    scorecardBody{Scorecard: portal.Scorecard{District: s.text, Period: portal.Span{Year: "2026"}, Days: 10, Firms: []portal.FirmScore{{ID: "x", Name: s.text, Score: score}, {ID: "y", Name: s.text}}, Warned: 1, Total: score}, Periods: choices, Places: choices, Path: "/area", Firms: "/area/firms/", Waits: portal.AreaWaits{Firms: s.waiting()}, Download: "/area/scorecard.csv", NotReady: s.text},
		"firm":         firmBody{DistrictFirm: portal.DistrictFirm{ID: s.text, Name: s.text, Score: score, Warnings: warnings}, Days: 10},
		"area":         areaBody{Area: portal.Area{Period: portal.Span{Year: "2026", Month: "2026-03"}, Days: 10, Districts: []portal.AreaScore{area, {}}, City: area, Months: []portal.MonthSum{{Month: "2026-03", Asked: 3}}}, Periods: choices, Download: "/area/scorecard.csv", NotReady: s.text},
	}
}

func (s sample) subscriptionBody() subscriptionBody {
	sub := trade.Subscriber{ID: s.text, Name: s.text, Sector: s.text, Markets: []string{s.text}, Channel: s.text, Address: s.text, Cadence: "daily", LowestLevel: "red"}
	return subscriptionBody{
		Now: portal.Subscription{Subscriber: sub, Seq: 3}, Values: channelValues(sub), Bad: s.rowError(), Conflict: true,
		Channels: []string{"email", s.text}, Levels: triage.DefaultConfig().Levels,
		Foreseen: &portal.Foreseen{Since: s.text, Sent: 1, Releases: 2, Examples: []portal.ForeseenItem{{Number: s.text, Release: 1, Level: "red", At: s.text, Headline: s.t()}}},
	}
}

func emptyGroups() map[string]any {
	return map[string]any{"measures": measuresBody{Side: "district"}, "subscription": subscriptionBody{}, "report": reportBody{}, "scorecard": scorecardBody{Path: "/area"}, "firm": firmBody{}, "area": areaBody{Download: "/area/scorecard.csv"}}
}
