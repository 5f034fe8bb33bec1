package index

import (
	"math/bits"
	"strings"
	"sync"
	"unicode/utf8"
)

// search is the reusable memory of one search.
type search struct {
	atoms   []atom
	tokens  []uint32
	hits    []termAt
	seen    []uint32 // posting key → epoch in which it was found
	epoch   uint32
	lists   []list
	touched []uint64 // bitset of candidate slots
	blocks  []uint64 // bitset of words of touched that are not 0
	masks   []uint64 // slot → evidence found, of the 64 probes at hand
	before  []uint32 // slot → group by the probes before those
	cands   []uint32
	slots   []uint32
	groups  groupTable // of the rounds before the last
	final   groupTable
	of      []uint32 // of each of slots, its group
	counts  []uint32
}

// list is a posting list to read with the bit of its evidence, or 0.
type list struct {
	old, later []uint32
	bit        uint64
	round      int // of 64 probes each
}

var searches = sync.Pool{New: func() any { return &search{cands: make([]uint32, 1<<14)} }}

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
	found := &Found{Hits: TermHits{}, rows: s.rows, exporters: s.exporters.view()}
	reach := s.markets.reach(q.Markets)
	known := s.collect(w, q, found.Hits)
	if len(reach.codes) == 0 || len(w.lists) == 0 {
		return found
	}
	w.room(s.rows.len())
	rounds := (len(known) + 63) / 64
	for round := range max(rounds, 1) {
		for i := range w.lists {
			if l := &w.lists[i]; l.round == round {
				w.mark(l.old, reach.bits, l.bit)
				w.mark(l.later, reach.bits, l.bit)
			}
		}
		if round+1 < rounds {
			w.refine(round)
		}
	}
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
	if w.cands == nil {
		w.cands = make([]uint32, 1<<14)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	reach := s.markets.reach(q.Markets)
	s.collect(w, q, nil)
	w.slots = w.slots[:0]
	if len(reach.codes) == 0 || len(w.lists) == 0 {
		return nil
	}
	w.room(s.rows.len())
	for i := range w.lists {
		w.mark(w.lists[i].old, reach.bits, 0)
		w.mark(w.lists[i].later, reach.bits, 0)
	}
	w.gather()
	return w.slots
}

// Room is the reusable memory of Slots.
type Room struct{ search }

// collect finds the terms and looks up all posting lists. It returns the
// evidence of each bit. hits may be nil.
func (s *Set) collect(w *search, q *Query, hits TermHits) []evidence {
	var known []evidence
	w.lists = w.lists[:0]
	add := func(key uint32, e evidence, bit bool) {
		l := list{}
		if l.old, l.later = s.posts.of(key); len(l.old)+len(l.later) == 0 {
			return
		}
		if bit && hits != nil {
			l.round, l.bit = len(known)/64, 1<<(len(known)%64)
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
	if len(w.seen) < s.keys.len() {
		w.seen, w.epoch = make([]uint32, s.keys.len()+s.keys.len()/8), 0
	}
	w.epoch++
	for i := range q.Fields {
		w.atoms = s.scheme.words.atoms(w.atoms[:0], q.Fields[i].Text)
		w.hits, w.tokens = s.terms.find(w.hits[:0], i, w.atoms, w.tokens)
		for _, h := range w.hits {
			first := w.seen[h.term] != w.epoch
			w.seen[h.term] = w.epoch
			var norm string
			if hits != nil {
				norm = s.keys.str(h.term)[1:]
				hits.add(norm, h, q.Fields)
			}
			if first {
				add(h.term, evidence{kind: keyTerm, name: norm, long: longTerm(norm)}, true)
			}
		}
	}
	return known
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

func (w *search) room(slots int) {
	words := slots/64 + 1
	if len(w.touched) >= words {
		return
	}
	words += words / 8
	w.touched, w.blocks = make([]uint64, words), make([]uint64, words/64+1)
	w.masks, w.before = nil, nil
}

// mark notes the slots of a posting list that pass the filter, and their
// evidence. What passes is first written to one place without a branch: the
// place moves on by the tested bit.
func (w *search) mark(ids []uint32, filter []uint64, bit uint64) {
	touched, blocks := w.touched, w.blocks
	if bit != 0 && w.masks == nil {
		w.masks = make([]uint64, 64*len(touched))
	}
	masks := w.masks
	for len(ids) > 0 {
		cands := w.cands[:1<<14]
		part := ids[:min(len(ids), 1<<14)]
		ids = ids[len(part):]
		n := 0
		for _, id := range part {
			cands[n&(1<<14-1)] = id
			n += int(filter[id>>6] >> (id & 63) & 1)
		}
		for _, id := range cands[:n] {
			at := id >> 6
			touched[at] |= 1 << (id & 63)
			blocks[at>>6] |= 1 << (at & 63)
		}
		if bit != 0 {
			for _, id := range cands[:n] {
				masks[id] |= bit
			}
		}
	}
}

// each calls fn for every touched slot, ascending.
func (w *search) each(fn func(slot uint32)) {
	for b, block := range w.blocks {
		for ; block != 0; block &= block - 1 {
			at := b<<6 | bits.TrailingZeros64(block)
			for v := w.touched[at]; v != 0; v &= v - 1 {
				fn(uint32(at<<6 | bits.TrailingZeros64(v)))
			}
		}
	}
}

// gather lists the touched slots and clears them.
func (w *search) gather() {
	out := w.slots[:0]
	touched := w.touched
	for b, block := range w.blocks {
		if block == 0 {
			continue
		}
		w.blocks[b] = 0
		for ; block != 0; block &= block - 1 {
			at := b<<6 | bits.TrailingZeros64(block)
			v := touched[at]
			touched[at] = 0
			for ; v != 0; v &= v - 1 {
				out = append(out, uint32(at<<6|bits.TrailingZeros64(v)))
			}
		}
	}
	w.slots = out
}
