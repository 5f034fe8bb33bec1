package nomenclature

import "slices"

// ConceptHit is a concept found in a text.
type ConceptHit struct {
	Concept    *Concept
	Words      string // as written, where it was found first
	Start, End int    // byte offsets in the text
	Negated    bool   // every mention is excepted: "except motorcycles", "除摩托车外"
}

// FindConcepts finds the concepts that text names, each once, in order of
// their first mention that counts. A word that is part of a longer name counts
// for the longer one only: "motorcycle tyres" is about tyres. A concept is left
// out when its words are only short for something else that the text names:
// "Sichuan pepper; pepper, dried" is not about black pepper.
func FindConcepts(text string) []ConceptHit {
	v := loadVocabulary()
	var hits []ConceptHit
	at := map[int]int{} // concept → place in hits
	mentions := map[string][]string{}
	except := readExceptions(text)
	for _, h := range v.finder.Find(text) {
		if h.ID >= len(v.concepts) || v.exact[h.ID] != nil && v.misspelt(h) {
			continue
		}
		negated := except.excepts(h.Start, h.End)
		c := &v.concepts[h.ID]
		if !negated && len(c.Not) > 0 {
			mentions[c.ID] = append(mentions[c.ID], h.Words)
		}
		i, seen := at[h.ID]
		if seen && (!hits[i].Negated || negated) {
			continue
		}
		hit := ConceptHit{Concept: c, Words: h.Words, Start: h.Start, End: h.End, Negated: negated}
		if seen {
			hits[i] = hit
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

// misspelt reports whether a name that counts in one spelling only was found in another.
func (v *vocabulary) misspelt(h Hit) bool {
	spelling := v.exact[h.ID][comparable(h.Words)]
	return spelling != "" && spelling != Normalize(h.Words)
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
