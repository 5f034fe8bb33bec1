package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	quarantineBytes = 64 << 10 // of one item that are kept with it; the capture has the rest
	quarantineBatch = 2 << 20  // bytes written together
)

// QuarantineKey names a quarantined input by what it is, not by when it came:
// the same fault found again is the same record.
func QuarantineKey(q trade.Quarantine) string {
	return trade.Key("quarantine", q.Source, q.Raw, q.Where, q.Reason)
}

// quarantineTable is what quarantining needs of bus.Bus.Quarantine.
type quarantineTable interface {
	GetMany(ctx context.Context, keys []string) (map[string]bus.Entry[trade.Quarantine], error)
	PutBatch(ctx context.Context, writes []bus.Write[trade.Quarantine]) error
}

// ward collects what was not believed and writes it in batches.
type ward struct {
	table   quarantineTable
	now     func() time.Time
	pending []trade.Quarantine
	bytes   int
	total   int
}

// add keeps q, whose bytes are clipped to quarantineBytes.
func (w *ward) add(ctx context.Context, q trade.Quarantine) error {
	if len(q.Bytes) > quarantineBytes {
		q.Bytes = q.Bytes[:quarantineBytes]
	}
	q.At = w.now().UTC().Format(time.RFC3339)
	w.pending = append(w.pending, q)
	w.bytes += len(q.Bytes) + 512
	w.total++
	if len(w.pending) >= publishBatch || w.bytes >= quarantineBatch {
		return w.flush(ctx)
	}
	return nil
}

// flush writes what is pending. A record that is there already stays.
func (w *ward) flush(ctx context.Context) error {
	if len(w.pending) == 0 {
		return nil
	}
	err := trade.ErrConflict
	for try := 0; try < publishRetries && errors.Is(err, trade.ErrConflict); try++ {
		err = w.write(ctx)
	}
	if err != nil {
		return fmt.Errorf("ingest: quarantining %d inputs of %s: %w", len(w.pending), w.pending[0].Source, err)
	}
	w.pending, w.bytes = w.pending[:0], 0
	return nil
}

func (w *ward) write(ctx context.Context) error {
	var keys []string
	byKey := map[string]trade.Quarantine{}
	for _, q := range w.pending {
		key := QuarantineKey(q)
		if _, twice := byKey[key]; !twice {
			keys = append(keys, key)
		}
		byKey[key] = q
	}
	stored, err := w.table.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	var writes []bus.Write[trade.Quarantine]
	for _, key := range keys {
		if e, ok := stored[key]; !ok || e.Deleted {
			writes = append(writes, bus.Write[trade.Quarantine]{Key: key, Value: byKey[key], Last: e.Seq})
		}
	}
	return w.table.PutBatch(ctx, writes)
}
