package triage

import (
	"fmt"
	"time"

	"tbtwatch/internal/trade"
)

// remindAt is how many working days before a day it is reminded of, the longest
// first.
var remindAt = []int{10, 5, 2}

// Reminder is a reminder of the day on which comments on a warning are due.
type Reminder struct {
	ID     string // remind-10, remind-5 or remind-2
	Due    string // working day from which on it is due
	To     string // the day it counts to
	Centre bool   // that day is the centre's own, else the authority's
	Left   int    // working days from today to that day, which is among them
}

// DueReminder is the reminder of a released warning that is due on the day of
// now, in whose zone days are told. It counts to the centre's own day until that
// has passed, then to the close of comments, and is due until the next one is,
// so that a sender that was down makes up for it; not on days off. A release
// tells its own days: what would have been due by then is not repeated. Where a
// later release moves the day, its reminders are others.
func DueReminder(w *trade.Warning, c Config, now time.Time) (Reminder, bool) {
	today := plainDay(now)
	own := CentreOf(w, c)
	r := Reminder{To: own.By(today.Format(trade.Day))}
	r.Centre = r.To == own.Day
	end := dayOf(r.To)
	if w.Lifted || end.IsZero() || end.Before(today) || !c.Calendar.Working(today) {
		return Reminder{}, false
	}
	for _, n := range remindAt {
		if due := c.Calendar.Add(end, -n); !due.After(today) {
			r.ID, r.Due = fmt.Sprintf("remind-%d", n), due.Format(trade.Day)
		}
	}
	told := len(w.News) == 0 && r.Due <= trade.DayOf(w.At, now.Location()) // else most did not hear of that release
	if r.ID == "" || told {
		return Reminder{}, false
	}
	r.Left = c.Calendar.Between(today, end)
	return r, true
}

// plainDay is the day of t in its zone, in UTC as days are kept.
func plainDay(t time.Time) time.Time { return dayOf(t.Format(trade.Day)) }
