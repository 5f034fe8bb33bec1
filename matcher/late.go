package matcher

import (
	"context"
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
// however many processes work. A family that is written before Late looks is
// among its candidates. One that Stage writes later had either the products of
// then, or Stage sees after the write that the registry has changed since it
// took its products, and looks again. Both write by compare-and-set, Late also
// where nothing changes, so what was matched with older products never replaces
// what was matched with newer ones.
type Late struct {
	*Stage
	Limit int // notices that the archive holds

	mu      sync.Mutex
	shelves *shelves
	full    int // notices that found no room, as reported last
}

const lateBatch = 10_000 // a large import writes each family once for so many products

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
	families, holds := map[string]bool{}, map[string]bool{} // holds: one of the products is matched there now
	for _, e := range batch {
		if !e.Deleted {
			changed.Put(e.Value, e.Seq)
			for _, key := range l.shelves.find(&e.Value) {
				families[key] = true
			}
		}
		for _, key := range l.shelves.holders[productNumber(e.Key)] {
			families[key], holds[key] = true, true
		}
	}
	return l.rematch(ctx, sortedKeys(families), func(f *trade.Family, papers map[string]*trade.Notice) bool {
		return holds[f.Key()] || touches(f, papers, changed)
	})
}

// touches reports whether the family would touch any product of the set if
// there were no others.
func touches(f *trade.Family, papers map[string]*trade.Notice, set *index.Set) bool {
	alone := trade.Family{ID: f.ID, Papers: f.Papers, Codes: f.Codes}
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
	got, err := l.Bus.Families.GetMany(ctx, trade.SortedUnique(l.shelves.find(&p)))
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
