package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Options are what an Index stands on.
type Options struct {
	Bus *bus.Bus
	Dir string // the data folder: the index is a folder in it
	Log *slog.Logger

	// Ready is asked before records are read: the index waits until it says
	// yes, so that pages which are being started do not share the processor
	// with it. nil does not wait.
	Ready func() bool

	// GiveWay, if not nil, is called before records are written, and returns
	// when nobody waits for something else, or after that long.
	GiveWay func(longest time.Duration)

	// Papers reads families and notices, of which cases are told; nil reads Bus.
	Papers Papers

	// Longest bounds one search; two seconds where it is not set.
	Longest time.Duration
}

// Papers reads records as of a sequence of their stream, or later. What is not
// there is trade.ErrNotFound.
type Papers interface {
	FamilyRecord(ctx context.Context, key string, since uint64) (bus.Entry[trade.Family], error)
	NoticeRecord(ctx context.Context, key string, since uint64) (bus.Entry[trade.Notice], error)
}

// busPapers reads the bus.
type busPapers struct{ *bus.Bus }

func (p busPapers) FamilyRecord(ctx context.Context, key string, _ uint64) (bus.Entry[trade.Family], error) {
	return p.Families.Get(ctx, key)
}

func (p busPapers) NoticeRecord(ctx context.Context, key string, _ uint64) (bus.Entry[trade.Notice], error) {
	return p.Notices.Get(ctx, key)
}

// Index finds records by their words. All its methods are safe for concurrent
// use, also before Run has opened it and when it cannot be opened.
type Index struct {
	Options
	analyzer analyzer
	feeds    []feed

	mu     sync.RWMutex // held for reading by searches: closing waits for them
	folder *folder      // nil while there is none
	broken chan error   // a search found the index unusable

	retry    time.Duration // between two sessions
	patience time.Duration // with a batch while the index is closed

	told sync.Mutex // guards what State tells
	err  error      // why there is no index
	at   map[Kind]progress
}

// progress is how far one kind has been read.
type progress struct {
	done, of uint64 // sequences
	upToDate bool
}

// State says what a search can find.
type State struct {
	Open  bool   `json:"open" doc:"there is an index; without, only what pages have in memory is looked through"`
	Ready bool   `json:"ready" doc:"everything that was stored when the index was opened is in it"`
	Done  uint64 `json:"done" doc:"records read into the index"`
	Of    uint64 `json:"of" doc:"records that there were when it was opened"`
	Why   string `json:"why,omitempty" doc:"why there is none"`
}

// New makes an index that finds nothing before Run.
func New(o Options) (*Index, error) {
	an, err := newAnalyzer()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	o.Longest = cmp.Or(o.Longest, longestSearch)
	if o.Papers == nil {
		o.Papers = busPapers{o.Bus}
	}
	return &Index{Options: o, analyzer: an, feeds: feeds(o.Bus, o.Papers), at: map[Kind]progress{}, broken: make(chan error, 1), retry: retryEvery, patience: lastBatch}, nil
}

var (
	errUnusable = errors.New("the index is built again")
	// errFailed: a search failed where it should not. The folder is opened
	// again, which checks every byte of it: what is damaged is built anew, and
	// a query that the library cannot bear costs no more than that.
	errFailed = errors.New("the index is opened again")
)

const (
	retryEvery = 30 * time.Second
	lastBatch  = 10 * time.Second
)

// Run opens the index, builds what is missing and follows the bus until ctx
// ends. A fault of the disk that a search, a write or the library's own
// goroutines meet ends neither Run nor the program: it is tried again, and
// until then there is no index. Only one in a mapped file that those goroutines
// read ends the process; the next start checks the folder.
func (x *Index) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := x.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		x.tell(err)
		x.Log.Warn("search: there is no index now; it is tried again", "err", err)
		wait := x.retry
		if errors.Is(err, errUnusable) || errors.Is(err, errFailed) {
			wait = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// session works on one opened folder until something fails.
func (x *Index) session(ctx context.Context) (err error) {
	f, err := openFolder(x.Dir, x.Log)
	if err != nil {
		return err
	}
	defer func() {
		x.hold(nil)
		f.close(errors.Is(err, errUnusable))
	}()
	from, err := x.places(ctx, f)
	if err != nil {
		return err
	}
	select {
	case <-x.broken: // of the session before
	default:
	}
	x.hold(f)
	x.tell(nil)
	g, ctx := errgroup.WithContext(ctx)
	items := make(chan item, batchRecords)
	for _, s := range x.feeds {
		start := from[s.kind()].Seq
		g.Go(func() error {
			if err := x.await(ctx); err != nil {
				return nil
			}
			return x.Bus.Keep(ctx, "search: "+string(s.kind()), func(ctx context.Context) error {
				return s.follow(ctx, start, func(it item) error {
					select {
					case items <- it:
						start = max(start, it.Seq)
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
			})
		})
	}
	g.Go(func() error { return x.write(ctx, f, items) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case err := <-x.broken:
			return fmt.Errorf("%w: %w", errFailed, err)
		case err := <-f.failed: // a full disk, say: it is not tried again at once
			return fmt.Errorf("search: the library's work on %s: %w", f.path, err)
		}
	})
	return g.Wait()
}

// await returns once Ready says yes, or when ctx ends.
func (x *Index) await(ctx context.Context) error {
	if x.Ready == nil {
		return nil
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !x.Ready() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// hold gives searches the folder, once those under way have ended.
func (x *Index) hold(f *folder) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.folder = f
}

// tell notes why there is no index; nil when there is one.
func (x *Index) tell(err error) {
	x.told.Lock()
	defer x.told.Unlock()
	x.err = err
}

// places are how far each kind was read. An index of another store than the
// bus's is emptied.
func (x *Index) places(ctx context.Context, f *folder) (map[Kind]place, error) {
	out := map[Kind]place{}
	for _, s := range x.feeds {
		p, err := placeOf(f.index, s.kind())
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUnusable, err)
		}
		same, err := s.same(ctx, p)
		if err != nil {
			return nil, err
		}
		if !same {
			x.Log.Warn("search: the index is one of other records and is built again", "folder", f.path)
			if err := f.renew(); err != nil {
				return nil, err
			}
			clear(out)
			break
		}
		out[s.kind()] = p
	}
	for _, s := range x.feeds {
		last, err := s.last(ctx)
		if err != nil {
			return nil, err
		}
		x.told.Lock()
		x.at[s.kind()] = progress{done: min(out[s.kind()].Seq, last), of: last}
		x.told.Unlock()
	}
	return out, nil
}

// State says how far the index is.
func (x *Index) State() State {
	if x == nil {
		return State{Why: "this process has none"}
	}
	x.mu.RLock()
	open := x.folder != nil
	x.mu.RUnlock()
	x.told.Lock()
	defer x.told.Unlock()
	s := State{Open: open, Ready: open}
	if x.err != nil {
		s.Why = x.err.Error()
	}
	for _, f := range x.feeds {
		p := x.at[f.kind()]
		s.Done, s.Of, s.Ready = s.Done+min(p.done, p.of), s.Of+p.of, s.Ready && p.upToDate
	}
	return s
}

// advance notes how far a kind is in the index.
func (x *Index) advance(k Kind, seq uint64, upToDate bool) {
	x.told.Lock()
	defer x.told.Unlock()
	p := x.at[k]
	p.done, p.upToDate = max(p.done, seq), p.upToDate || upToDate
	if p.upToDate {
		p.done = max(p.done, p.of)
	}
	x.at[k] = p
}

// ErrNone: there is no index now.
var ErrNone = errors.New("search: there is no index now")
