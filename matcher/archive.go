package matcher

import (
	"math/bits"
	"slices"
	"sync"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Archive answers which stored notices may touch a product: the search of an
// index.Set the other way round, with the same keys. It holds inverted lists
// of codes, kinds of goods, standards, substances and words, can be thrown
// away at any time, and is safe for concurrent use.
type Archive struct {
	scheme *index.Scheme
	read   func(*trade.Notice) Reading

	mu    sync.Mutex // a look-up remembers terms
	held  held
	hits  []uint64 // reused by look-ups, as reach
	reach []uint64
}

// held is what an Archive knows of its notices, each in a slot of its own.
type held struct {
	names   []string // of each slot; "" when its notice is gone
	slots   map[string]uint32
	keys    map[string][]uint32 // posting key → slots, ascending
	markets map[string][]uint64 // country → bitset of slots
	alive   []uint64
	texts   phrases
}

func newHeld() held {
	return held{slots: map[string]uint32{}, keys: map[string][]uint32{}, markets: map[string][]uint64{}, texts: newPhrases()}
}

// NewArchive returns an empty one. The Plain scheme reads notices as ReadPlain
// does.
func NewArchive(scheme *index.Scheme) *Archive {
	a := &Archive{scheme: scheme, read: Read, held: newHeld()}
	if scheme == index.Plain {
		a.read = ReadPlain
	}
	return a
}

// Put adds a notice under a name, in place of the one that has it.
func (a *Archive) Put(name string, n *trade.Notice) {
	r := a.read(n) // the costly part
	q := r.Query()
	keys := a.scheme.NoticeKeys(&q)
	var tokens []uint64
	for _, f := range q.Fields {
		tokens = append(a.scheme.Tokens(tokens, f.Text), 0)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held.remove(name)
	slot := a.held.slot(name)
	for _, k := range keys {
		a.held.keys[k] = append(a.held.keys[k], slot)
	}
	for _, m := range q.Markets {
		for _, country := range nomenclature.Expand(m) {
			a.held.markets[country] = withBit(a.held.markets[country], slot)
		}
	}
	a.held.texts.add(tokens)
}

func (h *held) slot(name string) uint32 {
	slot := uint32(len(h.names))
	h.names = append(h.names, name)
	h.slots[name], h.alive = slot, withBit(h.alive, slot)
	return slot
}

// Remove forgets a notice.
func (a *Archive) Remove(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held.remove(name)
	if dead := len(a.held.names) - len(a.held.slots); dead > 1024 && dead > len(a.held.slots) {
		a.held = a.held.renumbered()
	}
}

func (h *held) remove(name string) {
	slot, ok := h.slots[name]
	if !ok {
		return
	}
	delete(h.slots, name)
	h.names[slot] = ""
	h.alive[slot/64] &^= 1 << (slot % 64)
}

// Len is the number of notices.
func (a *Archive) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.held.slots)
}

// Find names the notices with which the product has a market and any evidence
// in common: all that a search by them would find it by.
func (a *Archive) Find(p *trade.Product) []string {
	keys, terms := a.scheme.ProductKeys(p)
	a.mu.Lock()
	defer a.mu.Unlock()
	h := &a.held
	if !a.reaches(p.Markets) {
		return nil
	}
	a.hits = cleared(a.hits, len(h.alive))
	mark := func(slots []uint32) {
		for _, s := range slots {
			a.hits[s/64] |= 1 << (s % 64)
		}
	}
	for _, k := range keys {
		mark(h.keys[k])
	}
	for _, t := range terms {
		mark(h.texts.find(t, a.scheme))
	}
	n := 0
	for i := range a.hits {
		a.hits[i] &= a.reach[i]
		n += bits.OnesCount64(a.hits[i])
	}
	out := make([]string, 0, n)
	for i, word := range a.hits {
		for ; word != 0; word &= word - 1 {
			out = append(out, h.names[i*64+bits.TrailingZeros64(word)])
		}
	}
	return out
}

// reaches fills reach with the notices that apply in one of the markets. It is
// CommonMarkets for all of them: a notice whose market is not known reaches
// only products that are sold everywhere.
func (a *Archive) reaches(markets []string) bool {
	h := &a.held
	if slices.Contains(markets, nomenclature.Everywhere) {
		a.reach = append(a.reach[:0], h.alive...)
		return true
	}
	if len(markets) == 0 {
		return false
	}
	a.reach = cleared(a.reach, len(h.alive))
	unite := func(set []uint64) {
		for i, w := range set {
			a.reach[i] |= w
		}
	}
	unite(h.markets[nomenclature.Everywhere])
	for _, m := range markets {
		if set, known := h.markets[m]; known { // a country: no need to expand it
			unite(set)
			continue
		}
		for _, country := range nomenclature.Expand(m) {
			unite(h.markets[country])
		}
	}
	for i, w := range h.alive {
		a.reach[i] &= w
	}
	return true
}

// renumbered gives the notices new slots, without gaps.
func (h *held) renumbered() held {
	now := newHeld()
	to := make([]uint32, len(h.names))
	for slot, name := range h.names {
		if name != "" {
			to[slot] = now.slot(name)
			now.texts.copy(&h.texts, uint32(slot))
		}
	}
	for k, slots := range h.keys {
		for _, s := range slots {
			if h.names[s] != "" {
				now.keys[k] = append(now.keys[k], to[s])
			}
		}
	}
	for country, set := range h.markets {
		for s, name := range h.names {
			if name != "" && s/64 < len(set) && set[s/64]>>(s%64)&1 != 0 {
				now.markets[country] = withBit(now.markets[country], to[s])
			}
		}
	}
	return now
}

func withBit(set []uint64, slot uint32) []uint64 {
	for int(slot/64) >= len(set) {
		set = append(set, 0)
	}
	set[slot/64] |= 1 << (slot % 64)
	return set
}

func cleared(set []uint64, words int) []uint64 {
	if cap(set) < words {
		return make([]uint64, words, words+words/4)
	}
	set = set[:words]
	clear(set)
	return set
}
