package index

import (
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// groupKey tells the groups of a search apart.
type groupKey struct {
	mask   uint64
	before uint32 // number+1 of the key of the 64 probes before those of mask
	kind   uint32
}

// groupTable numbers group keys in the order in which they come.
type groupTable struct {
	keys  []groupKey
	table []uint32
}

// reset empties the table.
func (g *groupTable) reset() {
	if 8*len(g.keys) > len(g.table) {
		clear(g.table)
	} else {
		for n, k := range g.keys {
			i := g.first(k)
			for g.table[i] != uint32(n+1) {
				i = (i + 1) & uint64(len(g.table)-1)
			}
			g.table[i] = 0
		}
	}
	g.keys = g.keys[:0]
}

func (g *groupTable) first(k groupKey) uint64 { return k.hash() & uint64(len(g.table)-1) }

func (k groupKey) hash() uint64 {
	return spread(k.mask ^ spread(uint64(k.before)<<32|uint64(k.kind)+1))
}

func (g *groupTable) number(k groupKey) uint32 {
	if 2*len(g.keys) >= len(g.table) {
		g.table = make([]uint32, max(256, 4*len(g.table)))
		for i, k := range g.keys {
			g.place(k, uint32(i))
		}
	}
	mask := uint64(len(g.table) - 1)
	i := g.first(k)
	for ; g.table[i] != 0; i = (i + 1) & mask {
		if n := g.table[i] - 1; g.keys[n] == k {
			return n
		}
	}
	g.keys = append(g.keys, k)
	g.table[i] = uint32(len(g.keys))
	return uint32(len(g.keys) - 1)
}

func (g *groupTable) place(k groupKey, n uint32) {
	mask := uint64(len(g.table) - 1)
	i := g.first(k)
	for g.table[i] != 0 {
		i = (i + 1) & mask
	}
	g.table[i] = n + 1
}

// group puts the gathered slots together by evidence and kind.
func (s *Set) group(w *search, known []evidence, found *Found) {
	words := max(1, (len(known)+63)/64)
	w.weigh(words)
	w.clear()
	w.final.reset()
	w.of = slices.Grow(w.of[:0], len(w.slots))[:len(w.slots)]
	w.numbers, w.counts, w.names = w.numbers[:0], w.counts[:0], w.names[:0]
	for i, slot := range w.slots {
		n := s.number(w, slot, w.masks[i*words:(i+1)*words])
		for int(n) >= len(w.numbers) {
			w.numbers = append(w.numbers, 0)
		}
		if w.numbers[n] == 0 {
			w.counts, w.names = append(w.counts, 0), append(w.names, n)
			w.numbers[n] = uint32(len(w.counts))
		}
		w.of[i] = w.numbers[n] - 1
		w.counts[w.of[i]]++
	}
	mem := found.memory
	mem.begin(len(w.counts), len(w.slots))
	found.Groups = mem.groups
	profiles, room := profiler{s: s, words: words, known: known, memory: mem}, mem.slots
	for i, n := range w.counts {
		g := &found.Groups[i]
		g.Profile = &mem.profiles[i]
		profiles.fill(g.Profile, w.final.keys, w.names[i])
		g.Slots, room = room[:0:n], room[n:]
	}
	for i, slot := range w.slots {
		g := &found.Groups[w.of[i]]
		g.Slots = append(g.Slots, slot)
	}
}

// number numbers what tells the groups apart for a slot.
func (s *Set) number(w *search, slot uint32, masks []uint64) (n uint32) {
	k := groupKey{}
	if !s.scheme.plain {
		k.kind = s.rows.kindOf(slot)
	}
	for _, mask := range masks {
		k.mask = mask
		n = w.final.number(k)
		k.before = n + 1
	}
	return n
}

// memory is what the groups of a search stand in, to be used again when nobody
// looks at them any more.
type memory struct {
	groups   []Group
	profiles []Profile
	slots    []uint32
	markets  []uint32
	texts    []string // lists of all groups, end to end, as goods and terms are
	goods    []ProductConcept
	terms    []Term
}

var memories = sync.Pool{New: func() any { return &memory{} }}

// begin makes room for so many groups with so many slots together.
func (m *memory) begin(groups, slots int) {
	m.groups = slices.Grow(m.groups[:0], groups)[:groups]
	m.profiles = slices.Grow(m.profiles[:0], groups)[:groups]
	clear(m.groups)
	clear(m.profiles)
	m.slots = slices.Grow(m.slots[:0], slots)[:slots]
	m.texts, m.goods, m.terms = m.texts[:0], m.goods[:0], m.terms[:0]
}

// Release says that nobody looks at the groups any more, nor at the lists of
// their profiles: the next search takes their memory. Whoever does not call it
// keeps them.
func (f *Found) Release() {
	if f.memory != nil {
		memories.Put(f.memory)
	}
	f.memory, f.Groups = nil, nil
}

// profiler makes the products that the products of groups look like.
type profiler struct {
	*memory
	s     *Set
	words int
	known []evidence
	bits  []int
}

// fill makes the profile of the group whose key has that number.
func (p *profiler) fill(f *Profile, keys []groupKey, n uint32) {
	if kind := keys[n].kind; kind != 0 {
		k := p.s.kinds.read(kind, p.memory)
		f.HS, f.ICS, f.Concepts = k.hs, k.ics, k.concepts
	}
	p.bits = p.bits[:0]
	at := n + 1
	for word := p.words - 1; word >= 0; word-- {
		k := keys[at-1]
		for m := k.mask; m != 0; m &= m - 1 {
			p.bits = append(p.bits, 64*word+bits.TrailingZeros64(m))
		}
		at = k.before
	}
	f.Terms = p.termsFound()
	if p.s.scheme.plain { // else the kind says what codes it has
		f.HS, f.ICS = p.found(keyHS), p.found(keyICS)
	}
	f.Standards, f.Substances = p.found(keyStandard), p.found(keySubstance)
	slices.Sort(f.Standards)
	slices.Sort(f.Substances)
}

// found lists the evidence of one kind among bits.
func (p *profiler) found(kind byte) []string {
	from := len(p.texts)
	for _, bit := range p.bits {
		if e := &p.known[bit]; e.kind == kind {
			p.texts = append(p.texts, e.name)
		}
	}
	if len(p.texts) == from {
		return nil
	}
	return p.texts[from:len(p.texts):len(p.texts)]
}

func (p *profiler) termsFound() []Term {
	from := len(p.terms)
	for _, bit := range p.bits {
		if e := &p.known[bit]; e.kind == keyTerm {
			p.terms = append(p.terms, Term{Words: e.name, Norm: e.name, Long: e.long})
		}
	}
	out := p.terms[from:len(p.terms):len(p.terms)]
	if len(out) > 1 {
		slices.SortFunc(out, func(a, b Term) int { return strings.Compare(a.Norm, b.Norm) })
	}
	return out
}

// shareMarkets lists for each product which markets it has in common with the
// notice: few lists, named by number.
func (s *Set) shareMarkets(w *search, reach *union, found *Found) {
	if len(reach.codes) == 1 {
		found.Markets = [][]string{reach.list(reach.mask)}
		return
	}
	w.final.reset()
	found.memory.markets = slices.Grow(found.memory.markets[:0], len(w.slots))[:len(w.slots)]
	room := found.memory.markets
	for i := range found.Groups {
		g := &found.Groups[i]
		g.Markets, room = room[:0:len(g.Slots)], room[len(g.Slots):]
	}
	wide := len(reach.mask)
	w.rows = w.rows[:0]
	for _, slot := range w.slots {
		for n, v := range s.markets.row(slot) {
			w.rows = append(w.rows, v&reach.mask[n])
		}
	}
	w.numbers = w.numbers[:0] // of each key of the table, its list+1
	for i, n := range w.of {
		row, at := w.rows[i*wide:][:wide], uint32(0)
		for word, has := range row {
			if reach.mask[word] != 0 {
				at = w.final.number(groupKey{mask: has, before: at, kind: uint32(word)})
			}
		}
		for int(at) >= len(w.numbers) {
			w.numbers = append(w.numbers, 0)
		}
		if w.numbers[at] == 0 {
			found.Markets = append(found.Markets, reach.list(row))
			w.numbers[at] = uint32(len(found.Markets))
		}
		g := &found.Groups[n]
		g.Markets = append(g.Markets, w.numbers[at]-1)
	}
}
