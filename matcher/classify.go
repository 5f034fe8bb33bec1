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
	Affected   []string     `json:"affected"` // SPS: origins; empty means all
	Excepted   []string     `json:"excepted"` // SPS: origins that it names as not affected
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
	Code       string   `json:"code"`
	Confidence float64  `json:"confidence"` // 1 for given codes
	Inferred   bool     `json:"inferred"`
	Basis      []Basis  `json:"basis"`
	Edition    string   `json:"edition,omitempty"` // HS: the last edition that had the code, where HS 2022 has not
	Became     []string `json:"became,omitempty"`  // HS: what it is in HS 2022, by our own table
	Loss       string   `json:"loss,omitempty"`    // of that conversion: renumbered, split or merged
	Remark     string   `json:"remark,omitempty"`
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
	c := Classification{Symbol: asGiven(n), Symbols: list(n.Symbols), Family: family, Kind: n.Kind, Markets: list(n.Markets), Affected: list(n.Affected), Excepted: list(n.Excepted), Dates: n.Dates,
		HS:  append(givenHS(r.Given), inferHS(&r)...),
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

func givenHS(codes []Given) []Code {
	out := []Code{}
	for _, g := range codes {
		c := Code{Code: g.Code, Confidence: 1, Basis: []Basis{{Where: whereHS, Words: g.Words}}, Edition: g.Edition, Loss: g.Loss, Remark: g.Remark}
		if g.Edition != "" {
			c.Became = g.Codes
		}
		out = append(out, c)
	}
	return out
}

func given(codes []string, where string) []Code {
	out := []Code{}
	for _, c := range codes {
		out = append(out, Code{Code: c, Confidence: 1, Basis: []Basis{{Where: where, Words: c}}})
	}
	return out
}
