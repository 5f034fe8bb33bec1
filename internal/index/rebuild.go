package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// Rebuild makes a new generation from the registry and puts it in the place of
// the current one when it is complete; until then readers keep the old one, so
// nobody ever matches against a half-built index.
//
// scan hands all products to put, in any order and portions, and returns the
// registry sequence up to which they are complete. ErrStale when a later
// Rebuild was faster: the index is there, but it is the other one.
func (s *Store) Rebuild(ctx context.Context, scan func(put func([]Change) error) (uint64, error)) error {
	r, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	seq, err := scan(func(changes []Change) error { return r.put(ctx, changes) })
	if err == nil {
		err = r.finish(ctx, seq)
	}
	if err != nil {
		s.remove(context.WithoutCancel(ctx), r.gen, r.shards) // what cannot be removed now goes with the next commit
		return fmt.Errorf("rebuild the index as generation %s: %w", r.gen, err)
	}
	s.seen.set(r.gen, slices.Repeat([]uint64{seq}, r.shards))
	s.sweep(ctx, r.gen)
	return nil
}

// Reset throws the index away. Readers get ErrEmpty until the next Rebuild.
func (s *Store) Reset(ctx context.Context) error {
	started, err := s.rdb.SMembers(ctx, s.keys.started()).Result()
	if err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	if err := s.rdb.Del(ctx, s.keys.current()).Err(); err != nil {
		return fmt.Errorf("reset the index: %w", err)
	}
	s.seen.set("", nil)
	for _, name := range started {
		if gen, shards, ok := splitGeneration(name); ok {
			if err := s.remove(ctx, gen, shards); err != nil {
				return fmt.Errorf("reset the index: %w", err)
			}
		}
	}
	return nil
}

// rebuilding is a generation that is being filled.
type rebuilding struct {
	s         *Store
	gen       string
	shards    int
	most      int // rows of a segment
	mu        sync.Mutex
	builders  []builder
	manifests []manifest
}

// begin numbers a generation and sets its sentinels. It has no sequence yet and
// is nobody's current one.
func (s *Store) begin(ctx context.Context) (*rebuilding, error) {
	n, err := s.rdb.Incr(ctx, s.keys.generations()).Result()
	if err != nil {
		return nil, err
	}
	r := &rebuilding{s: s, gen: strconv.FormatInt(n, 10), shards: s.shards, most: max(4096, segmentRows/s.shards)}
	r.builders, r.manifests = make([]builder, r.shards), make([]manifest, r.shards)
	if err := s.rdb.SAdd(ctx, s.keys.started(), r.name()).Err(); err != nil {
		return nil, err
	}
	return r, eachShard(ctx, r.shards, func(ctx context.Context, i int) error {
		k := s.keys.shard(r.gen, i)
		_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			// A flushed server counts from 1 again: nothing of that name may be left.
			p.Del(ctx, k.meta(), k.log(), k.lease())
			p.HSet(ctx, k.meta(), fieldSentinel, r.gen)
			return nil
		})
		return typed(err)
	})
}

func (r *rebuilding) name() string { return r.gen + " " + strconv.Itoa(r.shards) }

