package index

import (
	"slices"

	"tbtwatch/internal/trade"
)

// columns are what a Set knows of each product beside its posting lists, one
// flat array for each property. Slots are only ever added.
type columns struct {
	hash  []uint32 // of the key, cut to half
	shown []shown
	ids   []byte // packed, see trade.AppendName
	seq   []uint64
	sum   []uint32
	kind  []uint32 // number in Set.kinds; nil while all are 0
	alive []uint64 // bitset: the slot's product was neither changed nor deleted
}

// shown is what a match tells of its product. It lies together because the
// matches of a notice lie far apart: each costs a wait for the memory.
type shown struct {
	exporter uint32 // where it begins in the text of Set.exporters
	id       uint32 // where it begins in columns.ids
	value    float64
}

func (c *columns) len() int { return len(c.hash) }

func (c *columns) id(slot uint32) string { return trade.Name(c.ids[c.shown[slot].id:]) }

func (c *columns) isAlive(slot uint32) bool { return c.alive[slot/64]&(1<<(slot%64)) != 0 }

// add appends a slot.
func (c *columns) add(r *row, exporter, kind uint32) uint32 {
	slot := uint32(len(c.hash))
	c.hash, c.shown = append(c.hash, uint32(r.hash)), append(c.shown, shown{exporter, uint32(len(c.ids)), r.value})
	c.ids = trade.AppendName(c.ids, r.id)
	c.seq, c.sum = append(c.seq, r.seq), append(c.sum, r.sum)
	if kind != 0 && c.kind == nil {
		c.kind = make([]uint32, slot)
	}
	if c.kind != nil {
		c.kind = append(c.kind, kind)
	}
	if int(slot/64) >= len(c.alive) {
		c.alive = append(c.alive, 0)
	}
	c.alive[slot/64] |= 1 << (slot % 64)
	return slot
}

// addAll appends the rows of a segment, whose exporters and kinds have other
// numbers here, and returns the slot of the first.
func (c *columns) addAll(g *segment, exporters, kinds []uint32) (base uint32) {
	base = uint32(c.len())
	c.sum, c.seq = append(c.sum, g.sum...), append(c.seq, g.seq...)
	shift := uint32(len(c.ids))
	c.ids = append(c.ids, g.ids...)
	for i, at := range g.idAt {
		c.hash = append(c.hash, uint32(g.hash[i]))
		c.shown = append(c.shown, shown{exporters[number(g.exporter, i)], shift + at, g.value[i]})
	}
	if c.kind == nil && (len(kinds) > 1 || len(kinds) == 1 && kinds[0] != 0) {
		c.kind = make([]uint32, base, cap(c.hash))
	}
	for i := range g.hash {
		if c.kind != nil {
			c.kind = append(c.kind, kinds[number(g.kind, i)])
		}
		slot := base + uint32(i)
		if int(slot/64) >= len(c.alive) {
			c.alive = append(c.alive, 0)
		}
		c.alive[slot/64] |= 1 << (slot % 64)
	}
	return base
}

// reserve makes room for n further slots, so that a load allocates once.
func (c *columns) reserve(n, idBytes int) {
	c.hash, c.shown = slices.Grow(c.hash, n), slices.Grow(c.shown, n)
	c.seq, c.sum = slices.Grow(c.seq, n), slices.Grow(c.sum, n)
	c.ids, c.alive = slices.Grow(c.ids, idBytes), slices.Grow(c.alive, n/64+1)
}

// kindOf is the number of the slot's kind.
func (c *columns) kindOf(slot uint32) uint32 {
	if c.kind == nil {
		return 0
	}
	return c.kind[slot]
}

// slotTable finds slots by the hash of their key. Its entries point to the
// latest slot of a key, which may be dead.
type slotTable struct {
	table []uint32 // slot+1
	n     int
}

func (t *slotTable) reserve(n int, hash []uint32) {
	if 5*n <= 4*len(t.table) {
		return
	}
	old := t.table
	t.table = make([]uint32, max(64, 5*n/4+1, len(old)+len(old)/2))
	for _, e := range old {
		if e != 0 {
			t.place(e, hash)
		}
	}
}

func (t *slotTable) place(entry uint32, hash []uint32) {
	i := t.first(hash[entry-1])
	for t.table[i] != 0 {
		i = t.next(i)
	}
	t.table[i] = entry
}

// first is where the search for a hash begins: the table has any size.
func (t *slotTable) first(h uint32) int { return int(uint64(h) * uint64(len(t.table)) >> 32) }

func (t *slotTable) next(i int) int {
	if i++; i == len(t.table) {
		return 0
	}
	return i
}

// find returns where the entry of a key lies, -1 where there is none. Hashes
// that agree by accident are told apart by same.
func (t *slotTable) find(h uint64, hash []uint32, same func(slot uint32) bool) int {
	if len(t.table) == 0 {
		return -1
	}
	for i := t.first(uint32(h)); t.table[i] != 0; i = t.next(i) {
		if slot := t.table[i] - 1; hash[slot] == uint32(h) && same(slot) {
			return i
		}
	}
	return -1
}

// set points the key of slot to it; at is what find gave for that key.
func (t *slotTable) set(at int, slot uint32, hash []uint32) {
	if at >= 0 {
		t.table[at] = slot + 1
		return
	}
	t.reserve(t.n+1, hash[:slot])
	t.place(slot+1, hash)
	t.n++
}

// keyOf computes the product key of a slot.
func (s *Set) keyOf(slot uint32) string {
	p := trade.Product{ID: s.rows.id(slot), Exporter: trade.Name(s.exporters.text[s.rows.shown[slot].exporter:])}
	return p.Key()
}
