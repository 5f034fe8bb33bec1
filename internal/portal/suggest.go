package portal

import (
	"context"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Suggestion is a value that a product's name implies, and what it rests on.
type Suggestion struct {
	Field string     `json:"field"` // the column that it belongs to
	Value string     `json:"value"`
	Name  trade.Text `json:"name"`  // what the value means
	Words string     `json:"words"` // of the name, or the notice, that it rests on
}

const (
	mostSuggested = 6 // of each field
	mostMeasures  = 8 // whose papers are looked through for standards
)

// Suggest proposes codes, terms and standards for a product from its names:
// what the vocabulary of goods knows, and the standards that open measures
// about such goods name. What the product has already is not proposed.
func (p *Portal) Suggest(ctx context.Context, t auth.TenantScope, product trade.Product) ([]Suggestion, error) {
	if _, err := ownOf(t); err != nil {
		return nil, err
	}
	s := &suggesting{have: map[string][]string{"hs": product.HS, "ics": product.ICS, "terms": product.Terms, "standards": product.Standards}}
	hits := nomenclature.FindConcepts(strings.Join(append([]string{product.NameZH, product.NameEN}, product.Terms...), "\n"))
	for _, h := range hits {
		if !h.Negated {
			s.concept(h.Concept, h.Words)
		}
	}
	if p.o.PreviewProduct == nil {
		return s.out, nil
	}
	like := product
	for _, x := range s.out {
		if x.Field == "hs" {
			like.HS = append(slices.Clone(like.HS), x.Value)
		}
	}
	if len(like.Markets) == 0 {
		like.Markets = []string{nomenclature.Everywhere}
	}
	found, err := p.PreviewProduct(ctx, t, like)
	if err != nil {
		return nil, err
	}
	for _, measure := range found[:min(len(found), mostMeasures)] {
		n, err := p.o.View.NoticeBySymbol(ctx, measure.Notice)
		if err != nil {
			continue // a measure without a paper that can be read suggests nothing
		}
		for _, name := range nomenclature.Standards(n.Value.Text()) {
			s.add("standards", name, trade.Text{ZH: measure.Title, EN: measure.Title}, measure.Notice)
		}
	}
	return s.out, nil
}

type suggesting struct {
	have map[string][]string
	out  []Suggestion
}

func (s *suggesting) add(field, value string, name trade.Text, words string) {
	n := 0
	for _, x := range s.out {
		if x.Field == field {
			n++
		}
	}
	if n >= mostSuggested || value == "" || s.knows(field, value) {
		return
	}
	s.have[field] = append(slices.Clone(s.have[field]), value)
	s.out = append(s.out, Suggestion{field, value, name, words})
}

// knows reports whether the product has the value; of HS codes also whether it
// has a longer one.
func (s *suggesting) knows(field, value string) bool {
	return slices.ContainsFunc(s.have[field], func(have string) bool {
		return strings.EqualFold(have, value) || (field == "hs" && strings.HasPrefix(have, value))
	})
}

func (s *suggesting) concept(c *nomenclature.Concept, words string) {
	for _, code := range c.HS[:min(len(c.HS), max(1, c.Typical))] {
		s.add("hs", code, trade.Text{ZH: nomenclature.NearestHSName(code, "zh"), EN: nomenclature.NearestHSName(code, "en")}, words)
	}
	for _, code := range c.ICS[:min(len(c.ICS), 2)] {
		s.add("ics", code, trade.Text{ZH: nomenclature.ICSName(code, "zh"), EN: nomenclature.ICSName(code, "en")}, words)
	}
	for _, lang := range []string{"en", "es", "fr", "pt"} {
		if names := c.Names[lang]; len(names) > 0 && !strings.EqualFold(names[0], words) {
			s.add("terms", names[0], trade.Text{ZH: c.Name("zh"), EN: c.Name("en")}, words)
		}
	}
}
