package portal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Occasion is that somebody has to be written to about a measure again: the
// day for comments comes near, or a firm has not answered.
type Occasion struct {
	ID  string // remind-10-2026-12-10, escalate-district-2026-12-01
	Key string // of the family
	To  func(s *trade.Subscriber) bool
}

const (
	remindPrefix   = "remind-"
	escalatePrefix = "escalate-"
)

// Occasions are those of the day of that moment, and the steps that began on so
// many days before it; a reminder is due until the next one is. Asked again for
// the same day they are the same, but for what has been answered meanwhile.
func (p *Portal) Occasions(ctx context.Context, day time.Time, before int) ([]Occasion, error) {
	if err := p.Ready(); err != nil {
		return nil, err
	}
	day = day.In(p.zone())
	out := p.reminders(day)
	for back := range before + 1 {
		steps, err := p.Escalations(ctx, day.AddDate(0, 0, -back))
		if err != nil {
			return nil, err
		}
		for _, e := range steps {
			out = append(out, Occasion{fmt.Sprintf("%s%s-%s", escalatePrefix, e.Step, e.Since), e.Key, e.concerns})
		}
	}
	return out, nil
}

// reminders are what firms and associations, who comment, are reminded of.
func (p *Portal) reminders(day time.Time) (out []Occasion) {
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	for key, m := range b.measures {
		if !b.leads(m) {
			continue // its days are those of the measure that it is one with now
		}
		if r, due := triage.DueReminder(&m.last().Warning, p.o.View.Policy, day); due {
			out = append(out, Occasion{reminderID(r), key, func(s *trade.Subscriber) bool {
				return s.Kind == trade.SubExporter || s.Kind == trade.SubAssociation
			}})
		}
	}
	slices.SortFunc(out, func(a, b Occasion) int { return strings.Compare(a.Key+a.ID, b.Key+b.ID) })
	return out
}

func reminderID(r triage.Reminder) string { return r.ID + "-" + r.To }

// concerns reports whether the step is that subscriber's to take up.
func (e *Escalation) concerns(s *trade.Subscriber) bool {
	switch e.Step {
	case triage.StepAssociation:
		return s.Kind == trade.SubAssociation && slices.ContainsFunc(e.Firms, func(f EscalatedFirm) bool { return s.Sector == "" || slices.Contains(f.Sectors, s.Sector) })
	case triage.StepDistrict:
		return s.Kind == trade.SubDistrict && slices.ContainsFunc(e.Firms, func(f EscalatedFirm) bool { return f.District == s.District })
	case triage.StepDepartment:
		return s.Kind == trade.SubDepartment
	}
	return false
}

// OccasionWords are what that recipient is told first, at the moment now; why
// says that there is nothing to say any more.
func (p *Portal) OccasionWords(ctx context.Context, id string, to *trade.Subscriber, family string, now time.Time) (mark trade.Text, lead []trade.Text, why trade.Text, err error) {
	now = now.In(p.zone())
	key := trade.FamilyKey(family)
	if strings.HasPrefix(id, remindPrefix) {
		mark = trade.Text{ZH: "评议提醒", EN: "Reminder"}
		lead, why = p.reminderWords(id, key, now)
		return mark, lead, why, nil
	}
	mark = trade.Text{ZH: "催办", EN: "Not answered"}
	step, _, _ := strings.Cut(strings.TrimPrefix(id, escalatePrefix), "-")
	names, err := p.unanswered(ctx, key, triage.Step(step), to, now)
	if err != nil || len(names) == 0 {
		return mark, nil, triage.Reason("answered meanwhile: no firm is asked any more"), err
	}
	return mark, []trade.Text{escalationWords(triage.Step(step), names)}, trade.Text{}, nil
}

