package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Rebuild makes a new generation from the registry and puts it in the place of
// the current one when it is complete; until then readers keep the old one, so
// nobody ever matches against a half-built index.
//
// scan hands all products to put, in any order and portions, and returns the
// registry sequence up to which they are complete. ErrStale when a later
// Rebuild was faster: the index is there, but it is the other one.
func (s *Store) Rebuild(ctx context.Context, scan func(put func([]Change) error) (uint64, error)) error {
	gen, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	seq, err := scan(func(changes []Change) error {
		for chunk := range slices.Chunk(changes, applyAtOnce) {
			if err := s.fill(ctx, gen, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.commit(ctx, gen, seq)
	}
	if err != nil {
		s.remove(context.WithoutCancel(ctx), gen) // what cannot be removed now goes with the next commit
		return fmt.Errorf("rebuild the index as generation %s: %w", gen, err)
	}
	s.seen.set(gen, seq)
	s.sweep(ctx, gen)
	return nil
}

// Reset throws the index away. Readers get ErrEmpty until the next Rebuild.
func (s *Store) Reset(ctx context.Context) error {
	gens, err := s.rdb.SMembers(ctx, s.keys.started()).Result()
	if err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	if err := s.rdb.Del(ctx, s.keys.current()).Err(); err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	s.seen.set("", 0)
	for _, gen := range gens {
		if err := s.remove(ctx, gen); err != nil {
			return fmt.Errorf("reset the index: %w", err)
		}
	}
	return nil
}

// begin numbers a generation and sets its sentinel. It has no sequence yet and
// is nobody's current one.
func (s *Store) begin(ctx context.Context) (string, error) {
	n, err := s.rdb.Incr(ctx, s.keys.generations()).Result()
	if err != nil {
		return "", err
	}
	gen := strconv.FormatInt(n, 10)
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.SAdd(ctx, s.keys.started(), gen)
		// A flushed server counts from 1 again: nothing of that name may be left.
		p.Del(ctx, s.keys.meta(gen), s.keys.log(gen))
		p.HSet(ctx, s.keys.meta(gen), fieldSentinel, gen)
		return nil
	})
	return gen, err
}

// fill writes records of a generation that is being built, without log: nobody
// follows it yet. The sentinel is read in the same MULTI: without it the
// generation was swept or flushed meanwhile and must not be committed.
func (s *Store) fill(ctx context.Context, gen string, chunk []Change) error {
	var sentinel *redis.StringCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		sentinel = p.HGet(ctx, s.keys.meta(gen), fieldSentinel)
		s.write(ctx, p, gen, chunk)
		return nil
	})
	if errors.Is(sentinel.Err(), redis.Nil) || err == nil && sentinel.Val() != gen {
		return fmt.Errorf("%w: the generation was swept while it was built", ErrStale)
	}
	return typed(err)
}

// commit makes the generation the current one, unless a later one already is.
func (s *Store) commit(ctx context.Context, gen string, seq uint64) error {
	err := s.rdb.Watch(ctx, func(tx *redis.Tx) error {
		sentinel, err := tx.HGet(ctx, s.keys.meta(gen), fieldSentinel).Result()
		if errors.Is(err, redis.Nil) || err == nil && sentinel != gen {
			return ErrStale
		}
		if err != nil {
			return err
		}
		current, err := tx.Get(ctx, s.keys.current()).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if number(current) > number(gen) {
			return ErrStale
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, s.keys.meta(gen), fieldSeq, seq)
			p.Set(ctx, s.keys.current(), gen, 0)
			return nil
		})
		return err
	}, s.keys.current(), s.keys.meta(gen))
	if errors.Is(err, redis.TxFailedErr) {
		return fmt.Errorf("%w: another rebuild was committed at the same moment", ErrStale)
	}
	return typed(err)
}

func number(gen string) int64 {
	n, _ := strconv.ParseInt(gen, 10, 64) // our own numbers; "" counts as 0
	return n
}

// sweep removes the generations before gen. Failing is harmless: the next
// commit sweeps again.
func (s *Store) sweep(ctx context.Context, gen string) {
	gens, err := s.rdb.SMembers(ctx, s.keys.started()).Result()
	if err != nil {
		return
	}
	for _, g := range gens {
		if number(g) < number(gen) {
			if s.remove(ctx, g) != nil {
				return
			}
		}
	}
}

// remove deletes a generation: first its sentinel, so that whoever still builds
// or reads it notices, then the rest.
func (s *Store) remove(ctx context.Context, gen string) error {
	if err := s.rdb.Del(ctx, s.keys.meta(gen), s.keys.log(gen)).Err(); err != nil {
		return fmt.Errorf("remove generation %s: %w", gen, err)
	}
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range buckets {
			p.Unlink(ctx, s.keys.bucket(gen, i))
		}
		p.SRem(ctx, s.keys.started(), gen)
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove generation %s: %w", gen, err)
	}
	return nil
}
