package matcher

import (
	"regexp"
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
)

// Mention is a concept that a field names.
type Mention struct {
	Concept    *nomenclature.Concept
	Words      string // as written
	Where      string
	Field      int
	Start, End int  // in the field
	Negated    bool // named to be left out
	Primary    bool // the goods themselves; false: what they are for or part of ("helmets for motorcyclists")
	Subject    bool // promoted from the description, see findSubject
}

// Prominent reports whether the mention says what the notice is about.
func (m *Mention) Prominent() bool {
	return m.Primary && (m.Where == whereTitle || m.Where == whereProducts) || m.Subject
}

// mentionsIn finds the concepts of a field and tells the goods themselves from
// what they belong to.
func mentionsIn(field int, f index.Field) []Mention {
	hits := nomenclature.FindConcepts(f.Text)
	slices.SortStableFunc(hits, func(a, b nomenclature.ConceptHit) int { return a.Start - b.Start })
	out := make([]Mention, len(hits))
	for i, h := range hits {
		out[i] = Mention{Concept: h.Concept, Words: h.Words, Where: f.Where, Field: field, Start: h.Start, End: h.End, Negated: h.Negated, Primary: true}
		if i > 0 && servesBefore(out[i-1], f.Text[hits[i-1].End:max(h.Start, hits[i-1].End)]) {
			out[i].Primary = standsAlone(f.Text, h)
		}
		if i+1 < len(hits) && modifies(h, hits[i+1], f.Text) {
			out[i].Primary = standsAlone(f.Text, h)
		}
	}
	return out
}

// purpose are the words by which goods are tied to what they serve.
var purpose = regexp.MustCompile(`(?i)(^|\W)(for|of|on|in|to|with|para|pour|de|del|des|da|do|dos|du|d'|from|containing|using)(\W|$)|用于|适用于|含|供`)

// listing are gaps between two members of the same list.
var listing = regexp.MustCompile(`(?i)^[\s,、/&()]*(and|or|y|o|e|ou|et|及|和|与|或|以及)?[\s,、/&()]*$`)

// servesBefore reports whether what follows gap belongs to the goods before
// it: "tyres for [motorcycles]", and further "and [mopeds]".
func servesBefore(before Mention, gap string) bool {
	if len(gap) > 60 || strings.ContainsAny(gap, ";:\n。；") || strings.Contains(gap, ". ") {
		return false
	}
	if !before.Primary && listing.MatchString(gap) && strings.TrimSpace(gap) != "" {
		return true
	}
	return purpose.MatchString(gap) && !listing.MatchString(gap)
}

// glue are the gaps across which a word describes the next one: "motorcycle
// brakes", 摩托车用轮胎.
var glue = regexp.MustCompile(`^[\s-]*(用|车用|专用|的|驾驶员|驾驶人|乘员|骑手|内的|中的)?[\s-]*$`)

// modifies reports whether a only describes b, which follows.
func modifies(a, b nomenclature.ConceptHit, text string) bool {
	if b.Start < a.End || !glue.MatchString(text[a.End:b.Start]) {
		return false
	}
	return !related(a.Concept, b.Concept)
}

// standsAlone reports whether the same words stand elsewhere in the text as
// the first goods of a clause.
func standsAlone(text string, h nomenclature.ConceptHit) bool {
	lower, words := strings.ToLower(text), strings.ToLower(h.Words)
	if len(lower) != len(text) || words == "" {
		return false
	}
	for at := h.End; ; {
		i := strings.Index(lower[at:], words)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(words)
		at = end
		clause := lower[strings.LastIndexAny(lower[:start], ";,.\n，；。、(（")+1 : start]
		if !purpose.MatchString(clause) && (end == len(lower) || strings.ContainsAny(lower[end:end+1], ";,.\n)") || strings.HasPrefix(lower[end:], "，") || strings.HasPrefix(lower[end:], "。")) {
			return true
		}
	}
}

// related reports whether one concept is the other or wider than it.
func related(a, b *nomenclature.Concept) bool {
	return a.ID == b.ID || slices.Contains(index.Ancestors(a), b.ID) || slices.Contains(index.Ancestors(b), a.ID)
}

// broad concepts cover too much to say which goods are meant: no heading of
// their own, or many.
func broad(c *nomenclature.Concept) bool {
	headings := map[string]bool{}
	for _, code := range c.HS {
		if len(code) >= 4 {
			headings[code[:4]] = true
		}
	}
	return len(headings) == 0 || len(headings) > 6
}
