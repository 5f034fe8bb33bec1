package view

import (
	"slices"
	"time"

	"tbtwatch/internal/trade"
)

// Period is a month, or the twelve months that end with the current one.
type Period struct {
	Month   string `json:"month,omitempty" doc:"YYYY-MM; absent for twelve months"`
	From    string `json:"from" doc:"first day"`
	To      string `json:"to" doc:"last day"`
	Running bool   `json:"running,omitempty" doc:"it is not over yet"`

	first, last month
}

// month counts months since the year 0, so that they can be subtracted.
type month int

func monthOf(t time.Time) month { return month(t.Year()*12 + int(t.Month()) - 1) }

func (m month) begin() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

func (m month) String() string { return m.begin().Format("2006-01") }

// seriesMonths is how many months a series has, and the period without a month.
const seriesMonths = 12

// periodOf is the period that a query names and the one before it, as long.
func periodOf(name string, now time.Time) (this, before Period, err error) {
	last := monthOf(now)
	long := month(seriesMonths)
	if name != "" {
		t, err := time.Parse("2006-01", name)
		if err != nil || t.Year() < 1 {
			return this, before, trade.Refusef("%q is no month: write it as 2026-02, or leave it out for the last twelve months; 月份应写作 2026-02，不写则为最近十二个月", name)
		}
		last, long = monthOf(t), 1
	}
	return period(last-long+1, last, now), period(last-2*long+1, last-long, now), nil
}

func period(first, last month, now time.Time) Period {
	p := Period{first: first, last: last, From: first.begin().Format(trade.Day), To: (last + 1).begin().AddDate(0, 0, -1).Format(trade.Day)}
	if first == last {
		p.Month = first.String()
	}
	p.Running = p.To >= now.Format(trade.Day)
	return p
}

func (p Period) has(m month) bool { return m >= p.first && m <= p.last }

// The units of a Timing.
const (
	UnitDays  = "days"
	UnitHours = "hours"
)

// The steps from a paper's circulation to its warning's delivery. What begins
// with a day of circulation is counted in calendar days, because no hour is
// stated; what lies between two of our own records in hours.
const (
	StepSeen         = "circulated_seen"
	StepJudged       = "seen_judged"
	StepByPerson     = "seen_judged_by_person"
	StepDelivered    = "released_delivered"
	StepUntilJudged  = "circulated_judged"
	StepUntilDeliver = "circulated_delivered"
)

var steps = []struct{ name, unit string }{
	{StepSeen, UnitDays}, {StepJudged, UnitHours}, {StepByPerson, UnitHours}, {StepDelivered, UnitHours}, {StepUntilJudged, UnitDays}, {StepUntilDeliver, UnitDays},
}

// Timing is how long something took.
type Timing struct {
	Step   string   `json:"step,omitempty" enum:"circulated_seen,seen_judged,seen_judged_by_person,released_delivered,circulated_judged,circulated_delivered" doc:"counted in the month in which it ended"`
	Unit   string   `json:"unit" enum:"days,hours" doc:"calendar days, or hours"`
	Count  int      `json:"count" doc:"papers or cases that were measured; history never is"`
	Median *float64 `json:"median" doc:"null without any"`
	P90    *float64 `json:"p90" doc:"90th percentile, nearest rank: nine in ten took no longer"`
}

// ResponseTime is a step of the period beside the period before.
type ResponseTime struct {
	Timing
	Before Timing `json:"before"`
}

// timingOf orders values, which are days or seconds, and takes the middle one
// (the mean of the two middle ones) and the one at nine tenths.
func timingOf(step, unit string, values []int64) Timing {
	t := Timing{Step: step, Unit: unit, Count: len(values)}
	if len(values) == 0 {
		return t
	}
	slices.Sort(values)
	in := func(v float64) *float64 {
		if unit == UnitHours {
			v /= 3600
		}
		return &v
	}
	n := len(values)
	t.Median = in((float64(values[(n-1)/2]) + float64(values[n/2])) / 2)
	t.P90 = in(float64(values[(9*n+9)/10-1]))
	return t
}

// dayNumber counts days since 1970; noDay where text is none.
func dayNumber(text string) int32 {
	t, err := time.Parse(trade.Day, text)
	if err != nil {
		return noDay
	}
	return int32(t.Unix() / 86400)
}

const noDay = -1 << 31

func dayTime(n int32) time.Time { return time.Unix(int64(n)*86400, 0).UTC() }

// dayAt is the day of a moment in that zone.
func dayAt(unix int64, zone *time.Location) int32 {
	y, m, d := time.Unix(unix, 0).In(zone).Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400) //nolint:gosec // see dayNumber
}
