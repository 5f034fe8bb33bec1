package index

import "slices"

// postings are the slots under each posting key, ascending. Most lie in one
// array, key after key; what came later lies in lists of its own until it is
// folded in. Slots whose product is gone stay in them: a bitset says which.
type postings struct {
	offs  []uint32 // of key k: ids[offs[k]:offs[k+1]]
	ids   []uint32
	later map[uint32][]uint32
	n     int // entries in later
}

// of returns both lists of a key.
func (p *postings) of(key uint32) (old, later []uint32) {
	if int(key)+1 < len(p.offs) {
		old = p.ids[p.offs[key]:p.offs[key+1]]
	}
	return old, p.later[key]
}

func (p *postings) add(key, slot uint32) {
	if p.later == nil {
		p.later = map[uint32][]uint32{}
	}
	p.later[key] = append(p.later[key], slot)
	p.n++
}

// foldFrom is how many entries lie outside the array at least before they are
// folded in.
const foldFrom = 1 << 17

// full reports whether fold is worth its while.
func (p *postings) full() bool { return p.n >= foldFrom && p.n >= len(p.ids)/4 }

// fold brings all entries into one array for that many keys. rename gives the
// new number of a slot, or drops it; nil keeps all as they are.
func (p *postings) fold(keys int, rename func(slot uint32) (uint32, bool)) {
	offs := make([]uint32, keys+1)
	ids := make([]uint32, 0, len(p.ids)+p.n)
	for k := range keys {
		old, later := p.of(uint32(k))
		if rename == nil {
			ids = append(append(ids, old...), later...)
		} else {
			for _, l := range [][]uint32{old, later} {
				for _, slot := range l {
					if to, ok := rename(slot); ok {
						ids = append(ids, to)
					}
				}
			}
		}
		offs[k+1] = uint32(len(ids))
	}
	*p = postings{offs: offs, ids: slices.Clip(ids)}
}
