package portal

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Escalation is a step that begins: who has it now has to be told.
type Escalation struct {
	Key      string
	Family   string
	Number   string
	Level    string // of the last release
	Headline trade.Text
	Step     triage.Step
	Since    string // the day, YYYY-MM-DD
	Firms    []EscalatedFirm
}

// EscalatedFirm is a firm that has not answered.
type EscalatedFirm struct {
	ID       string
	District string
	Sectors  []string // of its products that the warning touches: whose associations are asked
	Told     string   // RFC 3339
}

// Escalations are the steps that begin on the day of that moment, in the
// centre's zone, each with the firms whose warning goes on to it, in the order
// of measures and steps. They follow from what is recorded and from the policy:
// whoever asks twice is told the same, so a sender can ask again for a day that
// it missed. It reads products by key.
func (p *Portal) Escalations(ctx context.Context, now time.Time) ([]Escalation, error) {
	type begun struct {
		family int32
		step   triage.Step
	}
	of, touched := map[begun]*Escalation{}, map[begun]*release{}
	b := p.book
	b.mu.RLock()
	for family, parts := range b.families() {
		for _, a := range p.asksAbout(family, parts) {
			for _, r := range triage.Begins(a.ladder, a.ended(), now) {
				k := begun{family, r.Step}
				if of[k] == nil {
					m := p.measureWaits(family, nil, now)
					of[k] = &Escalation{Key: m.Key, Family: m.Family, Number: m.Number, Level: m.Level, Headline: m.Headline, Step: r.Step, Since: r.From.Format(trade.Day)}
					if m := b.byFamily[family]; m != nil {
						touched[k] = m.last()
					}
				}
				e, _ := p.o.View.Directory.Exporter(a.exporter)
				of[k].Firms = append(of[k].Firms, EscalatedFirm{ID: a.exporter, District: e.District, Told: p.stamp(a.asked)})
			}
		}
	}
	b.mu.RUnlock()
	var out []Escalation
	for k, e := range of {
		if err := p.sectorsOf(ctx, touched[k], e.Firms); err != nil {
			return nil, err
		}
		slices.SortFunc(e.Firms, func(a, b EscalatedFirm) int { return cmp.Compare(a.ID, b.ID) })
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Escalation) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(slices.Index(triage.Steps, a.Step), slices.Index(triage.Steps, b.Step)))
	})
	return out, nil
}

// sectorsOf fills in the sectors of the firms' products that the release
// touches.
func (p *Portal) sectorsOf(ctx context.Context, r *release, firms []EscalatedFirm) error {
	if r == nil {
		return nil
	}
	keys, of := map[string][]string{}, map[string]bool{}
	for _, f := range firms {
		of[f.ID] = true
	}
	var all []string
	p.book.mu.RLock()
	for i, n := range r.touched {
		firm := p.book.names[r.firms[i]]
		if of[firm] {
			key := (&trade.Product{Exporter: firm, ID: p.book.names[n][len(firm)+1:]}).Key()
			keys[firm], all = append(keys[firm], key), append(all, key)
		}
	}
	p.book.mu.RUnlock()
	worth, err := p.recent.worth(ctx, all)
	if err != nil {
		return err
	}
	for i := range firms {
		for _, key := range keys[firms[i].ID] {
			if s := worth[key].sector; s != "" {
				firms[i].Sectors = append(firms[i].Sectors, s)
			}
		}
		firms[i].Sectors = trade.SortedUnique(firms[i].Sectors)
	}
	return nil
}
