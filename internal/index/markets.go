package index

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"tbtwatch/internal/nomenclature"
)

// markets has a bitset of slots for each market code that products are
// registered with, and one for each list of markets that notices ask for. A
// slot whose product is gone has no bit anywhere.
type markets struct {
	codes map[string]int
	names []string
	sets  [][]uint64
	words int // length of every bitset
	// rows has the same turned round, so many words for each slot, so that what
	// a slot has in common with a notice lies in one place.
	rows []uint64
	wide int

	mu     sync.Mutex // guards unions: readers of the set add to them
	unions map[string]*union
}

// union is the filter of a list of markets: every slot that has one of codes.
type union struct {
	codes  []int
	common [][]string // of each code, what it has in common with the notice
	bits   []uint64
	mask   []uint64 // codes as bits of a row

	mu    sync.Mutex
	lists map[string][]string
}

// mostLists bounds the lists of common markets that a filter remembers.
const mostLists = 10_000

// mostUnions bounds what is remembered: each takes a bit for each product.
const mostUnions = 48

func newMarkets() *markets {
	return &markets{codes: map[string]int{}, unions: map[string]*union{}}
}

// grow gives every bitset room for slots up to n.
func (m *markets) grow(n int) {
	if n <= 64*m.words {
		return
	}
	m.words = n/64 + n/2048 + 16
	for i, b := range m.sets {
		m.sets[i] = resized(b, m.words)
	}
	m.rows = resized(m.rows, 64*m.words*m.wide)
	for _, u := range m.unions {
		if len(u.codes) == 1 {
			u.bits = m.sets[u.codes[0]]
		} else {
			u.bits = resized(u.bits, m.words)
		}
	}
}

func resized(b []uint64, words int) []uint64 {
	out := make([]uint64, words)
	copy(out, b)
	return out
}

// code numbers a market code.
func (m *markets) code(name string) int {
	c, known := m.codes[name]
	if !known {
		c = len(m.names)
		m.codes[strings.Clone(name)] = c
		m.names = append(m.names, strings.Clone(name))
		m.sets = append(m.sets, make([]uint64, m.words))
		clear(m.unions) // any of them might reach the new one
		if c >= 64*m.wide {
			m.widen()
		}
	}
	return c
}

// widen adds a word to every row.
func (m *markets) widen() {
	old, wide := m.rows, m.wide
	m.wide++
	m.rows = make([]uint64, 64*m.words*m.wide)
	for i := 0; i*wide < len(old); i++ {
		copy(m.rows[i*m.wide:], old[i*wide:][:wide])
	}
}

// row is the markets of a slot as bits.
func (m *markets) row(slot uint32) []uint64 { return m.rows[int(slot)*m.wide:][:m.wide] }

// set notes the markets of a slot.
func (m *markets) set(slot uint32, names []string) {
	m.grow(int(slot) + 1)
	bit := uint64(1) << (slot % 64)
	for _, name := range names {
		c := m.code(name)
		m.sets[c][slot/64] |= bit
		m.row(slot)[c/64] |= 1 << (c % 64)
		for _, u := range m.unions {
			if slices.Contains(u.codes, c) {
				u.bits[slot/64] |= bit
			}
		}
	}
}

// clear takes all markets from a slot.
func (m *markets) clear(slot uint32) {
	bit := uint64(1) << (slot % 64)
	for _, c := range ones(m.row(slot)) {
		m.sets[c][slot/64] &^= bit
	}
	clear(m.row(slot))
	for _, u := range m.unions {
		u.bits[slot/64] &^= bit
	}
}

// reach returns the filter for the markets of a notice.
func (m *markets) reach(notice []string) *union {
	name := strings.Join(notice, ",")
	m.mu.Lock()
	defer m.mu.Unlock()
	if u := m.unions[name]; u != nil {
		return u
	}
	u := &union{lists: map[string][]string{}}
	for c, code := range m.names {
		if len(CommonMarkets(notice, []string{code})) > 0 {
			u.codes = append(u.codes, c)
		}
	}
	slices.SortFunc(u.codes, func(a, b int) int { return strings.Compare(m.names[a], m.names[b]) })
	for _, c := range u.codes {
		u.common = append(u.common, CommonMarkets(notice, []string{m.names[c]}))
	}
	u.mask = make([]uint64, m.wide)
	for _, c := range u.codes {
		u.mask[c/64] |= 1 << (c % 64)
	}
	switch len(u.codes) {
	case 0:
	case 1:
		u.bits = m.sets[u.codes[0]]
	default:
		u.bits = make([]uint64, m.words)
		for _, c := range u.codes {
			for i, w := range m.sets[c] {
				u.bits[i] |= w
			}
		}
	}
	if len(m.unions) >= mostUnions {
		clear(m.unions)
	}
	m.unions[name] = u
	return u
}

// of lists the registered markets of a slot, in the order of their codes.
func (m *markets) of(slot uint32) []string {
	var out []string
	for _, c := range ones(m.row(slot)) {
		out = append(out, m.names[c])
	}
	slices.Sort(out)
	return out
}

// ones lists the bits that are set.
func ones(words []uint64) (out []int) {
	for n, v := range words {
		for ; v != 0; v &= v - 1 {
			out = append(out, 64*n+bits.TrailingZeros64(v))
		}
	}
	return out
}

// CommonMarkets lists the product's markets that a notice reaches, each as the
// narrower code. A notice whose market is not known reaches only products that
// are sold everywhere.
func CommonMarkets(notice, product []string) []string {
	if len(notice) == 0 {
		notice = []string{nomenclature.Everywhere}
		if slices.Contains(product, nomenclature.Everywhere) {
			return notice
		}
		return nil
	}
	return nomenclature.Common(notice, product)
}

// list gives the common markets of a product whose row has those bits within
// the mask. The lists are shared: nobody changes them.
func (u *union) list(row []uint64) []string {
	var room [64]byte
	name := room[:0]
	for _, v := range row {
		name = binary.LittleEndian.AppendUint64(name, v)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if l, known := u.lists[string(name)]; known {
		return l
	}
	var out []string
	for i, common := range u.common {
		if c := u.codes[i]; row[c/64]&(1<<(c%64)) == 0 {
			continue
		}
		for _, m := range common {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	if len(u.lists) >= mostLists {
		clear(u.lists)
	}
	u.lists[string(name)] = out
	return out
}
