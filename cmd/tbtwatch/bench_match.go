package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/workload"
	"tbtwatch/matcher"
)

// benchWork is what the benches of matching share.
type benchWork struct {
	Data     string `help:"Folder with products.jsonl and notices.jsonl; made up by the same rules if not given." type:"existingdir"`
	Products int    `help:"Registered products." default:"100000"`
	Notices  int    `help:"Notices." default:"2000"`
	Redis    string `help:"Redis URL; the embedded server if not given."`
}

func (c benchWork) source() workload.Source { return workload.Source{Dir: c.Data} }

// notices reads them, and the vocabulary, as the system does before it is ready.
func (c benchWork) notices() ([]workload.Notice, error) {
	nomenclature.Load()
	return c.source().Notices(c.Notices)
}

type benchMatch struct {
	benchWork
	Embedded bool   `help:"Through the embedded server, where no Redis URL is given; else the set is filled from the registry."`
	Passes   int    `help:"Passes over the notices; the median counts." default:"5"`
	Oracle   string `help:"File of signatures (notice, number, hash) to compare with." type:"existingfile"`
}

// peer is one way to match, with memory for each worker.
type peer struct {
	name string
	work func() func(i int) int // of notice i: how many products
	rate []float64              // notices/s of each pass, one worker
	two  []float64              // with two workers
	took []time.Duration
	cpu  time.Duration
	ids  int
}

// Run measures the limit, the search alone and the graded search on the same
// notices, pass by pass in turn, and compares what they find.
func (c benchMatch) Run(ctx context.Context, io streams) error {
	notices, err := c.notices()
	if err != nil {
		return err
	}
	limit := workload.NewLimit()
	before := heap()
	if err := c.source().Products(c.Products, func(p *workload.Product) error { limit.Add(p); return nil }); err != nil {
		return err
	}
	limit.Seal(notices)
	say(io.out, "limit", "bytes_a_product", float64(heap()-before)/float64(c.Products))
	set, err := c.filled(ctx, io.out)
	if err != nil {
		return err
	}
	peers := c.peers(limit, set, notices)
	for range c.Passes {
		for _, p := range peers {
			p.pass(len(notices))
		}
	}
	for _, p := range peers {
		p.print(io.out, peers[0], len(notices)*c.Passes)
	}
	return c.compare(io.out, limit, set, notices)
}

func (c benchMatch) peers(limit *workload.Limit, set *index.Set, notices []workload.Notice) []*peer {
	readings := make([]matcher.Reading, len(notices))
	for i := range notices {
		n := notices[i].Paper()
		readings[i] = matcher.ReadPlain(&n)
	}
	return []*peer{
		{name: "limit", work: func() func(int) int {
			s := &workload.Scratch{}
			return func(i int) int { return len(limit.Match(&notices[i], s)) }
		}},
		{name: "sets", work: func() func(int) int {
			room := &index.Room{}
			return func(i int) int {
				q := readings[i].Query()
				return len(set.Slots(&q, room))
			}
		}},
		{name: "graded", work: func() func(int) int {
			return func(i int) int {
				found := matcher.Search(&readings[i], set)
				defer found.Release()
				return found.Len()
			}
		}},
	}
}

// pass runs over all notices with one worker, then with two.
func (p *peer) pass(n int) {
	fn := p.work()
	p.ids = 0
	begin, cpu := time.Now(), processorTime()
	for i := range n {
		at := time.Now()
		p.ids += fn(i)
		p.took = append(p.took, time.Since(at))
	}
	p.cpu += processorTime() - cpu
	p.rate = append(p.rate, float64(n)/time.Since(begin).Seconds())
	begin = time.Now()
	var wg sync.WaitGroup
	for w := range 2 {
		fn := p.work()
		wg.Go(func() {
			for i := w; i < n; i += 2 {
				fn(i)
			}
		})
	}
	wg.Wait()
	p.two = append(p.two, float64(n)/time.Since(begin).Seconds())
}

