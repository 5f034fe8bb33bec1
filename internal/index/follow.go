package index

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// logAtOnce is how many log entries are read in one round trip.
const logAtOnce = 64

// Catchup brings set up to what the index has applied, which has to be at least
// the registry sequence want. A set that was filled from the registry stream
// may follow the logs as well. ErrBehind: the index is not that far; the set
// has all there is. ErrStale, ErrEmpty: load the set again, or go on with the
// registry stream.
func (s *Store) Catchup(ctx context.Context, set *Set, want uint64) error {
	if err := s.catchup(ctx, set, want); err != nil {
		return fmt.Errorf("follow the index from registry sequence %d: %w", set.Seq(), err)
	}
	return nil
}

func (s *Store) catchup(ctx context.Context, set *Set, want uint64) error {
	current, shards, err := s.currentOf(ctx)
	if err != nil {
		return err
	}
	gen, err := set.follow(current, shards)
	if err != nil {
		return err
	}
	err = eachShard(ctx, shards, func(ctx context.Context, shard int) error {
		for {
			more, err := s.step(ctx, set, gen, shard)
			if err != nil || !more {
				return err
			}
		}
	})
	if err != nil {
		return err
	}
	if at := set.Seq(); at < want {
		return fmt.Errorf("the index is at registry sequence %d, wanted %d: %w", at, want, ErrBehind)
	}
	return nil
}

// follow makes the set one of that generation, if it is of none or of it.
func (s *Set) follow(gen string, shards int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gen == "" {
		s.gen, s.places = gen, make([]uint64, shards)
	}
	if s.gen != gen || len(s.places) != shards {
		return gen, fmt.Errorf("%w: generation %s instead of %s", ErrStale, gen, s.gen)
	}
	return gen, nil
}

// step takes the next entries of a shard's log into set. Sequence and entries
// are read in one MULTI, so they belong together.
func (s *Store) step(ctx context.Context, set *Set, gen string, shard int) (more bool, err error) {
	k := s.keys.shard(gen, shard)
	at := set.placeOf(shard)
	var meta *redis.SliceCmd
	var entries *redis.XMessageSliceCmd
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		meta = p.HMGet(ctx, k.meta(), fieldSentinel, fieldSeq, fieldLogged, fieldPending, fieldSentinel)
		entries = p.XRangeN(ctx, k.log(), logID(at+1), "+", logAtOnce)
		return nil
	})
	if err != nil {
		return false, typed(err)
	}
	st, err := checkMeta(gen, meta)
	if err != nil {
		return false, err
	}
	for _, e := range entries.Val() {
		if at, err = set.takeEntry(shard, at, e); err != nil {
			return false, fmt.Errorf("log entry %s: %w", e.ID, err)
		}
	}
	switch {
	case len(entries.Val()) == logAtOnce:
		return true, nil
	case at < st.logged:
		return false, fmt.Errorf("the log of shard %d does not go from registry sequence %d to %d: %w", shard, at, st.logged, ErrStale)
	}
	set.moveTo(shard, st.seq)
	return false, nil
}

// placeOf is the registry sequence that the set has taken in of a shard.
func (s *Set) placeOf(shard int) uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if shard >= len(s.places) {
		return s.seq
	}
	return max(s.seq, s.places[shard])
}

func (s *Set) moveTo(shard int, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shard < len(s.places) {
		s.places[shard] = max(s.places[shard], seq)
	}
}

// takeEntry applies one log entry to a set that stands at the sequence at, and
// returns where it stands then.
func (s *Set) takeEntry(shard int, at uint64, e redis.XMessage) (uint64, error) {
	var before, last uint64
	text, _ := e.Values[fieldAfter].(string)
	if _, err := fmt.Sscan(text, &before); err != nil {
		return at, fmt.Errorf("%w: it follows on %q", ErrCorrupt, text)
	}
	if _, err := fmt.Sscanf(e.ID, "%d-0", &last); err != nil {
		return at, fmt.Errorf("%w: its number is %q", ErrCorrupt, e.ID)
	}
	if before > at {
		return at, fmt.Errorf("%w: it follows on registry sequence %d, the set is at %d", ErrStale, before, at)
	}
	packed, _ := e.Values[fieldChanges].(string)
	changes, err := decodeChanges(packed)
	if err != nil {
		return at, err
	}
	rows := make([]*row, len(changes))
	for i, c := range changes {
		if c.Product != nil {
			rows[i] = s.scheme.rowOf(c.Product, c.Key, c.Seq) // before the lock
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range changes {
		if rows[i] == nil {
			s.delete(c.Key, c.Seq)
		} else {
			s.put(c.Key, rows[i])
		}
	}
	if shard < len(s.places) {
		s.places[shard] = max(s.places[shard], last)
	}
	s.tidy()
	return last, nil
}

// followBlock is how long one wait for a log entry lasts: an index that was
// flushed or replaced wakes nobody.
const followBlock = time.Second

// Follow keeps set current until ctx ends, and then returns nil. Any error
// means that the set has to be loaded again.
func (s *Store) Follow(ctx context.Context, set *Set) error {
	err := s.Catchup(ctx, set, 0)
	if err == nil {
		gen, shards := set.following()
		err = eachShard(ctx, shards, func(ctx context.Context, shard int) error {
			return s.followShard(ctx, set, gen, shard)
		})
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *Store) followShard(ctx context.Context, set *Set, gen string, shard int) error {
	for {
		more, err := s.step(ctx, set, gen, shard)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		log, at := s.keys.shard(gen, shard).log(), logID(set.placeOf(shard))
		err = s.rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{log, at}, Count: 1, Block: followBlock}).Err()
		if errors.Is(err, redis.Nil) {
			var current string
			if current, _, err = s.currentOf(ctx); err == nil && current != gen {
				err = fmt.Errorf("%w: generation %s instead of %s", ErrStale, current, gen)
			}
		}
		if err != nil {
			return fmt.Errorf("wait for changes of the index: %w", typed(err))
		}
	}
}

func (s *Set) following() (gen string, shards int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.gen, len(s.places)
}
