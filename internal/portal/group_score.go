package portal

import (
	"cmp"
	"slices"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Score is how a firm, or several whose names are known to the reader,
// answered the warnings that reached them.
type Score struct {
	Asked   int      `json:"asked" doc:"measures whose warning reached a firm, counted for each firm"`
	InTime  int      `json:"answered_in_time"`
	Late    int      `json:"answered_late"`
	Waiting int      `json:"waiting" doc:"not answered, still in time"`
	Overdue int      `json:"overdue" doc:"not answered in time"`
	Share   *float64 `json:"share" doc:"answered in time, of those whose time is over or that are answered; null without any"`
}

func (s *Score) add(a *ask, now int64) {
	s.Asked++
	switch a.state(now) {
	case AnswerInTime:
		s.InTime++
	case AnswerLate:
		s.Late++
	case AnswerWaiting:
		s.Waiting++
	default:
		s.Overdue++
	}
	s.Share = nil
	if ended := s.Asked - s.Waiting; ended > 0 {
		share := float64(s.InTime) / float64(ended)
		s.Share = &share
	}
}

// FirmScore is a firm of the reader's district.
type FirmScore struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Score
}

// Scorecard is a district's own: its firms by name, those who have not
// answered first.
type Scorecard struct {
	District string      `json:"district"`
	Period   Span        `json:"period"`
	Days     int         `json:"answer_days" doc:"working days within which a firm should answer; half of them for the most serious level"`
	Firms    []FirmScore `json:"firms"`
	Warned   int         `json:"warned" doc:"firms that a warning reached in the period"`
	Total    Score       `json:"total"`
}

// Scorecard is the scope's district in the period: measures count in the month
// in which the warning first reached the firm.
func (p *Portal) Scorecard(t auth.TenantScope, q Span) (Scorecard, error) {
	if t.District() == "" {
		return Scorecard{}, trade.ErrNotFound
	}
	return p.scorecard(t.District(), q), nil
}

// CentreScorecard is any district's, for the centre's own people.
func (p *Portal) CentreScorecard(_ auth.CentreScope, district string, q Span) Scorecard {
	return p.scorecard(district, q)
}

func (p *Portal) scorecard(district string, q Span) Scorecard {
	out := Scorecard{District: district, Period: q, Days: p.AnswerDays(), Firms: []FirmScore{}}
	now := p.o.Now().Unix()
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	for _, e := range p.o.View.Directory.InDistrict(district) {
		f := FirmScore{ID: e.ID, Name: cmp.Or(e.Name, e.ID)}
		for _, a := range p.asksOf(e.ID) {
			if q.has(p.monthOf(a.asked)) {
				f.add(a, now)
				out.Total.add(a, now)
			}
		}
		if f.Asked > 0 {
			out.Warned++
		}
		out.Firms = append(out.Firms, f)
	}
	slices.SortFunc(out.Firms, func(a, b FirmScore) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(b.Late, a.Late), cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// AreaScore is a district in sums. Nought stands for none and for fewer than
// three firms.
type AreaScore struct {
	District string   `json:"district" doc:"empty: firms without a district"`
	Warned   int      `json:"firms_warned"`
	Asked    int      `json:"asked" doc:"measures whose warning reached a firm, counted for each firm"`
	InTime   int      `json:"answered_in_time"`
	Share    *float64 `json:"share" doc:"answered in time, of asked; null where either is not told"`
	Open     int      `json:"with_departments" doc:"of asked: not answered so long that the departments have it now"`
}

func (s *AreaScore) share() {
	if s.Share = nil; s.Asked > 0 && s.InTime > 0 {
		share := float64(s.InTime) / float64(s.Asked)
		s.Share = &share
	}
}

// Area is every district in sums, and the city as the sum of what is told.
type Area struct {
	Period    Span        `json:"period"`
	Days      int         `json:"answer_days"`
	Districts []AreaScore `json:"districts" doc:"the lowest share first"`
	City      AreaScore   `json:"city"`
	Months    []MonthSum  `json:"months" doc:"of the year, the city in sums"`
}

// MonthSum is the city in a month.
type MonthSum struct {
	Month  string `json:"month"`
	Asked  int    `json:"asked"`
	InTime int    `json:"answered_in_time"`
}

// Area is the scorecard of every district for a department, by the rule of
// steps.
func (p *Portal) Area(t auth.TenantScope, q Span) (Area, error) {
	if t.Role() != trade.RoleDepartment {
		return Area{}, trade.ErrNotFound
	}
	asks := map[string][]*ask{}
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	for _, e := range p.o.View.Directory.Exporters() {
		asks[e.District] = append(asks[e.District], p.asksOf(e.ID)...)
	}
	out := area(asks, q, p.monthOf, p.o.Now())
	out.Days = p.AnswerDays()
	return out, nil
}

// area counts the asks of each district.
func area(asks map[string][]*ask, q Span, month func(int64) string, now time.Time) Area {
	out := Area{Period: q, Districts: []AreaScore{}}
	months := map[string]*MonthSum{}
	for district, all := range asks {
		row := AreaScore{District: district}
		for m, g := range monthsOf(all, month) {
			told := partOf(g.asks, eventsOf(g.asks, func(a *ask) int64 {
				if at := a.inTime(); at != 0 {
					return max(at, g.since[a])
				}
				return 0
			}))
			if m[:4] == q.Year {
				if months[m] == nil {
					months[m] = &MonthSum{Month: m}
				}
				months[m].Asked += len(g.asks)
				months[m].InTime += len(told)
			}
			if q.has(m) {
				row.Asked, row.InTime = row.Asked+len(g.asks), row.InTime+len(told)
				row.Open += len(withGroup(g.asks, g.since, triage.StepDepartment, now))
			}
		}
		row.Warned = firmsIn(within(all, q, month))
		if district == "" && row == (AreaScore{}) {
			continue
		}
		row.share()
		out.City.Warned, out.City.Asked, out.City.InTime = out.City.Warned+row.Warned, out.City.Asked+row.Asked, out.City.InTime+row.InTime
		out.City.Open += row.Open
		out.Districts = append(out.Districts, row)
	}
	out.City.share()
	for _, m := range months {
		out.Months = append(out.Months, *m)
	}
	slices.SortFunc(out.Months, func(a, b MonthSum) int { return cmp.Compare(a.Month, b.Month) })
	slices.SortFunc(out.Districts, func(a, b AreaScore) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.District, b.District))
	})
	return out
}

// rank puts the lowest share first and those without any last.
func rank(s AreaScore) float64 {
	if s.Asked == 0 {
		return 2
	}
	return float64(s.InTime) / float64(s.Asked)
}

// within are the asks of the period.
func within(asks []*ask, q Span, month func(int64) string) (out []*ask) {
	for _, a := range asks {
		if q.has(month(a.asked)) {
			out = append(out, a)
		}
	}
	return out
}
