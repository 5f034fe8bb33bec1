package view

import (
	"hash/fnv"
	"hash/maphash"
	"slices"
	"sort"
)

// ref is one write of one key: 32 bytes, whatever the record weighs.
type ref struct {
	hash  uint64 // of the key
	seq   uint64 // place in the stream
	prev  uint32 // 1 + index of the key's write before this one, when history is kept
	group uint32 // what the record belongs to, or where its text stands
	place place  // in the journal
	tag   uint8  // source, state …
	live  bool   // the key's last write, and no tombstone
}

// listing orders the keys of one table by their last write. It is not safe for
// concurrent use.
type listing struct {
	history bool // keep the earlier writes of every key
	refs    []ref
	at      map[uint64]uint32 // key's hash → index of its last write
	count   [256]int          // live keys by tag
	live    int
}

func newListing(history bool) listing {
	return listing{history: history, at: map[uint64]uint32{}}
}

// seed is that of all hashes of keys in lists and in the library of standards.
var seed = maphash.MakeSeed()

func hashKey(key string) uint64 { return maphash.String(seed, key) }

// put takes a write in, live or a tombstone, and reports whether it was news: a
// later one than what is known of the key.
func (l *listing) put(key string, r ref) bool {
	h := hashKey(key)
	r.hash = h
	if i, known := l.at[h]; known {
		if l.refs[i].seq >= r.seq {
			return false
		}
		l.bury(i)
		if l.history {
			r.prev = i + 1
		}
	}
	l.at[h] = uint32(len(l.refs))
	l.refs = append(l.refs, r)
	if r.live {
		l.count[r.tag]++
		l.live++
	}
	if dead := len(l.refs) - l.live; !l.history && dead > 1000 && dead > l.live {
		l.compact()
	}
	return true
}

func (l *listing) bury(i uint32) {
	if r := &l.refs[i]; r.live {
		r.live = false
		l.count[r.tag]--
		l.live--
	}
}

// compact drops the writes that later ones replaced. Tombstones stay known, so
// that an old write read again does not bring a key back.
func (l *listing) compact() {
	kept := make([]ref, 0, len(l.at)+len(l.at)/8)
	for i, r := range l.refs {
		if l.at[r.hash] == uint32(i) {
			l.at[r.hash] = uint32(len(kept))
			kept = append(kept, r)
		}
	}
	l.refs = kept
}

// past is how the key's record stands, and which tags it had.
func (l *listing) past(key string) (was past) {
	i, known := l.at[hashKey(key)]
	if !known {
		return was
	}
	was.known, was.tag = l.refs[i].live, l.refs[i].tag
	for i++; i > 0; i = l.refs[i-1].prev {
		if tag := l.refs[i-1].tag; tag < 64 {
			was.ever |= 1 << tag
		}
	}
	return was
}

// page returns up to limit live refs written before the sequence before (0:
// from the newest), newest first, that keep wants (nil: all), and how many
// there are in all.
func (l *listing) page(before uint64, limit int, keep func(ref) bool) (out []ref, total int) {
	if keep == nil {
		total = l.live
	}
	start := len(l.refs)
	if before > 0 && keep == nil {
		start = sort.Search(len(l.refs), func(i int) bool { return l.refs[i].seq >= before })
	}
	for _, r := range slices.Backward(l.refs[:start]) {
		if !r.live || keep != nil && !keep(r) {
			continue
		}
		if keep != nil {
			total++
		}
		if before > 0 && r.seq >= before || len(out) >= limit {
			if keep == nil && len(out) >= limit {
				break
			}
			continue
		}
		out = append(out, r)
	}
	return out, total
}

// writes returns all writes of key, oldest first, as far as history is kept.
func (l *listing) writes(key string) []ref {
	i, ok := l.at[hashKey(key)]
	if !ok {
		return nil
	}
	var out []ref
	for n := i + 1; n > 0; n = l.refs[n-1].prev {
		out = append(out, l.refs[n-1])
	}
	slices.Reverse(out)
	return out
}

// groupOf names a group by 32 bits. Two groups may share a name: whoever asks
// for one looks at the records again.
func groupOf(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()
}

// tagOf is the tag of the key's last write, 0 for none and for a tombstone.
func (l *listing) tagOf(key string) uint8 {
	r, _ := l.last(hashKey(key))
	return r.tag
}

// last is the last write of the key with that hash; there is none where it is a
// tombstone.
func (l *listing) last(hash uint64) (ref, bool) {
	if i, ok := l.at[hash]; ok && l.refs[i].live {
		return l.refs[i], true
	}
	return ref{}, false
}
