package view

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"tbtwatch/internal/bus"
)

// Page is a part of a list, newest first.
type Page[R any] struct {
	Rows  []R    `json:"rows" nullable:"false"`
	Total int    `json:"total" doc:"how many rows the whole list has"`
	Next  uint64 `json:"next,omitempty" doc:"pass it as before to get the next part; absent at the end"`
	Coverage
}

const (
	recentRows = 200 // rows of each list that are kept ready, unless it says otherwise
	// mostRows bounds what one request may ask for.
	mostRows = 200
)

// list follows one table.
type list[T, R any] struct {
	table *bus.Table[T]
	name  string
	row   func(bus.Entry[T]) R
	// describe gives a record's tag and group; nil for none.
	describe func(bus.Entry[T]) (tag uint8, group uint32)
	fromZero bool                     // read every write, not only the last of each key
	log      bool                     // a table of one key: every write is a row of its own
	moved    func(bus.Entry[T], past) // told of every entry that is news, with how its record stood; nil for nobody
	watch    []func(bus.Entry[T])     // also told of every entry, tombstones included: spares a second reading of the table
	journal  *journal[T]              // nil for none
	kept     int                      // rows that are kept ready

	mu     sync.RWMutex
	refs   listing
	recent map[uint64]R
	order  []uint64 // sequences in recent, oldest first
	pos    uint64   // everything up to here is in
	ready  bool
	caught chan struct{} // closed when ready
}

func newList[T, R any](t *bus.Table[T], name string, history bool, row func(bus.Entry[T]) R, describe func(bus.Entry[T]) (uint8, uint32)) *list[T, R] {
	return &list[T, R]{table: t, name: name, row: row, describe: describe, fromZero: history, refs: newListing(history), recent: map[uint64]R{}, kept: recentRows, caught: make(chan struct{})}
}

// follow reads what is there and then what comes, until ctx ends.
func (l *list[T, R]) follow(ctx context.Context) error {
	l.mu.RLock()
	from, ready := l.pos, l.ready
	l.mu.RUnlock()
	if ready {
		return l.table.Follow(ctx, from, l.take)
	}
	if from == 0 {
		known, err := l.journal.restore(ctx, l.table, func(e bus.Entry[T], at place) error { l.enter(e, at); return nil })
		if err != nil {
			return err
		}
		if known {
			return followFrom(ctx, l.table, l.journal.last, l.caughtUp, l.take)
		}
	}
	if !l.fromZero {
		return l.table.FollowAll(ctx, l.caughtUp, l.take)
	}
	last, err := l.table.LastSeq(ctx)
	if err != nil {
		return err
	}
	if from >= last {
		l.caughtUp()
	}
	// A record that cannot be decoded never reaches take; if it is the last
	// one, the list must not wait for it forever: half a minute without any.
	const patience = 30 * time.Second
	late := time.AfterFunc(patience, l.caughtUp)
	defer late.Stop()
	return l.table.Follow(ctx, from, func(e bus.Entry[T]) error {
		if err := l.take(e); err != nil {
			return err
		}
		if e.Seq >= last {
			l.caughtUp()
		} else {
			late.Reset(patience)
		}
		return nil
	})
}

func (l *list[T, R]) caughtUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ready {
		close(l.caught)
	}
	l.ready = true
}

// known returns when everything that was stored at the start is in.
func (l *list[T, R]) known(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.caught:
		return nil
	}
}

// tagOf is the tag of the key's record, 0 where there is none.
func (l *list[T, R]) tagOf(key string) uint8 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.refs.tagOf(key)
}

func (l *list[T, R]) isReady() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.ready
}

