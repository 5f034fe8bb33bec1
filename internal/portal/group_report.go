package portal

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Received is a warning that was sent to the association.
type Received struct {
	Number   string              `json:"number"`
	Release  int                 `json:"release"`
	Level    string              `json:"level"`
	Headline trade.Text          `json:"headline"`
	Markets  []string            `json:"markets"`
	State    trade.DeliveryState `json:"state"`
	At       string              `json:"at"`
	family   int32
}

// Named is a count with what it counts.
type Named struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// MembersSum is what the association's members did, in sums by the rule of
// steps: nought stands for none and for fewer than three firms.
type MembersSum struct {
	Reached     int      `json:"firms_reached" doc:"firms of the sector that a warning reached which the association received, too"`
	Asked       int      `json:"asked" doc:"measures whose warning reached such a firm, counted for each firm"`
	Answered    int      `json:"answered" doc:"of asked"`
	Receipts    int      `json:"receipts" doc:"of answered: said that it was received"`
	NotRelevant int      `json:"not_relevant" doc:"of answered: said that a product is not concerned"`
	Comments    int      `json:"comments" doc:"of answered: in words of their own"`
	Share       *float64 `json:"not_relevant_share" doc:"of answered; null where either is not told"`
	Open        int      `json:"with_association" doc:"of asked: not answered so long that the association has it now"`
	Days        *float64 `json:"mean_days" doc:"calendar days from warning to first answer, the mean of those told; a median would be one firm's own time"`
}

// Report is the year of an association that is inspected as an early-warning
// point (对外贸易预警点年度检查).
type Report struct {
	Name      string     `json:"name"`
	Sector    string     `json:"sector,omitempty"`
	Year      string     `json:"year"`
	Running   bool       `json:"running,omitempty" doc:"the year is not over"`
	Warnings  []Received `json:"warnings" doc:"the latest first"`
	Measures  int        `json:"measures" doc:"that the warnings are about"`
	Delivered int        `json:"delivered"`
	Failed    int        `json:"failed" doc:"rejected, or given up"`
	Pending   int        `json:"pending"`
	Levels    []Named    `json:"levels"`
	Months    []Named    `json:"months" doc:"all twelve"`
	Markets   []Named    `json:"markets" doc:"a warning counts for each of its markets"`
	Members   MembersSum `json:"members"`
}

// Report counts a year, YYYY, of the scope's association. Warnings count in
// the month in which their delivery came to where it stands; nothing about
// members is told by month or market. It reads products by key.
func (p *Portal) Report(ctx context.Context, t auth.TenantScope, year string) (Report, error) {
	s, err := p.association(t)
	if err != nil {
		return Report{}, err
	}
	return p.report(ctx, s, year)
}

func (p *Portal) report(ctx context.Context, s trade.Subscriber, year string) (Report, error) {
	q, err := p.PeriodOf(year)
	if err != nil {
		return Report{}, err
	}
	if q.Month != "" { // the steps of a month beside those of the year would tell of single firms
		return Report{}, trade.Refusef("%q is no year: write it as 2026; 年份应写作 2026", year)
	}
	out := Report{Name: cmp.Or(s.Name, s.ID), Sector: s.Sector, Year: q.Year, Running: q.Year == p.o.Now().Format("2006"), Warnings: p.received(s.ID, q.Year)}
	out.count(p)
	touching, err := p.touching(ctx, group{sector: s.Sector}, p.worth)
	if err != nil {
		return out, err
	}
	heard := map[int32]int64{} // when a warning about the family first arrived
	for _, w := range out.Warnings {
		if at := unix(w.At); w.State == trade.Accepted && (heard[w.family] == 0 || at < heard[w.family]) {
			heard[w.family] = at
		}
	}
	out.Members = p.members(touching, heard, q)
	return out, nil
}

// received are the deliveries of releases to the subscriber in that year, without
// what reminded it of one.
func (p *Portal) received(subscriber, year string) []Received {
	out := []Received{}
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	to, known := b.ids[subscriber]
	if !known {
		return out
	}
	for _, place := range b.to[to] {
		s := b.sent[place]
		m := b.byFamily[s.family]
		if m == nil || s.again || s.state == trade.Suppressed || p.monthOf(s.at)[:4] != year {
			continue
		}
		if r := m.release(int(s.release)); r != nil {
			out = append(out, Received{r.Number, r.Release, r.Level, r.Headline, r.Markets, s.state, p.stamp(s.at), s.family})
		}
	}
	slices.SortFunc(out, func(a, b Received) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Number, a.Number), cmp.Compare(b.Release, a.Release))
	})
	return out
}

