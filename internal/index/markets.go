package index

import (
	"fmt"
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

	mu     sync.Mutex // guards unions: readers of the set add to them
	unions map[string]*union
}

// union is the filter of a list of markets: every slot that has one of codes.
type union struct {
	codes  []int
	common [][]string // of each code, what it has in common with the notice
	bits   []uint64

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
	m.words = n/64 + n/512 + 16
	for i, b := range m.sets {
		m.sets[i] = resized(b, m.words)
	}
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
	}
	return c
}

// set notes the markets of a slot.
func (m *markets) set(slot uint32, names []string) {
	m.grow(int(slot) + 1)
	bit := uint64(1) << (slot % 64)
	for _, name := range names {
		c := m.code(name)
		m.sets[c][slot/64] |= bit
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
	for _, b := range m.sets {
		b[slot/64] &^= bit
	}
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
	for c, b := range m.sets {
		if b[slot/64]&(1<<(slot%64)) != 0 {
			out = append(out, m.names[c])
		}
	}
	slices.Sort(out)
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

// list gives the common markets of a product that is registered with those of
// the filter's codes. The lists are shared: nobody changes them.
func (u *union) list(codes []uint64) []string {
	name := fmt.Sprint(codes)
	u.mu.Lock()
	defer u.mu.Unlock()
	if l, known := u.lists[name]; known {
		return l
	}
	var out []string
	for i, common := range u.common {
		if codes[i/64]&(1<<(i%64)) == 0 {
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
	u.lists[name] = out
	return out
}
