package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/trade"
)

// Load replaces the content of set by that of the index. On error set is as it
// was. Readers of set see the old content until the new one is complete.
func (s *Store) Load(ctx context.Context, set *Set) error {
	gen, seq, err := s.state(ctx, s.rdb)
	if err != nil {
		return fmt.Errorf("load the index: %w", err)
	}
	fresh := NewSet()
	type loaded struct {
		seq uint64
		p   *trade.Product
	}
	work := make(chan loaded, 256)
	g, gctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) { // what a name means is the costly part
		g.Go(func() error {
			for l := range work {
				fresh.Put(*l.p, l.seq)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(work)
		return s.eachRecord(gctx, gen, func(key, record string) error {
			at, p, err := decodeRecord(record)
			if err != nil {
				return fmt.Errorf("product %s: %w", key, err)
			}
			if p.Key() != key {
				return fmt.Errorf("%w: product %s stands under the key %s", ErrCorrupt, p.Key(), key)
			}
			work <- loaded{at, p}
			return nil
		})
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("load the index: %w", err)
	}
	// Buckets of a generation that was swept meanwhile read as empty.
	now, _, err := s.state(ctx, s.rdb)
	if err != nil {
		return fmt.Errorf("load the index: %w", err)
	}
	if now != gen {
		return fmt.Errorf("load the index: replaced by generation %s: %w", now, ErrStale)
	}
	fresh.gen, fresh.seq = gen, seq
	set.replace(fresh)
	return nil
}

// logAtOnce is how many log entries are read in one round trip.
const logAtOnce = 64

// Catchup brings set up to what the index has applied, which has to be at least
// the registry sequence want. A set that was filled from the registry stream
// may follow the log as well. ErrBehind: the index is not that far; the set
// has all there is. ErrStale, ErrEmpty: load the set again, or go on with the
// registry stream.
func (s *Store) Catchup(ctx context.Context, set *Set, want uint64) error {
	for {
		applied, n, err := s.step(ctx, set)
		if err != nil {
			return fmt.Errorf("follow the index from registry sequence %d: %w", set.Seq(), err)
		}
		switch at := set.Seq(); {
		case at < applied && n == 0:
			return fmt.Errorf("follow the index from registry sequence %d: its log no longer goes back that far: %w", at, ErrStale)
		case at >= applied && at < want:
			return fmt.Errorf("the index is at registry sequence %d, wanted %d: %w", at, want, ErrBehind)
		case at >= applied:
			return nil
		}
	}
}

// step takes the next entries of the log into set. Generation, sequence and
// entries are read in one MULTI, so they belong together.
func (s *Store) step(ctx context.Context, set *Set) (applied uint64, n int, err error) {
	gen, from := set.place()
	if gen == "" {
		if gen, _, err = s.state(ctx, s.rdb); err != nil {
			return 0, 0, err
		}
	}
	var current *redis.StringCmd
	var meta *redis.SliceCmd
	var entries *redis.XMessageSliceCmd
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		current = p.Get(ctx, s.keys.current())
		meta = p.HMGet(ctx, s.keys.meta(gen), fieldSentinel, fieldSeq)
		entries = p.XRangeN(ctx, s.keys.log(gen), logID(from+1), "+", logAtOnce)
		return nil
	})
	if errors.Is(current.Err(), redis.Nil) {
		return 0, 0, ErrEmpty
	}
	if err != nil {
		return 0, 0, typed(err)
	}
	if current.Val() != gen {
		return 0, 0, fmt.Errorf("%w: generation %s instead of %s", ErrStale, current.Val(), gen)
	}
	if applied, err = checkMeta(gen, meta); err != nil {
		return 0, 0, err
	}
	for _, e := range entries.Val() {
		if err := takeEntry(set, e); err != nil {
			return 0, 0, fmt.Errorf("log entry %s: %w", e.ID, err)
		}
	}
	set.follow(gen)
	return applied, len(entries.Val()), nil
}

// takeEntry applies one log entry, which must join on without a gap.
func takeEntry(set *Set, e redis.XMessage) error {
	text, _ := e.Values[fieldAfter].(string)
	body, _ := e.Values[fieldChanges].(string)
	after, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: it follows on %q", ErrCorrupt, text)
	}
	if after > set.Seq() {
		return fmt.Errorf("%w: it follows on registry sequence %d", ErrStale, after)
	}
	var end uint64
	if _, err := fmt.Sscanf(e.ID, "%d-0", &end); err != nil {
		return fmt.Errorf("%w: its id is no registry sequence", ErrCorrupt)
	}
	changes, err := decodeChanges(body)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Product == nil {
			set.Delete(c.Key, c.Seq)
		} else {
			set.Put(*c.Product, c.Seq)
		}
	}
	set.Advance(end)
	return nil
}

// followBlock is how long a follower waits for news before it looks whether
// the index is still the same one.
const followBlock = time.Second

// Follow keeps set up to date until ctx ends (nil) or the index is no longer
// the one that set follows (an error as of Catchup, but never ErrBehind).
func (s *Store) Follow(ctx context.Context, set *Set) error {
	for {
		if err := s.Catchup(ctx, set, 0); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		gen, seq := set.place()
		err := s.rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{s.keys.log(gen), logID(seq)}, Count: 1, Block: followBlock}).Err()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("wait for changes of the index: %w", typed(err))
		}
	}
}
