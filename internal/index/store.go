package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// seen is what this Store knows of the generation it works on, to notice that
// the server has another one, or an older state of it.
type seen struct {
	mu     sync.Mutex
	gen    string
	shards []uint64 // registry sequence of each
}

func (s *seen) get() (gen string, shards int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gen, len(s.shards)
}

func (s *seen) of(gen string, shard int) (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gen != gen || shard >= len(s.shards) {
		return 0, false
	}
	return s.shards[shard], true
}

func (s *seen) set(gen string, shards []uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gen, s.shards = gen, shards
}

func (s *seen) move(gen string, shard int, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gen == gen && shard < len(s.shards) {
		s.shards[shard] = max(s.shards[shard], seq)
	}
}

// shardState is what the meta of a shard says.
type shardState struct {
	seq, logged, pending uint64
	manifest             string
}

// Applied returns the registry sequence up to which the index is complete; a
// writer goes on from there. ErrEmpty when there is no index.
func (s *Store) Applied(ctx context.Context) (uint64, error) {
	gen, states, err := s.states(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask the index for its sequence: %w", err)
	}
	seqs := make([]uint64, len(states))
	least := states[0].seq
	for i, st := range states {
		seqs[i] = st.seq
		least = min(least, st.seq)
	}
	s.seen.set(gen, seqs)
	return least, nil
}

// currentOf reads which generation is the current one, and its shards.
func (s *Store) currentOf(ctx context.Context) (gen string, shards int, err error) {
	text, err := s.rdb.Get(ctx, s.keys.current()).Result()
	if errors.Is(err, redis.Nil) {
		return "", 0, ErrEmpty
	}
	if err != nil {
		return "", 0, typed(err)
	}
	gen, shards, ok := splitGeneration(text)
	if !ok {
		return "", 0, fmt.Errorf("%w: the current generation is %q", ErrCorrupt, text)
	}
	return gen, shards, nil
}

// mostShards bounds what is believed.
const mostShards = 1024

func splitGeneration(text string) (gen string, shards int, ok bool) {
	gen, count, _ := strings.Cut(text, " ")
	shards, err := strconv.Atoi(count)
	return gen, shards, err == nil && shards > 0 && shards <= mostShards && number64(gen) > 0
}

// states reads the current generation and the state of each of its shards.
func (s *Store) states(ctx context.Context) (gen string, states []shardState, err error) {
	gen, shards, err := s.currentOf(ctx)
	if err != nil {
		return "", nil, err
	}
	states = make([]shardState, shards)
	err = eachShard(ctx, shards, func(ctx context.Context, i int) (err error) {
		states[i], err = checkMeta(gen, askMeta(ctx, s.rdb, s.keys.shard(gen, i)))
		return err
	})
	return gen, states, err
}

// eachShard runs fn for every shard at once.
func eachShard(ctx context.Context, shards int, fn func(ctx context.Context, shard int) error) error {
	if shards == 1 {
		return fn(ctx, 0)
	}
	g, ctx := errgroup.WithContext(ctx)
	for i := range shards {
		g.Go(func() error { return fn(ctx, i) })
	}
	return g.Wait()
}

// hashReader is what askMeta needs of a client, a pipeline or a transaction.
type hashReader interface {
	HMGet(ctx context.Context, key string, fields ...string) *redis.SliceCmd
}

func askMeta(ctx context.Context, r hashReader, k shardKeys) *redis.SliceCmd {
	return r.HMGet(ctx, k.meta(), fieldSentinel, fieldSeq, fieldLogged, fieldPending, fieldManifest)
}

// checkMeta reads the state of a shard whose sentinel stands.
func checkMeta(gen string, cmd *redis.SliceCmd) (st shardState, err error) {
	v, err := cmd.Result()
	if err != nil {
		return st, typed(err)
	}
	if sentinel, _ := v[0].(string); sentinel != gen {
		return st, fmt.Errorf("%w: generation %s has lost its sentinel", ErrStale, gen)
	}
	for i, to := range []*uint64{&st.seq, &st.logged, &st.pending} {
		text, _ := v[i+1].(string)
		if *to, err = strconv.ParseUint(text, 10, 64); err != nil {
			return st, fmt.Errorf("%w: generation %s has the sequence %q", ErrCorrupt, gen, text)
		}
	}
	st.manifest, _ = v[4].(string)
	return st, nil
}

