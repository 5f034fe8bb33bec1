package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/trade"
)

// Scan calls fn with the current value of every key, tombstones included, and
// returns the stream's last sequence when it began: Follow from there misses
// nothing. The order is that of the last write. After an error the sequence is 0.
func (t *Table[T]) Scan(ctx context.Context, fn func(Entry[T]) error) (uint64, error) {
	last, err := t.LastSeq(ctx)
	if err != nil || last == 0 {
		return last, err
	}
	if err := t.scan(ctx, t.all(), fn); err != nil {
		return 0, err
	}
	return last, nil
}

// Under is Scan for the keys that begin with part, in tables whose keys have
// two parts.
func (t *Table[T]) Under(ctx context.Context, part string, fn func(Entry[T]) error) error {
	return t.scan(ctx, t.subject(part)+".*", fn)
}

// Any reports whether something is stored under keys that begin with part.
func (t *Table[T]) Any(ctx context.Context, part string) (bool, error) {
	seq, err := t.LastUnder(ctx, part)
	return seq > 0, err
}

// LastUnder is the sequence of the last write under keys that begin with part,
// 0 where there is none.
func (t *Table[T]) LastUnder(ctx context.Context, part string) (uint64, error) {
	seq, _, err := t.lastOf(ctx, t.subject(part)+".*")
	return seq, err
}

func (t *Table[T]) scan(ctx context.Context, subjects string, fn func(Entry[T]) error) error {
	cfg := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{subjects},
		DeliverPolicy:  jetstream.DeliverLastPerSubjectPolicy,
	}
	return t.replay(ctx, cfg, func(e Entry[T], pending uint64) (bool, error) {
		return pending > 0, fn(e)
	})
}

// Since calls fn with every message that was stored from then on up to now, in
// order: the history of a table that keeps all writes.
func (t *Table[T]) Since(ctx context.Context, then time.Time, fn func(Entry[T]) error) error {
	cfg := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{t.all()},
		DeliverPolicy:  jetstream.DeliverByStartTimePolicy, OptStartTime: &then,
	}
	return t.replay(ctx, cfg, func(e Entry[T], pending uint64) (bool, error) {
		return pending > 0, fn(e)
	})
}

// History calls fn with every message of the key that is stored, oldest first.
func (t *Table[T]) History(ctx context.Context, key string, fn func(Entry[T]) error) error {
	cfg := jetstream.OrderedConsumerConfig{FilterSubjects: []string{t.subject(key)}, DeliverPolicy: jetstream.DeliverAllPolicy}
	return t.replay(ctx, cfg, func(e Entry[T], pending uint64) (bool, error) {
		return pending > 0, fn(e)
	})
}

// Follow calls fn with every message after the sequence from, in order, and
// then with each new one until ctx ends or fn fails. It survives reconnects.
func (t *Table[T]) Follow(ctx context.Context, from uint64, fn func(Entry[T]) error) error {
	cfg := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{t.all()},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy, OptStartSeq: from + 1,
	}
	return t.consume(ctx, cfg, 0, func(e Entry[T], _ uint64) (bool, error) { return true, fn(e) })
}

// Until is Follow up to that sequence, which LastWrite has given.
func (t *Table[T]) Until(ctx context.Context, from, to uint64, fn func(Entry[T]) error) error {
	if from >= to {
		return nil
	}
	cfg := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{t.all()},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy, OptStartSeq: from + 1,
	}
	return t.consume(ctx, cfg, to, func(e Entry[T], _ uint64) (bool, error) { return e.Seq < to, fn(e) })
}

// replay is consume for what is stored already: it returns at once when
// nothing is. To ask the server for the subjects would list a million.
func (t *Table[T]) replay(ctx context.Context, cfg jetstream.OrderedConsumerConfig, fn func(Entry[T], uint64) (bool, error)) error {
	last, at, err := t.lastOf(ctx, cfg.FilterSubjects[0])
	if err != nil || last == 0 || cfg.OptStartTime != nil && at.Before(*cfg.OptStartTime) {
		return err
	}
	return t.consume(ctx, cfg, 0, fn)
}

// consume reads with an ordered consumer until fn says stop, or past the
// sequence last where that is given. An empty batch is not the end: only the
// count of pending messages is.
func (t *Table[T]) consume(ctx context.Context, cfg jetstream.OrderedConsumerConfig, last uint64, fn func(e Entry[T], pending uint64) (bool, error)) error {
	c, err := t.b.js.OrderedConsumer(ctx, t.stream, cfg)
	if err != nil {
		return fmt.Errorf("bus: reading %s: %w", t.stream, err)
	}
	messages, err := c.Messages(jetstream.PullMaxMessages(500))
	if err != nil {
		return fmt.Errorf("bus: reading %s: %w", t.stream, err)
	}
	defer t.done(ctx, c, messages)
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, jetstream.ErrNoHeartbeat) {
			continue // the ordered consumer re-creates itself
		}
		if err != nil {
			return fmt.Errorf("bus: reading %s: %w", t.stream, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("bus: reading %s: %w", t.stream, err)
		}
		e, err := t.entry(msg.Subject(), meta.Sequence.Stream, meta.Timestamp, msg.Headers(), msg.Data())
		if err != nil && !unreadable(err) {
			return err // it will be read when the server answers again
		}
		if err != nil {
			t.b.log.Error("bus: record skipped", "err", err)
			ends := cfg.DeliverPolicy != jetstream.DeliverByStartSequencePolicy
			if meta.NumPending == 0 && ends || last > 0 && meta.Sequence.Stream >= last {
				return nil
			}
			continue
		}
		if more, err := fn(e, meta.NumPending); err != nil || !more {
			return err
		}
	}
}

// done ends an ordered consumer. The library leaves it to the server, which
// forgets it after five minutes and knows a thousand of them at most.
func (t *Table[T]) done(ctx context.Context, c jetstream.Consumer, messages jetstream.MessagesContext) {
	messages.Stop()
	if info := c.CachedInfo(); info != nil && ctx.Err() == nil {
		if err := t.b.js.DeleteConsumer(ctx, t.stream, info.Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			t.b.log.Debug("bus: a consumer is left to the server", "stream", t.stream, "err", err)
		}
	}
}

// unreadable reports whether a record will never be read: it is damaged, or the
// server has no blob of the name in it.
func unreadable(err error) bool { return trade.IsPermanent(err) || errors.Is(err, trade.ErrNotFound) }

// FollowAll scans what is there, then follows: fn sees the current value of
// every key first and every later message after it. caughtUp, if not nil, is
// called once in between.
func (t *Table[T]) FollowAll(ctx context.Context, caughtUp func(), fn func(Entry[T]) error) error {
	last, err := t.Scan(ctx, fn)
	if err != nil {
		return err
	}
	if caughtUp != nil {
		caughtUp()
	}
	return t.Follow(ctx, last, fn)
}

// Keep repeats what until ctx ends, waiting a second after each failure: for
// followers that a fault of the connection must not end.
func (b *Bus) Keep(ctx context.Context, name string, what func(context.Context) error) error {
	for {
		err := what(ctx)
		if ctx.Err() != nil {
			return nil
		}
		b.log.Warn("bus: follower restarts", "name", name, "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}
