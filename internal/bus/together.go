package bus

import (
	"context"
	"errors"
	"sync"

	"tbtwatch/internal/trade"
)

// together gathers the writes of several callers: while one batch is being
// stored the next one collects, so that as many as ask at the same time share
// an fsync and nobody waits for a timer.
type together[T any] struct {
	mu      sync.Mutex
	waiting []*waitingWrite[T]
	busy    bool
}

type waitingWrite[T any] struct {
	write Write[T]
	done  chan struct{}
	seq   uint64
	err   error
}

// PutTogether is Put for many callers at once: writes that come while another
// is being stored go out as one batch after it. Each has its own outcome.
func (t *Table[T]) PutTogether(ctx context.Context, key string, v T, last uint64) (uint64, error) {
	w := &waitingWrite[T]{write: Write[T]{Key: key, Value: v, Last: last}, done: make(chan struct{})}
	t.together.mu.Lock()
	t.together.waiting = append(t.together.waiting, w)
	if !t.together.busy {
		t.together.busy = true
		go t.storeWaiting()
	}
	t.together.mu.Unlock()
	select {
	case <-w.done:
		return w.seq, w.err
	case <-ctx.Done():
		return 0, ctx.Err() // it may be stored nevertheless, as after any error
	}
}

// storeWaiting stores what waits until nothing does.
func (t *Table[T]) storeWaiting() {
	for {
		t.together.mu.Lock()
		n := min(len(t.together.waiting), maxBatch)
		batch := t.together.waiting[:n:n]
		t.together.waiting = t.together.waiting[n:]
		t.together.busy = n > 0
		t.together.mu.Unlock()
		if n == 0 {
			return
		}
		t.storeBatch(context.Background(), batch) // each write has its own limit of time
	}
}

// fewWrites is from how many on a batch is faster than each write with an
// fsync of its own: the server opens a store for each batch (BenchmarkPutTogether).
const fewWrites = 12

// storeBatch stores the writes as one batch. One expectation that fails refuses
// all of them: then each is tried alone and only those in conflict learn so.
func (t *Table[T]) storeBatch(ctx context.Context, batch []*waitingWrite[T]) {
	if len(batch) < fewWrites {
		t.storeEach(ctx, batch)
		return
	}
	writes := make([]Write[T], len(batch))
	keys := make(map[string]bool, len(batch))
	for i, w := range batch {
		writes[i] = w.write
		keys[w.write.Key] = true
	}
	first, err := uint64(0), error(trade.ErrConflict)
	if len(keys) == len(batch) { // a batch takes a key once
		first, err = t.PutBatchSeq(ctx, writes)
	}
	if errors.Is(err, trade.ErrConflict) {
		t.storeEach(ctx, batch)
		return
	}
	for i, w := range batch {
		if w.err = err; err == nil {
			w.seq = first + uint64(i)
		}
		close(w.done)
	}
}

// storeEach stores each write by itself, all of them at the same time.
func (t *Table[T]) storeEach(ctx context.Context, writes []*waitingWrite[T]) {
	var all sync.WaitGroup
	for _, w := range writes {
		all.Go(func() {
			w.seq, w.err = t.write(ctx, w.write, true)
			close(w.done)
		})
	}
	all.Wait()
}
