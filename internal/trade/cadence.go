package trade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The cadences in which a subscriber may be written to.
const (
	Immediate = "immediate" // each message when it comes
	Daily     = "daily"     // one a day, with what came since
	Weekly    = "weekly"    // one a week, on Monday
)

// CadenceNames lists them.
var CadenceNames = []string{Immediate, Daily, Weekly}

// RestQuiet is the value of Subscriber.RestDays that keeps weekends and
// statutory holidays free of messages.
const RestQuiet = "quiet"

// Cadences are a cadence and its exceptions for some levels.
type Cadences struct {
	usual   string
	byLevel map[string]string
}

// ParseCadences reads "daily" or "daily;red=immediate;blue=weekly": the usual
// one first, then those of levels. Empty means immediate.
func ParseCadences(s string) (Cadences, error) {
	c := Cadences{usual: Immediate}
	for i, part := range strings.Split(s, ";") {
		level, name, exception := strings.Cut(strings.TrimSpace(part), "=")
		if !exception {
			level, name = "", level
		}
		level, name = strings.ToLower(strings.TrimSpace(level)), strings.ToLower(strings.TrimSpace(name))
		switch {
		case name == "" && !exception:
			continue
		case !slices.Contains(CadenceNames, name):
			return c, Refusef("%q is no cadence: write immediate, daily or weekly, and exceptions as red=immediate; 频率应为 immediate、daily 或 weekly，可按等级例外，如 red=immediate", name)
		case exception && level == "":
			return c, Refusef("%q names no level: write one before the =; 例外须写明等级", part)
		case !exception && i > 0:
			return c, Refusef("%q comes second: one cadence, then exceptions such as red=immediate; 只能有一个频率，其后为例外，如 red=immediate", part)
		case !exception:
			c.usual = name
		default:
			if c.byLevel == nil {
				c.byLevel = map[string]string{}
			}
			c.byLevel[level] = name
		}
	}
	return c, nil
}

// For is the cadence of messages of that level.
func (c Cadences) For(level string) string {
	if name, ok := c.byLevel[level]; ok {
		return name
	}
	if c.usual == "" {
		return Immediate
	}
	return c.usual
}

// Levels are those that have a cadence of their own, sorted.
func (c Cadences) Levels() []string {
	var out []string
	for level := range c.byLevel {
		out = append(out, level)
	}
	slices.Sort(out)
	return out
}

// Clock is a time of day.
type Clock struct{ Hour, Minute int }

// ParseClock reads "08:30".
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return Clock{}, Refusef("%q is no time of day: write 08:30; 时间应写作 08:30", s)
	}
	return Clock{t.Hour(), t.Minute()}, nil
}

func (c Clock) minutes() int { return c.Hour*60 + c.Minute }

// Since is how long it is from b to c on a clock that goes round: less than a day.
func (c Clock) Since(b Clock) time.Duration {
	return time.Duration((c.minutes()-b.minutes()+24*60)%(24*60)) * time.Minute
}

// String writes 08:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// Quiet are hours of the day, over midnight where From is later than To; none
// where they are the same.
type Quiet struct{ From, To Clock }

// ParseQuiet reads "22:00-07:30"; empty means none.
func ParseQuiet(s string) (q Quiet, err error) {
	if s = strings.TrimSpace(s); s == "" {
		return q, nil
	}
	from, to, ok := strings.Cut(s, "-")
	if ok {
		if q.From, err = ParseClock(strings.TrimSpace(from)); err == nil {
			q.To, err = ParseClock(strings.TrimSpace(to))
		}
	}
	if !ok || err != nil {
		return Quiet{}, Refusef("%q are no quiet hours: write 22:00-07:30; 免打扰时段应写作 22:00-07:30", s)
	}
	return q, nil
}

// Holds reports whether that time of day is within.
func (q Quiet) Holds(c Clock) bool {
	from, to, at := q.From.minutes(), q.To.minutes(), c.minutes()
	if from <= to {
		return from <= at && at < to
	}
	return at >= from || at < to
}

// Cadences are the subscriber's; what cannot be read is taken for immediate: we
// fail towards sending.
func (s *Subscriber) Cadences() Cadences {
	c, err := ParseCadences(s.Cadence)
	if err != nil {
		return Cadences{usual: Immediate}
	}
	return c
}

// Quiet are the subscriber's quiet hours.
func (s *Subscriber) Quiet() Quiet {
	q, _ := ParseQuiet(s.QuietHours) // none if it cannot be read
	return q
}

// CheckHours says what is wrong with when the subscriber wants to hear.
func (s *Subscriber) CheckHours() error {
	if _, err := ParseCadences(s.Cadence); err != nil {
		return err
	}
	if _, err := ParseQuiet(s.QuietHours); err != nil {
		return err
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "Local" {
		return Refusef("%q is no time zone: write one such as Asia/Shanghai; 时区应写作 Asia/Shanghai", s.Timezone)
	}
	if s.RestDays != "" && s.RestDays != RestQuiet {
		return Refusef("%q is no word for days of rest: write quiet, or leave it empty; 休息日应写 quiet 或留空", s.RestDays)
	}
	if _, err := time.Parse(Day, s.PausedUntil); s.PausedUntil != "" && err != nil {
		return Refusef("%q is no day: write one such as 2026-12-31; 日期应写作 2026-12-31", s.PausedUntil)
	}
	return nil
}
