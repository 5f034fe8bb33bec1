package index

import (
	"slices"
	"strings"
)

// groupKey tells the groups of a search apart.
type groupKey struct {
	mask   uint64
	before uint32 // group by the probes before those of mask
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

// refine ends a round of 64 probes: what was found so far becomes one number
// for each slot, and the masks are free for the next round.
func (w *search) refine(round int) {
	if round == 0 {
		w.groups.reset()
		w.groups.number(groupKey{before: ^uint32(0)}) // number 0: nothing found before
	}
	if w.before == nil {
		w.before = make([]uint32, 64*len(w.touched))
	}
	w.each(func(slot uint32) {
		if w.masks == nil || w.masks[slot] == 0 && w.before[slot] == 0 {
			return
		}
		w.before[slot] = w.groups.number(groupKey{mask: w.masks[slot], before: w.before[slot], kind: uint32(round + 1)})
		w.masks[slot] = 0
	})
}

// group puts the gathered slots together by evidence and kind.
func (s *Set) group(w *search, known []evidence, found *Found) {
	wide := len(known) > 64
	chain := w.groups.keys // of the rounds before, where there were any
	final := &w.final
	final.reset()
	of := slices.Grow(w.of[:0], len(w.slots))[:len(w.slots)]
	w.of = of
	counts := w.counts[:0]
	for i, slot := range w.slots {
		k := groupKey{}
		if !s.scheme.plain {
			k.kind = s.rows.kindOf(slot)
		}
		if w.masks != nil {
			k.mask, w.masks[slot] = w.masks[slot], 0
		}
		if wide {
			k.before, w.before[slot] = w.before[slot], 0
		}
		of[i] = final.number(k)
		if int(of[i]) == len(counts) {
			counts = append(counts, 0)
		}
		counts[of[i]]++
	}
	room := make([]uint32, len(w.slots))
	found.Groups = make([]Group, len(counts))
	for i, n := range counts {
		found.Groups[i].Slots, room = room[:0:n], room[n:]
		found.Groups[i].Profile = s.profile(final.keys[i], known, chain)
	}
	for i, slot := range w.slots {
		g := &found.Groups[of[i]]
		g.Slots = append(g.Slots, slot)
	}
	w.counts = counts
}

// profile makes the product that a group's products look like.
func (s *Set) profile(k groupKey, known []evidence, chain []groupKey) *Profile {
	f := &Profile{}
	decodeKind(s.kinds.str(k.kind), f)
	round := (max(len(known), 1) - 1) / 64
	take := func(mask uint64, round int) {
		for i := 64 * round; i < min(len(known), 64*round+64); i++ {
			if mask&(1<<(i%64)) != 0 {
				f.have(known[i])
			}
		}
	}
	take(k.mask, round)
	for at := k.before; at != 0; at = chain[at].before {
		take(chain[at].mask, int(chain[at].kind)-1)
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
		bits := uint64(0)
		for i, c := range reach.codes[64*n : min(len(reach.codes), 64*n+64)] {
			bits |= s.markets.sets[c][at] >> shift & 1 << i
		}
		words[n] = bits
		number = w.final.number(groupKey{mask: bits, before: number, kind: uint32(n)})
	}
	return number
}
