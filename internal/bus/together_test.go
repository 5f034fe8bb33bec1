package bus

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"tbtwatch/internal/trade"
)

// Many write at once: each learns its own sequence, and one whose expectation
// fails does not take the others with it.
func TestWritesTogetherHaveEachTheirOwnOutcome(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	const writers = 200
	if _, err := b.Exporters.Put(ctx, "k7", exporter(0), 0); err != nil {
		t.Fatal(err)
	}
	before, err := b.Exporters.LastSeq(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			key := fmt.Sprintf("k%d", i)
			seq, err := b.Exporters.PutTogether(ctx, key, exporter(i), 0)
			if i == 7 {
				if !errors.Is(err, trade.ErrConflict) {
					t.Errorf("%s was taken: %v", key, err)
				}
				return
			}
			if err != nil {
				t.Errorf("%s: %v", key, err)
				return
			}
			if e, err := b.Exporters.At(ctx, seq); err != nil || e.Key != key || e.Value.ID != exporter(i).ID {
				t.Errorf("sequence %d is said to be %s and holds %s (%v)", seq, key, e.Key, err)
			}
		})
	}
	all.Wait()
	if after, err := b.Exporters.LastSeq(ctx); err != nil || after != before+writers-1 {
		t.Errorf("%d messages were stored, %v", after-before, err)
	}
}

// The same key twice at once: one of them wins.
func TestWritesTogetherToOneKeyConflict(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	var all sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for i := range 40 {
		all.Go(func() {
			_, err := b.Exporters.PutTogether(ctx, "one", exporter(i), 0)
			if err != nil && !errors.Is(err, trade.ErrConflict) {
				t.Error(err)
			}
			if err == nil {
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if taken != 1 {
		t.Errorf("%d of 40 writes to one key were taken", taken)
	}
}