func (p *peer) print(out io.Writer, limit *peer, notices int) {
	slices.Sort(p.took)
	rate := median(p.rate)
	say(out, p.name, "notices_s", rate, "of_limit", rate/median(limit.rate), "notices_s_two_workers", median(p.two),
		"cpu_us", p.cpu.Seconds()*1e6/float64(notices), "cpu_of_limit", p.cpu.Seconds()/limit.cpu.Seconds(),
		"p50_us", quantile(p.took, 0.5), "p99_us", quantile(p.took, 0.99), "matches_a_notice", float64(p.ids)/(float64(notices)/float64(len(p.rate))))
}

// compare signs what each peer finds.
func (c benchMatch) compare(out io.Writer, limit *workload.Limit, set *index.Set, notices []workload.Notice) error {
	var known map[uint32]workload.Signature
	if c.Oracle != "" {
		var err error
		if known, err = workload.ReadSignatures(c.Oracle); err != nil {
			return err
		}
	}
	scratch := &workload.Scratch{}
	differ, asked, wrong := 0, 0, 0
	for i := range notices {
		var want workload.Signature
		for _, id := range limit.Match(&notices[i], scratch) {
			want.Add(id)
		}
		n := notices[i].Paper()
		r := matcher.ReadPlain(&n)
		var got workload.Signature
		for m := range matcher.Search(&r, set).Pack().All("") {
			id, _ := strconv.ParseUint(m.Product, 10, 32) // 0 is no product of the workload
			got.Add(uint32(id))
		}
		if got != want {
			differ++
		}
		if w, ok := known[notices[i].ID]; ok {
			asked++
			if w != got {
				wrong++
			}
		}
	}
	say(out, "compared", "notices", float64(len(notices)), "differ_from_limit", float64(differ), "oracle_asked", float64(asked), "differ_from_oracle", float64(wrong))
	if differ+wrong > 0 {
		return &failure{exitPartly, fmt.Errorf("%d notices differ from the limit, %d of %d from the oracle", differ, wrong, asked)}
	}
	return nil
}

// filled makes the set from the index or, without one, from the registry.
func (c benchMatch) filled(ctx context.Context, out io.Writer) (*index.Set, error) {
	if c.Redis != "" || c.Embedded {
		store, err := c.open(ctx, "bench-match")
		if err != nil {
			return nil, err
		}
		defer func() { _ = errors.Join(store.Reset(ctx), store.Close()) }()
		if _, err := c.build(ctx, out, store); err != nil {
			return nil, err
		}
		return c.load(ctx, out, store)
	}
	before, begin := heap(), time.Now()
	set := index.Plain.NewSet()
	seq := uint64(0)
	err := c.source().Products(c.Products, func(p *workload.Product) error {
		seq++
		set.Put(p.Registered(), seq)
		return nil
	})
	say(out, "filled from the registry", "seconds", time.Since(begin).Seconds(), "bytes_a_product", float64(heap()-before)/float64(c.Products))
	return set, err
}

// say prints a line of JSON: what, then names and figures in turn.
func say(out io.Writer, what string, figures ...any) {
	line := map[string]any{"what": what}
	for i := 0; i+1 < len(figures); i += 2 {
		name, _ := figures[i].(string)
		line[name] = figures[i+1]
		if f, ok := figures[i+1].(float64); ok {
			line[name], _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 4, 64), 64)
		}
	}
	_ = json.NewEncoder(out).Encode(line) // a figure that cannot be printed is no reason to stop
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// quantile of sorted durations, in microseconds.
func quantile(took []time.Duration, q float64) float64 {
	if len(took) == 0 {
		return 0
	}
	return float64(took[min(len(took)-1, int(q*float64(len(took))))].Nanoseconds()) / 1000
}

// heap is what is in use after a collection.
func heap() int64 {
	debug.FreeOSMemory()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// processorTime is the processor time of this process so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for no process of ours
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
