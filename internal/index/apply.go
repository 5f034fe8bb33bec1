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

// Apply writes changes, in registry order, to the logs of their shards,
// together with the sequence they lead to: every shard takes part in every
// change, if only by its sequence. The changes have to follow without a gap on
// what Applied returned; what a shard already has is skipped, so several
// writers may apply the same registry stream.
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
	gen, shards := s.seen.get()
	if gen == "" {
		return fmt.Errorf("%w: Applied was not asked", ErrStale)
	}
	// A generation that is replaced right after this look takes the changes in
	// for nobody: the new one says by its own sequence where to go on.
	current, _, err := s.currentOf(ctx)
	if err != nil {
		return err
	}
	if current != gen {
		return fmt.Errorf("%w: generation %s instead of %s", ErrStale, current, gen)
	}
	return eachShard(ctx, shards, func(ctx context.Context, shard int) error {
		return s.applyShard(ctx, gen, shard, shards, chunk)
	})
}

func (s *Store) applyShard(ctx context.Context, gen string, shard, shards int, chunk []Change) error {
	k := s.keys.shard(gen, shard)
	for range applyTries {
		err := s.rdb.Watch(ctx, func(tx *redis.Tx) error {
			return s.applyOnce(ctx, tx, gen, shard, shards, chunk)
		}, k.meta())
		if !errors.Is(err, redis.TxFailedErr) {
			return typed(err)
		}
	}
	return fmt.Errorf("other writers were faster %d times: %w", applyTries, ErrStale)
}

// applyOnce runs under a WATCH on the shard's meta: a rebuild or another writer
// makes the EXEC fail.
func (s *Store) applyOnce(ctx context.Context, tx *redis.Tx, gen string, shard, shards int, chunk []Change) error {
	k := s.keys.shard(gen, shard)
	st, err := checkMeta(gen, askMeta(ctx, tx, k))
	if err != nil {
		return err
	}
	if known, ok := s.seen.of(gen, shard); ok && st.seq < known {
		return fmt.Errorf("%w: shard %d is at registry sequence %d and was at %d", ErrStale, shard, st.seq, known)
	}
	fresh := after(chunk, st.seq)
	if len(fresh) == 0 {
		s.seen.move(gen, shard, st.seq)
		return nil
	}
	last := fresh[len(fresh)-1].Seq
	own := ofShard(fresh, shard, shards)
	cmds, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		if len(own) > 0 {
			p.XAdd(ctx, &redis.XAddArgs{Stream: k.log(), ID: logID(last), Values: []any{fieldAfter, st.logged, fieldChanges, encodeChanges(own)}})
			p.HSet(ctx, k.meta(), fieldSeq, last, fieldLogged, last, fieldPending, st.pending+uint64(len(own)))
		} else {
			p.HSet(ctx, k.meta(), fieldSeq, last)
		}
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
	s.seen.move(gen, shard, last)
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

// ofShard keeps the changes of the shard's products.
func ofShard(changes []Change, shard, shards int) []Change {
	var out []Change
	for _, c := range changes {
		if c.Key != "" && shardOf(c.Key, shards) == shard {
			out = append(out, c)
		}
	}
	return out
}
