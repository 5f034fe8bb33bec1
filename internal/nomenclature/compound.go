package nomenclature

import (
	"regexp"
	"slices"
)

// Compound finds the concept for goods of kind head that are described by
// another kind: (helmet, motorcycle) is motorcycle-helmet, (tyre,
// passenger-car) is car-tyre. It knows what the names of the vocabulary put
// together, whichever words a text uses for the two.
func Compound(head, other *Concept) (*Concept, bool) {
	v := loadVocabulary()
	for _, id := range append([]string{other.ID}, other.wider...) {
		if c := v.compounds[[2]string{head.ID, id}]; c != nil {
			return c, true
		}
	}
	return nil, false
}

// compoundsOf takes the Chinese and English names apart. A name that starts or
// ends with the name of a wider concept, or of one that its concept is set
// apart from, and with another name on the other side, is a compound. Names
// that are nothing else go first: 客车轮胎 says more of tyres for buses than
// 小客车轮胎.
func compoundsOf(v *vocabulary) map[[2]string]*Concept {
	out := map[[2]string]*Concept{}
	for _, whole := range []bool{true, false} {
		for i := range v.concepts {
			c := &v.concepts[i]
			for _, name := range slices.Concat(c.Names["zh"], c.Names["en"]) {
				v.addCompounds(out, c, name, v.partsOf(i, name), whole)
			}
		}
	}
	return out
}

func (v *vocabulary) addCompounds(out map[[2]string]*Concept, c *Concept, name string, parts []Hit, whole bool) {
	for _, head := range parts {
		for _, other := range parts {
			pair := [2]string{v.concepts[head.ID].ID, v.concepts[other.ID].ID}
			if !inside(other, head, parts) && (covers(name, head, other) || !whole && bare.MatchString(name[:other.Start])) && apart(name, head, other) && out[pair] == nil && v.heads(c, pair[0]) && !v.heads(c, pair[1]) {
				out[pair] = c
			}
		}
	}
}

// inside reports whether the other goods are only part of a longer name beside
// the head: 汽车 in 载重汽车子午线轮胎 says nothing of motor vehicles.
func inside(other, head Hit, parts []Hit) bool {
	return slices.ContainsFunc(parts, func(p Hit) bool {
		return p.Start <= other.Start && other.End <= p.End && p.End-p.Start > other.End-other.Start && (p.End <= head.Start || head.End <= p.Start)
	})
}

// bare is what may stand before the other goods in a name: "commercial vehicle
// tyres" say nothing of vehicles, "protective helmets for motorcyclists" do.
var bare = regexp.MustCompile(`(?i)^$|(^|\s)(for|of|the|by|in|on)\s+$|[用的]$`)

// covers reports whether two names together begin and end a longer one.
func covers(name string, a, b Hit) bool {
	return min(a.Start, b.Start) == 0 && max(a.End, b.End) == len(name)
}

// apart reports whether two names stand beside each other in a longer one, and
// not as members of a list: "electrically propelled mopeds and motorcycles" are
// no mopeds of a kind of motorcycles.
func apart(name string, a, b Hit) bool {
	if a.Start > b.Start {
		a, b = b, a
	}
	return a.End <= b.Start && !lists.MatchString(name[a.End:b.Start])
}

var lists = regexp.MustCompile(`(?i)(^|\s)(and|or|y|o|e|ou|et)(\s|$)|[、,/和及与或]`)

// heads reports whether c is goods of that kind, put closer.
func (v *vocabulary) heads(c *Concept, id string) bool {
	return slices.Contains(c.wider, id) || slices.Contains(v.byID[id].Not, c.ID)
}

// partsOf lists the names of other concepts inside a name of concept i. The
// finder reports the longest only, so it looks again from each character on
// and up to each.
func (v *vocabulary) partsOf(i int, name string) []Hit {
	var out []Hit
	add := func(from, to int) {
		for _, h := range v.finder.Find(name[from:to]) {
			h.Start, h.End = h.Start+from, h.End+from
			if h.ID < len(v.concepts) && h.ID != i && (v.exact[h.ID] == nil || !v.misspelt(h) && !v.partOfWord(h, name)) && !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	for at, r := range name {
		if at > 0 && (unspaced(r) || r == ' ') {
			add(at, len(name))
			add(0, at)
		}
	}
	return out
}