// reminderWords says how much time is left. A day that was moved by a later
// release has other reminders.
func (p *Portal) reminderWords(id, key string, now time.Time) (lead []trade.Text, why trade.Text) {
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	gone := triage.Reason("the reminder is out of date: the day has passed or was moved")
	m := b.measures[key]
	if m == nil || !b.leads(m) {
		return nil, gone
	}
	w := &m.last().Warning
	r, due := triage.DueReminder(w, p.o.View.Policy, now)
	if !due || reminderID(r) != id {
		return nil, gone
	}
	close := triage.CentreOf(w, p.o.View.Policy).Close
	if !r.Centre {
		return []trade.Text{{
			ZH: fmt.Sprintf("还有 %d 个工作日：评议于 %s 截止，本中心征集意见的日期已过，请尽快联系本中心。", r.Left, r.To),
			EN: fmt.Sprintf("Working days left: %d. Comments close on %s; the centre's own day has passed, please get in touch at once.", r.Left, r.To),
		}}, trade.Text{}
	}
	return []trade.Text{{
		ZH: fmt.Sprintf("还有 %d 个工作日：请在 %s 前把意见交给本中心（评议于 %s 截止）。", r.Left, r.To, close),
		EN: fmt.Sprintf("Working days left: %d. Send your comments to the centre by %s (the authority takes them until %s).", r.Left, r.To, close),
	}}, trade.Text{}
}

// unanswered are the names of the firms that have come to that step or beyond
// and are the recipient's to ask.
func (p *Portal) unanswered(ctx context.Context, key string, step triage.Step, to *trade.Subscriber, now time.Time) ([]string, error) {
	b := p.book
	b.mu.RLock()
	var last *release
	var firms []EscalatedFirm
	if m := b.measures[key]; m != nil {
		lead := b.leading(m.family)
		last = b.byFamily[lead].last()
		for _, a := range p.asksAbout(lead, b.parts(lead)) {
			if a.open(now) && slices.Index(triage.Steps, a.step(now).Step) >= slices.Index(triage.Steps, step) {
				e, _ := p.o.View.Directory.Exporter(a.exporter)
				firms = append(firms, EscalatedFirm{ID: a.exporter, District: e.District})
			}
		}
	}
	b.mu.RUnlock()
	if to.Kind == trade.SubAssociation && to.Sector != "" {
		if err := p.sectorsOf(ctx, last, firms); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, f := range firms {
		if (&Escalation{Step: step, Firms: []EscalatedFirm{f}}).concerns(to) {
			names = append(names, p.firm(f.ID).Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// namedFirms is how many firms a message names.
const namedFirms = 10

// escalationWords says which firms are to be reminded. A district is told their
// names, which are its own; others a number, and none under three, as on their
// pages: it would tell who.
func escalationWords(step triage.Step, names []string) trade.Text {
	n := len(names)
	some := trade.Text{ZH: fmt.Sprintf("该预警送达的企业中有 %d 家逾期未反馈", n), EN: fmt.Sprintf("Firms that were told of this and have not answered: %d", n)}
	does := trade.Text{ZH: "请协会提醒会员企业确认收到并反馈是否受影响。", EN: "Please ask your members to confirm it and to say whether they are affected."}
	switch {
	case step == triage.StepDistrict:
		named := names[:min(n, namedFirms)]
		some.ZH, some.EN = some.ZH+"："+strings.Join(named, "、"), some.EN+" ("+strings.Join(named, "; ")
		if more := n - len(named); more > 0 {
			some.ZH, some.EN = fmt.Sprintf("%s，另有 %d 家", some.ZH, more), fmt.Sprintf("%s; and %d more", some.EN, more)
		}
		some.EN += ")"
		does = trade.Text{ZH: "请区县联系这些企业，督促其反馈。", EN: "Please get in touch with them and ask them to answer."}
	case n < 3:
		some = trade.Text{ZH: "该预警送达的企业中有企业逾期未反馈（不足三家，不列数字）", EN: "Some firms that were told of this have not answered (fewer than three, no number is given)"}
	}
	if step == triage.StepDepartment {
		does = trade.Text{ZH: "现报部门知悉。", EN: "The departments are informed."}
	}
	return trade.Text{ZH: some.ZH + "。" + does.ZH, EN: some.EN + ". " + does.EN}
}