// put takes products in: rows are made on all processors, full segments are
// written as they come.
func (r *rebuilding) put(ctx context.Context, changes []Change) error {
	rows := make([]*row, len(changes))
	records := make([][]byte, len(changes))
	var g errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), len(changes)/64+1)
	for w := range workers {
		g.Go(func() error {
			for i := w; i < len(changes); i += workers {
				if c := changes[i]; c.Product != nil {
					rows[i] = r.s.scheme.rowOf(c.Product, c.Key, c.Seq)
					records[i] = appendRecord(nil, c.Seq, c.Product)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, c := range changes {
		if rows[i] == nil {
			continue
		}
		shard := shardOf(c.Key, r.shards)
		r.builders[shard].add(rows[i], records[i])
		if len(r.builders[shard].rows) >= r.most {
			if err := r.write(ctx, shard); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rebuilding) write(ctx context.Context, shard int) error {
	info, err := r.s.writeSegment(ctx, r.gen, shard, &r.builders[shard])
	r.manifests[shard].segments = append(r.manifests[shard].segments, info)
	return err
}

// writeSegment stores a segment that no manifest names yet. The sentinel is
// read in the same MULTI: without it the generation was swept or flushed
// meanwhile.
func (s *Store) writeSegment(ctx context.Context, gen string, shard int, b *builder) (segmentInfo, error) {
	k := s.keys.shard(gen, shard)
	id, err := s.rdb.Incr(ctx, k.ids()).Result()
	if err != nil {
		return segmentInfo{}, typed(err)
	}
	index, records, info := b.encode()
	info.id = id
	var sentinel *redis.StringCmd
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		sentinel = p.HGet(ctx, k.meta(), fieldSentinel)
		p.SAdd(ctx, k.segments(), id)
		p.Set(ctx, k.index(id), index, 0)
		p.Set(ctx, k.records(id), records, 0)
		return nil
	})
	if errors.Is(sentinel.Err(), redis.Nil) || err == nil && sentinel.Val() != gen {
		return info, fmt.Errorf("%w: the generation was swept while it was built", ErrStale)
	}
	return info, typed(err)
}

// finish writes what is left and makes the generation the current one.
func (r *rebuilding) finish(ctx context.Context, seq uint64) error {
	for i := range r.shards {
		if r.builders[i].len() > 0 {
			if err := r.write(ctx, i); err != nil {
				return err
			}
		}
	}
	err := eachShard(ctx, r.shards, func(ctx context.Context, i int) error {
		m := &r.manifests[i]
		m.scheme, m.covered, m.before, m.base = r.s.scheme.fingerprint(), seq, seq, m.rows()
		return r.seal(ctx, i, seq, m)
	})
	if err != nil {
		return err
	}
	return r.s.commit(ctx, r.gen, r.shards)
}

// seal gives a shard its manifest and its sequence, if its sentinel still stands.
func (r *rebuilding) seal(ctx context.Context, shard int, seq uint64, m *manifest) error {
	k := r.s.keys.shard(r.gen, shard)
	err := r.s.rdb.Watch(ctx, func(tx *redis.Tx) error {
		sentinel, err := tx.HGet(ctx, k.meta(), fieldSentinel).Result()
		if errors.Is(err, redis.Nil) || err == nil && sentinel != r.gen {
			return ErrStale
		}
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, k.meta(), fieldSeq, seq, fieldLogged, seq, fieldPending, 0, fieldManifest, m.encode())
			return nil
		})
		return err
	}, k.meta())
	if errors.Is(err, redis.TxFailedErr) {
		return fmt.Errorf("%w: the generation was swept while it was sealed", ErrStale)
	}
	return typed(err)
}

// commit makes the generation the current one, unless a later one already is.
func (s *Store) commit(ctx context.Context, gen string, shards int) error {
	err := s.rdb.Watch(ctx, func(tx *redis.Tx) error {
		current, err := tx.Get(ctx, s.keys.current()).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if other, _, _ := splitGeneration(current); number64(other) > number64(gen) {
			return ErrStale
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, s.keys.current(), gen+" "+strconv.Itoa(shards), 0)
			return nil
		})
		return err
	}, s.keys.current())
	if errors.Is(err, redis.TxFailedErr) {
		return fmt.Errorf("%w: another rebuild was committed at the same moment", ErrStale)
	}
	return typed(err)
}

// sweep removes the generations before gen. Failing is harmless: the next
// commit sweeps again.
func (s *Store) sweep(ctx context.Context, gen string) {
	started, err := s.rdb.SMembers(ctx, s.keys.started()).Result()
	if err != nil {
		return
	}
	for _, name := range started {
		if old, shards, ok := splitGeneration(name); ok && number64(old) < number64(gen) {
			if s.remove(ctx, old, shards) != nil {
				return
			}
		}
	}
}

// remove deletes a generation: first its sentinels, so that whoever still
// builds or reads it notices, then the rest.
func (s *Store) remove(ctx context.Context, gen string, shards int) error {
	err := eachShard(ctx, shards, func(ctx context.Context, i int) error {
		k := s.keys.shard(gen, i)
		if err := s.rdb.Del(ctx, k.meta(), k.log(), k.lease()).Err(); err != nil {
			return err
		}
		ids, err := s.rdb.SMembers(ctx, k.segments()).Result()
		if err != nil {
			return err
		}
		_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			for _, id := range ids {
				n, _ := strconv.ParseInt(id, 10, 64) // our own numbers
				p.Unlink(ctx, k.index(n), k.records(n))
			}
			p.Unlink(ctx, k.segments(), k.ids())
			return nil
		})
		return err
	})
	if err == nil {
		err = s.rdb.SRem(ctx, s.keys.started(), gen+" "+strconv.Itoa(shards)).Err()
	}
	if err != nil {
		return fmt.Errorf("remove generation %s: %w", gen, err)
	}
	return nil
}