// typed gives a server's complaint about a key of the wrong type its name.
func typed(err error) error {
	if err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE") {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

func number64(gen string) int64 {
	n, _ := strconv.ParseInt(gen, 10, 64) // our own numbers; "" counts as 0
	return n
}

// Check looks whether the logs still reach from the segments to the sequence
// that the index claims, as a writer has to from time to time: ErrCorrupt when
// what stands in Redis can no longer be put together.
func (s *Store) Check(ctx context.Context) error {
	gen, states, err := s.states(ctx)
	if err != nil {
		return fmt.Errorf("check the index: %w", err)
	}
	for i, st := range states {
		if err := s.checkLog(ctx, s.keys.shard(gen, i), st); err != nil {
			return fmt.Errorf("check shard %d of the index: %w", i, err)
		}
	}
	return nil
}

func (s *Store) checkLog(ctx context.Context, k shardKeys, st shardState) error {
	m, err := decodeManifest(st.manifest)
	if err != nil || m.covered >= st.logged {
		return err
	}
	first, err := s.rdb.XRangeN(ctx, k.log(), logID(m.covered+1), "+", 1).Result()
	if err != nil {
		return typed(err)
	}
	last, err := s.rdb.XRevRangeN(ctx, k.log(), "+", "-", 1).Result()
	if err != nil {
		return typed(err)
	}
	if len(first) > 0 && len(last) > 0 {
		text, _ := first[0].Values[fieldAfter].(string)
		before, err := strconv.ParseUint(text, 10, 64)
		if err == nil && before <= m.covered && last[0].ID >= logID(st.logged) {
			return nil
		}
	}
	return fmt.Errorf("%w: the log does not reach from registry sequence %d to %d", ErrCorrupt, m.covered, st.logged)
}

// Count returns the number of products in the index.
func (s *Store) Count(ctx context.Context) (int, error) {
	set := s.scheme.NewSet()
	if err := s.Load(ctx, set); err != nil {
		return 0, fmt.Errorf("count the index: %w", err)
	}
	return set.Len(), nil
}

// Digest returns an order-free hash of all records, equal to Set.Digest of a
// set with the same products, and the registry sequence at which it holds. It
// reads every record and what was made of it: ErrCorrupt when they differ.
func (s *Store) Digest(ctx context.Context) (sum string, seq uint64, err error) {
	set := s.scheme.NewSet()
	if err := s.Load(ctx, set); err != nil {
		return "", 0, fmt.Errorf("digest of the index: %w", err)
	}
	gen, states, err := s.states(ctx)
	if err != nil {
		return "", 0, fmt.Errorf("digest of the index: %w", err)
	}
	for i, st := range states {
		if err := s.checkRecords(ctx, gen, i, st); err != nil {
			return "", 0, fmt.Errorf("digest of the index: %w", err)
		}
	}
	return set.Digest(), set.Seq(), nil
}

// checkRecords compares the records of a shard's segments with their columns.
func (s *Store) checkRecords(ctx context.Context, gen string, shard int, st shardState) error {
	m, err := decodeManifest(st.manifest)
	if err != nil {
		return err
	}
	for _, info := range m.segments {
		g, err := s.segment(ctx, gen, shard, info)
		if err != nil {
			return err
		}
		n := 0
		err = s.eachRecord(ctx, gen, shard, info, func(key string, c Change, record []byte) error {
			if n >= g.len() || g.hash[n] != hashOf(key) || g.seq[n] != c.Seq || g.sum[n] != sumOf(record) {
				return fmt.Errorf("%w: record %d of segment %d is not what its columns say", ErrCorrupt, n, info.id)
			}
			n++
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
