package index

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// flatten fills an empty set from the segments of all shards: one contiguous
// list for each posting key, one bitset for each market. Of several rows of a
// product the latest counts.
func (s *Set) flatten(segs []*segment) {
	total, idBytes := 0, 0
	for _, g := range segs {
		total += g.len()
		idBytes += len(g.ids)
		for _, t := range g.gone {
			s.gone[t.key] = max(s.gone[t.key], t.seq)
		}
	}
	gone := make(map[uint64]bool, len(s.gone))
	for key := range s.gone {
		gone[hashOf(key)] = true
	}
	s.rows.reserve(total, idBytes)
	s.slots.reserve(total, nil)
	s.markets.grow(total)
	bases := make([]uint32, len(segs))
	var dead []uint32
	for i, g := range segs {
		bases[i] = uint32(s.rows.len())
		dead = append(dead, s.addRows(g, gone)...)
	}
	s.addLists(segs, bases)
	for i, g := range segs {
		s.addMarkets(g, bases[i])
	}
	for _, slot := range dead {
		s.markets.clear(slot)
	}
}

// addRows adds the columns of a segment and returns the slots, old and new, of
// which a later row is known.
func (s *Set) addRows(g *segment, gone map[uint64]bool) (dead []uint32) {
	exporters, kinds := make([]uint32, len(g.exporters)), make([]uint32, len(g.kinds))
	for i, name := range g.exporters {
		n, _ := s.exporters.intern(name)
		exporters[i] = s.exporters.at(n)
	}
	for i, kind := range g.kinds {
		kinds[i] = s.kinds.intern(kind)
	}
	base := s.rows.addAll(g, exporters, kinds)
	for i, h := range g.hash {
		slot := base + uint32(i)
		s.live++
		s.sum.add(rowSum(h, g.seq[i], g.sum[i]))
		at := s.slots.find(h, s.rows.hash, func(other uint32) bool { return s.keyOf(other) == s.keyOf(slot) })
		switch {
		case len(gone) > 0 && gone[h] && s.gone[s.keyOf(slot)] >= g.seq[i]:
			s.retire(slot)
			dead = append(dead, slot)
		case at < 0:
			s.slots.set(-1, slot, s.rows.hash)
		case s.rows.seq[s.slots.table[at]-1] >= g.seq[i]:
			s.retire(slot)
			dead = append(dead, slot)
		default:
			older := s.slots.table[at] - 1
			s.retire(older)
			dead = append(dead, older)
			s.slots.set(at, slot, s.rows.hash)
		}
	}
	return dead
}

// retire is kill before the slot has any market.
func (s *Set) retire(slot uint32) {
	if s.rows.isAlive(slot) {
		s.rows.alive[slot/64] &^= 1 << (slot % 64)
		s.live--
		s.sum.sub(rowSum(hashOf(s.keyOf(slot)), s.rows.seq[slot], s.rows.sum[slot]))
	}
}

// addLists makes one list of each key's lists.
func (s *Set) addLists(segs []*segment, bases []uint32) {
	names := make([][]uint32, len(segs))
	for i, g := range segs {
		names[i] = make([]uint32, len(g.keys))
		for j, k := range g.keys {
			names[i][j] = s.keyNumber(k)
		}
	}
	offs := make([]uint32, s.keys.len()+1)
	for i, g := range segs {
		for j, n := range names[i] {
			offs[n+1] += g.counts[j]
		}
	}
	for i := 1; i < len(offs); i++ {
		offs[i] += offs[i-1]
	}
	ids := make([]uint32, offs[len(offs)-1])
	next := slices.Clone(offs)
	for i, g := range segs {
		posts := g.posts
		for j, n := range names[i] {
			to := ids[next[n] : next[n]+g.counts[j]]
			for x := range to {
				to[x] = bases[i] + uint32(binary.LittleEndian.Uint16(posts[2*x:]))
			}
			next[n] += g.counts[j]
			posts = posts[2*len(to):]
		}
	}
	s.posts = postings{offs: offs, ids: ids}
}

// addMarkets shifts the segment's bitsets to where its slots begin.
func (s *Set) addMarkets(g *segment, base uint32) {
	words := (g.len() + 63) / 64
	at, shift := int(base/64), base%64
	for i, m := range g.markets {
		c := s.markets.code(m)
		to := s.markets.sets[c]
		for w := range words {
			v := binary.LittleEndian.Uint64(g.sets[8*(i*words+w):])
			if v == 0 {
				continue
			}
			to[at+w] |= v << shift
			if high := v >> (64 - shift); shift > 0 && high != 0 {
				to[at+w+1] |= high
			}
			for ; v != 0; v &= v - 1 {
				s.markets.row(base + uint32(64*w+bits.TrailingZeros64(v)))[c/64] |= 1 << (c % 64)
			}
		}
	}
}
