package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/trade"
)

// Consumer is a stage's durable place in a stream: every message reaches
// Handle at least once, in any number of processes together.
type Consumer[T any] struct {
	Name  string // one of the Consumer… names
	Table *Table[T]
	Batch int // messages handled together at most; 1 if zero
	Width int // batches handled at the same time in this process; 1 if zero
	// Handle decides by its error what happens to the messages: nil
	// acknowledges them, trade.Permanent parks them as dead letters,
	// trade.RetryAfter brings them back then, anything else after the usual
	// backoff. A batch that fails is repeated message by message, so that one
	// bad message does not hold up the others.
	Handle func(ctx context.Context, batch []Entry[T]) error
}

const (
	ackWait      = 10 * time.Second // then a message of a dead process comes again; a living one says that it works
	giveUpAfter  = 12               // attempts of a message that panics its handler or fails while others pass
	maxInFlight  = 2000
	idleWait     = 5 * time.Second
	payloadLimit = 64 << 10
)

// Consume runs c until ctx ends.
func Consume[T any](ctx context.Context, b *Bus, c Consumer[T]) error {
	cons, err := b.js.CreateOrUpdateConsumer(ctx, c.Table.stream, jetstream.ConsumerConfig{
		Durable: c.Name, AckPolicy: jetstream.AckExplicitPolicy, DeliverPolicy: jetstream.DeliverAllPolicy,
		FilterSubject: c.Table.all(), AckWait: ackWait, MaxDeliver: -1, MaxAckPending: max(maxInFlight, c.Batch*max(1, c.Width)),
	})
	if err != nil {
		return fmt.Errorf("bus: consumer %s: %w", c.Name, err)
	}
	if err := guard(ctx, b, c, cons); err != nil {
		return err
	}
	var lanes sync.WaitGroup
	for range max(1, c.Width) {
		lanes.Go(func() {
			for ctx.Err() == nil {
				if err := c.round(ctx, b, cons); err != nil && ctx.Err() == nil {
					b.log.Warn("bus: consumer waits", "consumer", c.Name, "err", err)
					pause(ctx, time.Second)
				}
			}
		})
	}
	lanes.Wait()
	return nil
}

// guard refuses a consumer that has acknowledged more than its stream holds:
// records were lost, and new messages would be skipped in silence.
func guard[T any](ctx context.Context, b *Bus, c Consumer[T], cons jetstream.Consumer) error {
	last, err := c.Table.LastSeq(ctx)
	if err != nil {
		return err
	}
	if floor := cons.CachedInfo().AckFloor.Stream; floor > last {
		return fmt.Errorf("bus: consumer %s acknowledged up to %d but stream %s ends at %d: records are missing; restore a backup before starting", c.Name, floor, c.Table.stream, last)
	}
	return nil
}

// round waits for a message, takes what else is there and handles it.
func (c Consumer[T]) round(ctx context.Context, b *Bus, cons jetstream.Consumer) error {
	wait, cancel := context.WithTimeout(ctx, idleWait)
	defer cancel()
	first, err := cons.Next(jetstream.FetchContext(wait))
	if errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	if err != nil {
		return err
	}
	msgs := []jetstream.Msg{first}
	if c.Batch > 1 {
		more, err := cons.FetchNoWait(c.Batch - 1)
		if err != nil {
			return err
		}
		for m := range more.Messages() {
			msgs = append(msgs, m)
		}
	}
	c.handle(ctx, b, msgs)
	return nil
}

// handle runs the batch, and where that fails each message alone.
func (c Consumer[T]) handle(ctx context.Context, b *Bus, msgs []jetstream.Msg) {
	batch := make([]Entry[T], 0, len(msgs))
	good := msgs[:0]
	for _, m := range msgs {
		e, err := c.read(m)
		if err != nil {
			c.settle(ctx, b, m, err)
			continue
		}
		batch, good = append(batch, e), append(good, m)
	}
	if len(batch) == 0 {
		return
	}
	defer working(good)()
	err := c.safely(ctx, batch)
	if err == nil || len(batch) == 1 {
		for _, m := range good {
			c.settle(ctx, b, m, err)
		}
		return
	}
	for i, m := range good {
		c.settle(ctx, b, m, c.safely(ctx, batch[i:i+1]))
	}
}

