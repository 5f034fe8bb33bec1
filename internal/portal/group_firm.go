package portal

import (
	"cmp"
	"slices"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// FirmWarning is a release that was sent to a firm of the reader's district,
// and what the firm said about the measure.
type FirmWarning struct {
	Number   string               `json:"number"`
	Release  int                  `json:"release"`
	Level    string               `json:"level"`
	Headline trade.Text           `json:"headline"`
	Channel  string               `json:"channel"`
	State    trade.DeliveryState  `json:"state" doc:"of the delivery"`
	At       string               `json:"at" doc:"RFC 3339, of the delivery's state"`
	Answer   string               `json:"answer,omitempty" enum:"in_time,late,waiting,overdue" doc:"absent: no warning about the measure has arrived"`
	Kinds    []trade.ResponseKind `json:"answers,omitempty" doc:"what the firm said, as it stands"`
	Answered string               `json:"answered,omitempty" doc:"RFC 3339, when it first said anything"`
	Due      string               `json:"due,omitempty" doc:"last day to answer, YYYY-MM-DD"`
}

// DistrictFirm is a firm of the reader's district with what it was sent: no product,
// no value, no address.
type DistrictFirm struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Score    Score         `json:"score" doc:"of all time"`
	Warnings []FirmWarning `json:"warnings" doc:"not answered first, then the latest"`
}

// Firm is a firm of the scope's district; any other is not found.
func (p *Portal) Firm(t auth.TenantScope, id string) (DistrictFirm, error) {
	e, ok := p.o.View.Directory.Exporter(id)
	if !ok || t.District() == "" || e.District != t.District() {
		return DistrictFirm{}, trade.ErrNotFound
	}
	now := p.o.Now().Unix()
	out := DistrictFirm{ID: e.ID, Name: cmp.Or(e.Name, e.ID), Warnings: []FirmWarning{}}
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	asks := map[string]*ask{}
	for _, a := range p.asksOf(id) {
		asks[a.family] = a
		out.Score.add(a, now)
	}
	if me, known := b.ids[id]; known {
		for _, place := range b.toFirm[me] {
			s := b.sent[place]
			if s.again {
				continue // the release stands there already
			}
			w := FirmWarning{Release: int(s.release), Channel: b.names[s.channel], State: s.state, At: p.stamp(s.at)}
			if m := b.byFamily[s.family]; m != nil {
				if r := m.release(w.Release); r != nil {
					w.Number, w.Level, w.Headline = r.Number, r.Level, r.Headline
				}
			}
			w.Number = cmp.Or(w.Number, b.names[s.family])
			w.answer(asks[b.names[b.leading(s.family)]], now, p.zone())
			out.Warnings = append(out.Warnings, w)
		}
	}
	slices.SortFunc(out.Warnings, func(a, b FirmWarning) int {
		return cmp.Or(cmp.Compare(waits(b), waits(a)), cmp.Compare(b.At, a.At), cmp.Compare(b.Number, a.Number), cmp.Compare(b.Release, a.Release))
	})
	return out, nil
}

func (w *FirmWarning) answer(a *ask, now int64, zone *time.Location) {
	if a == nil {
		return
	}
	w.Answer, w.Due = a.state(now), time.Unix(a.due, 0).In(zone).Format(trade.Day)
	if a.reply != nil {
		w.Kinds, w.Answered = a.reply.kinds(), time.Unix(a.reply.first, 0).In(zone).Format(time.RFC3339)
	}
}

// waits orders what a district has to follow up.
func waits(w FirmWarning) int {
	switch w.Answer {
	case AnswerOverdue:
		return 2
	case AnswerWaiting:
		return 1
	}
	return 0
}

func (p *Portal) stamp(at int64) string {
	if at == 0 {
		return ""
	}
	return time.Unix(at, 0).In(p.zone()).Format(time.RFC3339)
}
