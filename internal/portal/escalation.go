package portal

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// Waiting is a firm that a warning reached and that has not answered.
type Waiting struct {
	Key      string      `json:"key" doc:"of the family"`
	Family   string      `json:"family"`
	Number   string      `json:"number" doc:"of the warning"`
	Level    string      `json:"level" doc:"of the last release"`
	Headline trade.Text  `json:"headline"`
	Firm     string      `json:"exporter" doc:"its id"`
	Name     string      `json:"exporter_name"`
	District string      `json:"district,omitempty"`
	Told     string      `json:"told" doc:"RFC 3339: when a channel first took a release for the firm"`
	Due      string      `json:"due" doc:"last day to answer in time, YYYY-MM-DD"`
	Step     triage.Step `json:"step" enum:"firm,association,district,department" doc:"with whom it is now"`
	Since    string      `json:"since" doc:"day on which that began, YYYY-MM-DD"`
}

// StepCounts counts firms that have not answered, by who it is with.
type StepCounts struct {
	Firm        int `json:"firm"`
	Association int `json:"association"`
	District    int `json:"district"`
	Department  int `json:"department"`
}

// Of is the count of a step.
func (c StepCounts) Of(s triage.Step) int { return *c.at(s) }

// Total is all of them.
func (c StepCounts) Total() int { return c.Firm + c.Association + c.District + c.Department }

func (c *StepCounts) at(s triage.Step) *int {
	switch s {
	case triage.StepAssociation:
		return &c.Association
	case triage.StepDistrict:
		return &c.District
	case triage.StepDepartment:
		return &c.Department
	}
	return &c.Firm
}

// MeasureWaits is a measure with the firms that were told of it, by where they
// stand.
type MeasureWaits struct {
	Key      string     `json:"key"`
	Family   string     `json:"family"`
	Number   string     `json:"number"`
	Level    string     `json:"level"`
	Headline trade.Text `json:"headline"`
	Told     int        `json:"told" doc:"firms that a release reached"`
	Answered int        `json:"answered" doc:"of told"`
	Lifted   bool       `json:"lifted,omitempty" doc:"then nobody is asked any more"`
	Open     StepCounts `json:"open" doc:"firms that have not answered"`
}

// AnswerDays is within how many working days a firm should answer, but for
// warnings of the most serious level.
func (p *Portal) AnswerDays() int { return p.o.View.Policy.Escalation.District }

// families are the families about which firms were told, under the one that
// speaks for them now. The caller holds the lock.
func (b *book) families() map[int32][]int32 {
	out := make(map[int32][]int32, len(b.about))
	for f := range b.about {
		lead := b.leading(f)
		out[lead] = append(out[lead], f)
	}
	return out
}

// asksAbout are the firms that were told of a family; parts are the families
// that it was joined from, and itself. The caller holds the lock.
func (p *Portal) asksAbout(family int32, parts []int32) []*ask {
	b, first := p.book, map[int32]told{}
	for _, part := range parts {
		for _, place := range b.about[part] {
			b.earliest(first, b.sent[place].firm, &b.sent[place])
		}
	}
	out := make([]*ask, 0, len(first))
	for firm, t := range first {
		out = append(out, p.ask(firm, family, t))
	}
	return out
}

func (p *Portal) measureWaits(family int32, asks []*ask, now time.Time) MeasureWaits {
	b := p.book
	out := MeasureWaits{Family: b.names[family], Number: b.names[family], Told: len(asks)}
	out.Key = trade.FamilyKey(out.Family)
	if m := b.byFamily[family]; m != nil {
		last := m.last()
		out.Number, out.Level, out.Headline, out.Lifted = last.Number, last.Level, last.Headline, last.Lifted
	}
	for _, a := range asks {
		switch {
		case a.answered() != 0:
			out.Answered++
		case a.open(now):
			*out.Open.at(a.step(now).Step)++
		}
	}
	return out
}

// step is the rung on which the ask stands at that moment.
func (a *ask) step(now time.Time) triage.Rung { return triage.Reached(a.ladder, a.ended(), now) }

// waiting describes an ask that is open.
func (p *Portal) waiting(m *MeasureWaits, a *ask, now time.Time) Waiting {
	e, _ := p.o.View.Directory.Exporter(a.exporter)
	at := a.step(now)
	return Waiting{
		Key: m.Key, Family: m.Family, Number: m.Number, Level: m.Level, Headline: m.Headline, Firm: a.exporter, Name: cmp.Or(e.Name, a.exporter), District: e.District,
		Told: p.stamp(a.asked), Due: time.Unix(a.due, 0).In(p.zone()).Format(trade.Day), Step: at.Step, Since: at.From.Format(trade.Day),
	}
}

// furthestFirst orders who waits longest first.
func furthestFirst(a, b Waiting) int {
	return cmp.Or(
		cmp.Compare(slices.Index(triage.Steps, b.Step), slices.Index(triage.Steps, a.Step)), cmp.Compare(a.Since, b.Since),
		cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Firm, b.Firm),
	)
}

// CaseWaits is where the firms stand that were told of the measure with that
// key, with those that have not answered, who waits longest first. Of a measure
// of which nobody was told it says so by nought.
func (p *Portal) CaseWaits(_ auth.CentreScope, key string) (MeasureWaits, []Waiting) {
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	m := b.measures[key]
	if m == nil {
		return MeasureWaits{Key: key}, nil
	}
	return p.waits(m.family, b.parts(m.family), p.o.Now())
}

