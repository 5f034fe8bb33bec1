// Package calendar knows China's working days: the holidays and the worked
// weekend days that the State Council names for each year, and how far that
// knowledge reaches.
package calendar

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

// Calendar tells working days. Outside of the years that it knows, and where it
// is nil, it knows weekends only: Known says which. It never changes.
type Calendar struct {
	days     map[date]bool // holidays false, worked weekend days true
	from, to int           // first and last year that is known; 0 for none
}

// date is a day without its time and zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

//go:embed china.csv
var chinaCSV string

// china is the calendar that is built in. Its table is part of the program: a
// mistake in it is found by the first test and panics.
var china = sync.OnceValue(func() *Calendar {
	c, err := Parse(strings.NewReader(chinaCSV))
	if err != nil {
		panic("calendar: china.csv: " + err.Error())
	}
	return c
})

// China is the calendar of the arrangements that were published when the
// program was made. Load adds the years that came later.
func China() *Calendar { return china() }

// Working reports whether that day is a working day.
func (c *Calendar) Working(day time.Time) bool {
	if c != nil {
		if works, named := c.days[dateOf(day)]; named {
			return works
		}
	}
	return !weekend(day)
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// Add is the day n working days after that day, or before it where n is
// negative; with 0 it is the day itself, be it a working day or not. The answer
// is the beginning of a day in the same zone.
func (c *Calendar) Add(day time.Time, n int) time.Time {
	day = midnight(day)
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if day = midnight(day.AddDate(0, 0, step)); c.Working(day) {
			n--
		}
	}
	return day
}

// Between counts the working days after a up to b, b among them; it is negative
// where b is earlier. What Add steps over, Between counts.
func (c *Calendar) Between(a, b time.Time) int {
	a, b = plain(a), plain(b)
	n := 0
	for ; a.Before(b); n += c.one(a) {
		a = a.AddDate(0, 0, 1)
	}
	for ; b.Before(a); n -= c.one(a) {
		a = a.AddDate(0, 0, -1)
	}
	return n
}

func (c *Calendar) one(day time.Time) int {
	if c.Working(day) {
		return 1
	}
	return 0
}

// KnownUntil is the last day whose holidays are known, in UTC; the zero time
// where none are.
func (c *Calendar) KnownUntil() time.Time {
	if c == nil || c.to == 0 {
		return time.Time{}
	}
	return time.Date(c.to, time.December, 31, 0, 0, 0, 0, time.UTC)
}

// Known reports whether the holidays around that day are known. Elsewhere the
// calendar knows weekends only.
func (c *Calendar) Known(day time.Time) bool {
	return c != nil && c.to != 0 && day.Year() >= c.from && day.Year() <= c.to
}

// midnight is the beginning of the day in its zone. Where summer time begins at
// midnight it is the first moment that there is.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// plain is the day in UTC, where all days are equally long.
func plain(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
