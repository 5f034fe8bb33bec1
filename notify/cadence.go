package notify

import (
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/trade"
)

// due is when that subscriber wants to hear of the release, "" for at once.
func (n *Notifier) due(s *trade.Subscriber, w *trade.Warning) string {
	now := n.Now()
	at := n.Config.hours(s).next(now, s.Cadences().For(w.Level), n.Config.urgent(w))
	if !at.After(now) {
		return ""
	}
	return stamp(at)
}

// today is the day where the centre is.
func (n *Notifier) today() string { return n.Now().In(n.Config.zone("")).Format(trade.Day) }

// urgent reports whether the release breaks through quiet hours and days of
// rest: the highest level does, unless it lifts the warning.
func (c Config) urgent(w *trade.Warning) bool {
	return len(c.Levels) > 0 && w.Level == c.Levels[0].ID && !w.Lifted
}

// hours are when a subscriber may be written to.
type hours struct {
	zone   *time.Location
	digest trade.Clock              // of daily and weekly messages
	quiet  trade.Quiet              // of the day; none if both ends are the same
	rests  func(day time.Time) bool // days on which it wants nothing; nil for none
	paused time.Time                // nothing before it: the hour of digests of the day until which it is
}

func (c Config) hours(s *trade.Subscriber) hours {
	h := hours{zone: c.zone(s.Timezone), digest: c.digestTime(), quiet: s.Quiet()}
	if s.RestDays == trade.RestQuiet {
		h.rests = c.rests
	}
	if s.PausedUntil != "" {
		if day, err := time.ParseInLocation(trade.Day, s.PausedUntil, h.zone); err == nil {
			h.paused = h.clock(day, h.digest) // not at midnight
		}
	}
	return h
}

// rests reports whether that day is one of rest by China's calendar.
func (c Config) rests(day time.Time) bool {
	if c.Working == nil {
		return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	}
	return !c.Working(day)
}

// zone is the subscriber's own, else the installation's.
func (c Config) zone(name string) *time.Location {
	for _, n := range []string{name, c.Timezone} {
		if n == "" {
			continue
		}
		if zone, ok := zones.Load(n); ok {
			return zone.(*time.Location) //nolint:forcetypeassert // nothing else is stored
		}
		if zone, err := time.LoadLocation(n); err == nil {
			zones.Store(n, zone)
			return zone
		}
	}
	return time.UTC
}

// zones are those that were read from the disk: each recipient asks for one.
var zones sync.Map

// next is the first moment from now on at which a message of that cadence may
// go out. A pause holds back everything; quiet hours and days of rest do not
// hold back what is urgent.
func (h hours) next(now time.Time, cadence string, urgent bool) time.Time {
	at := now.In(h.zone)
	if h.paused.After(at) {
		at, urgent = h.paused.Add(-time.Second), false // before it, because it may be the hour of digests
	}
	if at = h.slot(at, cadence); at.Before(h.paused) {
		at = h.paused
	}
	for range 400 { // a year of days of rest: then the calendar is broken, and the message goes out
		end, quiet := h.quietUntil(at)
		switch {
		case urgent:
			return at
		case h.rests != nil && h.rests(at):
			at = h.clock(at.AddDate(0, 0, 1), h.digest)
		case quiet:
			at = end
		default:
			return at
		}
	}
	return at
}

// slot is the next time of daily or weekly messages from t on; t itself for
// those that go out at once.
func (h hours) slot(t time.Time, cadence string) time.Time {
	if cadence != trade.Daily && cadence != trade.Weekly {
		return t
	}
	at := h.clock(t, h.digest)
	for !at.After(t) || cadence == trade.Weekly && at.Weekday() != time.Monday {
		at = h.clock(at.AddDate(0, 0, 1), h.digest)
	}
	return at
}

// clock is that time of the day on which t is. Where the clocks are put forward
// over it, it is a moment after the gap.
func (h hours) clock(t time.Time, c trade.Clock) time.Time {
	at := time.Date(t.Year(), t.Month(), t.Day(), c.Hour, c.Minute, 0, 0, h.zone)
	if missing := c.Since(clockOf(at)); missing > 0 && missing <= 3*time.Hour {
		at = at.Add(missing) // Date chose the moment before the gap
	}
	return at
}

func clockOf(t time.Time) trade.Clock { return trade.Clock{Hour: t.Hour(), Minute: t.Minute()} }

// quietUntil reports whether t is in the quiet hours, and when they end. It
// counts minutes from t: on the day on which the clocks are put back the end
// comes twice, and the one after t is meant.
func (h hours) quietUntil(t time.Time) (end time.Time, quiet bool) {
	if !h.quiet.Holds(clockOf(t)) {
		return t, false
	}
	end = t.Truncate(time.Minute).Add(h.quiet.To.Since(clockOf(t)))
	off := h.quiet.To.Since(clockOf(end)) // not 0 where the clocks are changed in between
	if off > 12*time.Hour {
		off -= 24 * time.Hour
	}
	if moved := end.Add(off); moved.After(t) && !h.quiet.Holds(clockOf(moved)) {
		end = moved
	}
	return end, true
}

func (c Config) digestTime() trade.Clock {
	at, err := trade.ParseClock(strings.TrimSpace(c.DigestAt))
	if err != nil {
		return trade.Clock{Hour: 8, Minute: 30}
	}
	return at
}

// holdFor is how long what quiet hours or a pause hold back is left alone: its
// recipient may change them meanwhile.
const holdFor = time.Hour

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
