package view

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"tbtwatch/internal/trade"
)

// The periods by which deliveries are counted.
const (
	ByDay   = "day"
	ByWeek  = "week"
	ByMonth = "month"
)

// FlowQuery asks how deliveries went, of the releases of some days.
type FlowQuery struct {
	By      string // ByDay, ByWeek or ByMonth, which is the default
	From    string // first day, YYYY-MM-DD; empty: 31 days, 13 weeks or 12 months, the current one among them
	To      string // last day; empty: today
	Channel string
	Level   string
	Kind    trade.SubscriberKind
}

// FlowRow is how the deliveries of a period, or of one channel, level or kind
// of recipient stand. Every delivery counts once, in the period in which its
// release went out: planned is the sum of all states. Reminders, and messages that
// nobody has answered, are no delivery of a release and count nowhere.
type FlowRow struct {
	Name       string   `json:"name" doc:"first day of the period; or channel, level, kind"`
	Planned    int      `json:"planned" doc:"deliveries of releases; reminders and messages that nobody has answered do not count"`
	Waiting    int      `json:"waiting" doc:"of planned: not sent yet, being sent, or to be tried again"`
	Accepted   int      `json:"accepted" doc:"of planned: a channel took it"`
	Rejected   int      `json:"rejected" doc:"of planned: the channel will never take it"`
	Unknown    int      `json:"unknown" doc:"of planned: nobody learned yet how it ended"`
	Held       int      `json:"held" doc:"of planned: a person has to decide"`
	Suppressed int      `json:"suppressed" doc:"of planned: not to be sent"`
	Median     *float64 `json:"median_seconds" doc:"from release to first acceptance, within 3 %; null without any"`
	P95        *float64 `json:"p95_seconds" doc:"95th percentile, nearest rank"`
	Asked      int      `json:"asked" doc:"measures whose warning reached a firm first by these deliveries, counted for each firm"`
	Answered   int      `json:"answered" doc:"of asked: the firm has said anything"`
	Receipts   int      `json:"receipts" doc:"of asked: the firm said that it was received"`
	Share      *float64 `json:"answered_share" doc:"of asked; null without any"`

	took map[uint16]uint32
}

