package portal

import (
	"time"

	"tbtwatch/internal/calendar"
	"tbtwatch/internal/trade"
)

// AnswerDays is within how many working days, by the policy's calendar, a firm
// should have answered a warning: anything, be it that it was received.
const AnswerDays = 10

// ask is that a warning about a measure reached a firm, which should answer.
// Later releases about the same measure ask for nothing more.
type ask struct {
	exporter string
	family   string
	asked    int64 // when the first release that a channel took was taken
	counted  int64 // from when on it is counted, in steps: asked, or when the reader's group heard of the measure, too
	due      int64 // end of the last day
	reply    *reply
}

// The states of an answer.
const (
	AnswerInTime  = "in_time"
	AnswerLate    = "late"
	AnswerWaiting = "waiting" // not answered, and still in time
	AnswerOverdue = "overdue"
)

// state says where the answer stands at that moment.
func (a *ask) state(now int64) string {
	switch first := a.answered(); {
	case first != 0 && first <= a.due:
		return AnswerInTime
	case first != 0:
		return AnswerLate
	case now > a.due:
		return AnswerOverdue
	}
	return AnswerWaiting
}

// answered is when the firm first said anything, 0 for never.
func (a *ask) answered() int64 {
	if a.reply == nil {
		return 0
	}
	return a.reply.first
}

// inTime is when the firm answered, 0 if it did not, or late.
func (a *ask) inTime() int64 {
	if first := a.answered(); first <= a.due {
		return first
	}
	return 0
}

// workingDays is the end of the day that many working days after t.
func workingDays(c *calendar.Calendar, t time.Time, n int) time.Time {
	t = c.Add(t, n)
	return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, t.Location())
}

// zone is the centre's, whose days and months are counted.
func (p *Portal) zone() *time.Location {
	if p.o.View != nil && p.o.View.Zone != nil {
		return p.o.View.Zone
	}
	return time.UTC
}

// calendar tells working days; without a policy, weekends alone.
func (p *Portal) calendar() *calendar.Calendar {
	if p.o.View == nil {
		return nil
	}
	return p.o.View.Policy.Calendar
}

func (p *Portal) monthOf(at int64) string { return time.Unix(at, 0).In(p.zone()).Format("2006-01") }

// asksOf are the measures that a firm was warned of; the caller holds the
// book's lock.
func (p *Portal) asksOf(exporter string) (out []*ask) {
	b := p.book
	me, known := b.ids[exporter]
	if !known {
		return nil
	}
	first := map[int32]int64{}
	for _, place := range b.toFirm[me] {
		s := b.sent[place]
		if s.state != trade.Accepted || s.at == 0 {
			continue
		}
		family := b.leading(s.family)
		if at, ok := first[family]; !ok || s.at < at {
			first[family] = s.at
		}
	}
	for family, at := range first {
		out = append(out, &ask{
			exporter: exporter, family: b.names[family], asked: at, counted: at, due: workingDays(p.calendar(), time.Unix(at, 0).In(p.zone()), AnswerDays).Unix(),
			reply: b.reply(family, me),
		})
	}
	return out
}
