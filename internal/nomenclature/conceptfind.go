package nomenclature

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ConceptHit is a concept found in a text.
type ConceptHit struct {
	Concept    *Concept
	Words      string // as written, where it was found first
	Start, End int    // byte offsets in the text
	Negated    bool   // every mention is excepted: "except motorcycles", "除摩托车外"
}

// FindConcepts finds the concepts that text names, each once, in order of
// their first mention that counts. A word that is part of a longer name counts
// for the longer one only: "motorcycle tyres" is about tyres. So does a wider
// name that overlaps a narrower one: "Citrus reticulata" in "fresh Citrus
// reticulata". A concept is left out when its words are only short for
// something else that the text names: "Sichuan pepper; pepper, dried" is not
// about black pepper, "meat and meat products" is about meat.
func FindConcepts(text string) []ConceptHit { return FindConceptsExcept(text, ReadExceptions(text)) }

// FindConceptsExcept is FindConcepts for a text whose exceptions are known.
func FindConceptsExcept(text string, except *Exceptions) []ConceptHit {
	v := loadVocabulary()
	found := v.named(text)
	var hits []ConceptHit
	at := map[int]int{} // concept → place in hits
	mentions := map[string][]string{}
	for i, h := range found {
		negated := except.Excepts(h.Start, h.End)
		c := &v.concepts[h.ID]
		if !negated && len(c.Not) > 0 {
			words := h.Words
			if i+1 < len(found) && listed.MatchString(text[h.End:max(h.End, found[i+1].Start)]) {
				words = "" // a member of its own in a list: no short form
			}
			mentions[c.ID] = append(mentions[c.ID], words)
		}
		j, seen := at[h.ID]
		if seen && (!hits[j].Negated || negated) {
			continue
		}
		hit := ConceptHit{Concept: c, Words: h.Words, Start: h.Start, End: h.End, Negated: negated}
		if seen {
			hits[j] = hit
			continue
		}
		at[h.ID] = len(hits)
		hits = append(hits, hit)
	}
	present := map[string]bool{}
	for _, h := range hits {
		present[h.Concept.ID] = true
	}
	out := slices.DeleteFunc(hits, func(h ConceptHit) bool {
		return !h.Negated && v.shortForOther(h.Concept, mentions[h.Concept.ID], present)
	})
	slices.SortStableFunc(out, func(a, b ConceptHit) int { return a.Start - b.Start })
	return out
}

// listed is what stands between a member of a list and the next, when the next
// may repeat its word: "meat and meat products", 肉及肉制品.
var listed = regexp.MustCompile(`(?i)^\s*(and|y|e|et|及|和|与)\s*(other\s)?$`)

// named lists every name of a concept in text, in order, but for those that
// are not meant: Unless phrases, other spellings, and a wider kind whose name
// overlaps that of a narrower one.
func (v *vocabulary) named(text string) []Hit {
	hits := slices.DeleteFunc(v.finder.Find(text), func(h Hit) bool {
		return h.ID >= len(v.concepts) || v.exact[h.ID] != nil && (v.misspelt(h) || v.partOfWord(h, text))
	})
	wider := func(a, b Hit) bool {
		return slices.Contains(v.concepts[b.ID].wider, v.concepts[a.ID].ID)
	}
	var out []Hit
	for i, h := range hits {
		drop := false
		for j := i - 1; j >= 0 && hits[j].End > h.Start; j-- {
			drop = drop || hits[j].Start != h.Start && wider(h, hits[j])
		}
		for j := i + 1; j < len(hits) && hits[j].Start < h.End; j++ {
			drop = drop || hits[j].Start != h.Start && wider(h, hits[j])
		}
		if !drop {
			out = append(out, h)
		}
	}
	return out
}

// misspelt reports whether a name that counts in one spelling only was found in another.
func (v *vocabulary) misspelt(h Hit) bool {
	spelling := v.exact[h.ID][comparable(h.Words)]
	return spelling != "" && spelling != Normalize(h.Words)
}

// partOfWord reports whether a name of one character, that counts only as an
// item of its own, is part of something else.
func (v *vocabulary) partOfWord(h Hit, text string) bool {
	if utf8.RuneCountInString(h.Words) > 1 || v.exact[h.ID][comparable(h.Words)] == "" {
		return false
	}
	before := strings.TrimRight(text[:h.Start], " ")
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[h.End:], " "))
	blank := len(before) < h.Start && unspaced(last)
	return !blank && !endsItem(last) || !endsItem(next)
}

// endsItem reports whether an item of a list ends, or begins, at that
// character; utf8.RuneError is the end of the text.
func endsItem(r rune) bool {
	return r == utf8.RuneError || strings.ContainsRune("和与及或", r) ||
		!unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("%°\"'“”‘’*+=-", r)
}

// shortForOther reports whether every mention of c may be short for a present
// concept that c is not.
func (v *vocabulary) shortForOther(c *Concept, mentions []string, present map[string]bool) bool {
	for _, other := range c.Not {
		if !present[other] {
			continue
		}
		short := v.forms[c.ID+" "+other]
		if !slices.ContainsFunc(mentions, func(m string) bool { return !short[comparable(m)] }) {
			return true
		}
	}
	return false
}
