package matcher

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
)

// How surely a mention says what a notice is about, by the field in which it
// stands; see strength.
var placeStrength = map[string]float64{whereTitle: 0.74, whereProducts: 0.82, whereKeywords: 0.4, whereDescription: 0.3}

const (
	subjectStrength = 0.65 // goods of the first sentence, where title and products name none
	secondary       = 0.3  // goods that are only described: what the goods are for, or made of
	overruled       = 0.35 // a wider kind, where the notice names a narrower one
	maxInferred     = 24   // codes are listed
	leastConfidence = 0.03 // that is worth a line
)

// about is what the mentions of one concept say together.
type about struct {
	concept  *nomenclature.Concept
	strength float64 // 0 to 1: how surely the notice is about these goods
	basis    []Basis
	first    int // place of its first mention among all
}

// inferHS derives headings and subheadings from the goods that the text names,
// but for those that lie under a given code.
func inferHS(r *Reading) []Code {
	return infer(goodsOf(r), r.HS, 4, func(a *about) ([]string, func(int) float64) {
		codes := a.concept.HS
		equal, all := len(headings(codes[:a.concept.Typical])), len(headings(codes))
		return codes, func(rank int) float64 { return typical(rank, equal, all) }
	})
}

// inferICS does so for ICS groups.
func inferICS(r *Reading) []Code {
	return infer(goodsOf(r), r.ICS, icsGroup, func(a *about) ([]string, func(int) float64) {
		return a.concept.ICS, func(rank int) float64 { return typical(rank, 1, len(a.concept.ICS)) }
	})
}

// typical is how often goods that bear a concept's name lie under its code of
// that rank, where it has n codes of which the first ones are equally typical.
func typical(rank, equal, n int) float64 {
	switch {
	case rank < equal && equal > 1:
		return 0.75
	case rank == 0 && n <= 2:
		return 0.97
	case rank == 0:
		return 0.85
	case n <= 3:
		return 0.44
	}
	return 0.44 * math.Pow(0.93, float64(rank-equal))
}

// goodsOf sums up the mentions by concept, in the order of the text.
func goodsOf(r *Reading) []*about {
	var out []*about
	at := map[string]*about{}
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Negated {
			continue
		}
		a := at[m.Concept.ID]
		if a == nil {
			a = &about{concept: m.Concept, first: i}
			at[m.Concept.ID] = a
			out = append(out, a)
		}
		a.strength = 1 - (1-a.strength)*(1-strength(m))
		a.basis = append(a.basis, Basis{m.Where, m.Words, m.Concept.ID})
	}
	for _, a := range out {
		for _, b := range out {
			narrower := slices.Contains(b.concept.Wider(), a.concept.ID) || broad(a.concept) && !broad(b.concept)
			if b.strength > 0.5 && narrower {
				a.strength *= overruled
				break
			}
		}
	}
	return out
}

func strength(m *Mention) float64 {
	s := placeStrength[m.Where]
	if m.Subject {
		s = subjectStrength
	}
	if !m.Primary {
		s *= secondary
	}
	return s
}

// infer turns goods into codes of at least that many characters. What several
// concepts say of one code adds up: 1-Π(1-confidence).
func infer(goods []*about, known []string, length int, codesOf func(*about) ([]string, func(rank int) float64)) []Code {
	found := map[string]*Code{}
	first := map[string]int{}
	for _, a := range goods {
		codes, typical := codesOf(a)
		rank, seen := 0, map[string]bool{}
		for _, code := range codes {
			key := code[:min(length, len(code))]
			if len(code) < length || seen[key] || slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(code, k) }) {
				continue
			}
			seen[key] = true
			c := found[key]
			if c == nil {
				c = &Code{Code: code, Inferred: true}
				found[key], first[key] = c, a.first*100+rank // of equally typical codes, the table's first is first
			}
			if len(code) != len(c.Code) || code != c.Code {
				c.Code = common(c.Code, code, length)
			}
			c.Confidence = 1 - (1-c.Confidence)*(1-a.strength*typical(rank))
			c.Basis = append(c.Basis, a.basis...)
			rank++
		}
	}
	out := make([]Code, 0, len(found))
	for _, c := range found {
		if c.Confidence = math.Round(c.Confidence*1000) / 1000; c.Confidence >= leastConfidence {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Code) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(first[a.Code[:length]], first[b.Code[:length]]), cmp.Compare(a.Code, b.Code))
	})
	return out[:min(len(out), maxInferred)]
}

// common is what two codes of one heading (or ICS group) share: the subheading
// where one is part of the other, else the heading.
func common(a, b string, length int) string {
	if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
		return a[:min(len(a), len(b))]
	}
	return a[:length]
}