func (l *list[T, R]) take(e bus.Entry[T]) error {
	if !l.enter(e, l.journal.add(&e)) {
		return nil
	}
	if e.Deleted {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent[e.Seq] = l.row(e)
	l.order = append(l.order, e.Seq)
	for len(l.order) > l.kept {
		delete(l.recent, l.order[0])
		l.order = l.order[1:]
	}
	return nil
}

// enter notes where an entry stands and reports whether it was news.
func (l *list[T, R]) enter(e bus.Entry[T], at place) bool {
	for _, tell := range l.watch {
		tell(e)
	}
	var tag uint8
	var group uint32
	if l.describe != nil && !e.Deleted {
		tag, group = l.describe(e) // without the list's lock: it may have one, which a reader holds while it asks for the list's
	}
	key := e.Key
	if l.log {
		key = strconv.FormatUint(e.Seq, 10)
	}
	l.mu.Lock()
	was := past{}
	if l.moved != nil {
		was = l.refs.past(key)
	}
	l.pos = max(l.pos, e.Seq)
	news := l.refs.put(key, ref{seq: e.Seq, tag: tag, group: group, place: at, live: !e.Deleted})
	l.mu.Unlock()
	if news && l.moved != nil {
		l.moved(e, was)
	}
	return news
}

// page reads a part of the list. Rows that vanished between looking and
// reading are left out.
func (l *list[T, R]) page(ctx context.Context, before uint64, limit int, keep func(ref) bool) (Page[R], error) {
	limit = min(max(limit, 1), mostRows)
	l.mu.RLock()
	refs, total := l.refs.page(before, limit+1, keep)
	l.mu.RUnlock()
	out := Page[R]{Total: total}
	if len(refs) > limit {
		refs = refs[:limit]
		out.Next = refs[limit-1].seq
	}
	var err error
	out.Rows, err = l.rows(ctx, refs)
	return out, err
}

// rows are those of refs, as far as they can be read.
func (l *list[T, R]) rows(ctx context.Context, refs []ref) ([]R, error) {
	ready := make(map[uint64]R, len(refs))
	var missing []ref
	l.mu.RLock()
	for _, r := range refs {
		if row, ok := l.recent[r.seq]; ok {
			ready[r.seq] = row
		} else {
			missing = append(missing, r)
		}
	}
	l.mu.RUnlock()
	out := make([]R, 0, len(refs))
	read, err := l.read(ctx, missing)
	if err != nil {
		return out, err
	}
	for _, r := range refs {
		if row, ok := ready[r.seq]; ok {
			out = append(out, row)
		} else if e, ok := read[r.seq]; ok {
			out = append(out, l.row(e))
		}
	}
	return out, nil
}

// read reads the entries, by their sequences: from the journal what it has, and
// the rest from the bus. What the bus has no more is absent.
func (l *list[T, R]) read(ctx context.Context, refs []ref) (map[uint64]bus.Entry[T], error) {
	out := make(map[uint64]bus.Entry[T], len(refs))
	var seqs []uint64
	for _, r := range refs {
		if e, ok := l.journal.at(r.place, r.seq); ok {
			out[r.seq] = e
		} else {
			seqs = append(seqs, r.seq)
		}
	}
	rest, err := l.table.AtMany(ctx, seqs)
	if err != nil {
		return nil, fmt.Errorf("view: %s: %w", l.name, err)
	}
	maps.Copy(out, rest)
	return out, nil
}

// refsOf are the last writes of the keys with those hashes, as far as there are
// any.
func (l *list[T, R]) refsOf(hashes []uint64) []ref {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]ref, 0, len(hashes))
	for _, h := range hashes {
		if r, ok := l.refs.last(h); ok {
			out = append(out, r)
		}
	}
	return out
}

// withKeys reads the last writes of keys, as far as the list knows them.
func (l *list[T, R]) withKeys(ctx context.Context, keys []string) (map[string]bus.Entry[T], error) {
	hashes := make([]uint64, len(keys))
	for i, key := range keys {
		hashes[i] = hashKey(key)
	}
	read, err := l.read(ctx, l.refsOf(hashes))
	if err != nil {
		return nil, err
	}
	out := make(map[string]bus.Entry[T], len(read))
	for _, e := range read {
		out[e.Key] = e
	}
	return out, nil
}

// writes reads all writes of key that the list knows of, oldest first.
func (l *list[T, R]) writes(ctx context.Context, key string) ([]bus.Entry[T], error) {
	refs := l.refsTo(key)
	read, err := l.read(ctx, refs)
	if err != nil {
		return nil, err
	}
	var out []bus.Entry[T]
	for _, r := range refs {
		if e, ok := read[r.seq]; ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// record reads the last write of key whole, and asks the bus where the journal
// has none as late as since. Without a value it is trade.ErrNotFound.
func (l *list[T, R]) record(ctx context.Context, key string, since uint64) (bus.Entry[T], error) {
	for _, r := range l.refsOf([]uint64{hashKey(key)}) {
		if e, ok := l.wholeAt(r); ok && e.Key == key && r.seq >= since {
			return e, nil
		}
	}
	return l.table.Get(ctx, key)
}

// wholeAt reads the whole record from the journal; ok is false where the bus
// has to be asked.
func (l *list[T, R]) wholeAt(r ref) (bus.Entry[T], bool) {
	if l.journal != nil && l.journal.stored {
		return record(l.journal, l.table, r.place, r.seq)
	}
	return l.journal.at(r.place, r.seq) // its rows are whole
}

// refsTo are all writes of key that the list knows of, oldest first.
func (l *list[T, R]) refsTo(key string) []ref {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.refs.writes(key)
}

func (l *list[T, R]) size() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.refs.live
}

// countBy returns how many live records carry each of the tags that names has.
func (l *list[T, R]) countBy(names []string) map[string]int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := map[string]int{}
	for i, name := range names {
		out[name] = l.refs.count[i]
	}
	return out
}

func indexOf[S ~string](all []S, s S) uint8 {
	i := slices.Index(all, s)
	if i < 0 || i > 254 {
		return 255
	}
	return uint8(i)
}
