package matcher

import (
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleKind)

// ruleKind knows what goods are not: where the notice is about a kind that the
// vocabulary sets apart from the product's (a hard hat is no helmet for
// motorcyclists, poultry is no pork), and names nothing that the product is,
// no code can make up for it.
func ruleKind(p *pair) {
	var against *finding
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		if m.Negated || !m.Prominent() {
			continue
		}
		for _, own := range p.p.Concepts {
			if !own.Named {
				continue
			}
			if related(m.Concept, own.Concept) {
				return
			}
			if against == nil && apart(m.Concept, own.Concept) && !shortFor(m.Words, own.Concept) {
				against = &finding{force: forbids, Evidence: trade.Evidence{
					Kind: trade.EvidenceAgainst, Notice: m.Words, Product: own.Words, Where: m.Where}}
			}
		}
	}
	if against != nil {
		p.add(*against)
	}
}

// apart reports whether the vocabulary says that one is not the other, or not
// something wider than the other.
func apart(a, b *nomenclature.Concept) bool {
	return notOf(a, b) || notOf(b, a)
}

func notOf(a, b *nomenclature.Concept) bool {
	return slices.Contains(a.Not, b.ID) ||
		slices.ContainsFunc(index.Ancestors(b), func(id string) bool { return slices.Contains(a.Not, id) })
}

// shortFor reports whether words are part of a longer name of c: "brakes" may
// be short for "motorcycle brakes", "hard hats" is no helmet for motorcyclists.
func shortFor(words string, c *nomenclature.Concept) bool {
	f := nomenclature.NewFinder()
	f.Add(words, 0)
	for _, names := range c.Names {
		for _, name := range names {
			if len(f.Find(name)) > 0 {
				return true
			}
		}
	}
	return false
}
