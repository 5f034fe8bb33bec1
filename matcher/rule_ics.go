package matcher

import (
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleICS)

// ruleICS compares ICS codes: the group or subgroup is a reference by itself,
// and supports likely where the group is about the very kind of goods that the
// product is, by its title, and the text names no goods. A field is hardly anything.
func ruleICS(p *pair) {
	best := finding{}
	for i, a := range p.r.ICS {
		for _, b := range p.p.ICS {
			levels := index.ICSAgree(a, b)
			if levels == 0 {
				continue
			}
			f := finding{Evidence: trade.Evidence{Kind: trade.EvidenceICS, Notice: a, Product: b, Where: whereICS},
				grade: trade.Reference, weight: []float64{0, 0.05, 0.25, 0.35}[min(levels, 3)], code: levels >= 2}
			if f.weight > best.weight {
				best = f
			}
		}
		for _, kind := range p.r.ics[i] {
			for _, own := range p.p.Concepts {
				if own.Concept.ID != kind.id {
					continue
				}
				f := finding{Evidence: trade.Evidence{Kind: trade.EvidenceICS, Notice: a, Product: own.Words, Where: whereICS},
					grade: trade.Reference, weight: 0.3, code: true}
				if !p.r.subject && kind.named {
					f.grade, f.weight = trade.Likely, 0.4
				}
				if f.weight > best.weight || f.grade.Rank() > best.grade.Rank() {
					best = f
				}
			}
		}
	}
	if best.weight > 0 {
		p.add(best)
	}
}

// icsGoods are the kinds of goods that a group or subgroup of ICS is about.
type icsGoods []struct {
	id    string // of the concept
	named bool   // its title names them, or a wider kind
}

func goodsOfICS(code string) icsGoods {
	concepts := conceptsOfICS(code)
	if len(concepts) == 0 {
		return nil
	}
	title := goodsInTitle(code)
	out := make(icsGoods, len(concepts))
	for i, c := range concepts {
		out[i].id = c.ID
		out[i].named = slices.ContainsFunc(title, func(h nomenclature.ConceptHit) bool {
			return !broad(h.Concept) && (h.Concept.ID == c.ID || slices.Contains(c.Wider(), h.Concept.ID))
		})
	}
	return out
}

// goodsInTitle are the goods that the title of an ICS code names: 43.140 is
// "motorcycles and mopeds". Other goods that lie in a group are what belongs to
// them, or are beside them.
func goodsInTitle(code string) []nomenclature.ConceptHit {
	name := nomenclature.ICSName(code, "en")
	if name == "" {
		name = nomenclature.ICSName(code[:min(len(code), icsGroup)], "en")
	}
	return nomenclature.FindConcepts(name)
}

// kindOf reports whether the product is of one of these concepts.
func kindOf(p *index.Profile, ids []string) bool {
	return slices.ContainsFunc(p.Concepts, func(c index.ProductConcept) bool { return slices.Contains(ids, c.Concept.ID) })
}
