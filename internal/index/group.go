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

func (g *groupTable) reset() { g.keys = g.keys[:0]; clear(g.table) }

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
	if !wide {
		w.groups.reset()
	}
	chain := slices.Clone(w.groups.keys) // of the rounds before
	final := groupTable{}
	if !wide {
		final, w.groups = w.groups, groupTable{}
	}
	of := make([]uint32, len(w.slots))
	var counts []uint32
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
	if !wide {
		w.groups = final
	}
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
func (s *Set) shareMarkets(notice []string, reach *union, found *Found) {
	if len(reach.codes) == 1 {
		found.Markets = [][]string{CommonMarkets(notice, []string{s.markets.names[reach.codes[0]]})}
		return
	}
	type pattern [5]uint64
	numbers := map[pattern]uint32{}
	for i := range found.Groups {
		g := &found.Groups[i]
		g.Markets = make([]uint32, len(g.Slots))
		for j, slot := range g.Slots {
			var p pattern
			for n, c := range reach.codes[:min(len(reach.codes), 64*len(p))] {
				p[n/64] |= s.markets.sets[c][slot/64] >> (slot % 64) & 1 << (n % 64)
			}
			number, ok := numbers[p]
			if !ok || len(reach.codes) > 64*len(p) {
				number = uint32(len(found.Markets))
				numbers[p] = number
				found.Markets = append(found.Markets, CommonMarkets(notice, s.markets.common(reach, slot)))
			}
			g.Markets[j] = number
		}
	}
}
