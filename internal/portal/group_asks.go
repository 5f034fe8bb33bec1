package portal

import (
	"sync"
	"time"

	"tbtwatch/internal/triage"
)

// ask is that a warning about a measure reached a firm, which should answer.
// Later releases about the same measure ask for nothing more.
type ask struct {
	exporter string
	family   string
	asked    int64 // when the first release that a channel took was taken
	counted  int64 // from when on it is counted, in steps: asked, or when the reader's group heard of the measure, too
	due      int64 // end of the last day
	reply    *reply
	ladder   []triage.Rung // who takes it up when, while the firm says nothing
	first    told
	lifted   int64 // when the measure was, 0 for not
	number   int32 // of the family that speaks for it
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
	case now > a.due && (a.lifted == 0 || a.lifted > a.due): // what was lifted in time asks for nothing any more
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

// zone is the centre's, whose days and months are counted.
func (p *Portal) zone() *time.Location {
	if p.o.View != nil && p.o.View.Zone != nil {
		return p.o.View.Zone
	}
	return time.UTC
}

func (p *Portal) monthOf(at int64) string { return time.Unix(at, 0).In(p.zone()).Format("2006-01") }

// told is when a release about a family was first taken by a channel for a
// firm.
type told struct {
	at       int64
	level    string // the release's
	released int64  // when it went out
	channel  int32
}

// asksOf are the measures that a firm was warned of; the caller holds the
// book's lock.
func (p *Portal) asksOf(exporter string) (out []*ask) {
	me, known := p.book.ids[exporter]
	if !known {
		return nil
	}
	for family, first := range p.book.told(me) {
		out = append(out, p.ask(me, family, first))
	}
	return out
}

// told is when each family first reached the firm.
func (b *book) told(firm int32) map[int32]told {
	first := map[int32]told{}
	for _, place := range b.toFirm[firm] {
		s := &b.sent[place]
		b.earliest(first, b.leading(s.family), s)
	}
	return first
}

// earliest notes under that number when a delivery was taken, if it was before
// what is noted.
func (b *book) earliest(first map[int32]told, under int32, s *sent) {
	if before, ok := first[under]; s.first == 0 || ok && before.at <= s.first {
		return
	}
	t := told{at: s.first, channel: s.channel}
	if m := b.byFamily[s.family]; m != nil {
		if r := m.release(int(s.release)); r != nil {
			t.level, t.released = r.Level, r.at
		}
	}
	first[under] = t
}

// ask is what the firm should answer that was first told so.
func (p *Portal) ask(firm, family int32, first told) *ask {
	b := p.book
	at := time.Unix(first.at, 0).In(p.zone())
	a := &ask{first: first, exporter: b.names[firm], family: b.names[family], number: family, asked: first.at, counted: first.at, reply: b.reply(family, firm)}
	a.ladder, a.due = p.ladders.of(p.o.View.Policy, first.level, at)
	if m := b.byFamily[family]; m != nil && m.last().Lifted {
		a.lifted = m.last().at
	}
	return a
}

// ended is when nobody has to ask the firm any more: it has answered, or the
// measure was lifted. The zero time: not yet.
func (a *ask) ended() time.Time {
	switch first := a.answered(); {
	case first != 0 && (a.lifted == 0 || first < a.lifted):
		return time.Unix(first, 0)
	case a.lifted != 0:
		return time.Unix(a.lifted, 0)
	}
	return time.Time{}
}

// open reports whether the firm still has to answer at that moment.
func (a *ask) open(now time.Time) bool {
	end := a.ended()
	return end.IsZero() || end.After(now)
}

// ladders keeps the ladders of a day: many firms are told on the same one.
type ladders struct{ by sync.Map }

type ladderOf struct {
	day   int64
	level string
}

type ladder struct {
	rungs []triage.Rung
	due   int64
}

// of is the ladder of what was told at that moment, and the last moment for an
// answer. The first rung begins with the day.
func (l *ladders) of(policy triage.Config, level string, told time.Time) ([]triage.Rung, int64) {
	day := time.Date(told.Year(), told.Month(), told.Day(), 0, 0, 0, 0, told.Location())
	key := ladderOf{day.Unix(), level}
	known, ok := l.by.Load(key)
	if !ok {
		known, _ = l.by.LoadOrStore(key, ladder{policy.Ladder(level, day), policy.AnswerBy(level, day).Unix()})
	}
	at := known.(ladder) //nolint:forcetypeassert // nothing else is stored
	return at.rungs, at.due
}