// working tells the server every few seconds that the messages are being
// handled, until the function that it returns is called.
func working(msgs []jetstream.Msg) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(ackWait / 3)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				for _, m := range msgs {
					_ = m.InProgress() // one that is settled already takes no harm
				}
			}
		}
	}()
	return func() { close(done) }
}

func (c Consumer[T]) read(m jetstream.Msg) (Entry[T], error) {
	meta, err := m.Metadata()
	if err != nil {
		return Entry[T]{}, trade.Permanent(err)
	}
	return c.Table.entry(m.Subject(), meta.Sequence.Stream, meta.Timestamp, m.Headers(), m.Data())
}

// errPanic marks a handler that panicked.
var errPanic = errors.New("panic")

func (c Consumer[T]) safely(ctx context.Context, batch []Entry[T]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return c.Handle(ctx, batch)
}

// settle turns the handler's error into what happens to the message. If the
// process dies before the acknowledgement, the message comes again: handlers
// have one effect however often they run.
func (c Consumer[T]) settle(ctx context.Context, b *Bus, m jetstream.Msg, err error) {
	if err == nil {
		if err := m.Ack(); err != nil {
			b.log.Warn("bus: ack lost, the message will come again", "consumer", c.Name, "subject", m.Subject(), "err", err)
		}
		return
	}
	if ctx.Err() != nil {
		return // stopping: it comes again after the restart
	}
	attempts := uint64(1)
	if meta, e := m.Metadata(); e == nil {
		attempts = meta.NumDelivered
	}
	delay, asked := trade.RetryDelay(err)
	if trade.IsPermanent(err) || errors.Is(err, errPanic) && attempts >= giveUpAfter {
		c.bury(ctx, b, m, attempts, err)
		return
	}
	if !asked {
		delay = min(time.Minute, 100*time.Millisecond<<min(attempts, 10))
	}
	b.log.Warn("bus: message will be tried again", "consumer", c.Name, "subject", m.Subject(), "attempt", attempts, "in", delay, "err", err)
	_ = m.NakWithDelay(delay)
}

// bury stores the dead letter first and gives the message up after it: dying
// in between repeats both, under the same key.
func (c Consumer[T]) bury(ctx context.Context, b *Bus, m jetstream.Msg, attempts uint64, cause error) {
	meta, err := m.Metadata()
	if err != nil {
		b.log.Error("bus: message without metadata", "consumer", c.Name, "err", err)
		return
	}
	letter := DeadLetter{
		Consumer: c.Name, Subject: m.Subject(), Seq: meta.Sequence.Stream, Reason: cause.Error(), Attempts: attempts,
		Payload: m.Data()[:min(len(m.Data()), payloadLimit)], At: meta.Timestamp.UTC().Format(time.RFC3339),
	}
	key := trade.Key("dead", c.Name, m.Subject(), fmt.Sprint(meta.Sequence.Stream))
	if _, err := b.DeadLetters.Append(ctx, key, letter); err != nil {
		b.log.Error("bus: dead letter not stored, the message stays", "consumer", c.Name, "subject", m.Subject(), "err", err)
		_ = m.NakWithDelay(time.Minute)
		return
	}
	b.log.Error("bus: message parked as a dead letter", "consumer", c.Name, "subject", m.Subject(), "seq", meta.Sequence.Stream, "err", cause)
	_ = m.TermWithReason(fmt.Sprintf("%.200s", cause))
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Lag reports how many messages of the table's stream the durable consumer
// has not finished: waiting or being handled.
func (t *Table[T]) Lag(ctx context.Context, consumer string) (uint64, error) {
	cons, err := t.b.js.Consumer(ctx, t.stream, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return t.LastSeq(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("bus: consumer %s: %w", consumer, err)
	}
	info := cons.CachedInfo()
	return info.NumPending + uint64(info.NumAckPending), nil
}
