package triage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// Grading is a level with the rule that gave it, in words.
type Grading struct {
	Level string
	Why   trade.Text
}

// points is one line of the rule.
type points struct {
	name trade.Text
	n    int
	why  trade.Text
}

// Grade computes a case's level: exposure + stringency + urgency + certainty +
// specificity (DOMAIN section 2). text is what the latest papers say.
func (c Config) Grade(f *trade.Family, text string, now time.Time) Grading {
	if withdrawn(f.Papers) {
		return Grading{LevelLifted, trade.Text{ZH: "措施已撤销", EN: "the measure was withdrawn"}}
	}
	rule := []points{c.exposure(f), c.stringency(text), urgency(f, now), certainty(f, now), specificity(f)}
	sum := 0
	var zh, en []string
	for _, p := range rule {
		sum += p.n
		zh = append(zh, fmt.Sprintf("%s%d（%s）", p.name.ZH, p.n, p.why.ZH))
		en = append(en, fmt.Sprintf("%s %d (%s)", p.name.EN, p.n, p.why.EN))
	}
	level := c.Levels[len(c.Levels)-1]
	for _, l := range slices.Backward(c.Levels) {
		if sum >= l.From {
			level = l
		}
	}
	// An urgent measure that touches a registered product is at least the
	// second level: it is usually in force already.
	if urgent(f) && hasGrade(f, trade.Direct, trade.Likely) && len(c.Levels) > 1 && level.From < c.Levels[1].From {
		level = c.Levels[1]
		zh, en = append(zh, "紧急措施不低于"+level.ZH), append(en, "urgent measures are at least "+level.EN)
	}
	return Grading{level.ID, trade.Text{
		ZH: fmt.Sprintf("%s：%d分 = %s", level.ZH, sum, strings.Join(zh, " + ")),
		EN: fmt.Sprintf("%s: %d points = %s", level.EN, sum, strings.Join(en, " + ")),
	}}
}

func (c Config) exposure(f *trade.Family) points {
	p := points{name: trade.Text{ZH: "出口", EN: "exposure"}}
	for i, threshold := range c.Exposure {
		if f.Exposure >= threshold {
			p.n = i + 1
		}
	}
	if f.Exposure == 0 {
		p.why = trade.Text{ZH: "无登记出口额", EN: "no registered export value"}
		return p
	}
	p.why = trade.Text{ZH: fmt.Sprintf("涉及产品年出口额%.1f万美元", f.Exposure/1e4), EN: fmt.Sprintf("products worth US$%.2f million a year", f.Exposure/1e6)}
	return p
}

func (c Config) stringency(text string) points {
	p := points{name: trade.Text{ZH: "严格程度", EN: "stringency"}, n: 1, why: trade.Text{ZH: "一般要求", EN: "ordinary requirements"}}
	text = strings.ToLower(text)
	for _, s := range c.Stringency {
		for _, w := range s.Words {
			if strings.Contains(text, strings.ToLower(w)) {
				p.n, p.why = s.Points, trade.Text{ZH: s.ZH, EN: s.EN}
				return p
			}
		}
	}
	return p
}

func urgency(f *trade.Family, now time.Time) points {
	p := points{name: trade.Text{ZH: "紧迫", EN: "urgency"}}
	next := NextDay(f, now)
	if next == "" {
		p.why = trade.Text{ZH: "没有未到的日期", EN: "no date ahead"}
		return p
	}
	day, err := time.Parse(trade.Day, next)
	if err != nil {
		return p
	}
	days := int(day.Sub(dayOf(now.Format(trade.Day))).Hours() / 24)
	switch {
	case days <= 14:
		p.n = 3
	case days <= 45:
		p.n = 2
	default:
		p.n = 1
	}
	p.why = trade.Text{ZH: fmt.Sprintf("距%s还有%d天", next, days), EN: fmt.Sprintf("%d days to %s", days, next)}
	return p
}

func certainty(f *trade.Family, now time.Time) points {
	p := points{name: trade.Text{ZH: "确定", EN: "certainty"}}
	switch state := StateOf(f.Papers, now); {
	case urgent(f), state == trade.StateInForce:
		p.n, p.why = 3, trade.Text{ZH: "已生效或即时生效", EN: "in force"}
	case state == trade.StateAdopted, state == trade.StatePublished:
		p.n, p.why = 2, MeasureStateName(state)
	default:
		p.n, p.why = 1, MeasureStateName(state)
	}
	return p
}

func specificity(f *trade.Family) points {
	p := points{name: trade.Text{ZH: "匹配", EN: "specificity"}}
	switch {
	case hasGrade(f, trade.Direct):
		p.n, p.why = 3, trade.Text{ZH: "直接点名产品", EN: "names registered products"}
	case hasGrade(f, trade.Likely):
		p.n, p.why = 2, trade.Text{ZH: "很可能涉及", EN: "likely touches registered products"}
	case f.Touched() > 0:
		p.n, p.why = 1, trade.Text{ZH: "仅供参考", EN: "reference only"}
	default:
		p.why = trade.Text{ZH: "没有匹配的登记产品", EN: "no registered product"}
	}
	return p
}

func hasGrade(f *trade.Family, grades ...trade.Grade) bool {
	counts := f.Grades()
	return slices.ContainsFunc(grades, func(g trade.Grade) bool { return counts[g] > 0 })
}

func urgent(f *trade.Family) bool {
	latest := f.Latest()
	return latest != nil && latest.Kind == trade.KindUrgent
}

// CurrentDates are the family's dates in the order in which they come.
func CurrentDates(f *trade.Family) []trade.Date {
	var out []trade.Date
	for _, what := range []string{trade.DatePublished, trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce} {
		if d := CurrentDate(f, what); d.What != "" {
			out = append(out, d)
		}
	}
	return out
}

// NextDay is the first day from now on at which something ends or begins. "" if
// there is none.
func NextDay(f *trade.Family, now time.Time) string {
	next, _ := trade.NextDay(CurrentDates(f), now.Format(trade.Day))
	return next
}
