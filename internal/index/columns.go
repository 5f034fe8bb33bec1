package index

import (
	"slices"

	"tbtwatch/internal/trade"
)

// columns are what a Set knows of each product beside its posting lists, one
// flat array for each property. Slots are only ever added.
type columns struct {
	hash     []uint64 // of the key
	exporter []uint32 // number in Set.exporters
	ids      []byte
	idEnds   []uint32
	seq      []uint64
	value    []float64
	sum      []uint32
	kind     []uint32 // number in Set.kinds; nil while all are 0
	alive    []uint64 // bitset: the slot's product was neither changed nor deleted
}

func (c *columns) len() int { return len(c.hash) }

func (c *columns) id(slot uint32) string { return string(c.idBytes(slot)) }

func (c *columns) idBytes(slot uint32) []byte {
	from := uint32(0)
	if slot > 0 {
		from = c.idEnds[slot-1]
	}
	return c.ids[from:c.idEnds[slot]]
}

func (c *columns) isAlive(slot uint32) bool { return c.alive[slot/64]&(1<<(slot%64)) != 0 }

// add appends a slot.
func (c *columns) add(r *row, exporter, kind uint32) uint32 {
	slot := uint32(len(c.hash))
	c.hash, c.exporter = append(c.hash, r.hash), append(c.exporter, exporter)
	c.ids = append(c.ids, r.id...)
	c.idEnds = append(c.idEnds, uint32(len(c.ids)))
	c.seq, c.value, c.sum = append(c.seq, r.seq), append(c.value, r.value), append(c.sum, r.sum)
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
	c.hash, c.value, c.sum, c.seq = append(c.hash, g.hash...), append(c.value, g.value...), append(c.sum, g.sum...), append(c.seq, g.seq...)
	shift := uint32(len(c.ids))
	c.ids = append(c.ids, g.ids...)
	for i, end := range g.idEnds {
		c.idEnds = append(c.idEnds, shift+end)
		c.exporter = append(c.exporter, exporters[number(g.exporter, i)])
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
	c.hash, c.exporter, c.idEnds = slices.Grow(c.hash, n), slices.Grow(c.exporter, n), slices.Grow(c.idEnds, n)
	c.seq, c.value, c.sum = slices.Grow(c.seq, n), slices.Grow(c.value, n), slices.Grow(c.sum, n)
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

func (t *slotTable) reserve(n int, hash []uint64) {
	size := 64
	for 4*n > 3*size {
		size *= 2
	}
	if size <= len(t.table) {
		return
	}
	old := t.table
	t.table = make([]uint32, size)
	for _, e := range old {
		if e != 0 {
			t.place(e, hash)
		}
	}
}

func (t *slotTable) place(entry uint32, hash []uint64) {
	mask := uint64(len(t.table) - 1)
	i := hash[entry-1] & mask
	for t.table[i] != 0 {
		i = (i + 1) & mask
	}
	t.table[i] = entry
}

// find returns where the entry of a key lies, -1 where there is none. Hashes
// that agree by accident are told apart by same.
func (t *slotTable) find(h uint64, hash []uint64, same func(slot uint32) bool) int {
	if len(t.table) == 0 {
		return -1
	}
	mask := uint64(len(t.table) - 1)
	for i := h & mask; t.table[i] != 0; i = (i + 1) & mask {
		if slot := t.table[i] - 1; hash[slot] == h && same(slot) {
			return int(i)
		}
	}
	return -1
}

// set points the key of slot to it; at is what find gave for that key.
func (t *slotTable) set(at int, slot uint32, hash []uint64) {
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
	p := trade.Product{ID: s.rows.id(slot), Exporter: s.exporters.str(s.rows.exporter[slot])}
	return p.Key()
}
