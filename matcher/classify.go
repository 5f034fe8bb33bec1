package matcher

import (
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

// Classification is all that is read out of a notice.
type Classification struct {
	Symbol     string       `json:"symbol"`  // as given
	Symbols    []string     `json:"symbols"` // normalised, whole
	Family     string       `json:"family"`
	Kind       trade.Kind   `json:"kind"`
	Markets    []string     `json:"markets"`
	HS         []Code       `json:"hs"`
	ICS        []Code       `json:"ics"`
	Standards  []string     `json:"standards"`
	Substances []string     `json:"substances"`
	Dates      []trade.Date `json:"dates"`
}

// Code is an HS or ICS code, given by the notice or inferred from its words.
type Code struct {
	Code       string  `json:"code"`
	Confidence float64 `json:"confidence"` // 1 for given codes
	Inferred   bool    `json:"inferred"`
	Basis      []Basis `json:"basis"`
}

// Basis is what a code rests on.
type Basis struct {
	Where   string `json:"where"`
	Words   string `json:"words"`
	Concept string `json:"concept"`
}

// Classify reads a notice; family is its name in Families. Given codes come
// first, then inferred ones, the surest first.
func Classify(n *trade.Notice, family string) Classification {
	r := Read(n)
	c := Classification{Symbol: asGiven(n), Symbols: list(n.Symbols), Family: family, Kind: n.Kind, Markets: list(n.Markets), Dates: n.Dates,
		HS:  append(given(r.HS, whereHS), infer(&r, r.HS, func(m *Mention) []string { return m.Concept.HS }, 4)...),
		ICS: append(given(r.ICS, whereICS), infer(&r, r.ICS, func(m *Mention) []string { return m.Concept.ICS }, len("43.140"))...),
	}
	if c.Dates == nil {
		c.Dates = []trade.Date{}
	}
	c.Standards, c.Substances = citedNames(r.Standards), citedNames(r.Substances)
	return c
}

// list is s, and never null in JSON.
func list(s []string) []string { return append([]string{}, s...) }

func citedNames(cited []Cited) []string {
	names := []string{}
	for _, c := range cited {
		names = append(names, c.Name)
	}
	return trade.SortedUnique(names)
}

func given(codes []string, where string) []Code {
	out := []Code{}
	for _, c := range codes {
		out = append(out, Code{Code: c, Confidence: 1, Basis: []Basis{{Where: where, Words: c}}})
	}
	return out
}

// How sure a concept's first code is, by where the concept stands; further
// codes of the concept are less typical, and goods that are only described or
// excepted hardly count.
var inferConfidence = map[string]float64{whereTitle: 0.75, whereProducts: 0.8, whereKeywords: 0.4, whereDescription: 0.35}

const (
	furtherCode = 0.6
	secondary   = 0.3
)

// infer derives codes of at least that many characters from the concepts of
// the text, but for those that are given or under a given one. Several
// mentions make a code surer: 1-Π(1-confidence).
func infer(r *Reading, known []string, codesOf func(*Mention) []string, length int) []Code {
	found := map[string]*Code{}
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Negated {
			continue
		}
		sure := inferConfidence[m.Where]
		if m.Subject {
			sure = 0.65
		}
		if !m.Primary {
			sure *= secondary
		}
		for j, code := range codesOf(m) {
			if len(code) < length || slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(code, k) }) {
				continue
			}
			if j > 0 {
				sure *= furtherCode
			}
			c := found[code]
			if c == nil {
				c = &Code{Code: code, Inferred: true}
				found[code] = c
			}
			c.Confidence = 1 - (1-c.Confidence)*(1-sure)
			c.Basis = append(c.Basis, Basis{m.Where, m.Words, m.Concept.ID})
		}
	}
	out := make([]Code, 0, len(found))
	for _, c := range found {
		c.Confidence = math.Round(c.Confidence*1000) / 1000
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Code) int {
		if a.Confidence != b.Confidence {
			return int(math.Copysign(1, b.Confidence-a.Confidence))
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out
}