// waits is CaseWaits of a family and those that were joined to it.
func (p *Portal) waits(family int32, parts []int32, now time.Time) (MeasureWaits, []Waiting) {
	asks := p.asksAbout(family, parts)
	out := p.measureWaits(family, asks, now)
	var rows []Waiting
	for _, a := range asks {
		if a.open(now) {
			rows = append(rows, p.waiting(&out, a, now))
		}
	}
	slices.SortFunc(rows, furthestFirst)
	return out, rows
}

// Waits are the measures to which firms have not answered, those first that
// have gone furthest, and all of them together. It is counted once a minute:
// there may be a million firms that were told.
func (p *Portal) Waits(_ auth.CentreScope) (all StepCounts, measures []MeasureWaits) {
	c := p.standing.at(p.o.Now(), p.count)
	return c.all, c.measures
}

func (p *Portal) count(now time.Time) (c counted) {
	b := p.book
	answers := map[answerCell]*view.FlowAnswers{}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for family, parts := range b.families() {
		asks := p.asksAbout(family, parts)
		for _, a := range asks {
			a.countAnswer(b, answers)
		}
		m := p.measureWaits(family, asks, now)
		if m.Open.Total() == 0 {
			continue
		}
		c.measures = append(c.measures, m)
		for _, s := range triage.Steps {
			*c.all.at(s) += m.Open.Of(s)
		}
	}
	for _, a := range answers {
		c.answers = append(c.answers, *a)
	}
	slices.SortFunc(c.measures, func(a, b MeasureWaits) int {
		return cmp.Or(
			cmp.Compare(b.Open.Department, a.Open.Department), cmp.Compare(b.Open.District, a.Open.District), cmp.Compare(b.Open.Association, a.Open.Association),
			cmp.Compare(b.Open.Firm, a.Open.Firm), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Key, b.Key),
		)
	})
	return c
}

// AllWaits are the firms that have not answered, measure by measure in the
// order of Waits; step "" for all.
func (p *Portal) AllWaits(t auth.CentreScope, step triage.Step) iter.Seq2[Waiting, error] {
	_, measures := p.Waits(t)
	now, b := p.o.Now(), p.book
	return func(yield func(Waiting, error) bool) {
		b.mu.RLock()
		parts := b.families()
		b.mu.RUnlock()
		for _, m := range measures {
			b.mu.RLock()
			family := b.ids[m.Family]
			_, rows := p.waits(family, parts[family], now)
			b.mu.RUnlock()
			for _, r := range rows {
				if (step == "" || r.Step == step) && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// counted is what is counted of all asks at once.
type counted struct {
	all      StepCounts
	measures []MeasureWaits
	answers  []view.FlowAnswers
}

// standing keeps a count for a minute. Its readers wait for each other.
type standing struct {
	mu sync.Mutex
	of time.Time
	counted
}

func (s *standing) at(now time.Time, count func(time.Time) counted) counted {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of.IsZero() || now.Before(s.of) || now.Sub(s.of) >= rereadAfter {
		s.counted, s.of = count(now), now
	}
	return s.counted
}

// answerCell is what answers are counted by: a release and a channel.
type answerCell struct {
	released int64
	channel  int32
	level    string
}

func (a *ask) countAnswer(b *book, by map[answerCell]*view.FlowAnswers) {
	key := answerCell{a.first.released, a.first.channel, a.first.level}
	of := by[key]
	if of == nil {
		of = &view.FlowAnswers{Release: key.released, Channel: b.names[key.channel], Level: key.level}
		by[key] = of
	}
	of.Asked++
	if a.answered() != 0 {
		of.Answered++
		if slices.Contains(a.reply.kinds(), trade.Receipt) {
			of.Receipts++
		}
	}
}

// Flow is how deliveries went, with the answers of firms that they reached; of
// answers it knows what was counted within the last minute.
func (p *Portal) Flow(_ auth.CentreScope, q view.FlowQuery) (view.Flow, error) {
	return p.o.View.Flow(q, p.standing.at(p.o.Now(), p.count).answers)
}

// AreaWaits is what is with a district now: its firms by name that have not
// answered, and how many have not come to it yet.
type AreaWaits struct {
	District string            `json:"district"`
	Policy   triage.Escalation `json:"working_days" doc:"after which each takes it up; half of them for the most serious level"`
	Earlier  StepCounts        `json:"earlier" doc:"not answered, and still with the firm or its association"`
	Firms    []Waiting         `json:"waiting" doc:"with the district or beyond it, who waits longest first"`
}

// AreaWaits are the scope's district's.
func (p *Portal) AreaWaits(t auth.TenantScope) (AreaWaits, error) {
	if t.District() == "" {
		return AreaWaits{}, trade.ErrNotFound
	}
	return p.areaWaits(t.District()), nil
}

// CentreAreaWaits are any district's, for the centre's own people.
func (p *Portal) CentreAreaWaits(_ auth.CentreScope, district string) AreaWaits {
	return p.areaWaits(district)
}

func (p *Portal) areaWaits(district string) AreaWaits {
	out := AreaWaits{District: district, Policy: p.o.View.Policy.Escalation, Firms: []Waiting{}}
	now, b := p.o.Now(), p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, e := range p.o.View.Directory.InDistrict(district) {
		for _, a := range p.asksOf(e.ID) {
			if !a.open(now) {
				continue
			}
			if step := a.step(now).Step; step == triage.StepFirm || step == triage.StepAssociation {
				*out.Earlier.at(step)++
				continue
			}
			m := p.measureWaits(a.number, nil, now)
			out.Firms = append(out.Firms, p.waiting(&m, a, now))
		}
	}
	slices.SortFunc(out.Firms, furthestFirst)
	return out
}
