package triage

import (
	"cmp"
	"slices"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Concern is a firm's product that a measure touches, with what is registered
// of it.
type Concern struct {
	ID      string     `json:"id"`
	Name    trade.Text `json:"name"`
	HS      []string   `json:"hs,omitempty"`
	Markets []string   `json:"markets" doc:"of the measure, to which it is exported"`
	Value   float64    `json:"export_value_usd,omitempty" doc:"registered, a year, all markets; absent: not registered"`
	Only    bool       `json:"only_there,omitempty" doc:"it is exported to the measure's markets only, so the value is the value to those"`
}

// Known is what is known of a firm before it answers the impact survey.
type Known struct {
	Products []Concern       `json:"products"`
	Value    float64         `json:"export_value_usd" doc:"of the products, a year, all markets"`
	There    float64         `json:"export_value_there_usd" doc:"of those that are exported to the measure's markets only"`
	Affected float64         `json:"affected_usd,omitempty" doc:"what the form begins with: as answered before, else export_value_there_usd; absent: nothing is known"`
	Previous *trade.Response `json:"previous,omitempty" doc:"the answer that stands"`
}

// KnownOf says what is known of the firm's products that a measure touches.
// registered are the firm's products by id. What is registered is the value to
// all markets: it is only offered as affected where there are no others.
func KnownOf(touched []trade.Match, registered func(product string) (trade.Product, bool), previous *trade.Response) Known {
	out := Known{Products: []Concern{}, Previous: previous}
	seen := map[string]bool{}
	for _, m := range touched {
		if seen[m.Product] {
			continue
		}
		seen[m.Product] = true
		c := Concern{ID: m.Product, Name: trade.Text{ZH: m.Product, EN: m.Product}, Markets: m.Markets}
		if p, ok := registered(m.Product); ok {
			c.HS, c.Value = p.HS, p.ExportValue
			if p.NameZH+p.NameEN != "" {
				c.Name = trade.Text{ZH: p.Name("zh"), EN: p.Name("en")}
			}
			c.Only = len(p.Markets) > 0 && !slices.Contains(p.Markets, nomenclature.Everywhere) && sameMarkets(nomenclature.Common(m.Markets, p.Markets), p.Markets)
		}
		if out.Value += c.Value; c.Only {
			out.There += c.Value
		}
		out.Products = append(out.Products, c)
	}
	slices.SortStableFunc(out.Products, func(a, b Concern) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.ID, b.ID)) })
	if out.Affected = out.There; previous != nil && previous.Survey != nil {
		out.Affected = previous.Survey.Affected
	}
	return out
}

func sameMarkets(a, b []string) bool {
	return slices.Equal(trade.SortedUnique(slices.Clone(a)), trade.SortedUnique(slices.Clone(b)))
}

// Coded is how many firms named one code of the impact survey.
type Coded struct {
	Code  string `json:"code"`
	Firms int    `json:"firms"`
}

// Impact is what firms said a measure means to them, together.
type Impact struct {
	Firms        int     `json:"firms" doc:"that answered anything"`
	Surveys      int     `json:"surveys" doc:"firms that answered the impact survey"`
	Comments     int     `json:"comments" doc:"firms that wrote a comment"`
	NotRelevant  int     `json:"not_relevant" doc:"firms that called a product not concerned"`
	Affected     float64 `json:"affected_usd" doc:"exports affected a year, of the surveys"`
	Cost         float64 `json:"added_cost_usd" doc:"added cost, of the surveys"`
	Affecting    int     `json:"affected_firms" doc:"firms that said how much of their exports is affected"`
	Costing      int     `json:"added_cost_firms" doc:"firms that said what it adds to their cost"`
	Difficulties []Coded `json:"difficulties" doc:"most named first"`
	Needs        []Coded `json:"needs" doc:"most named first"`
}

// ImpactOf sums up the answers about a measure, in the order in which they were
// given. Of several surveys of one firm the last one counts.
func ImpactOf(answers []trade.Response) Impact {
	surveys := map[string]*trade.Survey{}
	firms, commented, refused := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range answers {
		r := &answers[i]
		firms[r.Exporter] = true
		switch r.Kind {
		case trade.Surveyed:
			if r.Survey != nil {
				surveys[r.Exporter] = r.Survey
			}
		case trade.Commented:
			commented[r.Exporter] = true
		case trade.NotRelevant:
			refused[r.Exporter] = true
		}
	}
	out := Impact{Firms: len(firms), Surveys: len(surveys), Comments: len(commented), NotRelevant: len(refused)}
	difficulties, needs := map[string]int{}, map[string]int{}
	for _, s := range surveys {
		if s.Affected > 0 {
			out.Affected, out.Affecting = out.Affected+s.Affected, out.Affecting+1
		}
		if s.Cost > 0 {
			out.Cost, out.Costing = out.Cost+s.Cost, out.Costing+1
		}
		for _, code := range trade.Distinct(s.Difficulties) {
			difficulties[code]++
		}
		for _, code := range trade.Distinct(s.Needs) {
			needs[code]++
		}
	}
	out.Difficulties, out.Needs = coded(difficulties, trade.SurveyDifficulties), coded(needs, trade.SurveyNeeds)
	return out
}

// coded orders counts, the largest first, then as the survey lists the codes.
func coded(counts map[string]int, order []string) []Coded {
	out := []Coded{}
	for _, code := range order {
		if counts[code] > 0 {
			out = append(out, Coded{code, counts[code]})
		}
	}
	slices.SortStableFunc(out, func(a, b Coded) int { return b.Firms - a.Firms })
	return out
}
