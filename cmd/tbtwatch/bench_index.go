package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/workload"
	"tbtwatch/matcher"
)

type benchIndex struct {
	benchWork
	Rate    int           `help:"Changes a second while matching goes on." default:"200"`
	Changes time.Duration `help:"How long changes are made." default:"5s"`
	Bus     bool          `help:"Build the index from a registry in JetStream, as a matcher does that finds none."`
}

// open opens the index of the bench, empty.
func (c benchWork) open(ctx context.Context, name string) (*index.Store, error) {
	store, err := index.Open(ctx, index.Config{URL: c.Redis, Prefix: "tbtwatch-" + name, Scheme: index.Plain})
	if err != nil {
		return nil, err
	}
	return store, store.Reset(ctx)
}

// build fills the index from the workload and returns the last sequence.
func (c benchWork) build(ctx context.Context, out io.Writer, store *index.Store) (uint64, error) {
	before, begin := store.Memory(ctx), time.Now()
	seq := uint64(0)
	err := store.Rebuild(ctx, func(put func([]index.Change) error) (uint64, error) {
		var portion []index.Change
		err := c.source().Products(c.Products, func(p *workload.Product) error {
			seq++
			r := p.Registered()
			if portion = append(portion, index.Change{Key: r.Key(), Seq: seq, Product: &r}); len(portion) < 1000 {
				return nil
			}
			err := put(portion)
			portion = portion[:0]
			return err
		})
		return seq, errors.Join(err, put(portion))
	})
	say(out, "built", "seconds", time.Since(begin).Seconds(), "redis_bytes_a_product", float64(store.Memory(ctx)-before)/float64(c.Products))
	return seq, err
}

// rebuild writes the products to a JetStream of its own and builds the index
// from there.
func (c benchWork) rebuild(ctx context.Context, out io.Writer, store *index.Store) (uint64, error) {
	dir, err := os.MkdirTemp("", "tbtwatch-bench-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	log := slog.New(slog.DiscardHandler)
	b, err := bus.Open(ctx, bus.Config{Dir: dir, NoSync: true}, log)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	var writes []bus.Write[trade.Product]
	flush := func() error {
		err := b.Products.PutBatch(ctx, writes)
		writes = writes[:0]
		return err
	}
	if err := c.source().Products(c.Products, func(p *workload.Product) error {
		r := p.Registered()
		if writes = append(writes, bus.Write[trade.Product]{Key: r.Key(), Value: r}); len(writes) < 500 {
			return nil
		}
		return flush()
	}); err != nil {
		return 0, err
	}
	if err := flush(); err != nil {
		return 0, err
	}
	before, begin := store.Memory(ctx), time.Now()
	if err := (&matcher.Copy{Bus: b, Store: store, Log: log}).Rebuild(ctx); err != nil {
		return 0, err
	}
	say(out, "built from the bus", "seconds", time.Since(begin).Seconds(), "redis_bytes_a_product", float64(store.Memory(ctx)-before)/float64(c.Products))
	return b.Products.LastWrite(ctx)
}

// load makes a set from the index, three times, and prints the median.
func (c benchWork) load(ctx context.Context, out io.Writer, store *index.Store) (*index.Set, error) {
	var took []float64
	var set *index.Set
	before := heap()
	for range 3 {
		set = store.NewSet()
		begin := time.Now()
		if err := store.Load(ctx, set); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin).Seconds())
	}
	say(out, "loaded from Redis", "seconds", median(took), "heap_bytes_a_product", float64(heap()-before)/float64(c.Products), "products", float64(set.Len()))
	return set, nil
}

// Run builds the index, loads a set from it, and measures how soon a change is
// in the set while matching goes on.
func (c benchIndex) Run(ctx context.Context, io streams) error {
	store, err := c.open(ctx, "bench-index")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(store.Reset(ctx), store.Close()) }()
	build := c.build
	if c.Bus {
		build = c.rebuild
	}
	seq, err := build(ctx, io.out, store)
	if err != nil {
		return err
	}
	set, err := c.load(ctx, io.out, store)
	if err != nil {
		return err
	}
	notices, err := c.notices()
	if err != nil {
		return err
	}
	if err := c.updates(ctx, io.out, store, set, notices, seq); err != nil {
		return err
	}
	begin := time.Now()
	if _, err := store.Compact(ctx); err != nil {
		return err
	}
	say(io.out, "compacted", "seconds", time.Since(begin).Seconds(), "redis_bytes_a_product", float64(store.Memory(ctx))/float64(c.Products))
	return nil
}

// updates registers new products and changes known ones at a steady rate, with
// a follower keeping the set current and one worker matching without pause.
func (c benchIndex) updates(ctx context.Context, out io.Writer, store *index.Store, set *index.Set, notices []workload.Notice, seq uint64) error {
	if _, err := store.Applied(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // a deadline would end a read with an error of its own
	defer time.AfterFunc(c.Changes, cancel).Stop()
	var work sync.WaitGroup
	var matched atomic.Int64
	var followed error
	work.Go(func() { followed = store.Follow(ctx, set) })
	work.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			n := notices[i%len(notices)].Paper()
			r := matcher.ReadPlain(&n)
			matcher.Search(&r, set)
			matched.Add(1)
			runtime.Gosched() // as matcher.Each does
		}
	})
	seen, err := c.change(ctx, store, set, seq)
	work.Wait()
	if err = errors.Join(err, followed); err != nil {
		return err
	}
	slices.Sort(seen)
	say(out, "changes seen by matching", "changes", float64(len(seen)), "p50_us", quantile(seen, 0.5), "p99_us", quantile(seen, 0.99), "notices_s_meanwhile", float64(matched.Load())/c.Changes.Seconds())
	return nil
}

// change writes one change at a time and waits until the set has it.
func (c benchIndex) change(ctx context.Context, store *index.Store, set *index.Set, seq uint64) (seen []time.Duration, err error) {
	tick := time.NewTicker(time.Second / time.Duration(c.Rate))
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return seen, nil
		case <-tick.C:
		}
		seq++
		p := trade.Product{ID: strconv.Itoa(1 + i%(2*c.Products)), Exporter: "E-new", HS: []string{"871120"}, Terms: []string{fmt.Sprint("model ", i)}, Markets: []string{"US"}}
		begin := time.Now()
		if err := store.Apply(ctx, []index.Change{{Key: p.Key(), Seq: seq, Product: &p}}); err != nil {
			if ctx.Err() != nil {
				return seen, nil
			}
			return seen, err
		}
		for set.Seq() < seq {
			select {
			case <-ctx.Done():
				return seen, nil
			case <-time.After(20 * time.Microsecond):
			}
		}
		seen = append(seen, time.Since(begin))
	}
}
