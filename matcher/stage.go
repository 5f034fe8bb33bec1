package matcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Stage links every notice to products: it reads the notice stream and writes,
// for each family that a paper changes, one compact record with all matches.
type Stage struct {
	Bus  *bus.Bus
	Copy *Copy
	Now  func() time.Time
	Log  *slog.Logger
}

const (
	stageBatch    = 200
	stageAttempts = 8 // of a batch whose families others write at the same time
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

// match places the notices into their families and matches those again. It is
// one read and one write; a process that dies in between repeats both. The
// products are looked at after the families were read: a product that somebody
// has matched into one of them meanwhile is among them, see Late.
func (s *Stage) match(ctx context.Context, batch []bus.Entry[trade.Notice]) error {
	notices := make([]trade.Notice, len(batch))
	for i, e := range batch {
		notices[i] = e.Value
	}
	book, err := triage.OpenBook(ctx, s.Bus, notices)
	if err != nil {
		return err
	}
	for i, e := range batch {
		book.Place(&notices[i], triage.PaperOf(e))
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
	Each(len(touched), func(i int) { Assemble(touched[i], papers, set) })
	return book.Save(ctx)
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
