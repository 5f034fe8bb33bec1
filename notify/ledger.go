package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// entry is a delivery as the ledger last had it.
type entry = bus.Entry[trade.Delivery]

// ledger moves deliveries by compare-and-set. The stream keeps every
// transition; a delivery's state is its last message.
type ledger struct {
	table *bus.Table[trade.Delivery]
	now   func() time.Time
	moved func(entry) // hears of each move at once, before the stream brings it
}

// move writes the next state of e, changed by edit, and returns the entry as
// it is now. trade.ErrConflict: somebody else moved it first.
func (l ledger) move(ctx context.Context, e entry, to trade.DeliveryState, edit func(*trade.Delivery)) (entry, error) {
	if err := e.Value.State.Move(to); err != nil {
		return e, fmt.Errorf("delivery %s: %w", e.Key, err)
	}
	return l.write(ctx, e, to, edit)
}

// decide moves e as a person asks.
func (l ledger) decide(ctx context.Context, e entry, a trade.DeliveryAction, edit func(*trade.Delivery)) error {
	to, err := e.Value.State.Decide(a)
	if err != nil {
		return err
	}
	_, err = l.write(ctx, e, to, edit)
	return err
}

func (l ledger) write(ctx context.Context, e entry, to trade.DeliveryState, edit func(*trade.Delivery)) (entry, error) {
	d := e.Value
	d.State, d.Reason, d.NotBefore, d.LeaseUntil, d.Silenced = to, "", "", "", false
	d.At = stamp(l.now())
	if edit != nil {
		edit(&d)
	}
	seq, err := l.table.Put(ctx, e.Key, d, e.Seq)
	if err != nil {
		return e, fmt.Errorf("delivery %s, %s to %s: %w", e.Key, e.Value.State, to, err)
	}
	e = entry{Key: e.Key, Seq: seq, Value: d}
	l.moved(e)
	return e, nil
}

// settle writes how a send ended. The channel may have delivered already, so
// the write is repeated until it is stored or somebody else has moved the
// delivery; dying before it leaves "sending", which turns "unknown".
func (l ledger) settle(ctx context.Context, e entry, to trade.DeliveryState, edit func(*trade.Delivery)) error {
	for {
		_, err := l.move(ctx, e, to, edit)
		if err == nil || errors.Is(err, trade.ErrConflict) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// plan writes the deliveries that the ledger does not know yet.
func (l ledger) plan(ctx context.Context, deliveries []trade.Delivery) error {
	const chunk = 250
	for len(deliveries) > 0 {
		n := min(chunk, len(deliveries))
		if err := l.planChunk(ctx, deliveries[:n]); err != nil {
			return err
		}
		deliveries = deliveries[n:]
	}
	return nil
}

func (l ledger) planChunk(ctx context.Context, deliveries []trade.Delivery) error {
	keys := make([]string, len(deliveries))
	for i, d := range deliveries {
		keys[i] = d.Key
	}
	for {
		known, err := l.table.GetMany(ctx, keys)
		if err != nil {
			return err
		}
		var writes []bus.Write[trade.Delivery]
		for _, d := range deliveries {
			if _, ok := known[d.Key]; !ok || l.table.Unguarded() {
				writes = append(writes, bus.Write[trade.Delivery]{Key: d.Key, Value: d})
			}
		}
		if err := l.table.PutBatch(ctx, writes); !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// parseStamp reads a stamp; the zero time if there is none.
func parseStamp(s string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}

// ladder is when a delivery that failed is tried again: ten attempts over
// about 75 hours, as Standard Webhooks 1.0 recommends; mail fits it too.
var ladder = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}
