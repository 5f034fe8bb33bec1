package index

import (
	"math/bits"
)

// hashOf is a fixed 64-bit hash, never 0. It is part of the layout of segments.
func hashOf[T string | []byte](b T) uint64 {
	h := 0x9e3779b97f4a7c15 ^ uint64(len(b))
	for len(b) >= 8 {
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		hi, lo := bits.Mul64(h^v, 0xa0761d6478bd642f)
		h = hi ^ lo
		b = b[8:]
	}
	var v uint64
	for i := range len(b) {
		v |= uint64(b[i]) << (8 * uint(i))
	}
	hi, lo := bits.Mul64(h^v, 0xe7037ed1a0b428db)
	if h = hi ^ lo; h == 0 {
		return 1
	}
	return h
}

// interner numbers strings densely, in the order in which they come, and keeps
// them in one piece: a few bytes each beside their own.
type interner struct {
	text  []byte
	ends  []uint32
	table []uint32 // open addressing: number+1, 0 for none
}

func (n *interner) len() int { return len(n.ends) }

func (n *interner) bytes(id uint32) []byte { return n.text[n.at(id):n.ends[id]] }

// at is where a string begins in text.
func (n *interner) at(id uint32) uint32 {
	if id == 0 {
		return 0
	}
	return n.ends[id-1]
}

func (n *interner) str(id uint32) string { return string(n.bytes(id)) }

// find returns the number of s.
func (n *interner) find(s string) (uint32, bool) {
	if len(n.table) == 0 {
		return 0, false
	}
	mask := uint64(len(n.table) - 1)
	for i := hashOf(s) & mask; n.table[i] != 0; i = (i + 1) & mask {
		if id := n.table[i] - 1; string(n.bytes(id)) == s {
			return id, true
		}
	}
	return 0, false
}

// intern returns the number of s, a new one where it is new.
func (n *interner) intern(s string) (id uint32, isNew bool) {
	if id, ok := n.find(s); ok {
		return id, false
	}
	id = uint32(len(n.ends))
	n.text = append(n.text, s...)
	n.ends = append(n.ends, uint32(len(n.text)))
	if 4*len(n.ends) > 3*len(n.table) {
		n.rehash(max(16, 2*len(n.table)))
	} else {
		n.place(id)
	}
	return id, true
}

func (n *interner) place(id uint32) {
	mask := uint64(len(n.table) - 1)
	i := hashOf(n.bytes(id)) & mask
	for n.table[i] != 0 {
		i = (i + 1) & mask
	}
	n.table[i] = id + 1
}

func (n *interner) rehash(size int) {
	n.table = make([]uint32, size)
	for id := range n.ends {
		n.place(uint32(id))
	}
}
