package matcher

import (
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// fill puts into a match, as its group has it, what depends on the single
// product and only for those who read it: the words and codes as registered,
// and the common markets in the registry's order. It is then what Judge says
// about the product.
func fill(m *trade.Match, r *Reading, p *index.Profile) {
	m.Markets = index.CommonMarkets(r.Markets, p.Markets)
	m.Evidence = slices.Clone(m.Evidence)
	for i := range m.Evidence {
		e := &m.Evidence[i]
		switch {
		case e.Where == whereHS && e.Kind == trade.EvidenceAgainst:
			e.Product = codeList(p.HS)
		case e.Kind == trade.EvidenceHS:
			e.Product = registeredCode(e.Product, p)
		case e.Kind == trade.EvidenceTerm:
			e.Product = registeredTerm(e.Product, p)
		case e.Kind == trade.EvidenceICS && slices.Contains(p.ICS, e.Product):
		case e.Kind == trade.EvidenceConcept, e.Kind == trade.EvidenceICS, e.Kind == trade.EvidenceAgainst:
			e.Product = registeredKind(e.Product, p)
		}
	}
}

func registeredCode(code string, p *index.Profile) string {
	for _, c := range p.HS {
		if c[:min(len(c), index.WorldDigits)] == code {
			return c
		}
	}
	return code
}

func registeredTerm(norm string, p *index.Profile) string {
	for _, t := range p.Terms {
		if t.Norm == norm {
			return t.Words
		}
	}
	return norm
}

// registeredKind gives the product's own words for a concept, which a group
// names by the concept's name or by a code.
func registeredKind(words string, p *index.Profile) string {
	for _, c := range p.Concepts {
		if c.Named && c.Concept.Name("zh") == words || !c.Named && strings.HasPrefix(c.Words, words) && len(words) >= 2 {
			return c.Words
		}
	}
	if term := registeredTerm(words, p); term != words {
		return term
	}
	return registeredCode(words, p)
}
