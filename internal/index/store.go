package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// seen is what this Store knows of the generation it works on, to notice that
// the server has another one, or an older state of it.
type seen struct {
	mu  sync.Mutex
	gen string
	seq uint64
}

func (s *seen) get() (string, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gen, s.seq
}

func (s *seen) set(gen string, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gen, s.seq = gen, seq
}

// Applied returns the registry sequence up to which the index is complete; a
// writer goes on from there. ErrEmpty when there is no index.
func (s *Store) Applied(ctx context.Context) (uint64, error) {
	gen, seq, err := s.state(ctx, s.rdb)
	if err != nil {
		return 0, fmt.Errorf("ask the index for its sequence: %w", err)
	}
	s.seen.set(gen, seq)
	return seq, nil
}

// reader is what state needs of a client or of a transaction.
type reader interface {
	Get(ctx context.Context, key string) *redis.StringCmd
	HMGet(ctx context.Context, key string, fields ...string) *redis.SliceCmd
}

// state reads the current generation and its sequence.
func (s *Store) state(ctx context.Context, r reader) (gen string, seq uint64, err error) {
	gen, err = r.Get(ctx, s.keys.current()).Result()
	if errors.Is(err, redis.Nil) {
		return "", 0, ErrEmpty
	}
	if err != nil {
		return "", 0, typed(err)
	}
	seq, err = checkMeta(gen, r.HMGet(ctx, s.keys.meta(gen), fieldSentinel, fieldSeq))
	return gen, seq, err
}

// checkMeta reads the sequence of a generation whose sentinel stands.
func checkMeta(gen string, cmd *redis.SliceCmd) (uint64, error) {
	v, err := cmd.Result()
	if err != nil {
		return 0, typed(err)
	}
	sentinel, _ := v[0].(string)
	text, _ := v[1].(string)
	if sentinel != gen {
		return 0, fmt.Errorf("%w: generation %s has lost its sentinel", ErrStale, gen)
	}
	seq, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: generation %s has the sequence %q", ErrCorrupt, gen, text)
	}
	return seq, nil
}

// typed gives a server's complaint about a key of the wrong type its name.
func typed(err error) error {
	if err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE") {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

// Count returns the number of products in the index.
func (s *Store) Count(ctx context.Context) (int, error) {
	gen, _, err := s.state(ctx, s.rdb)
	if err != nil {
		return 0, fmt.Errorf("count the index: %w", err)
	}
	cmds, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range buckets {
			p.HLen(ctx, s.keys.bucket(gen, i))
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count the index: %w", typed(err))
	}
	n := 0
	for _, c := range cmds {
		n += int(c.(*redis.IntCmd).Val()) // HLen makes IntCmds
	}
	return n, nil
}

// Digest returns an order-free hash of all records, equal to Set.Digest of a
// set with the same products, and the registry sequence at which it holds.
// ErrStale when the index changed under every attempt.
func (s *Store) Digest(ctx context.Context) (sum string, seq uint64, err error) {
	for range 5 {
		gen, before, err := s.state(ctx, s.rdb)
		if err != nil {
			return "", 0, fmt.Errorf("digest of the index: %w", err)
		}
		var d digest
		err = s.eachRecord(ctx, gen, func(key, record string) error {
			seq, _, err := decodeRecord(record)
			d.add(recordSum(key, seq, []byte(record)))
			return err
		})
		if err != nil {
			return "", 0, fmt.Errorf("digest of the index: %w", err)
		}
		after, now, err := s.state(ctx, s.rdb)
		if err != nil {
			return "", 0, fmt.Errorf("digest of the index: %w", err)
		}
		if after == gen && now == before {
			return d.String(), now, nil
		}
	}
	return "", 0, fmt.Errorf("digest of the index: it changed while it was read: %w", ErrStale)
}

// bucketsAtOnce is how many buckets are asked for in one round trip.
const bucketsAtOnce = 32

// eachRecord calls fn for every record of a generation, bucket by bucket.
func (s *Store) eachRecord(ctx context.Context, gen string, fn func(key, record string) error) error {
	for from := 0; from < buckets; from += bucketsAtOnce {
		cmds, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range bucketsAtOnce {
				p.HGetAll(ctx, s.keys.bucket(gen, from+i))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("buckets %d to %d: %w", from, from+bucketsAtOnce-1, typed(err))
		}
		for _, c := range cmds {
			for key, record := range c.(*redis.MapStringStringCmd).Val() { // HGetAll makes these
				if err := fn(key, record); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
