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

// change is what a delivery becomes.
type change struct {
	to   trade.DeliveryState
	edit func(*trade.Delivery) // nil for none
	// Of a digest: parts that it does not tell, with their reasons.
	left map[string]trade.Delivery
}

// move writes the next state of e, changed by edit, and returns the entry as
// it is now. trade.ErrConflict: somebody else moved it first.
func (l ledger) move(ctx context.Context, e entry, to trade.DeliveryState, edit func(*trade.Delivery)) (entry, error) {
	return l.change(ctx, e, change{to: to, edit: edit})
}

func (l ledger) change(ctx context.Context, e entry, c change) (entry, error) {
	if err := e.Value.State.Move(c.to); err != nil {
		return e, fmt.Errorf("delivery %s: %w", e.Key, err)
	}
	return l.write(ctx, e, c)
}

// decide moves e as a person asks.
func (l ledger) decide(ctx context.Context, e entry, a trade.DeliveryAction, edit func(*trade.Delivery)) error {
	to, err := e.Value.State.Decide(a)
	if err != nil {
		return err
	}
	_, err = l.write(ctx, e, change{to: to, edit: edit})
	return err
}

func (l ledger) write(ctx context.Context, e entry, c change) (entry, error) {
	d := l.after(e.Value, c)
	if len(d.Parts) > 0 && (d.State.Final() && d.State != trade.Held || len(c.left) > 0) {
		return l.writeDigest(ctx, e, d, c.left)
	}
	seq, err := l.table.PutTogether(ctx, e.Key, d, e.Seq)
	if err != nil {
		return e, fmt.Errorf("delivery %s, %s to %s: %w", e.Key, e.Value.State, c.to, err)
	}
	e = entry{Key: e.Key, Seq: seq, Value: d}
	l.moved(e)
	return e, nil
}

// after is the delivery after the change.
func (l ledger) after(d trade.Delivery, c change) trade.Delivery {
	d.State, d.Reason, d.NotBefore, d.LeaseUntil, d.Silenced, d.Moved = c.to, "", "", "", false, ""
	d.At = stamp(l.now())
	if c.to == trade.Planned {
		d.Digest = ""
	}
	if c.edit != nil {
		c.edit(&d)
	}
	return d
}

// settle writes how a send ended. The channel may have delivered already, so
// the write is repeated until it is stored or somebody else has moved the
// delivery; dying before it leaves "sending", which turns "unknown".
func (l ledger) settle(ctx context.Context, e entry, c change) error {
	for {
		_, err := l.change(ctx, e, c)
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

// planChunk writes all of them, and only where one is known already looks which.
func (l ledger) planChunk(ctx context.Context, deliveries []trade.Delivery) error {
	keys, writes := make([]string, len(deliveries)), make([]bus.Write[trade.Delivery], len(deliveries))
	for i, d := range deliveries {
		keys[i], writes[i] = d.Key, bus.Write[trade.Delivery]{Key: d.Key, Value: d}
	}
	for {
		if err := l.table.PutBatch(ctx, writes); !errors.Is(err, trade.ErrConflict) {
			return err
		}
		known, err := l.table.GetMany(ctx, keys)
		if err != nil {
			return err
		}
		writes = writes[:0]
		for _, d := range deliveries {
			if _, ok := known[d.Key]; !ok {
				writes = append(writes, bus.Write[trade.Delivery]{Key: d.Key, Value: d})
			}
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

// writeDigest moves a digest and the deliveries in it at once. When it begins
// those end that it leaves out: of what is sent is known what went with it. When
// it ends the others end as it does: none of them is told and not recorded, or
// recorded and not told.
func (l ledger) writeDigest(ctx context.Context, e entry, d trade.Delivery, left map[string]trade.Delivery) (entry, error) {
	for {
		have, err := l.table.GetMany(ctx, d.Parts)
		if err != nil {
			return e, err
		}
		writes := []bus.Write[trade.Delivery]{{Key: e.Key, Value: d, Last: e.Seq}}
		for _, k := range d.Parts {
			p, ok := have[k]
			if !ok || p.Value.Digest != d.Key || p.Value.State == trade.Accepted || p.Value.State == trade.Suppressed {
				continue
			}
			if c, moves := partOf(&d, left, k); moves {
				writes = append(writes, bus.Write[trade.Delivery]{Key: k, Value: l.after(p.Value, c), Last: p.Seq})
			}
		}
		seq, err := l.table.PutBatchSeq(ctx, writes)
		if err == nil {
			e = entry{Key: e.Key, Seq: seq, Value: d}
			l.moved(e)
			return e, nil
		}
		now, readErr := l.table.Get(ctx, e.Key)
		if !errors.Is(err, trade.ErrConflict) || readErr != nil || now.Seq != e.Seq {
			return e, fmt.Errorf("digest %s, %s to %s: %w", e.Key, e.Value.State, d.State, err)
		} // one of its parts was moved meanwhile
	}
}

// partOf is what becomes of a part of the digest d.
func partOf(d *trade.Delivery, left map[string]trade.Delivery, key string) (c change, moves bool) {
	// It may have been told at an attempt before the one that begins or that did not come.
	before := d.Tried || d.Attempt > 1 || d.State == trade.Suppressed && d.Attempt > 0
	not, isLeft := left[key]
	switch {
	case d.Moved != "":
		return change{to: d.State, edit: func(x *trade.Delivery) { x.Reason, x.Moved, x.Tried = d.Reason, d.Moved, x.Begun() || before }}, true
	case isLeft:
		return change{to: trade.Suppressed, edit: func(x *trade.Delivery) {
			x.Reason, x.Silenced, x.Tried = not.Reason, not.Silenced, x.Begun() || before
		}}, true
	}
	return change{to: d.State, edit: func(x *trade.Delivery) {
		x.Reason, x.Provider, x.Attempt, x.Tried = d.Reason, d.Provider, d.Attempt, x.Tried || d.Tried
	}}, d.State.Final()
}
