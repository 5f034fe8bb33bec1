package console

import (
	"math"
	"strings"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

const barsShown = 12 // the table beneath has the rest

// charts are the pictures of the statistics, in the order of the page.
func charts(lang string, f view.Statistics) []chart {
	c := []chart{
		monthChart(lang, f), daysChart(lang, f),
		countChart(lang, "market", f.Markets, marketRow), countChart(lang, "sector", f.Sectors, sectorRow),
		kindChart(lang, f), commentChart(lang, f.Comment),
	}
	if len(f.Answers) > 0 {
		c = append(c, answersChart(lang, f.Answers))
	}
	return c
}

func monthMarks(lang string, months []view.MonthRow) []monthMark {
	out := make([]monthMark, len(months))
	for i, m := range months {
		out[i] = monthMark{Name: monthName(lang, m.Month), Short: m.Month}
		t, err := time.Parse("2006-01", m.Month)
		if err != nil {
			continue
		}
		if out[i].Short = t.Format("1月"); lang == "en" {
			out[i].Short = t.Format("Jan")
		}
		if i == 0 && t.Month() != time.December || t.Month() == time.January { // two years would not stand side by side
			out[i].Year = t.Format("2006")
		}
	}
	return out
}

func monthChart(lang string, f view.Statistics) chart {
	parts := []series{{Class: "c1", Label: "TBT"}, {Class: "c2", Label: "SPS"}, {Class: "c3", Label: areaName(lang, "")}}
	var rows [][]string
	for _, m := range f.Months {
		for i, n := range []int{m.TBT, m.SPS, m.Other} {
			parts[i].Values, parts[i].Words = append(parts[i].Values, float64(n)), append(parts[i].Words, number(n))
		}
		rows = append(rows, []string{monthName(lang, m.Month), number(m.TBT), number(m.SPS), number(m.Other), number(m.Total()), number(m.Uncoded), percent(view.Compared{Count: m.Uncoded}.Share(view.Compared{Count: m.Total()}))})
	}
	c := columns("by-month", label(lang, "stats.month.h"), label(lang, "stats.month.about"), monthMarks(lang, f.Months), parts)
	c.Head = []string{label(lang, "stats.month"), "TBT", "SPS", parts[2].Label, label(lang, "stats.total"), label(lang, "stats.uncoded"), label(lang, "stats.share")}
	c.Rows = rows
	return c
}

// countChart is papers by market or by sector; what is neither is paler.
func countChart(lang, what string, counts []view.NamedCount, name func(lang, id string) string) chart {
	parts := []series{{Class: "c1"}, {Class: "c5"}}
	var names, sums []string
	var rows [][]string
	for _, n := range counts {
		if n.Count > 0 && len(names) < barsShown {
			named := n.Name != "" && n.Name != view.NoSector && n.Name != view.ICSOnly && n.Name != view.Uncoded
			for i := range parts {
				v := 0.0
				if named == (i == 0) {
					v = float64(n.Count)
				}
				parts[i].Values, parts[i].Words = append(parts[i].Values, v), append(parts[i].Words, number(n.Count))
			}
			names, sums = append(names, name(lang, n.Name)), append(sums, against(lang, n.Compared))
		}
		rows = append(rows, []string{name(lang, n.Name), number(n.Count), number(n.Before)})
	}
	about := label(lang, "stats."+what+".about")
	if len(counts) > barsShown {
		about = sentences(lang, []string{about, label(lang, "stats.more", barsShown)})
	}
	c := bars("by-"+what, label(lang, "stats."+what+".h"), about, names, parts, sums)
	c.Head, c.Rows = []string{label(lang, "stats."+what), label(lang, "stats.count"), label(lang, "stats.priorhead")}, rows
	return c
}

// against is a count beside the one of the period before.
func against(lang string, c view.Compared) string {
	return number(c.Count) + " · " + label(lang, "stats.prior", number(c.Before))
}

// kindChart has a bar for each kind of document, by agreement.
func kindChart(lang string, f view.Statistics) chart {
	parts := []series{{Class: "c1", Label: "TBT"}, {Class: "c2", Label: "SPS"}, {Class: "c3", Label: areaName(lang, "")}}
	at := map[trade.Kind]int{}
	var names, sums []string
	var all []view.Compared
	var rows [][]string
	for _, k := range f.Kinds {
		kind := triage.KindName(k.Kind).In(lang)
		rows = append(rows, []string{kind, areaName(lang, k.Area), number(k.Count), number(k.Before)})
		if k.Count == 0 {
			continue
		}
		i, known := at[k.Kind]
		if !known {
			i = len(names)
			at[k.Kind], names, all = i, append(names, kind), append(all, view.Compared{})
			for j := range parts {
				parts[j].Values, parts[j].Words = append(parts[j].Values, 0), append(parts[j].Words, "0")
			}
		}
		area := map[string]int{"TBT": 0, "SPS": 1, "": 2}[k.Area]
		parts[area].Values[i], parts[area].Words[i] = float64(k.Count), number(k.Count)
		all[i].Count += k.Count
	}
	for _, k := range f.Kinds {
		if i, known := at[k.Kind]; known {
			all[i].Before += k.Before
		}
	}
	for _, n := range all {
		sums = append(sums, against(lang, n))
	}
	c := bars("by-kind", label(lang, "stats.kind.h"), label(lang, "stats.kind.about"), names, parts, sums)
	c.Head, c.Rows = []string{label(lang, "stats.what"), "TBT / SPS", label(lang, "stats.count"), label(lang, "stats.priorhead")}, rows
	return c
}

// daysChart is how many days after circulation the steps were done.
func daysChart(lang string, f view.Statistics) chart {
	all := []series{{Class: "c1", Label: label(lang, "stats.seen")}, {Class: "c2", Label: label(lang, "stats.judged")}, {Class: "c3", Label: label(lang, "stats.delivered")}}
	names := []string{view.StepSeen, view.StepUntilJudged, view.StepUntilDeliver}
	c := chart{}
	for _, m := range f.Months {
		row := []string{monthName(lang, m.Month)}
		for i, name := range names {
			t := timingNamed(m.Response, name)
			v := math.NaN()
			if t.Median != nil {
				v = *t.Median
			}
			all[i].Values, all[i].Words = append(all[i].Values, v), append(all[i].Words, lasted(lang, t.Unit, t.Median))
			row = append(row, lasted(lang, t.Unit, t.Median), lasted(lang, t.Unit, t.P90), number(t.Count))
		}
		c.Rows = append(c.Rows, row)
	}
	rows := c.Rows
	c = lines("days", label(lang, "stats.lines.h"), label(lang, "stats.lines.about"), monthMarks(lang, f.Months), all)
	c.Head, c.Rows = []string{label(lang, "stats.month")}, rows
	for _, s := range all {
		c.Head = append(c.Head, s.Label+" "+strings.ToLower(label(lang, "stats.median")), label(lang, "stats.p90"), label(lang, "stats.count"))
	}
	return c
}

func timingNamed(all []view.Timing, step string) view.Timing {
	for _, t := range all {
		if t.Step == step {
			return t
		}
	}
	return view.Timing{Unit: view.UnitDays}
}

func commentChart(lang string, d view.CommentDays) chart {
	parts := []series{
		{Class: "c2", Label: label(lang, "stats.comment.lost"), Values: []float64{float64(d.Lost)}, Words: []string{number(d.Lost)}},
		{Class: "c4", Label: label(lang, "stats.comment.left"), Values: []float64{float64(d.Whole - d.Lost)}, Words: []string{number(d.Whole - d.Lost)}},
	}
	names := []string{label(lang, "stats.comment.row")}
	if d.Whole == 0 {
		names = nil
	}
	c := bars("comment", label(lang, "stats.comment.h"), label(lang, "stats.comment.about"), names, parts, []string{percent(d.Share) + " · " + label(lang, "stats.prior", percent(d.Before))})
	c.Head = []string{label(lang, "stats.what"), label(lang, "stats.count")}
	c.Rows = [][]string{
		{label(lang, "csv.lost"), number(d.Lost)}, {label(lang, "csv.whole"), number(d.Whole)}, {label(lang, "stats.decided"), number(d.Count)},
		{label(lang, "stats.median"), lasted(lang, d.Unit, d.Median)}, {label(lang, "stats.p90"), lasted(lang, d.Unit, d.P90)}, {label(lang, "stats.comment.expired"), number(d.Expired)},
	}
	return c
}

func answersChart(lang string, answers []view.AnswerRow) chart {
	said := []series{{Class: "c4", Label: triage.ResponseName(trade.Relevant).In(lang)}, {Class: "c2", Label: triage.ResponseName(trade.NotRelevant).In(lang)}}
	var names, sums []string
	var rows [][]string
	for _, a := range answers {
		name := ruleRow(lang, a.Rule)
		rows = append(rows, []string{name, number(a.Relevant), number(a.NotRelevant), number(a.NoAnswer), percent(a.Share)})
		if a.Share == nil {
			continue
		}
		for i, n := range []int{a.Relevant, a.NotRelevant} {
			said[i].Values, said[i].Words = append(said[i].Values, float64(n)), append(said[i].Words, number(n))
		}
		names, sums = append(names, name), append(sums, label(lang, "stats.notshare", percent(a.Share)))
	}
	c := bars("answers", label(lang, "stats.answers.h"), label(lang, "stats.answers.about"), names, said, sums)
	c.Head = []string{label(lang, "precision.rule"), said[0].Label, said[1].Label, label(lang, "precision.none"), label(lang, "stats.notrelevant")}
	c.Rows = rows
	return c
}

func ruleRow(lang, rule string) string {
	if rule == "" {
		return label(lang, "stats.answers.all")
	}
	return triage.RuleName(rule).In(lang)
}
