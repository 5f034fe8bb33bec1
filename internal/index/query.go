package index

import (
	"sync"

	"tbtwatch/internal/nomenclature"
)

// postings maps a posting key to the slots of the products that lie under it,
// ascending. Keys start with the kind of evidence.
type postings map[string][]uint32

const (
	kindHS        = "hs:"
	kindICS       = "ics:"
	kindTerm      = "term:"
	kindConcept   = "concept:" // the product's own concepts
	kindWider     = "wider:"   // those and all wider ones
	kindStandard  = "std:"
	kindSubstance = "sub:"
)

// Query is what a notice offers as evidence. Any of it makes a product a
// candidate, provided a market is common.
type Query struct {
	Markets    []string // market and bloc codes; empty: not known
	HS         []string // given and inferred, 2 to 10 digits
	ICS        []string
	Concepts   []string // IDs
	Fields     []Field  // text in which product terms are looked for
	Standards  []string
	Substances []string
}

// postingKeys lists the keys under which a product lies.
func postingKeys(f *Profile) []string {
	set := map[string]bool{}
	add := func(kind string, keys ...string) {
		for _, k := range keys {
			set[kind+k] = true
		}
	}
	for _, c := range f.HS {
		add(kindHS, hsKeys(c)...)
	}
	for _, c := range f.ICS {
		add(kindICS, icsKeys(c)...)
	}
	for _, c := range f.Concepts {
		add(kindConcept, c.Concept.ID)
		add(kindWider, c.Concept.ID)
		add(kindWider, Ancestors(c.Concept)...)
	}
	for _, t := range f.Terms {
		add(kindTerm, t.Norm)
	}
	add(kindStandard, f.Standards...)
	add(kindSubstance, f.Substances...)
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	return keys
}

// probes lists the keys under which candidates lie, but for those of terms.
func (q *Query) probes() []string {
	var keys []string
	add := func(kind string, ks ...string) {
		for _, k := range ks {
			keys = append(keys, kind+k)
		}
	}
	for _, c := range q.HS {
		add(kindHS, hsProbes(c)...)
	}
	for _, c := range q.ICS {
		add(kindICS, icsProbes(c)...)
	}
	for _, id := range q.Concepts {
		add(kindWider, id)
		if c, ok := nomenclature.ConceptByID(id); ok {
			add(kindConcept, Ancestors(c)...)
		}
	}
	add(kindStandard, q.Standards...)
	add(kindSubstance, q.Substances...)
	return keys
}

// marks is a reusable bitset over slots.
var marks = sync.Pool{New: func() any { return new([]uint64) }}

// Candidates returns the products for which there is any evidence and a market
// in common, each once, and where their terms stand in the fields. They are a
// superset of the products that matching grades.
func (s *Set) Candidates(q Query) ([]*Profile, TermHits) {
	mask := maskOf(q.Markets, true)
	s.mu.RLock()
	defer s.mu.RUnlock()
	hits := s.terms.find(q.Fields)
	keys := q.probes()
	for term := range hits {
		keys = append(keys, kindTerm+term)
	}
	bits := marks.Get().(*[]uint64) // its New makes these
	defer marks.Put(bits)
	*bits = append((*bits)[:0], make([]uint64, len(s.slots)/64+1)...)
	var out []*Profile
	for _, k := range keys {
		for _, slot := range s.posts[k] {
			f := s.slots[slot]
			if f == nil || !f.mask.overlaps(&mask) || (*bits)[slot/64]&(1<<(slot%64)) != 0 {
				continue
			}
			(*bits)[slot/64] |= 1 << (slot % 64)
			out = append(out, f)
		}
	}
	return out, hits
}

// FindTerms is what Candidates says about the terms of one product.
func (f *Profile) FindTerms(fields []Field) TermHits {
	v := newVocabulary()
	for _, t := range f.Terms {
		v.add(t)
	}
	return v.find(fields)
}
