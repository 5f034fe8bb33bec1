package matcher

import (
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

var _ = register(ruleExcept)

// ruleExcept finds that the text leaves the product out ("except motorcycles",
// 除摩托车外) and names it nowhere else. Where the notice gives the product's own
// code, paper and code contradict each other and a person has to look; else the
// exception stands.
func ruleExcept(p *pair) []finding {
	var against *finding
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		for _, own := range p.p.Concepts {
			covered := m.Concept.ID == own.Concept.ID || slices.Contains(index.Ancestors(own.Concept), m.Concept.ID)
			switch {
			case !covered || !own.Named && hasNamed(p.p):
			case !m.Negated && m.Prominent() && m.Concept.ID == own.Concept.ID:
				return nil // it is also named without exception
			case m.Negated && against == nil:
				against = &finding{force: forbids, named: true, Evidence: trade.Evidence{
					Kind: trade.EvidenceAgainst, Notice: m.Words, Product: own.Words, Where: m.Where}}
			}
		}
	}
	for _, t := range p.p.Terms {
		for _, h := range p.hits[t.Norm] {
			if !p.excepted(h) {
				if p.termFinding(t, h).exact {
					return nil
				}
				continue
			}
			if against == nil {
				against = &finding{force: forbids, named: true, Evidence: trade.Evidence{
					Kind: trade.EvidenceAgainst, Notice: h.Words, Product: t.Words, Where: p.r.Fields[h.Field].Where}}
			}
		}
	}
	if against == nil {
		return nil
	}
	for _, f := range ruleHS(p) {
		if f.strong {
			against.force = doubts
		}
	}
	return []finding{*against}
}

func hasNamed(p *index.Profile) bool {
	return slices.ContainsFunc(p.Concepts, func(c index.ProductConcept) bool { return c.Named })
}