// count counts the warnings, which are no secret of any firm.
func (r *Report) count(p *Portal) {
	levels, markets, months, families := map[string]int{}, map[string]int{}, map[string]int{}, map[int32]bool{}
	for _, w := range r.Warnings {
		switch w.State {
		case trade.Accepted:
			r.Delivered++
		case trade.Rejected, trade.Held:
			r.Failed++
		default:
			r.Pending++
		}
		families[w.family] = true
		levels[w.Level]++
		months[w.At[:7]]++
		for _, m := range w.Markets {
			markets[m]++
		}
	}
	r.Measures = len(families)
	r.Markets, r.Levels, r.Months = []Named{}, []Named{}, []Named{}
	for _, l := range append(p.o.View.Policy.LevelIDs(), "lifted") {
		r.Levels = append(r.Levels, Named{l, levels[l]})
	}
	for i := range 12 {
		m := r.Year + "-" + string([]byte{byte('0' + (i+1)/10), byte('0' + (i+1)%10)})
		r.Months = append(r.Months, Named{m, months[m]})
	}
	for m, n := range markets {
		r.Markets = append(r.Markets, Named{m, n})
	}
	slices.SortFunc(r.Markets, func(a, b Named) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
}

// members sums up what the firms did that a heard measure touches.
func (p *Portal) members(t *touching, heard map[int32]int64, q Span) MembersSum {
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	concerned := map[string]map[string]int64{} // by firm and family: when the association heard of it
	for _, m := range t.measures {
		at := heard[m.family]
		if at == 0 {
			continue
		}
		family := t.book.names[t.book.leading(m.family)]
		for i := range m.releases {
			for _, product := range t.of(&m.releases[i]) {
				firm := t.book.names[t.firmOf[product]]
				if concerned[firm] == nil {
					concerned[firm] = map[string]int64{}
				}
				if before := concerned[firm][family]; before == 0 || at < before {
					concerned[firm][family] = at
				}
			}
		}
	}
	var asks []*ask
	for firm, families := range concerned {
		for _, a := range p.asksOf(firm) {
			if at := families[a.family]; at != 0 && q.has(p.monthOf(a.asked)) {
				a.counted = max(a.asked, at)
				asks = append(asks, a)
			}
		}
	}
	return membersOf(asks, p.o.Now())
}

// membersOf counts the asks of a year.
func membersOf(asks []*ask, now time.Time) (out MembersSum) {
	year := monthsOf(asks, func(int64) string { return "" })[""]
	if year == nil {
		return out
	}
	out.Reached, out.Asked = firmsIn(asks), len(year.asks)
	part := func(of []*ask, is func(*ask) bool) []*ask {
		return partOf(of, eventsOf(of, func(a *ask) int64 {
			if a.answered() == 0 || !is(a) {
				return 0
			}
			return max(a.answered(), year.since[a])
		}))
	}
	says := func(k trade.ResponseKind) func(*ask) bool {
		return func(a *ask) bool { return slices.Contains(a.reply.kinds(), k) }
	}
	answered := part(year.asks, func(*ask) bool { return true })
	out.Answered = len(answered)
	out.Open = len(withGroup(year.asks, year.since, triage.StepAssociation, now))
	out.Receipts = len(part(answered, says(trade.Receipt)))
	out.NotRelevant = len(part(answered, says(trade.NotRelevant)))
	out.Comments = len(part(answered, func(a *ask) bool { return a.reply.worded }))
	if out.Answered > 0 {
		sum := int64(0)
		for _, a := range answered {
			sum += max(0, a.answered()-a.asked)
		}
		days := float64(sum) / float64(out.Answered) / 86400
		out.Days = &days
		if out.NotRelevant > 0 {
			share := float64(out.NotRelevant) / float64(out.Answered)
			out.Share = &share
		}
	}
	return out
}
