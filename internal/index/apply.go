package index

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// applyAtOnce is how many changes go into one MULTI and one log entry.
const applyAtOnce = 256

// applyTries is how often a MULTI is tried again when another writer was faster.
const applyTries = 20

// Apply writes changes, in registry order, to the records and to the log, both
// in one MULTI together with the sequence they lead to. The changes have to
// follow without a gap on what Applied returned; what the index already has is
// skipped, so several writers may apply the same registry stream.
//
// ErrStale and ErrEmpty mean that the index is no longer the one that Applied
// spoke of: ask it again.
func (s *Store) Apply(ctx context.Context, changes []Change) error {
	for chunk := range slices.Chunk(changes, applyAtOnce) {
		if err := s.applyChunk(ctx, chunk); err != nil {
			last := chunk[len(chunk)-1]
			return fmt.Errorf("apply %d changes up to registry sequence %d: %w", len(chunk), last.Seq, err)
		}
	}
	return nil
}

func (s *Store) applyChunk(ctx context.Context, chunk []Change) error {
	for range applyTries {
		err := s.rdb.Watch(ctx, func(tx *redis.Tx) error {
			return s.applyOnce(ctx, tx, chunk)
		}, s.keys.current())
		if !errors.Is(err, redis.TxFailedErr) {
			return typed(err)
		}
	}
	return fmt.Errorf("other writers were faster %d times: %w", applyTries, ErrStale)
}

// applyOnce runs under a WATCH on the current generation, to which it adds the
// generation's meta key: a rebuild or another writer makes the EXEC fail.
func (s *Store) applyOnce(ctx context.Context, tx *redis.Tx, chunk []Change) error {
	gen, known := s.seen.get()
	if gen == "" {
		return fmt.Errorf("%w: Applied was not asked", ErrStale)
	}
	if err := tx.Watch(ctx, s.keys.meta(gen)).Err(); err != nil {
		return err
	}
	current, seq, err := s.state(ctx, tx)
	if err != nil {
		return err
	}
	if current != gen {
		return fmt.Errorf("%w: generation %s instead of %s", ErrStale, current, gen)
	}
	if seq < known {
		return fmt.Errorf("%w: it is at registry sequence %d and was at %d", ErrStale, seq, known)
	}
	fresh := after(chunk, seq)
	if len(fresh) == 0 {
		s.seen.set(gen, seq)
		return nil
	}
	last := fresh[len(fresh)-1].Seq
	cmds, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		s.write(ctx, p, gen, fresh)
		p.XAdd(ctx, &redis.XAddArgs{Stream: s.keys.log(gen), ID: logID(last), MaxLen: s.logLen, Approx: true,
			Values: []any{fieldAfter, seq, fieldChanges, encodeChanges(fresh)}})
		p.HSet(ctx, s.keys.meta(gen), fieldSeq, last)
		return nil
	})
	if err != nil {
		return err
	}
	// EXEC runs all commands even when one of them fails.
	for _, c := range cmds {
		if err := c.Err(); err != nil {
			return fmt.Errorf("%s: %w", c.Name(), err)
		}
	}
	s.seen.set(gen, last)
	return nil
}

// after returns the changes that the index at seq does not have yet.
func after(chunk []Change, seq uint64) []Change {
	for i, c := range chunk {
		if c.Seq > seq {
			return chunk[i:]
		}
	}
	return nil
}

// write queues the records of changes.
func (s *Store) write(ctx context.Context, p redis.Pipeliner, gen string, changes []Change) {
	for _, c := range changes {
		switch bucket := s.keys.bucket(gen, bucketOf(c.Key)); {
		case c.Key == "":
		case c.Product == nil:
			p.HDel(ctx, bucket, c.Key)
		default:
			p.HSet(ctx, bucket, c.Key, appendRecord(nil, c.Seq, c.Product))
		}
	}
}
