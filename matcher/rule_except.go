package matcher

import (
	"cmp"
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleExcept)

// ruleExcept finds that the text leaves the product out ("except motorcycles",
// 除摩托车外) and names it nowhere else. Where the notice gives the product's own
// code, paper and code contradict each other and a person has to look; else the
// exception stands.
func ruleExcept(p *pair) {
	var against *finding
	for i := range p.r.Mentions {
		m := &p.r.Mentions[i]
		for _, own := range p.p.Concepts {
			covered := m.Concept.ID == own.Concept.ID || slices.Contains(index.Ancestors(own.Concept), m.Concept.ID)
			switch {
			case !covered || !own.Named && hasNamed(p.p):
			case !m.Negated && m.Prominent() && m.Concept.ID == own.Concept.ID:
				return // it is also named without exception
			case m.Negated && namedCloser(p.r, m, own.Concept):
				return // "luminaires, lamps excluded" is about street lights
			case m.Negated && against == nil:
				against = &finding{force: forbids, named: true, tie: "concept", Evidence: trade.Evidence{
					Kind: trade.EvidenceAgainst, Notice: m.Words, Product: own.Words, Where: m.Where}}
			}
		}
	}
	named, excepted := p.exceptedTerm()
	if named {
		return
	}
	if against == nil {
		against = excepted
	}
	if against == nil {
		return
	}
	if f := p.agreement(); f.strong && !headingNamed(p.r, f.Notice) {
		against.force = doubts
	}
	p.add(*against)
}

// namedCloser reports whether the text names, without exception, goods that
// cover the product and are narrower than those that it excepts.
func namedCloser(r *Reading, excepted *Mention, own *nomenclature.Concept) bool {
	return slices.ContainsFunc(r.Mentions, func(m Mention) bool {
		return !m.Negated && m.Prominent() && slices.Contains(own.Wider(), m.Concept.ID) && slices.Contains(m.Concept.Wider(), excepted.Concept.ID)
	})
}

// headingNamed reports whether the text names goods of a heading that it does
// not except: what else it excepts does not contradict the code.
func headingNamed(r *Reading, code string) bool {
	return slices.ContainsFunc(r.Mentions, func(m Mention) bool {
		return !m.Negated && m.Prominent() && !broad(m.Concept) && index.SameHeading(m.Concept.HS, []string{code})
	})
}

// exceptedTerm looks for a term that the text leaves out: the first one in the
// text, the longest there. named is set when a term also stands without
// exception where the notice says what it is about.
func (p *pair) exceptedTerm() (named bool, against *finding) {
	var first index.TermHit
	for _, t := range p.p.Terms {
		for _, h := range p.hits[t.Norm] {
			if !p.excepted(h) {
				if p.termFinding(t, h).exact {
					return true, nil
				}
				continue
			}
			if against == nil || cmp.Or(cmp.Compare(h.Field, first.Field), cmp.Compare(h.Start, first.Start), cmp.Compare(first.End, h.End), strings.Compare(t.Norm, against.tie)) < 0 {
				first = h
				against = &finding{force: forbids, named: true, tie: t.Norm, Evidence: trade.Evidence{
					Kind: trade.EvidenceAgainst, Notice: h.Words, Product: registeredKind(t.Norm, p.p), Where: p.r.Fields[h.Field].Where}}
			}
		}
	}
	return false, against
}

func hasNamed(p *index.Profile) bool {
	return slices.ContainsFunc(p.Concepts, func(c index.ProductConcept) bool { return c.Named })
}
