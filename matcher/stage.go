package matcher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Stage links every notice to products: it reads the notice stream and writes,
// for each family that a paper changes, one compact record with all matches.
type Stage struct {
	Bus  *bus.Bus
	Copy interface { // of the products, a *Copy
		Current(ctx context.Context) (*index.Set, error)
	}
	Now func() time.Time
	Log *slog.Logger
	// Aside, if not nil, runs what it is given behind everything else that the
	// process does, and returns when it has ended: there may be pages, which
	// people wait for.
	Aside func(func())
}

const (
	stageBatch    = 200
	stageAttempts = 8   // of a batch whose families others write at the same time
	rematchBatch  = 100 // families read and written together
)

// StageWidth is how many batches a matcher handles at the same time: while one
// is read or written, another is matched.
const StageWidth = 2

// Run matches until ctx ends. Any number of matchers may run.
func (s *Stage) Run(ctx context.Context) error {
	return bus.Consume(ctx, s.Bus, bus.Consumer[trade.Notice]{
		Name: bus.ConsumerMatcher, Table: s.Bus.Notices, Batch: stageBatch, Width: StageWidth, Handle: s.handle,
	})
}

func (s *Stage) handle(ctx context.Context, batch []bus.Entry[trade.Notice]) (err error) {
	for range stageAttempts {
		if err = s.match(ctx, batch); !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
	return err
}

// match places the notices into their families and matches those. That is one
// read and one write; a process that dies in between repeats both. Products
// that came or went in between are looked at again, see Late; so are those of a
// batch that comes again because its process died before it had done that.
func (s *Stage) match(ctx context.Context, batch []bus.Entry[trade.Notice]) error {
	notices := make([]trade.Notice, len(batch))
	for i, e := range batch {
		notices[i] = e.Value
	}
	book, err := triage.OpenBook(ctx, s.Bus, notices)
	if err != nil {
		return err
	}
	again := map[string]bool{} // families to be looked at again: first those that know the notice already
	for i, e := range batch {
		if f, changed := book.Place(&notices[i], triage.PaperOf(e)); !changed && s.open(f) {
			again[f.Key()] = true
		}
	}
	touched := slices.DeleteFunc(slices.Clone(book.Touched()), func(f *trade.Family) bool { return !s.matters(f) })
	papers, err := s.papers(ctx, batch, touched)
	if err != nil {
		return err
	}
	set, err := s.Copy.Current(ctx)
	if err != nil {
		return err
	}
	seen := set.Seq()
	s.each(len(touched), func(i int) { Assemble(touched[i], papers, set) })
	if err := book.Save(ctx); err != nil {
		return err
	}
	last, err := s.Bus.Products.LastWrite(ctx)
	if err != nil {
		return err
	}
	for _, f := range touched {
		if last > seen && s.open(f) {
			again[f.Key()] = true
		}
	}
	return s.rematch(ctx, sortedKeys(again), nil)
}

// rematch matches families again with the products of now, by compare-and-set.
// It writes those that are concerned, whether they change by it or not: another
// process that has read one of them, and older products, has to begin anew.
// Without a concerned all families are looked at, and those written that change.
func (s *Stage) rematch(ctx context.Context, keys []string, concerned func(*trade.Family, map[string]*trade.Notice) bool) error {
	for chunk := range slices.Chunk(keys, rematchBatch) {
		var err error
		for range stageAttempts {
			if err = s.rematchOnce(ctx, chunk, concerned); !errors.Is(err, trade.ErrConflict) {
				break
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) rematchOnce(ctx context.Context, keys []string, concerned func(*trade.Family, map[string]*trade.Notice) bool) error {
	got, err := s.Bus.Families.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	var families []*trade.Family
	for _, key := range keys {
		if e, ok := got[key]; ok && e.Value.Alias == "" && e.Value.Matched {
			families = append(families, &e.Value)
		}
	}
	papers, err := s.papers(ctx, nil, families)
	if err != nil {
		return err
	}
	set, err := s.Copy.Current(ctx)
	if err != nil {
		return err
	}
	fresh := make([]bool, len(families))
	s.each(len(families), func(i int) {
		f := families[i]
		if concerned == nil {
			before := asStored(f)
			Assemble(f, papers, set)
			fresh[i] = !bytes.Equal(before, asStored(f))
		} else if concerned(f, papers) {
			Assemble(f, papers, set)
			fresh[i] = true
		}
	})
	var writes []bus.Write[trade.Family]
	for i, f := range families {
		if fresh[i] {
			writes = append(writes, bus.Write[trade.Family]{Key: f.Key(), Value: *f, Last: got[f.Key()].Seq})
		}
	}
	return s.Bus.Families.PutBatch(ctx, writes)
}

func asStored(f *trade.Family) []byte {
	b, _ := json.Marshal(f) // it was stored like that
	return b
}

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// each is Each, aside.
func (s *Stage) each(n int, fn func(i int)) {
	if s.Aside == nil {
		Each(n, fn)
		return
	}
	Each(n, func(i int) { s.Aside(func() { fn(i) }) })
}

// Each calls fn for the numbers below n, on all processors at once. A panic of
// fn is one of the caller, who may know whose it is.
func Each(n int, fn func(i int)) {
	var next atomic.Int64
	var panicked atomic.Value
	var work sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		work.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panicked.Store(fmt.Sprintf("%v\n%s", p, debug.Stack()))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(i)
				runtime.Gosched() // who takes in changes of products, or talks to the bus, need not wait for the batch
			}
		})
	}
	work.Wait()
	if p := panicked.Load(); p != nil {
		panic(p)
	}
}

// matters reports whether anybody asks for the family's matches now: history
// whose dates have all passed waits until a later paper brings it back.
func (s *Stage) matters(f *trade.Family) bool {
	return slices.ContainsFunc(f.Papers, func(p trade.Paper) bool {
		n := trade.Notice{Dates: p.Dates}
		return !p.Backfill || n.OpenDates(s.Now())
	})
}

// open reports whether products that come later are matched against the family.
func (s *Stage) open(f *trade.Family) bool { return lastOpenDay(f) >= s.Now().Format(trade.Day) }

// papers reads the notices of the families, those of the batch excepted, by key.
func (s *Stage) papers(ctx context.Context, batch []bus.Entry[trade.Notice], families []*trade.Family) (map[string]*trade.Notice, error) {
	have := map[string]*trade.Notice{}
	for i := range batch {
		have[batch[i].Key] = &batch[i].Value // a later revision in the batch wins
	}
	var missing []string
	for _, f := range families {
		for _, p := range f.Papers {
			if have[p.Notice] == nil {
				missing = append(missing, p.Notice)
			}
		}
	}
	got, err := s.Bus.Notices.GetMany(ctx, trade.SortedUnique(missing))
	if err != nil {
		return nil, fmt.Errorf("matcher: papers of the families: %w", err)
	}
	for key, e := range got {
		have[key] = &e.Value
	}
	return have, nil
}
