package matcher

import (
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleConcept)

// How the goods that a text names relate to what the product is, with the
// weight that adds.
const (
	sameNamed  = 0.5  // both name the kind: 摩托车 and motocicletas
	sameByCode = 0.42 // the product's HS code says that it is of the kind
	wider      = 0.32 // the notice names a wider kind
	narrower   = 0.25 // the notice names a narrower kind than the product's name
)

// placeFactor is how much a field's words count.
var placeFactor = map[string]float64{whereTitle: 1, whereProducts: 1, whereKeywords: 0.6, whereDescription: 0.5}

// ruleConcept compares kinds of goods across languages and wordings. It brings
// the best mention.
func ruleConcept(p *pair) {
	var best finding
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		if m.Negated {
			continue
		}
		for _, own := range p.p.Concepts {
			if f, ok := conceptFinding(m, own, p.p); ok && (f.grade.Rank() > best.grade.Rank() || f.grade == best.grade && f.weight > best.weight) {
				best = f
			}
		}
	}
	if best.Kind != "" {
		p.add(best)
	}
}

func conceptFinding(m *Mention, own index.ProductConcept, p *index.Profile) (finding, bool) {
	f := finding{
		Evidence: trade.Evidence{Kind: trade.EvidenceConcept, Notice: m.Words, Product: own.Words, Where: m.Where},
		grade:    trade.Reference,
	}
	clear := true
	switch {
	case m.Concept.ID == own.Concept.ID && own.Named:
		f.weight, f.strong = sameNamed, true
	case m.Concept.ID == own.Concept.ID:
		f.weight, f.strong = sameByCode, true
	case slices.Contains(index.Ancestors(own.Concept), m.Concept.ID):
		f.weight, clear = wider, !broad(m.Concept)
	case own.Named && slices.Contains(index.Ancestors(m.Concept), own.Concept.ID) && fits(m.Concept, p):
		f.weight, clear = narrower, !broad(own.Concept)
	default:
		return finding{}, false
	}
	if len(m.Concept.HS) > 0 && broad(m.Concept) {
		clear = false
	}
	if !m.Primary && m.Concept.ID != own.Concept.ID && (m.Where == whereTitle || m.Where == whereProducts) {
		return finding{}, false // what other goods are for, and only the wider kind: "seat belts of motor vehicles" and a truck
	}
	factor := placeFactor[m.Where]
	if m.Subject {
		factor = 0.8
	}
	f.weight *= factor
	if m.Prominent() && clear {
		f.grade = trade.Likely
	} else {
		f.strong = false
		f.weight /= 2
	}
	return f, true
}

// fits reports whether the product's HS codes allow that it is of a kind that
// its name leaves open: a "tyre" of 401110 is no motorcycle tyre.
func fits(c *nomenclature.Concept, p *index.Profile) bool {
	heading := func(code string) bool { return len(code) >= 4 }
	return !slices.ContainsFunc(p.HS, heading) || !slices.ContainsFunc(c.HS, heading) || index.OfKind(c, p.HS)
}
