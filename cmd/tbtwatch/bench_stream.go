package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/workload"
	"tbtwatch/matcher"
)

type benchStream struct {
	benchWork
	Rounds int  `help:"How often the notices are published, each time under other numbers." default:"5"`
	NoSync bool `help:"Leave syncing to JetStream's default instead of syncing every write." name:"default-sync"`
}

// Run publishes notices to a JetStream of its own, matches them as a consumer
// and writes one result message for each, then acknowledges; it counts from the
// first notice sent to the last result stored.
func (c benchStream) Run(ctx context.Context, io streams) error {
	notices, err := c.notices()
	if err != nil {
		return err
	}
	set, err := benchMatch{benchWork: c.benchWork}.filled(ctx, io.out)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tbtwatch-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b, err := bus.Open(ctx, bus.Config{Dir: dir, NoSync: c.NoSync}, slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer b.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var done, matches atomic.Int64
	total := int64(len(notices) * c.Rounds)
	begin, cpu := time.Now(), processorTime()
	var work sync.WaitGroup
	var consumed error
	work.Go(func() {
		consumed = bus.Consume(ctx, b, bus.Consumer[trade.Notice]{Name: bus.ConsumerMatcher, Table: b.Notices, Batch: 500, Width: matcher.StageWidth, Handle: func(ctx context.Context, batch []bus.Entry[trade.Notice]) error {
			n, err := matchBatch(ctx, b, set, batch)
			matches.Add(int64(n))
			if err == nil && done.Add(int64(len(batch))) >= total {
				cancel()
			}
			return err
		}})
	})
	published := c.publish(ctx, b, notices)
	work.Wait()
	took := time.Since(begin)
	if err := errors.Join(published, consumed); err != nil && done.Load() < total {
		return err
	}
	say(io.out, "through JetStream", "sync_always", !c.NoSync, "notices_s", float64(total)/took.Seconds(), "cpu_us", (processorTime()-cpu).Seconds()*1e6/float64(total), "matches_a_notice", float64(matches.Load())/float64(total))
	return nil
}

func (c benchStream) publish(ctx context.Context, b *bus.Bus, notices []workload.Notice) error {
	var writes []bus.Write[trade.Notice]
	flush := func() error {
		err := b.Notices.PutBatch(ctx, writes)
		writes = writes[:0]
		return err
	}
	for round := range c.Rounds {
		for i := range notices {
			n := notices[i].Paper()
			n.ID = fmt.Sprintf("%s-%d", n.ID, round)
			if writes = append(writes, bus.Write[trade.Notice]{Key: n.Key(), Value: n}); len(writes) == 500 {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// matchBatch matches notices and stores their results together.
func matchBatch(ctx context.Context, b *bus.Bus, set *index.Set, batch []bus.Entry[trade.Notice]) (matches int, err error) {
	writes := make([]bus.Write[trade.Family], len(batch))
	var found atomic.Int64
	matcher.Each(len(batch), func(i int) {
		n := &batch[i].Value
		r := matcher.ReadPlain(n)
		m := matcher.Search(&r, set)
		found.Add(int64(m.Len()))
		f := trade.Family{ID: n.ID, Matched: true, Packed: m.Pack(), Exposure: m.Exposure(), Rules: matcher.Version}
		writes[i] = bus.Write[trade.Family]{Key: f.Key(), Value: f}
	})
	return int(found.Load()), b.Families.PutBatch(ctx, writes)
}
