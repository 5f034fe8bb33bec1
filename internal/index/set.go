package index

import (
	"sync"

	"tbtwatch/internal/trade"
)

// Set is a process's own copy of the registered products, indexed for
// matching: flat arrays and posting lists, about a hundred bytes a product. It
// is safe for concurrent use and can be thrown away at any time.
type Set struct {
	scheme *Scheme

	mu sync.RWMutex
	content
}

// content is what a Set holds.
type content struct {
	rows      columns
	slots     slotTable
	exporters interner // names packed by trade.AppendName
	kinds     kindTable
	keys      interner // posting keys, those of terms among them
	terms     trie     // numbers are those of keys
	posts     postings
	markets   *markets
	gone      map[string]uint64 // deleted keys and when, so that older news are recognised
	live      int
	sum       digest
	seq       uint64   // registry sequence taken in
	gen       string   // generation of the Store that the set follows
	places    []uint64 // registry sequence taken in of each shard of that generation
}

// NewSet returns an empty set of the Full scheme.
func NewSet() *Set { return Full.NewSet() }

// NewSet returns an empty set.
func (s *Scheme) NewSet() *Set {
	return &Set{scheme: s, content: content{markets: newMarkets(), gone: map[string]uint64{}, kinds: newKindTable()}}
}

// Put adds p as of that registry sequence, in place of what stood under its
// key. News older than what the set knows of the key are ignored.
func (s *Set) Put(p trade.Product, seq uint64) {
	key := p.Key()
	r := s.scheme.rowOf(&p, key, seq) // before the lock: this is the costly part
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
	s.put(key, r)
	s.tidy()
}

// put takes a row in. The lock is held.
func (s *Set) put(key string, r *row) {
	at, known := s.known(r.hash, key)
	if known >= r.seq && r.seq > 0 {
		return
	}
	if at >= 0 {
		s.kill(s.slots.table[at] - 1)
	}
	delete(s.gone, key)
	exporter, _ := s.exporters.intern(string(trade.AppendName(nil, r.exporter)))
	slot := s.rows.add(r, s.exporters.at(exporter), s.kinds.intern(r.kind))
	s.slots.set(at, slot, s.rows.hash)
	s.markets.set(slot, r.markets)
	for _, k := range r.keys {
		s.posts.add(s.keyNumber(k), slot)
	}
	s.live++
	s.sum.add(rowSum(r.hash, r.seq, r.sum))
}

// keyNumber numbers a posting key and makes a new term findable.
func (s *Set) keyNumber(key string) uint32 {
	id, isNew := s.keys.intern(key)
	if isNew && isTerm(key) {
		for _, form := range s.scheme.words.forms(key[1:]) {
			s.terms.add(form, id)
		}
	}
	return id
}

// Delete removes the product of that key as of that registry sequence.
func (s *Set) Delete(key string, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
	s.delete(key, seq)
	s.tidy()
}

func (s *Set) delete(key string, seq uint64) {
	at, known := s.known(hashOf(key), key)
	if known > seq {
		return
	}
	if at >= 0 {
		s.kill(s.slots.table[at] - 1)
	}
	s.gone[key] = seq
}

// known returns the sequence of the last news about a key, 0 for none, and
// where its slot is noted, or -1.
func (s *Set) known(hash uint64, key string) (at int, seq uint64) {
	at = s.slots.find(hash, s.rows.hash, func(slot uint32) bool { return s.keyOf(slot) == key })
	if at >= 0 {
		if slot := s.slots.table[at] - 1; s.rows.isAlive(slot) {
			return at, s.rows.seq[slot]
		}
	}
	return at, s.gone[key]
}

// kill takes a slot's product out of every market. Its postings stay until the
// slots are numbered anew.
func (s *Set) kill(slot uint32) {
	if !s.rows.isAlive(slot) {
		return
	}
	s.rows.alive[slot/64] &^= 1 << (slot % 64)
	s.markets.clear(slot)
	s.live--
	s.sum.sub(rowSum(hashOf(s.keyOf(slot)), s.rows.seq[slot], s.rows.sum[slot]))
}

// tidy folds what came lately into the posting lists, and numbers the slots
// anew when most of them are dead.
func (s *Set) tidy() {
	if dead := s.rows.len() - s.live; dead > 1024 && dead > s.live {
		s.renumber()
	} else if s.posts.full() {
		s.posts.fold(s.keys.len(), nil)
	}
}

// renumber makes the content anew without dead slots and unused terms. What a
// Found holds of the old content stays valid.
func (s *Set) renumber() {
	old := s.content
	s.content = content{markets: newMarkets(), gone: old.gone, sum: old.sum, live: old.live, seq: old.seq, gen: old.gen, places: old.places, exporters: old.exporters, kinds: old.kinds}
	names := make([]uint32, old.rows.len())
	for slot := range uint32(old.rows.len()) {
		if !old.rows.isAlive(slot) {
			continue
		}
		of := old.rows.shown[slot]
		r := row{hash: uint64(old.rows.hash[slot]), id: old.rows.id(slot), seq: old.rows.seq[slot], value: of.value, sum: old.rows.sum[slot]}
		to := s.rows.add(&r, of.exporter, old.rows.kindOf(slot))
		names[slot] = to + 1
		s.slots.set(-1, to, s.rows.hash)
		s.markets.set(to, old.markets.of(slot))
	}
	for k := range uint32(old.keys.len()) {
		key := old.keys.str(k)
		first, later := old.posts.of(k)
		for _, l := range [][]uint32{first, later} {
			for _, slot := range l {
				if names[slot] > 0 {
					s.posts.add(s.keyNumber(key), names[slot]-1)
				}
			}
		}
	}
	s.posts.fold(s.keys.len(), nil)
}

// Advance notes that the set is complete up to that registry sequence.
func (s *Set) Advance(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
}

// Has reports whether the product of that key is in the set, and since which
// registry sequence.
func (s *Set) Has(key string) (seq uint64, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := s.slots.find(hashOf(key), s.rows.hash, func(slot uint32) bool { return s.keyOf(slot) == key })
	if at < 0 || !s.rows.isAlive(s.slots.table[at]-1) {
		return 0, false
	}
	return s.rows.seq[s.slots.table[at]-1], true
}

// Value is the yearly export value of the product of that key, 0 for none.
func (s *Set) Value(key string) float64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := s.slots.find(hashOf(key), s.rows.hash, func(slot uint32) bool { return s.keyOf(slot) == key })
	if at < 0 || !s.rows.isAlive(s.slots.table[at]-1) {
		return 0
	}
	return s.rows.shown[s.slots.table[at]-1].value
}

// Len is the number of products.
func (s *Set) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.live
}

// Seq is the registry sequence that the set has taken in.
func (s *Set) Seq() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.taken()
}

// taken is Seq under the lock: what came from the registry itself, or from the
// slowest shard of the index.
func (c *content) taken() uint64 {
	if len(c.places) == 0 {
		return c.seq
	}
	least := c.places[0]
	for _, p := range c.places {
		least = min(least, p)
	}
	return max(c.seq, least)
}

// Digest is an order-free hash of products and sequences; a Store with the same
// content has the same.
func (s *Set) Digest() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sum.String()
}

// replace takes over the content of a set that nobody else uses.
func (s *Set) replace(fresh *Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content = fresh.content
}
