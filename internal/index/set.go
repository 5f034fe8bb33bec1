package index

import (
	"sync"

	"tbtwatch/internal/trade"
)

// Set is a process's own copy of the registered products, indexed for
// matching. It is safe for concurrent use and can be thrown away at any time.
type Set struct {
	mu     sync.RWMutex
	slots  []*Profile // nil: the slot's product was changed or deleted
	dead   int
	bySlot map[string]uint32 // product key → slot
	gone   map[string]uint64 // deleted keys and when, so that older news are recognised
	posts  postings
	terms  *vocabulary
	sum    digest
	seq    uint64
	gen    string // generation of the Store that the set follows
}

// NewSet returns an empty set.
func NewSet() *Set {
	return &Set{bySlot: map[string]uint32{}, gone: map[string]uint64{}, posts: postings{}, terms: newVocabulary()}
}

// Put adds p as of that registry sequence, in place of what stood under its
// key. News older than what the set knows of the key are ignored.
func (s *Set) Put(p trade.Product, seq uint64) {
	f := NewProfile(p, seq) // before the lock: this is the costly part
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
	if s.known(f.Key) >= seq && seq > 0 {
		return
	}
	s.drop(f.Key)
	delete(s.gone, f.Key)
	s.insert(f)
	s.tidy()
}

// Delete removes the product of that key as of that registry sequence.
func (s *Set) Delete(key string, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
	if s.known(key) > seq {
		return
	}
	s.drop(key)
	s.gone[key] = seq
	s.tidy()
}

// Advance notes that the set is complete up to that registry sequence.
func (s *Set) Advance(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = max(s.seq, seq)
}

// Get returns the product of that key.
func (s *Set) Get(key string) (*Profile, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	slot, ok := s.bySlot[key]
	if !ok {
		return nil, false
	}
	return s.slots[slot], true
}

// Len is the number of products.
func (s *Set) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.bySlot)
}

// Seq is the registry sequence that the set has taken in.
func (s *Set) Seq() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq
}

// Digest is an order-free hash of products and sequences; a Store with the same
// content has the same.
func (s *Set) Digest() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sum.String()
}

// All calls fn for every product, in no particular order, until it says false.
func (s *Set) All(fn func(*Profile) bool) {
	s.mu.RLock()
	live := make([]*Profile, 0, len(s.bySlot))
	for _, f := range s.slots {
		if f != nil {
			live = append(live, f)
		}
	}
	s.mu.RUnlock()
	for _, f := range live {
		if !fn(f) {
			return
		}
	}
}

// known is the sequence of the last news about a key, 0 for none.
func (s *Set) known(key string) uint64 {
	if slot, ok := s.bySlot[key]; ok {
		return s.slots[slot].Seq
	}
	return s.gone[key]
}

func (s *Set) insert(f *Profile) {
	slot := uint32(len(s.slots))
	s.slots = append(s.slots, f)
	s.bySlot[f.Key] = slot
	s.sum.add(f.hash)
	for _, key := range postingKeys(f) {
		s.posts[key] = append(s.posts[key], slot)
	}
	for _, t := range f.Terms {
		s.terms.add(t)
	}
}

// drop empties the slot of a key. Its postings stay until the set is
// compacted: an empty slot is skipped.
func (s *Set) drop(key string) {
	slot, ok := s.bySlot[key]
	if !ok {
		return
	}
	f := s.slots[slot]
	s.slots[slot] = nil
	s.dead++
	delete(s.bySlot, key)
	s.sum.sub(f.hash)
	for _, t := range f.Terms {
		s.terms.remove(t)
	}
}

// tidy numbers the slots anew when most of them are empty.
func (s *Set) tidy() {
	if s.dead <= 1024 || s.dead <= len(s.bySlot) {
		return
	}
	old := s.slots
	s.slots, s.posts, s.terms, s.sum, s.dead = nil, postings{}, newVocabulary(), digest{}, 0
	for _, f := range old {
		if f != nil {
			s.insert(f)
		}
	}
}

// place is where the set stands: the generation it follows and its sequence.
func (s *Set) place() (gen string, seq uint64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.gen, s.seq
}

func (s *Set) follow(gen string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gen = gen
}

// replace takes over the content of a set that nobody else uses.
func (s *Set) replace(fresh *Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots, s.dead, s.bySlot, s.gone = fresh.slots, fresh.dead, fresh.bySlot, fresh.gone
	s.posts, s.terms, s.sum, s.seq, s.gen = fresh.posts, fresh.terms, fresh.sum, fresh.seq, fresh.gen
}
