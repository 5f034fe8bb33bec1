package view

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// counting is one request for figures on its way.
type counting struct {
	f      *figures
	q      StatisticsQuery
	this   Period
	before Period
	series month // the first of the months
	out    Statistics

	markets []Compared               // by list of markets
	sectors map[sectorsKey]*Compared // by what sectorsOf makes names of
	kinds   [3][9]Compared           // by area and kind
	times   map[string][][]int64     // by step: a list for each month of the series, then this period, then before
	lost    [2]lostDays              // this period, before
}

// sectorsKey is what of a measure decides about its sectors.
type sectorsKey struct {
	sectors uint32
	hs, ics bool
}

type lostDays struct {
	each        []int64
	lost, whole int
	expired     int
}

// count makes the statistics of the query, as of a moment.
func (f *figures) count(q StatisticsQuery, now time.Time) (Statistics, error) {
	now = now.In(f.zone)
	this, before, err := periodOf(q.Month, now)
	if err != nil {
		return Statistics{}, err
	}
	c := &counting{
		f: f, q: q, this: this, before: before, series: this.last - seriesMonths + 1,
		sectors: map[sectorsKey]*Compared{}, times: map[string][][]int64{},
		out: Statistics{Period: this, Before: before, Market: q.Market, Sector: q.Sector, Months: make([]MonthRow, seriesMonths)},
	}
	for _, s := range steps {
		c.times[s.name] = make([][]int64, seriesMonths+2)
	}
	for i := range c.out.Months {
		c.out.Months[i].Month = (c.series + month(i)).String()
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	c.markets = make([]Compared, len(f.markets.lists))
	for i := range f.dated {
		c.paper(&f.dated[i])
	}
	for _, j := range f.judged {
		c.judgement(&j)
	}
	c.finish()
	return c.out, nil
}

func firstDay(a, b int32) int32 {
	if a == noDay {
		return b
	}
	return a
}

// wants reports whether the query asks for that.
func (c *counting) wants(markets uint32, m *sectorsKey) bool {
	if c.q.Market != "" && !slices.Contains(c.f.markets.lists[markets], c.q.Market) {
		return false
	}
	return c.q.Sector == "" || m != nil && inSector(m, c.q.Sector)
}

// inSector reports whether sectorsOf has that name.
func inSector(m *sectorsKey, name string) bool {
	switch name {
	case NoSector:
		return m.sectors == 0 && m.hs
	case ICSOnly:
		return m.sectors == 0 && !m.hs && m.ics
	case Uncoded:
		return m.sectors == 0 && !m.hs && !m.ics
	}
	i := slices.IndexFunc(sectors(), func(s nomenclature.Sector) bool { return s.ID == name })
	return i >= 0 && m.sectors&(1<<i) != 0
}

// sectorsOf names the sectors of a measure, or why it has none.
func sectorsOf(m sectorsKey) (out []string) {
	if m.sectors != 0 {
		for i, s := range sectors() {
			if m.sectors&(1<<i) != 0 {
				out = append(out, s.ID)
			}
		}
		return out
	}
	switch {
	case m.hs:
		return []string{NoSector}
	case m.ics:
		return []string{ICSOnly}
	}
	return []string{Uncoded}
}

// places are the lists of the times, and with them of everything that has a
// month: its place in the series, in the period and in the one before.
func (c *counting) places(m month) iter.Seq[int] {
	return func(yield func(int) bool) {
		if i := m - c.series; i >= 0 && i < seriesMonths && !yield(int(i)) {
			return
		}
		if c.this.has(m) && !yield(seriesMonths) {
			return
		}
		if c.before.has(m) {
			yield(seriesMonths + 1)
		}
	}
}

// counts reports whether anything is counted of that month. Most papers are
// too old.
func (c *counting) counts(m month) bool {
	return c.this.has(m) || c.before.has(m) || m >= c.series && m < c.series+seriesMonths
}

func (c *counting) paper(d *dated) {
	if !c.counts(d.in) && !d.timed {
		return
	}
	if !c.wants(d.markets, &d.codes) {
		return
	}
	bare := !d.codes.hs && !d.codes.ics
	for at := range c.places(d.in) {
		if at < seriesMonths {
			c.inMonth(&c.out.Months[at], d, bare)
			continue
		}
		c.inPeriod(d, bare, at == seriesMonths)
	}
	if d.timed {
		c.took(StepSeen, d.seen, max(0, int64(d.seen)-int64(d.published)))
	}
}

func (c *counting) inMonth(row *MonthRow, d *dated, bare bool) {
	switch areas[d.area] {
	case "TBT":
		row.TBT++
	case "SPS":
		row.SPS++
	default:
		row.Other++
	}
	if bare {
		row.Uncoded++
	}
}

func (c *counting) inPeriod(d *dated, bare, this bool) {
	c.out.Papers.add(this)
	if bare {
		c.out.Uncoded.add(this)
	}
	c.markets[d.markets].add(this)
	under(c.sectors, d.codes).add(this)
	c.kinds[d.area][d.kind].add(this)
}

func (c *Compared) add(this bool) {
	if this {
		c.Count++
	} else {
		c.Before++
	}
}

func (c *Compared) sum(o Compared) {
	c.Count += o.Count
	c.Before += o.Before
}

func under[K comparable](counts map[K]*Compared, name K) *Compared {
	if counts[name] == nil {
		counts[name] = &Compared{}
	}
	return counts[name]
}

// took notes how long a step took that ended on that day.
func (c *counting) took(step string, day int32, how int64) {
	for at := range c.places(monthOf(dayTime(day))) {
		c.times[step][at] = append(c.times[step][at], how)
	}
}

// judgement counts a case: when it was judged, and when its warning arrived.
// How long that took is counted from its first paper that was no history.
func (c *counting) judgement(j *judgement) {
	var m *countedMeasure
	if c.q.Sector != "" || j.at != 0 {
		m = c.f.measures[j.family]
	}
	var codes *sectorsKey
	if m != nil {
		codes = &m.sectorsKey
	}
	if !c.wants(j.markets, codes) {
		return
	}
	if j.waits {
		c.out.Waiting++
	}
	if j.at == 0 {
		return
	}
	day := dayAt(j.at, c.f.zone)
	for at := range c.places(monthOf(dayTime(day))) {
		if at >= seriesMonths {
			c.decided(j, at == seriesMonths)
		}
	}
	if m == nil || m.opens == nil || j.backfill {
		return
	}
	c.judged(j, m.opens, day)
	if got := c.f.delivered[j.family]; got != 0 && j.released != 0 {
		day := dayAt(got, c.f.zone)
		c.took(StepDelivered, day, max(0, got-j.released))
		if m.opens.published != noDay {
			c.took(StepUntilDeliver, day, max(0, int64(day)-int64(m.opens.published)))
		}
	}
}

func (c *counting) judged(j *judgement, p *circulated, day int32) {
	c.took(StepJudged, day, max(0, j.at-p.seen))
	if !j.byRule {
		c.took(StepByPerson, day, max(0, j.at-p.seen))
	}
	if p.published == noDay {
		return
	}
	gone := max(0, int64(day)-int64(p.published))
	c.took(StepUntilJudged, day, gone)
	whole := int64(p.deadline) - int64(p.published)
	if p.deadline == noDay || whole <= 0 {
		return
	}
	for i, period := range []Period{c.this, c.before} {
		if !period.has(monthOf(dayTime(day))) {
			continue
		}
		l := &c.lost[i]
		l.each = append(l.each, min(gone, whole))
		l.lost += int(min(gone, whole))
		l.whole += int(whole)
		if gone > whole {
			l.expired++
		}
	}
}

func (c *counting) decided(j *judgement, this bool) {
	d := &c.out.Decisions
	switch j.to {
	case trade.CaseReleased:
		d.Released.add(this)
	case trade.CaseIrrelevant:
		d.Irrelevant.add(this)
	default:
		d.Closed.add(this)
	}
	if j.byRule {
		d.ByRule.add(this)
	}
}

// finish puts what was counted in order.
func (c *counting) finish() {
	markets, sectors := map[string]*Compared{}, map[string]*Compared{}
	for n, list := range c.f.markets.lists {
		if len(list) == 0 {
			list = []string{""}
		}
		for _, m := range list {
			under(markets, m).sum(c.markets[n])
		}
	}
	for k, n := range c.sectors {
		for _, name := range sectorsOf(k) {
			under(sectors, name).sum(*n)
		}
	}
	c.out.Markets, c.out.Sectors = named(markets), named(sectors)
	c.out.Kinds = []KindCount{}
	for a, area := range areas {
		for k, kind := range statKinds {
			if n := c.kinds[a][k]; n != (Compared{}) {
				c.out.Kinds = append(c.out.Kinds, KindCount{area, kind, n})
			}
		}
	}
	for _, s := range steps {
		lists := c.times[s.name]
		for i := range c.out.Months {
			c.out.Months[i].Response = append(c.out.Months[i].Response, timingOf(s.name, s.unit, lists[i]))
		}
		c.out.Response = append(c.out.Response, ResponseTime{timingOf(s.name, s.unit, lists[seriesMonths]), timingOf(s.name, s.unit, lists[seriesMonths+1])})
	}
	now, before := c.lost[0], c.lost[1]
	c.out.Comment = CommentDays{
		Timing: timingOf("", UnitDays, now.each), Lost: now.lost, Whole: now.whole, Expired: now.expired,
		Share: share(now.lost, now.whole), Before: share(before.lost, before.whole),
	}
	seen := map[string]bool{}
	for _, list := range c.f.markets.lists {
		for _, m := range list {
			seen[m] = true
		}
	}
	c.out.MarketsSeen = slices.Sorted(maps.Keys(seen))
}

// named orders counts, the largest first.
func named(counts map[string]*Compared) []NamedCount {
	out := make([]NamedCount, 0, len(counts))
	for name, n := range counts {
		if *n != (Compared{}) {
			out = append(out, NamedCount{name, *n})
		}
	}
	slices.SortFunc(out, func(a, b NamedCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Name, b.Name))
	})
	return out
}
