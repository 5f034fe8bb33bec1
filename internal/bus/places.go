package bus

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/trade"
)

// reading is how many messages are asked for at the same time: one after the
// other, fifty rows of a page take fifty round trips, each of which waits for
// its turn on a busy machine.
const reading = 16

// AtMany reads the messages with those sequences, by sequence. What is not
// there is absent.
func (t *Table[T]) AtMany(ctx context.Context, seqs []uint64) (map[uint64]Entry[T], error) {
	out := make(map[uint64]Entry[T], len(seqs))
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(reading)
	for _, seq := range seqs {
		g.Go(func() error {
			e, err := t.At(ctx, seq)
			if errors.Is(err, trade.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			out[seq] = e
			return nil
		})
	}
	return out, g.Wait()
}
