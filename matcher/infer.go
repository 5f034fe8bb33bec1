package matcher

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
)

const (
	maxInferred     = 24   // codes are listed
	leastConfidence = 0.03 // that is worth a line
)

// weights turn what a text says into confidence. They were fitted on labelled
// notices, so that of the codes with a confidence of 0.5 half are right.
var weights = struct {
	place                       map[string]float64 // how surely a mention in that field says what the notice is about
	subject                     float64            // goods of the first sentence, where title and products name none
	secondary                   float64            // factor: goods that are only described, what the goods are for, or made of
	overruled                   float64            // factor: a wider kind, where the notice names a narrower one
	only, leading, equal        float64            // first code of one or two; of more; one of several equally typical ones
	second, further             float64            // next code, and the factor for each after it
	bias, slope, top, companion float64            // of the logistic curve over the evidence, see confidence
}{
	place:   map[string]float64{whereTitle: 0.68, whereProducts: 0.85, whereKeywords: 0.4, whereDescription: 0.24},
	subject: 0.57, secondary: 0.33, overruled: 0.46,
	only: 0.9, leading: 0.82, equal: 0.72, second: 0.39, further: 0.98,
	bias: -0.2, slope: 1, top: 0.93, companion: -0.06,
}

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
		return weights.equal
	case rank == 0 && n <= 2:
		return weights.only
	case rank == 0:
		return weights.leading
	}
	return weights.second * math.Pow(weights.further, float64(rank-equal))
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
		if slices.ContainsFunc(out, func(b *about) bool { return b.strength > 0.5 && b.overrules(a) }) {
			a.strength *= weights.overruled
		}
	}
	return out
}

// overrules reports whether b says more closely which goods are meant than a:
// it is a narrower kind, or one kind of goods where a is a whole branch, such
// as the name of the ICS group that many members put beside the product.
func (b *about) overrules(a *about) bool {
	const few, branch = 2, 5
	inTitle := slices.ContainsFunc(b.basis, func(x Basis) bool { return x.Where == whereTitle })
	return slices.Contains(b.concept.Wider(), a.concept.ID) || broad(a.concept) && !broad(b.concept) ||
		inTitle && len(headings(a.concept.HS)) >= branch && len(headings(b.concept.HS)) <= few
}

func strength(m *Mention) float64 {
	s := weights.place[m.Where]
	if m.Subject {
		s = weights.subject
	}
	if !m.Primary {
		s *= weights.secondary
	}
	return s
}

// infer turns goods into codes of at least that many characters. What several
// concepts say of one code adds up, 1-Π(1-evidence), and becomes a confidence.
func infer(goods []*about, known []string, length int, codesOf func(*about) ([]string, func(rank int) float64)) []Code {
	given := map[string]bool{}
	for _, k := range known {
		given[k] = true
	}
	found := map[string]*Code{}
	first := map[string]int{}
	for _, a := range goods {
		codes, typical := codesOf(a)
		rank, seen := 0, map[string]bool{}
		for _, code := range codes {
			key := code[:min(length, len(code))]
			if len(code) < length || seen[key] || underAny(given, code) {
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
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Code) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(first[a.Code[:length]], first[b.Code[:length]]), cmp.Compare(a.Code, b.Code))
	})
	out = out[:min(len(out), maxInferred)]
	calibrate(out, goods)
	return slices.DeleteFunc(out, func(c Code) bool { return c.Confidence < leastConfidence })
}

// underAny reports whether the code, or what it lies under, is among codes.
func underAny(codes map[string]bool, code string) bool {
	for n := range len(code) + 1 {
		if codes[code[:n]] {
			return true
		}
	}
	return false
}

// calibrate turns the evidence of codes, the best first, into confidence: a
// logistic curve over its log odds, higher for the best code of all and lower
// the more kinds of goods the text names. It keeps their order.
func calibrate(codes []Code, goods []*about) {
	named := 0
	for _, a := range goods {
		if a.strength > 0.5 {
			named++
		}
	}
	for i := range codes {
		e := min(max(codes[i].Confidence, 0.001), 0.999)
		x := weights.bias + weights.slope*math.Log(e/(1-e)) + weights.companion*math.Log(float64(max(1, named)))
		if i == 0 {
			x += weights.top
		}
		codes[i].Confidence = math.Round(1000/(1+math.Exp(-x))) / 1000
	}
}

// common is what two codes of one heading (or ICS group) share: the subheading
// where one is part of the other, else the heading.
func common(a, b string, length int) string {
	if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
		return a[:min(len(a), len(b))]
	}
	return a[:length]
}
