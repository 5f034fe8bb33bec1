package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A lease says who compacts a shard: "<owner> <fence> <beat>". Its holder moves
// the beat while it works. Whoever wants it and has seen the same beat for a
// while, by its own clock, takes it over with the next fence; the manifest is
// swapped in a MULTI that the lease is watched for, so what a holder does that
// was thought dead comes to nothing.
type lease struct {
	s            *Store
	key          string
	fence, beats uint64
}

// leaseIdle is how long a beat may stand still.
const leaseIdle = 20 * time.Second

// watchedLeases is when this Store first saw each lease as it is.
type watchedLeases struct {
	mu    sync.Mutex
	since map[string]sighting
}

type sighting struct {
	value string
	at    time.Time
}

// idle notes the value and returns how long it has stood.
func (w *watchedLeases) idle(key, value string, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since == nil {
		w.since = map[string]sighting{}
	}
	if w.since[key].value != value {
		w.since[key] = sighting{value, now}
	}
	return now.Sub(w.since[key].at)
}

// nobody owns a lease that was given back.
const nobody = "-"

func parseLease(text string) (owner string, fence uint64) {
	f := strings.Fields(text)
	if len(f) != 3 {
		return nobody, 0
	}
	fence, _ = strconv.ParseUint(f[1], 10, 64) // what is no number was never a fence
	return f[0], fence
}

// acquire takes the lease of a shard; nil without an error means that another
// one holds it.
func (s *Store) acquire(ctx context.Context, key string) (*lease, error) {
	l := &lease{s: s, key: key}
	taken := false
	err := s.rdb.Watch(ctx, func(tx *redis.Tx) error {
		text, err := tx.Get(ctx, key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		owner, fence := parseLease(text)
		if owner != nobody && s.leases.idle(key, text, s.now()) < s.leaseIdle {
			return nil
		}
		l.fence = fence + 1
		taken = true
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, key, l.text(), 0)
			return nil
		})
		return err
	}, key)
	if errors.Is(err, redis.TxFailedErr) || err == nil && !taken {
		return nil, nil
	}
	if err != nil {
		return nil, typed(err)
	}
	return l, nil
}

func (l *lease) text() string { return fmt.Sprintf("%s %d %d", l.s.owner, l.fence, l.beats) }

// held checks, in a transaction that watches the lease, that it is still ours.
func (l *lease) held(ctx context.Context, tx *redis.Tx) error {
	text, err := tx.Get(ctx, l.key).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	if owner, fence := parseLease(text); owner != l.s.owner || fence != l.fence {
		return fmt.Errorf("%w: another one compacts the shard now", ErrStale)
	}
	return nil
}

// beat says that the holder is alive.
func (l *lease) beat(ctx context.Context) error {
	l.beats++
	return l.change(ctx, l.text())
}

// release gives the lease back.
func (l *lease) release(ctx context.Context) error {
	return l.change(ctx, fmt.Sprintf("%s %d 0", nobody, l.fence))
}

func (l *lease) change(ctx context.Context, text string) error {
	return l.s.rdb.Watch(ctx, func(tx *redis.Tx) error {
		if err := l.held(ctx, tx); err != nil {
			return err
		}
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, l.key, text, 0)
			return nil
		})
		return err
	}, l.key)
}
