package matcher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Late matches products that are registered, changed or deleted after the
// notices: against every family whose dates still matter. What it finds it
// writes into the family's record, as the matcher of notices does, and triage
// treats it as it treats any further product.
//
// No pair of a notice and a product is missed, whichever comes first and
// however many processes work: a notice that was published before Late looks
// is among its candidates, placed or not; one that is published later is
// matched by Stage with the products as they are then; and the family's record
// is written by compare-and-set by both.
type Late struct {
	*Stage
	Limit int // notices that the archive holds

	mu      sync.Mutex
	shelves *shelves
	full    int // notices that found no room, as reported last
}

const (
	lateBatch    = 10_000 // a large import writes each family once for so many products
	lateFamilies = 100    // read and written together
)

// Run follows the registry until ctx ends.
func (l *Late) Run(ctx context.Context) error {
	return bus.Consume(ctx, l.Bus, bus.Consumer[trade.Product]{
		Name: bus.ConsumerProducts, Table: l.Bus.Products, Batch: lateBatch, Handle: l.handle,
	})
}

// open brings the shelves up to date. The lock is held.
func (l *Late) open(ctx context.Context) error {
	if l.shelves == nil {
		l.shelves = newShelves(l.Bus, l.Limit, l.Now)
	}
	if err := l.shelves.current(ctx); err != nil {
		l.shelves = nil // half of it may be in: the next time it is made anew
		return err
	}
	if left := l.shelves.left; left > l.full {
		l.full = left
		l.Log.Warn("matcher: the archive is full; products registered later are not matched against some notices with open dates until another paper of their measure comes", "left_out", left, "limit", l.Limit)
	}
	return nil
}

func (l *Late) handle(ctx context.Context, batch []bus.Entry[trade.Product]) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.open(ctx); err != nil {
		return err
	}
	changed := index.NewSet()
	families, loose := map[string]bool{}, map[string]bool{} // of families: a product of the batch is matched there now
	for _, e := range batch {
		if !e.Deleted {
			changed.Put(e.Value, e.Seq)
			maybe, unplaced := l.shelves.find(&e.Value)
			for _, key := range maybe {
				families[key] = families[key] || false
			}
			for _, name := range unplaced {
				loose[name] = true
			}
		}
		for _, key := range l.shelves.holders[productNumber(e.Key)] {
			families[key] = true
		}
	}
	if err := l.place(ctx, sortedKeys(loose), families); err != nil {
		return err
	}
	for chunk := range slices.Chunk(sortedKeys(families), lateFamilies) {
		if err := l.rematch(ctx, chunk, families, changed); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// place does the matcher's work for notices that it has not come to, and adds
// the families that they are in then: the matcher may have been faster, with
// products that were not all of the batch's.
func (l *Late) place(ctx context.Context, names []string, families map[string]bool) error {
	if len(names) == 0 {
		return nil
	}
	for chunk := range slices.Chunk(names, stageBatch) {
		got, err := l.Bus.Notices.GetMany(ctx, chunk)
		if err != nil {
			return err
		}
		var batch []bus.Entry[trade.Notice]
		for _, name := range chunk {
			if e, ok := got[name]; ok && !e.Deleted {
				batch = append(batch, e)
			}
		}
		if err := l.Stage.handle(ctx, batch); err != nil {
			return fmt.Errorf("matcher: placing %d notices: %w", len(batch), err)
		}
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	for _, name := range names {
		if key, placed := l.shelves.owners[name]; placed {
			families[key] = families[key] || false
		}
	}
	return nil
}

// rematch matches families again, those only of which a changed product is, or
// becomes, a part.
func (l *Late) rematch(ctx context.Context, keys []string, holds map[string]bool, changed *index.Set) (err error) {
	for range stageAttempts {
		if err = l.rematchOnce(ctx, keys, holds, changed); !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
	return err
}

func (l *Late) rematchOnce(ctx context.Context, keys []string, holds map[string]bool, changed *index.Set) error {
	got, err := l.Bus.Families.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	var families []*trade.Family
	for _, key := range keys {
		if e, ok := got[key]; ok && e.Value.Alias == "" && e.Value.Matched {
			families = append(families, &e.Value)
		}
	}
	papers, err := l.papers(ctx, nil, families)
	if err != nil {
		return err
	}
	set, err := l.Copy.Current(ctx)
	if err != nil {
		return err
	}
	var writes []bus.Write[trade.Family]
	for _, f := range families {
		if !holds[f.Key()] && !touches(f, papers, changed) {
			continue
		}
		before, err := json.Marshal(f)
		if err != nil {
			return err
		}
		Assemble(f, papers, set)
		after, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if !bytes.Equal(before, after) {
			writes = append(writes, bus.Write[trade.Family]{Key: f.Key(), Value: *f, Last: got[f.Key()].Seq})
		}
	}
	return l.Bus.Families.PutBatch(ctx, writes)
}

// touches reports whether the family would touch any product of the set if
// there were no others.
func touches(f *trade.Family, papers map[string]*trade.Notice, set *index.Set) bool {
	alone := trade.Family{ID: f.ID, Papers: f.Papers}
	Assemble(&alone, papers, set)
	return alone.Touched() > 0
}

// Touch is a family that a product is, or would be, touched by.
type Touch struct {
	Match trade.Match
	Title string
	Why   []trade.Text
}

// Preview says which families with open dates would touch the product, best
// first. Nothing is written.
func (l *Late) Preview(ctx context.Context, p trade.Product) ([]Touch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.open(ctx); err != nil {
		return nil, err
	}
	keys, _ := l.shelves.find(&p) // what is not placed yet is not open to look at
	got, err := l.Bus.Families.GetMany(ctx, trade.SortedUnique(keys))
	if err != nil {
		return nil, err
	}
	alone := index.NewSet()
	alone.Put(p, 1)
	var families []*trade.Family
	for _, e := range got {
		families = append(families, &e.Value)
	}
	papers, err := l.papers(ctx, nil, families)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	var matches []trade.Match
	for _, f := range families {
		if latest := f.Latest(); latest != nil {
			titles[f.ID] = latest.Title
		}
		Assemble(f, papers, alone)
		matches = append(matches, slices.Collect(f.All())...)
	}
	Sort(matches)
	var out []Touch
	for _, m := range matches {
		t := Touch{Match: m, Title: titles[m.Family]}
		for _, e := range m.Evidence {
			t.Why = append(t.Why, triage.Evidence(e, triage.ToStaff))
		}
		out = append(out, t)
	}
	return out, nil
}
