package matcher

import (
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

var _ = register(ruleTerm)

// ruleTerm looks for the product's names and terms in the text. In title or
// products they support likely (with an agreeing code Judge makes it direct);
// elsewhere, and where they only describe other goods ("motorcycle tyres" for
// a motorcycle), they are a passing mention.
func ruleTerm(p *pair) {
	for _, t := range p.p.Terms {
		best := finding{}
		for _, h := range p.hits[t.Norm] {
			f := p.termFinding(t, h)
			if best.Kind == "" || f.weight > best.weight {
				best = f
			}
		}
		if best.Kind != "" && best.force == supports {
			p.add(best)
		}
	}
}

func (p *pair) termFinding(t index.Term, h index.TermHit) finding {
	field := p.r.Fields[h.Field]
	f := finding{
		Evidence: trade.Evidence{Kind: trade.EvidenceTerm, Notice: h.Words, Product: t.Words, Where: field.Where},
		grade:    trade.Reference, weight: 0.2, long: t.Long, tie: t.Norm,
	}
	if p.excepted(h) {
		f.force, f.weight = doubts, 0
		return f
	}
	if !f.prominent() || p.describesOther(h) {
		return f
	}
	f.grade, f.strong, f.exact, f.weight = trade.Likely, true, true, 0.45
	if t.Long {
		f.weight = 0.55
	}
	return f
}

// describesOther reports whether the words of a hit are part of the name of
// other goods, or are themselves named as what the goods are for.
func (p *pair) describesOther(h index.TermHit) bool {
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		if m.Field != h.Field || m.Start > h.Start || m.End < h.End {
			continue
		}
		if kindOf(p.p, []string{m.Concept.ID}) {
			return !m.Primary
		}
		longer := m.End-m.Start > h.End-h.Start
		if longer && !index.SameHeading(m.Concept.HS, p.p.HS) || !m.Primary {
			return true
		}
	}
	return false
}

// excepted reports whether the hit is named only to be left out.
func (p *pair) excepted(h index.TermHit) bool {
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		if m.Field == h.Field && m.Start <= h.Start && m.End >= h.End {
			return m.Negated
		}
	}
	return p.r.except[h.Field].Excepts(h.Start, h.End)
}