// Suppression is how many deliveries are suppressed for one kind of reason.
type Suppression struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// Flow is how deliveries went.
type Flow struct {
	By       string        `json:"by" enum:"day,week,month"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	Total    FlowRow       `json:"total"`
	Periods  []FlowRow     `json:"periods" doc:"oldest first"`
	Channels []FlowRow     `json:"channels" doc:"most planned first"`
	Levels   []FlowRow     `json:"levels" doc:"most serious first"`
	Kinds    []FlowRow     `json:"kinds" doc:"most planned first"`
	Reasons  []Suppression `json:"suppressed_because" doc:"most first"`

	Known FlowNames `json:"-"` // for filters
}

// FlowNames are the channels, levels and kinds that any delivery has.
type FlowNames struct{ Channels, Levels, Kinds []string }

// FlowAnswers are firms that a release reached first over a channel, and what
// they said.
type FlowAnswers struct {
	Release                   int64 // when it went out, seconds since 1970
	Channel, Level            string
	Asked, Answered, Receipts int
}

// mostPeriods bounds the rows of an answer.
const mostPeriods = 400

// span is the query's days and periods.
type span struct {
	by       string
	from, to time.Time // days
}

func (q *FlowQuery) span(now time.Time) (span, error) {
	s := span{by: cmp.Or(q.By, ByMonth)}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch s.by {
	case ByDay:
		s.from = today.AddDate(0, 0, -30)
	case ByWeek:
		s.from = s.period(today).AddDate(0, 0, -12*7)
	case ByMonth:
		s.from = s.period(today).AddDate(0, -11, 0)
	default:
		return s, trade.Refusef("%q is no period: day, week or month; 统计周期应为 day、week 或 month", q.By)
	}
	s.to = today
	for _, d := range []struct {
		text string
		into *time.Time
	}{{q.From, &s.from}, {q.To, &s.to}} {
		if d.text == "" {
			continue
		}
		t, err := time.ParseInLocation(trade.Day, d.text, now.Location())
		if err != nil {
			return s, trade.Refusef("%q is no day: write it as 2026-02-15; 日期应写作 2026-02-15", d.text)
		}
		*d.into = t
	}
	if s.to.Before(s.from) {
		return s, trade.Refusef("the last day %s is before the first, %s; 结束日期 %[1]s 早于开始日期 %[2]s", s.to.Format(trade.Day), s.from.Format(trade.Day))
	}
	n := 0
	for p := s.period(s.from); !p.After(s.to); p = s.next(p) {
		if n++; n > mostPeriods {
			return s, trade.Refusef("more than %d periods: ask for fewer days, or by week or month; 超过 %[1]d 个周期，请缩短时间或改按周、月统计", mostPeriods)
		}
	}
	return s, nil
}

// period is the first day of the period of a day.
func (s *span) period(day time.Time) time.Time {
	switch s.by {
	case ByWeek:
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case ByMonth:
		return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, day.Location())
	}
	return day
}

func (s *span) next(period time.Time) time.Time {
	switch s.by {
	case ByWeek:
		return period.AddDate(0, 0, 7)
	case ByMonth:
		return period.AddDate(0, 1, 0)
	}
	return period.AddDate(0, 0, 1)
}

// of is the name of the period of a moment, in seconds since 1970.
func (s *span) of(at int64) (name string, in bool) {
	t := time.Unix(at, 0).In(s.from.Location())
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	return s.period(day).Format(trade.Day), !day.Before(s.from) && !day.After(s.to)
}

// flowing is one answer being counted.
type flowing struct {
	total                            FlowRow
	periods, channels, levels, kinds map[string]*FlowRow
	reasons                          map[string]int
}

func (f *flowing) rows(period, channel, level string, kinds ...string) []*FlowRow {
	at := func(m map[string]*FlowRow, name string) *FlowRow {
		if m[name] == nil {
			m[name] = &FlowRow{Name: name}
		}
		return m[name]
	}
	out := []*FlowRow{&f.total, at(f.periods, period), at(f.channels, channel), at(f.levels, level)}
	for _, k := range kinds {
		out = append(out, at(f.kinds, k))
	}
	return out
}

// Flow counts deliveries of releases of the query's days. answers are those of
// firms, which count with recipients of their kind only.
func (v *View) Flow(q FlowQuery, answers []FlowAnswers) (Flow, error) {
	s, err := q.span(v.Now())
	if err != nil {
		return Flow{}, err
	}
	c := &flowing{periods: map[string]*FlowRow{}, channels: map[string]*FlowRow{}, levels: map[string]*FlowRow{}, kinds: map[string]*FlowRow{}, reasons: map[string]int{}}
	for p := s.period(s.from); !p.After(s.to); p = s.next(p) {
		name := p.Format(trade.Day)
		c.periods[name] = &FlowRow{Name: name}
	}
	out := Flow{By: s.by, From: s.from.Format(trade.Day), To: s.to.Format(trade.Day), Known: v.flows.count(q, &s, c)}
	if q.Kind == "" || q.Kind == trade.SubExporter {
		for _, a := range answers {
			period, in := s.of(a.Release)
			if !in || q.Channel != "" && q.Channel != a.Channel || q.Level != "" && q.Level != a.Level {
				continue
			}
			for _, r := range c.rows(period, a.Channel, a.Level, string(trade.SubExporter)) {
				r.Asked, r.Answered, r.Receipts = r.Asked+a.Asked, r.Answered+a.Answered, r.Receipts+a.Receipts
			}
		}
	}
	c.finish(&out, v.Policy.LevelIDs())
	return out, nil
}

// count adds up what the query asks for.
func (f *flows) count(q FlowQuery, s *span, c *flowing) FlowNames {
	f.mu.RLock()
	defer f.mu.RUnlock()
	channels, levels, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for cell, n := range f.cells {
		r, known := f.releases[cell.release]
		if !known {
			continue // its warning is read a moment later
		}
		channel, level, kind := f.names[cell.channel], f.names[r.level], f.names[cell.kind]
		channels[channel], levels[level], kinds[kind] = true, true, true
		period, in := s.of(r.at / 1000)
		if !in || q.Channel != "" && q.Channel != channel || q.Level != "" && q.Level != level || q.Kind != "" && string(q.Kind) != kind {
			continue
		}
		for _, row := range c.rows(period, channel, level, kind) {
			row.add(n)
		}
		for reason, count := range n.reasons {
			c.reasons[f.names[reason][len(reasonPrefix):]] += int(count)
		}
	}
	return FlowNames{slices.Sorted(maps.Keys(channels)), slices.Sorted(maps.Keys(levels)), slices.Sorted(maps.Keys(kinds))}
}

func (r *FlowRow) add(c *flowCount) {
	for i, n := range c.states {
		r.Planned += int(n)
		if i >= len(DeliveryStates) {
			continue
		}
		switch DeliveryStates[i] {
		case trade.Accepted:
			r.Accepted += int(n)
		case trade.Rejected:
			r.Rejected += int(n)
		case trade.Unknown:
			r.Unknown += int(n)
		case trade.Held:
			r.Held += int(n)
		case trade.Suppressed:
			r.Suppressed += int(n)
		default:
			r.Waiting += int(n)
		}
	}
	if r.took == nil {
		r.took = map[uint16]uint32{}
	}
	for bucket, n := range c.took {
		r.took[bucket] += n
	}
}

// finish reckons what follows from the counts, and puts rows in order.
func (c *flowing) finish(out *Flow, levels []string) {
	sorted := func(m map[string]*FlowRow, compare func(a, b FlowRow) int) []FlowRow {
		rows := []FlowRow{}
		for _, r := range m {
			r.reckon()
			rows = append(rows, *r)
		}
		slices.SortFunc(rows, compare)
		return rows
	}
	byName := func(a, b FlowRow) int { return cmp.Compare(a.Name, b.Name) }
	most := func(a, b FlowRow) int { return cmp.Or(cmp.Compare(b.Planned, a.Planned), byName(a, b)) }
	rank := func(level string) int {
		if i := slices.Index(levels, level); i >= 0 {
			return i
		}
		return len(levels)
	}
	c.total.reckon()
	out.Total = c.total
	out.Periods, out.Channels, out.Kinds = sorted(c.periods, byName), sorted(c.channels, most), sorted(c.kinds, most)
	out.Levels = sorted(c.levels, func(a, b FlowRow) int { return cmp.Or(cmp.Compare(rank(a.Name), rank(b.Name)), byName(a, b)) })
	out.Reasons = []Suppression{}
	for reason, n := range c.reasons {
		if n > 0 {
			out.Reasons = append(out.Reasons, Suppression{reason, n})
		}
	}
	slices.SortFunc(out.Reasons, func(a, b Suppression) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
}

func (r *FlowRow) reckon() {
	r.Share = share(r.Answered, r.Asked)
	var all uint32
	for _, n := range r.took {
		all += n
	}
	if all == 0 {
		return
	}
	buckets := slices.Sorted(maps.Keys(r.took))
	at := func(rank uint32) *float64 { // nearest rank, from 1
		var before uint32
		for _, b := range buckets {
			if before += r.took[b]; before >= rank {
				s := tookSeconds(b)
				return &s
			}
		}
		return nil
	}
	r.Median, r.P95 = at((all+1)/2), at((19*all+19)/20)
}
