package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/workload"
	"tbtwatch/matcher"
)

type benchBackfill struct {
	Data     string `help:"Folder with products.jsonl and archive.jsonl; made up by the same rules if not given." type:"existingdir"`
	Products int    `help:"New products." default:"500"`
	Notices  int    `help:"Stored notices." default:"100000"`
	Sample   int    `help:"Products that are compared with every notice one by one." default:"50"`
	Passes   int    `help:"Passes over the products whose terms are known; the first is over unknown ones." default:"5"`
}

// Run measures how long it takes to find the stored notices that touch a new
// product: at first with terms that nobody has asked for, then with known ones,
// beside a comparison with every notice.
func (c benchBackfill) Run(ctx context.Context, io streams) error {
	source := workload.Source{Dir: c.Data}
	stored, err := source.Archive(c.Notices)
	if err != nil {
		return err
	}
	var products []*workload.Product
	if err := source.Products(c.Products, func(p *workload.Product) error { products = append(products, p); return nil }); err != nil {
		return err
	}
	text := 0
	for i := range stored {
		text += len(stored[i].Text)
	}
	before, begin := heap(), time.Now()
	archive := matcher.NewArchive(index.Plain)
	for i := range stored {
		n := stored[i].Paper()
		archive.Put(n.ID, &n)
	}
	took := time.Since(begin)
	say(io.out, "archive", "notices", float64(len(stored)), "notices_s", float64(len(stored))/took.Seconds(), "heap_mib", float64(heap()-before)/(1<<20), "text_mib", float64(text)/(1<<20))
	registered := make([]trade.Product, len(products))
	for i, p := range products {
		registered[i] = p.Registered()
	}
	found := make([][]string, len(products))
	pass := func() []time.Duration {
		var took []time.Duration
		for i := range registered {
			at := time.Now()
			found[i] = archive.Find(&registered[i])
			took = append(took, time.Since(at))
		}
		return took
	}
	cpu := []time.Duration{processorTime()}
	first := pass()
	cpu = append(cpu, processorTime())
	var again []time.Duration
	for range c.Passes {
		again = append(again, pass()...)
	}
	cpu = append(cpu, processorTime())
	brute, differ := c.brute(products, stored, found)
	cpu = append(cpu, processorTime())
	for i, peer := range []struct {
		name string
		took []time.Duration
	}{{"any term", first}, {"known terms", again}, {"brute force", brute}} {
		slices.Sort(peer.took)
		slices.Sort(brute)
		sum := time.Duration(0)
		for _, d := range peer.took {
			sum += d
		}
		if len(peer.took) == 0 {
			continue
		}
		mean := sum.Seconds() / float64(len(peer.took))
		say(io.out, peer.name, "products_s", 1/mean, "p50_ms", quantile(peer.took, 0.5)/1000, "p99_ms", quantile(peer.took, 0.99)/1000, "cpu_ms", (cpu[i+1]-cpu[i]).Seconds()*1000/float64(len(peer.took)), "brute_force_times", quantile(brute, 0.5)/quantile(peer.took, 0.5))
	}
	matches := 0
	for _, f := range found {
		matches += len(f)
	}
	say(io.out, "compared", "products", float64(len(brute)), "differ", float64(differ), "matches_a_product", float64(matches)/float64(len(found)), "heap_mib_with_terms", float64(heap()-before)/(1<<20))
	if differ > 0 {
		return &failure{exitPartly, fmt.Errorf("%d of %d products differ from brute force", differ, len(brute))}
	}
	return nil
}

// brute compares the sample with every notice.
func (c benchBackfill) brute(products []*workload.Product, stored []workload.Notice, found [][]string) (took []time.Duration, differ int) {
	texts := make([]string, len(stored))
	for i := range stored {
		texts[i] = workload.Plain(stored[i].Text)
	}
	for i, p := range products[:min(c.Sample, len(products))] {
		begin := time.Now()
		var terms, want []string
		for _, t := range p.Terms {
			terms = append(terms, workload.Plain(t))
		}
		for j := range stored {
			if workload.Touches(p, terms, &stored[j], texts[j]) {
				want = append(want, "N"+strconv.Itoa(int(stored[j].ID)))
			}
		}
		took = append(took, time.Since(begin))
		got := slices.Sorted(slices.Values(found[i]))
		slices.Sort(want)
		if !slices.Equal(got, want) {
			differ++
		}
	}
	return took, differ
}
