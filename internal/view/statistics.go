package view

import (
	"cmp"
	"slices"

	"tbtwatch/internal/trade"
)

// StatisticsQuery asks for the figures of a month, of one market or sector
// where one is named.
type StatisticsQuery struct {
	Month  string // YYYY-MM; empty for the last twelve months
	Market string
	Sector string
}

// Statistics are the figures of a period beside those of the period before it.
type Statistics struct {
	Period    Period         `json:"period"`
	Before    Period         `json:"before" doc:"what the period is compared with"`
	Market    string         `json:"market,omitempty"`
	Sector    string         `json:"sector,omitempty"`
	Papers    Compared       `json:"papers" doc:"papers circulated in the period; one counts once, however often it was revised and whichever sources showed it; one that states no day counts by the day it was first stored"`
	Uncoded   Compared       `json:"uncoded" doc:"of these, papers for which neither they nor another paper of their measure gives an HS or ICS code"`
	Markets   []NamedCount   `json:"markets" nullable:"false" doc:"papers by market or bloc as the paper names it; one for several markets counts in each"`
	Sectors   []NamedCount   `json:"sectors" nullable:"false" doc:"papers by sector of the HS codes that they, or the other papers of their measure, give; one in several sectors counts in each. no_sector: HS codes of no sector; ics_only: ICS codes only; uncoded: none"`
	Kinds     []KindCount    `json:"kinds" nullable:"false"`
	Months    []MonthRow     `json:"months" nullable:"false" doc:"the twelve months that end with the period, oldest first"`
	Response  []ResponseTime `json:"response" nullable:"false"`
	Comment   CommentDays    `json:"comment_days"`
	Decisions Decisions      `json:"decisions"`
	Waiting   int            `json:"waiting" doc:"cases that wait for a person now, whenever they came"`
	Answers   []AnswerRow    `json:"answers,omitempty" doc:"what recipients said about matches, all months together; the first row counts every match once; absent where both a market and a sector were asked for"`

	// MarketsSeen are the markets that any paper names.
	MarketsSeen []string `json:"-"`
}

// Compared is a count of the period and of the one before.
type Compared struct {
	Count  int `json:"count"`
	Before int `json:"before"`
}

// Share is the part that c is of whole in the period; nil of nothing.
func (c Compared) Share(whole Compared) *float64 { return share(c.Count, whole.Count) }

// NamedCount counts papers under a market or sector.
type NamedCount struct {
	Name string `json:"name" doc:"market or bloc code, or id of the sector; empty where a paper names no market"`
	Compared
}

// The rows of the sectors for papers that are in none.
const (
	NoSector = "no_sector" // its HS codes belong to no sector
	ICSOnly  = "ics_only"  // ICS codes and no HS code
	Uncoded  = "uncoded"   // no code at all
)

// KindCount counts papers of an agreement and a kind of document.
type KindCount struct {
	Area string     `json:"area" doc:"TBT, SPS, or empty for what is no WTO paper"`
	Kind trade.Kind `json:"kind"`
	Compared
}

// MonthRow is one month of a series.
type MonthRow struct {
	Month    string   `json:"month" doc:"YYYY-MM"`
	TBT      int      `json:"tbt"`
	SPS      int      `json:"sps"`
	Other    int      `json:"other" doc:"papers of other sources"`
	Uncoded  int      `json:"uncoded"`
	Response []Timing `json:"response" nullable:"false"`
}

// Total is all papers of the month.
func (m MonthRow) Total() int { return m.TBT + m.SPS + m.Other }

// Decisions are the cases that were judged for the first time in the period.
type Decisions struct {
	Released   Compared `json:"released"`
	Irrelevant Compared `json:"irrelevant"`
	Closed     Compared `json:"closed"`
	ByRule     Compared `json:"by_rule" doc:"of these, released without a person"`
}

// Total is all cases judged.
func (d Decisions) Total() Compared {
	return Compared{d.Released.Count + d.Irrelevant.Count + d.Closed.Count, d.Released.Before + d.Irrelevant.Before + d.Closed.Before}
}

// CommentDays are the days of comment periods that had gone when the case was
// judged.
type CommentDays struct {
	Timing
	Lost    int      `json:"lost" doc:"days from circulation to the first judgement, at most the whole comment period, summed over the cases"`
	Whole   int      `json:"whole" doc:"days of these cases' comment periods"`
	Share   *float64 `json:"share" doc:"lost / whole; null without a case"`
	Expired int      `json:"expired" doc:"cases judged after the last day for comments"`
	Before  *float64 `json:"before_share" doc:"share of the period before"`
}

// AnswerRow counts what recipients said about the matches that a rule brought.
type AnswerRow struct {
	Rule        string   `json:"rule,omitempty" doc:"kind of evidence; absent: every match once"`
	Relevant    int      `json:"relevant"`
	NotRelevant int      `json:"not_relevant"`
	NoAnswer    int      `json:"no_answer"`
	Share       *float64 `json:"not_relevant_share" doc:"not_relevant / (relevant + not_relevant); null without an answer"`
}

// Statistics counts what the view holds. It refuses what is no month.
func (v *View) Statistics(q StatisticsQuery) (Statistics, error) {
	out, err := v.figures.count(q, v.Now())
	if err == nil && (q.Market == "" || q.Sector == "") {
		out.Answers = answerRows(v.Precision(q.Market, q.Sector))
	}
	return out, err
}

// answerRows puts the grades of each rule together.
func answerRows(p Precision) []AnswerRow {
	rows := []AnswerRow{{Relevant: p.Overall.Relevant, NotRelevant: p.Overall.NotRelevant, NoAnswer: p.Overall.NoAnswer}}
	for _, r := range p.Rules {
		i := slices.IndexFunc(rows, func(a AnswerRow) bool { return a.Rule == r.Rule })
		if i < 0 {
			i, rows = len(rows), append(rows, AnswerRow{Rule: r.Rule})
		}
		rows[i].Relevant += r.Relevant
		rows[i].NotRelevant += r.NotRelevant
		rows[i].NoAnswer += r.NoAnswer
	}
	for i, r := range rows {
		rows[i].Share = share(r.NotRelevant, r.Relevant+r.NotRelevant)
	}
	slices.SortStableFunc(rows[1:], func(a, b AnswerRow) int {
		return cmp.Compare(b.Relevant+b.NotRelevant, a.Relevant+a.NotRelevant)
	})
	return rows
}

func share(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	s := float64(part) / float64(whole)
	return &s
}
