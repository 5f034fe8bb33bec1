package index

import (
	"math/bits"
	"slices"
	"strings"
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

// reset empties the table; a large one is not kept, as emptying it takes time.
func (g *groupTable) reset() {
	if g.keys = g.keys[:0]; len(g.table) > 1024 {
		g.table = nil
	}
	clear(g.table)
}

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
	i := k.hash() & mask
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
	i := k.hash() & mask
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
	w.numbers, w.counts = w.numbers[:0], w.counts[:0]
	for i, slot := range w.slots {
		n := s.number(w, slot, w.masks[i*words:(i+1)*words])
		for int(n) >= len(w.numbers) {
			w.numbers = append(w.numbers, 0)
		}
		if w.numbers[n] == 0 {
			w.counts = append(w.counts, 0)
			w.numbers[n] = uint32(len(w.counts))
			found.Groups = append(found.Groups, Group{Profile: s.profile(w.final.keys, n, words, known)})
		}
		w.of[i] = w.numbers[n] - 1
		w.counts[w.of[i]]++
	}
	room := make([]uint32, len(w.slots))
	for i, n := range w.counts {
		found.Groups[i].Slots, room = room[:0:n], room[n:]
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

// profile makes the product that a group's products look like.
func (s *Set) profile(keys []groupKey, n uint32, words int, known []evidence) *Profile {
	f := &Profile{}
	decodeKind(s.kinds.str(keys[n].kind), f)
	at := n + 1
	for word := words - 1; word >= 0; word-- {
		k := keys[at-1]
		for m := k.mask; m != 0; m &= m - 1 {
			f.have(known[64*word+bits.TrailingZeros64(m)])
		}
		at = k.before
	}
	slices.SortFunc(f.Terms, func(a, b Term) int { return strings.Compare(a.Norm, b.Norm) })
	slices.Sort(f.Standards)
	slices.Sort(f.Substances)
	return f
}

// have adds what a probe found to the profile.
func (f *Profile) have(e evidence) {
	switch e.kind {
	case keyHS:
		f.HS = append(f.HS, e.name)
	case keyICS:
		f.ICS = append(f.ICS, e.name)
	case keyTerm:
		f.Terms = append(f.Terms, Term{Words: e.name, Norm: e.name, Long: e.long})
	case keyStandard:
		f.Standards = append(f.Standards, e.name)
	case keySubstance:
		f.Substances = append(f.Substances, e.name)
	}
}

// shareMarkets lists for each product which markets it has in common with the
// notice: few lists, named by number.
func (s *Set) shareMarkets(w *search, reach *union, found *Found) {
	if len(reach.codes) == 1 {
		found.Markets = [][]string{reach.list([]uint64{1})}
		return
	}
	w.final.reset()
	words := make([]uint64, (len(reach.codes)+63)/64)
	var numbers []uint32 // of each key of the table, its list+1
	for i := range found.Groups {
		g := &found.Groups[i]
		g.Markets = make([]uint32, len(g.Slots))
		for j, slot := range g.Slots {
			at := s.pattern(w, reach, slot, words)
			for int(at) >= len(numbers) {
				numbers = append(numbers, 0)
			}
			if numbers[at] == 0 {
				found.Markets = append(found.Markets, reach.list(words))
				numbers[at] = uint32(len(found.Markets))
			}
			g.Markets[j] = numbers[at] - 1
		}
	}
}

// pattern numbers which of the filter's markets a slot has, and gives them as
// bits, too.
func (s *Set) pattern(w *search, reach *union, slot uint32, words []uint64) (number uint32) {
	at, shift := slot/64, slot%64
	for n := range words {
		has := uint64(0)
		for i, c := range reach.codes[64*n : min(len(reach.codes), 64*n+64)] {
			has |= s.markets.sets[c][at] >> shift & 1 << i
		}
		words[n] = has
		number = w.final.number(groupKey{mask: has, before: number, kind: uint32(n)})
	}
	return number
}
