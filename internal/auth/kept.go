package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// kept is a table with a copy in memory: few records, asked for with every
// request. It sees its own writes at once and those of other processes as the
// bus tells of them.
type kept[T any] struct {
	table *bus.Table[T]
	seen  func(before, now bus.Entry[T]) // told of every change under the lock; nil for nobody

	mu  sync.RWMutex
	by  map[string]bus.Entry[T]
	pos uint64
}

func newKept[T any](t *bus.Table[T], seen func(before, now bus.Entry[T])) *kept[T] {
	return &kept[T]{table: t, seen: seen, by: map[string]bus.Entry[T]{}}
}

// load reads what is stored.
func (k *kept[T]) load(ctx context.Context) error {
	last, err := k.table.Scan(ctx, k.take)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pos = max(k.pos, last)
	return nil
}

// follow takes what others write until ctx ends.
func (k *kept[T]) follow(ctx context.Context) error {
	k.mu.RLock()
	from := k.pos
	k.mu.RUnlock()
	return k.table.Follow(ctx, from, func(e bus.Entry[T]) error {
		err := k.take(e)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.pos = max(k.pos, e.Seq)
		return err
	})
}

func (k *kept[T]) take(e bus.Entry[T]) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.by[e.Key]
	if e.Seq <= before.Seq {
		return nil
	}
	k.by[e.Key] = e
	if k.seen != nil {
		k.seen(before, e)
	}
	return nil
}

func (k *kept[T]) get(key string) (T, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e, ok := k.by[key]
	return e.Value, ok && !e.Deleted
}

// all are the values that are there, in no order.
func (k *kept[T]) all() []T {
	k.mu.RLock()
	defer k.mu.RUnlock()
	out := make([]T, 0, len(k.by))
	for _, e := range k.by {
		if !e.Deleted {
			out = append(out, e.Value)
		}
	}
	return out
}

// change reads, changes and writes the value of key; it begins again when
// somebody wrote meanwhile. have is false where there was none. An error of fn
// leaves everything as it was.
func (k *kept[T]) change(ctx context.Context, key string, fn func(v *T, have bool) error) (T, error) {
	for range 10 {
		e, err := k.table.Get(ctx, key)
		have := err == nil
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return e.Value, err
		}
		v := e.Value
		if err := fn(&v, have); err != nil {
			return v, err
		}
		seq, err := k.table.Put(ctx, key, v, e.Seq)
		if errors.Is(err, trade.ErrConflict) {
			continue
		}
		if err != nil {
			return v, err
		}
		return v, k.take(bus.Entry[T]{Key: key, Seq: seq, Value: v})
	}
	return *new(T), fmt.Errorf("auth: %w", trade.ErrConflict)
}

// each calls fn with every value that is there.
func (k *kept[T]) each(fn func(key string, v T)) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for key, e := range k.by {
		if !e.Deleted {
			fn(key, e.Value)
		}
	}
}
