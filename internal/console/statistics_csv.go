package console

import (
	"io"
	"net/http"
	"strconv"

	"tbtwatch/internal/export"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// statisticsCSV hands out the figures as a table for a spreadsheet.
func (s *site) statisticsCSV(w http.ResponseWriter, r *http.Request) error {
	f, err := s.statisticsOf(r)
	if err != nil {
		return err
	}
	name := "statistics-" + f.Period.From[:7]
	if f.Period.Month == "" {
		name += "-" + f.Period.To[:7]
	}
	attach(w, "text/csv; charset=utf-8", name+".csv")
	return writeStatistics(w, langOf(r), f)
}

func writeStatistics(w io.Writer, lang string, f view.Statistics) error {
	out := export.NewCSV(w)
	for _, line := range StatisticsLines(lang, f) {
		if err := out.Line(line...); err != nil {
			return err
		}
	}
	return out.Close()
}

// table collects one figure a line.
type table struct {
	lines  *[][]string
	lang   string
	period string
}

// StatisticsLines are the figures as lines of a table, the first one its head.
func StatisticsLines(lang string, f view.Statistics) [][]string {
	var lines [][]string
	t := &table{&lines, lang, f.Period.From + "/" + f.Period.To}
	t.line(label(lang, "csv.period"), label(lang, "csv.section"), label(lang, "stats.what"), label(lang, "csv.code"), label(lang, "csv.figure"), label(lang, "csv.value"), label(lang, "csv.unit"), label(lang, "stats.priorhead"))
	t.counted("stats.papers", label(lang, "stats.total"), "", f.Papers)
	t.counted("stats.papers", label(lang, "stats.uncoded"), view.Uncoded, f.Uncoded)
	for _, n := range f.Markets {
		t.counted("stats.market.h", marketRow(lang, n.Name), n.Name, n.Compared)
	}
	for _, n := range f.Sectors {
		t.counted("stats.sector.h", sectorRow(lang, n.Name), n.Name, n.Compared)
	}
	for _, k := range f.Kinds {
		t.counted("stats.kind.h", areaName(lang, k.Area)+" "+triage.KindName(k.Kind).In(lang), k.Area+" "+string(k.Kind), k.Compared)
	}
	for _, r := range f.Response {
		t.took("stats.response.h", word(lang, "step", r.Step), r.Step, r.Timing, &r.Before)
	}
	d := f.Decisions
	for _, n := range []struct {
		name, code string
		count      view.Compared
	}{
		{triage.StateName("released").In(lang), "released", d.Released}, {triage.StateName("irrelevant").In(lang), "irrelevant", d.Irrelevant},
		{triage.StateName("closed").In(lang), "closed", d.Closed}, {label(lang, "stats.decision.rule"), "by_rule", d.ByRule},
	} {
		t.counted("stats.decision.h", n.name, n.code, n.count)
	}
	t.comment(f.Comment)
	for _, a := range f.Answers {
		t.answers(a)
	}
	for _, m := range f.Months {
		t.month(m)
	}
	return lines
}

func (t *table) line(cells ...string) { *t.lines = append(*t.lines, cells) }

// figure is a line of this period.
func (t *table) figure(section, item, code, figure, value, unit, before string) {
	t.line(t.period, label(t.lang, section), item, code, figure, value, label(t.lang, "unit."+unit), before)
}

func (t *table) counted(section, item, code string, c view.Compared) {
	t.figure(section, item, code, label(t.lang, "stats.count"), strconv.Itoa(c.Count), "count", strconv.Itoa(c.Before))
}

// took writes a timing; before may be nil.
func (t *table) took(section, item, code string, now view.Timing, before *view.Timing) {
	var count, median, p90 string
	if before != nil {
		count, median, p90 = strconv.Itoa(before.Count), decimal(before.Median), decimal(before.P90)
	}
	t.figure(section, item, code, label(t.lang, "stats.count"), strconv.Itoa(now.Count), "count", count)
	t.figure(section, item, code, label(t.lang, "stats.median"), decimal(now.Median), now.Unit, median)
	t.figure(section, item, code, label(t.lang, "stats.p90"), decimal(now.P90), now.Unit, p90)
}

func (t *table) comment(d view.CommentDays) {
	const section = "stats.comment.h"
	all := label(t.lang, "stats.comment.row")
	t.took(section, all, "", d.Timing, nil)
	t.figure(section, all, "lost", label(t.lang, "csv.lost"), strconv.Itoa(d.Lost), "days", "")
	t.figure(section, all, "whole", label(t.lang, "csv.whole"), strconv.Itoa(d.Whole), "days", "")
	t.figure(section, all, "share", label(t.lang, "stats.commentcard"), hundredths(d.Share), "percent", hundredths(d.Before))
	t.figure(section, all, "expired", label(t.lang, "stats.comment.expired"), strconv.Itoa(d.Expired), "count", "")
}

// answers writes a rule's line, which counts all months.
func (t *table) answers(a view.AnswerRow) {
	for _, n := range []struct {
		name  string
		count int
	}{{triage.ResponseName("relevant").In(t.lang), a.Relevant}, {triage.ResponseName("not_relevant").In(t.lang), a.NotRelevant}, {label(t.lang, "precision.none"), a.NoAnswer}} {
		t.line("", label(t.lang, "stats.answers.h"), ruleRow(t.lang, a.Rule), a.Rule, n.name, strconv.Itoa(n.count), label(t.lang, "unit.count"), "")
	}
	t.line("", label(t.lang, "stats.answers.h"), ruleRow(t.lang, a.Rule), a.Rule, label(t.lang, "stats.notrelevant"), hundredths(a.Share), label(t.lang, "unit.percent"), "")
}

func (t *table) month(m view.MonthRow) {
	in := table{t.lines, t.lang, m.Month}
	for _, n := range []struct {
		name, code string
		count      int
	}{{"TBT", "TBT", m.TBT}, {"SPS", "SPS", m.SPS}, {areaName(t.lang, ""), "other", m.Other}, {label(t.lang, "stats.uncoded"), view.Uncoded, m.Uncoded}} {
		in.figure("stats.month.h", n.name, n.code, label(t.lang, "stats.count"), strconv.Itoa(n.count), "count", "")
	}
	for _, r := range m.Response {
		if r.Count > 0 {
			in.took("stats.response.h", word(t.lang, "step", r.Step), r.Step, r, nil)
		}
	}
}

// decimal writes a number for a spreadsheet; nothing where there is none.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(round(*v*100)/100, 'f', -1, 64)
}

// hundredths writes a share as percent.
func hundredths(share *float64) string {
	if share == nil {
		return ""
	}
	v := *share * 100
	return decimal(&v)
}
