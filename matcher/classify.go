package matcher

import (
	"tbtwatch/internal/trade"
)

// Classification is all that is read out of a notice.
type Classification struct {
	Symbol     string       `json:"symbol"`  // as given
	Symbols    []string     `json:"symbols"` // normalised, whole
	Family     string       `json:"family"`
	Kind       trade.Kind   `json:"kind"`
	Changes    []Change     `json:"changes"` // what a follow-up changes, the most important first
	Markets    []string     `json:"markets"`
	HS         []Code       `json:"hs"`
	ICS        []Code       `json:"ics"`
	Standards  []string     `json:"standards"`
	Substances []string     `json:"substances"`
	Dates      []trade.Date `json:"dates"`
}

// Change is something that a follow-up changes; see trade.EffectsOf.
type Change struct {
	What   string  `json:"what"`
	Symbol string  `json:"symbol,omitempty"` // the notification that replaces a withdrawn one
	Basis  []Basis `json:"basis"`
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
		HS:  append(given(r.HS, whereHS), inferHS(&r)...),
		ICS: append(given(r.ICS, whereICS), inferICS(&r)...),
	}
	c.Changes = []Change{}
	for _, e := range trade.EffectsOf(n) {
		c.Changes = append(c.Changes, Change{e.What, e.Symbol, []Basis{{Where: e.Where, Words: e.Words}}})
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
