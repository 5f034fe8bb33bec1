package index

import (
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// search is the reusable memory of one search.
type search struct {
	atoms     []atom
	tokens    []uint32
	hits      []termAt
	seen      []seenTerm // of each posting key
	epoch     uint32
	terms     []termFound
	lists     []list
	touched   []uint64 // bitset of candidate slots
	blocks    []uint64 // bitset of words of touched that are not 0
	ranks     []uint32 // word of touched → how many slots lie before it
	survivors []uint32 // of all lists, what passed the filter
	slots     []uint32
	masks     []uint64 // of each of slots, the evidence found: a bit for each probe
	final     groupTable
	numbers   []uint32 // number of a group key → group+1
	of        []uint32 // of each of slots, its group
	counts    []uint32
	rows      []uint64 // of each of slots, its markets within the notice's
	names     []uint32 // of each group, the number of its key
}

// seenTerm says in which search a term was found last, and its place in terms.
type seenTerm struct{ epoch, place uint32 }

// termFound is a term that stands in the text n times.
type termFound struct {
	term uint32
	n    int
	norm string
	hits []TermHit
}

// list is a posting list to read with the number of its evidence, or -1.
type list struct {
	old, later []uint32
	bit        int
	from, to   int // its part of survivors
}

var searches = sync.Pool{New: func() any { return &search{} }}

// evidence is a probe with a bit of its own.
type evidence struct {
	kind byte
	name string
	long bool
}

// Search finds the products for which there is any evidence and a market in
// common, and where their terms stand in the fields.
func (s *Set) Search(q *Query) *Found {
	w := searches.Get().(*search) // its New makes these
	found := s.search(w, q)
	searches.Put(w) // not after a panic: its memory would not be clean
	return found
}

func (s *Set) search(w *search, q *Query) *Found {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := &Found{Hits: make(TermHits, 16), memory: memories.Get().(*memory), rows: s.rows, exporters: s.exporters.text} // its New makes these
	reach := s.markets.reach(q.Markets)
	known := s.collect(w, q, found.Hits)
	if len(reach.codes) == 0 || len(w.lists) == 0 {
		return found
	}
	w.read(reach.bits, s.rows.len())
	w.gather()
	s.group(w, known, found)
	if !q.NoMarkets {
		s.shareMarkets(w, reach, found)
	}
	return found
}

// Slots is Search without evidence: how many products there are, and their
// slots in ascending order, valid until the next call with the same room.
func (s *Set) Slots(q *Query, room *Room) []uint32 {
	w := &room.search
	s.mu.RLock()
	defer s.mu.RUnlock()
	reach := s.markets.reach(q.Markets)
	s.collect(w, q, nil)
	w.slots = w.slots[:0]
	if len(reach.codes) == 0 || len(w.lists) == 0 {
		return nil
	}
	w.read(reach.bits, s.rows.len())
	w.gather()
	w.clear()
	return w.slots
}

// Room is the reusable memory of Slots.
type Room struct{ search }

// collect finds the terms and looks up all posting lists. It returns the
// evidence of each bit. hits may be nil.
func (s *Set) collect(w *search, q *Query, hits TermHits) []evidence {
	var known []evidence
	if hits != nil {
		known = make([]evidence, 0, 32)
	}
	w.lists = w.lists[:0]
	add := func(key uint32, e evidence, bit bool) {
		l := list{bit: -1}
		if l.old, l.later = s.posts.of(key); len(l.old)+len(l.later) == 0 {
			return
		}
		if bit && hits != nil {
			l.bit = len(known)
			known = append(known, e)
		}
		w.lists = append(w.lists, l)
	}
	for _, p := range s.scheme.probes(q) {
		if hits == nil && s.scheme.plain && covered(p, q) {
			continue
		}
		if key, ok := s.keys.find(p.key); ok {
			add(key, evidence{kind: p.kind, name: p.name}, p.bits)
		}
	}
	s.findTerms(w, q)
	if hits == nil {
		for _, t := range w.terms {
			add(t.term, evidence{}, false)
		}
		return known
	}
	room := make([]TermHit, len(w.hits))
	for i := range w.terms {
		t := &w.terms[i]
		norm := s.keys.str(t.term)[1:]
		t.hits, room = room[:0:t.n], room[t.n:]
		add(t.term, evidence{kind: keyTerm, name: norm, long: longTerm(norm)}, true)
		t.norm = norm
	}
	for _, h := range w.hits {
		t := &w.terms[w.seen[h.term].place]
		t.hits = append(t.hits, hitOf(h, q.Fields))
	}
	for i := range w.terms {
		hits[w.terms[i].norm] = w.terms[i].hits
		w.terms[i] = termFound{} // what was found is not for us to keep
	}
	return known
}

// findTerms finds the terms in all fields: where, and which.
func (s *Set) findTerms(w *search, q *Query) {
	if len(w.seen) < s.keys.len() {
		w.seen, w.epoch = make([]seenTerm, s.keys.len()+s.keys.len()/8), 0
	}
	w.epoch++
	w.hits, w.terms = w.hits[:0], w.terms[:0]
	for i := range q.Fields {
		w.atoms = s.scheme.words.atoms(w.atoms[:0], q.Fields[i].Text)
		w.hits, w.tokens = s.terms.find(w.hits, i, w.atoms, w.tokens)
	}
	for _, h := range w.hits {
		seen := &w.seen[h.term]
		if seen.epoch != w.epoch {
			*seen = seenTerm{w.epoch, uint32(len(w.terms))}
			w.terms = append(w.terms, termFound{term: h.term})
		}
		w.terms[seen.place].n++
	}
}

// covered reports whether another HS code of the notice is the beginning of
// this one: its products are among the other's.
func covered(p probe, q *Query) bool {
	for _, c := range q.HS {
		if p.kind == keyHS && len(c) < len(p.name) && strings.HasPrefix(p.name, c) {
			return true
		}
	}
	return false
}

// longTerm reports whether a term says much by itself: more than one word, or
// four characters or more of a script without spaces.
func longTerm(norm string) bool {
	runes := utf8.RuneCountInString(norm)
	spaced := runes == len(norm) || strings.Contains(norm, " ")
	return strings.Contains(norm, " ") || !spaced && runes >= 4
}

// read notes the slots of all lists that pass the filter.
func (w *search) read(filter []uint64, slots int) {
	if words := slots/64 + 1; len(w.touched) < words {
		words += words / 8
		w.touched, w.blocks, w.ranks = make([]uint64, words), make([]uint64, words/64+1), make([]uint32, words)
	}
	w.survivors = w.survivors[:0]
	for i := range w.lists {
		l := &w.lists[i]
		l.from = len(w.survivors)
		w.mark(l.old, filter)
		w.mark(l.later, filter)
		l.to = len(w.survivors)
	}
}

// mark notes the slots of a posting list that pass the filter. What passes is
// written to one place without a branch: the place moves on by the tested bit.
func (w *search) mark(ids []uint32, filter []uint64) {
	const most = 1 << 14
	touched, blocks := w.touched, w.blocks
	for len(ids) > 0 {
		part := ids[:min(len(ids), most)]
		ids = ids[len(part):]
		w.survivors = slices.Grow(w.survivors, most)
		passed := w.survivors[len(w.survivors):][:most]
		n := 0
		for _, id := range part {
			passed[n&(most-1)] = id
			n += int(filter[id>>6] >> (id & 63) & 1)
		}
		for _, id := range passed[:n] {
			at := id >> 6
			touched[at] |= 1 << (id & 63)
			blocks[at>>6] |= 1 << (at & 63)
		}
		w.survivors = w.survivors[:len(w.survivors)+n]
	}
}

// gather lists the touched slots and notes how many lie before each word.
func (w *search) gather() {
	out := w.slots[:0]
	touched, ranks := w.touched, w.ranks
	for b, block := range w.blocks {
		for ; block != 0; block &= block - 1 {
			at := b<<6 | bits.TrailingZeros64(block)
			ranks[at] = uint32(len(out))
			for v := touched[at]; v != 0; v &= v - 1 {
				out = append(out, uint32(at<<6|bits.TrailingZeros64(v)))
			}
		}
	}
	w.slots = out
}

// weigh notes for each gathered slot which evidence was found, in words of 64
// probes each. The slots lie close together now, wherever they are in the set.
func (w *search) weigh(words int) {
	w.masks = slices.Grow(w.masks[:0], words*len(w.slots))[:words*len(w.slots)]
	clear(w.masks)
	touched, ranks, masks := w.touched, w.ranks, w.masks
	for i := range w.lists {
		l := &w.lists[i]
		if l.bit < 0 {
			continue
		}
		word, bit := l.bit/64, uint64(1)<<(l.bit%64)
		for _, id := range w.survivors[l.from:l.to] {
			at := id >> 6
			rank := int(ranks[at]) + bits.OnesCount64(touched[at]&(1<<(id&63)-1))
			masks[rank*words+word] |= bit
		}
	}
}

// clear makes the bitsets ready for the next search.
func (w *search) clear() {
	for b, block := range w.blocks {
		if block == 0 {
			continue
		}
		w.blocks[b] = 0
		for ; block != 0; block &= block - 1 {
			w.touched[b<<6|bits.TrailingZeros64(block)] = 0
		}
	}
}
