package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

const (
	// compactFrom is how many logged changes are worth a segment.
	compactFrom = 8192
	// mostSmall is how many segments of less than half the size may stand
	// beside each other before they are merged.
	mostSmall = 6
)

// Compact folds the logged changes of each shard into segments, where there
// are enough of them, and merges small segments. Of several processes that do
// so one works on a shard at a time; what one leaves half done when it dies is
// never seen. It returns how many shards it compacted.
func (s *Store) Compact(ctx context.Context) (done int, err error) {
	return s.compact(ctx, compactFrom)
}

func (s *Store) compact(ctx context.Context, from uint64) (done int, err error) {
	gen, states, err := s.states(ctx)
	if err != nil {
		return 0, fmt.Errorf("compact the index: %w", err)
	}
	for shard, st := range states {
		if st.pending < max(from, 1) {
			continue
		}
		worked, err := s.compactShard(ctx, gen, shard)
		if err != nil {
			return done, fmt.Errorf("compact shard %d of the index: %w", shard, err)
		}
		if worked {
			done++
		}
	}
	return done, nil
}

func (s *Store) compactShard(ctx context.Context, gen string, shard int) (bool, error) {
	k := s.keys.shard(gen, shard)
	l, err := s.acquire(ctx, k.lease())
	if err != nil || l == nil {
		return false, err
	}
	c := &compaction{s: s, k: k, gen: gen, shard: shard, lease: l, latest: map[string]Change{}}
	if err := c.run(ctx); err != nil {
		c.drop(context.WithoutCancel(ctx), c.made)
		return false, errors.Join(err, ignoreStale(l.release(context.WithoutCancel(ctx))))
	}
	return true, ignoreStale(l.release(ctx))
}

// ignoreStale passes over that a lease was lost: its new holder goes on.
func ignoreStale(err error) error {
	if errors.Is(err, ErrStale) || errors.Is(err, redis.TxFailedErr) {
		return nil
	}
	return err
}

// compaction is one run over one shard.
type compaction struct {
	s      *Store
	k      shardKeys
	gen    string
	shard  int
	lease  *lease
	latest map[string]Change // the latest news of each key
	made   []segmentInfo     // written and not yet in the manifest
}

func (c *compaction) run(ctx context.Context) error {
	st, err := checkMeta(c.gen, askMeta(ctx, c.s.rdb, c.k))
	if err != nil {
		return err
	}
	old, err := decodeManifest(st.manifest)
	if err != nil {
		return err
	}
	if err := c.readLog(ctx, old.covered, st.logged); err != nil {
		return err
	}
	keep, merge, all := choose(old, len(c.latest), c.s.segmentRows())
	if err := c.readSegments(ctx, merge); err != nil {
		return err
	}
	fresh := &manifest{scheme: c.s.scheme.fingerprint(), covered: st.logged, before: old.covered, base: old.base, segments: keep}
	if old.scheme != fresh.scheme && !all {
		fresh.scheme = 0 // of two vocabularies: readers take the records
	}
	if err := c.write(ctx, all); err != nil {
		return err
	}
	fresh.segments = append(fresh.segments, c.made...)
	if all {
		fresh.base = fresh.rows()
	}
	return c.swap(ctx, fresh, old, merge, st.pending)
}

// choose says which segments stay and which are merged with the news: small
// ones when there are many, all when half of the rows may be out of date.
func choose(m *manifest, news, rows int) (keep, merge []segmentInfo, all bool) {
	if m.rows()+uint64(news) > 2*m.base+uint64(2*rows) {
		return nil, m.segments, true
	}
	small := 0
	for _, g := range m.segments {
		if g.rows < uint64(rows)/2 {
			small++
		}
	}
	for _, g := range m.segments {
		if small >= mostSmall && g.rows < uint64(rows)/2 {
			merge = append(merge, g)
		} else {
			keep = append(keep, g)
		}
	}
	return keep, merge, len(keep) == 0
}

func (s *Store) segmentRows() int { return max(4096, segmentRows/s.shards) }

// readLog takes the changes after one sequence up to another.
func (c *compaction) readLog(ctx context.Context, after, until uint64) error {
	for at := after; at < until; {
		entries, err := c.s.rdb.XRangeN(ctx, c.k.log(), logID(at+1), logID(until), logAtOnce).Result()
		if err != nil {
			return typed(err)
		}
		if len(entries) == 0 {
			return fmt.Errorf("%w: the log ends at registry sequence %d instead of %d", ErrCorrupt, at, until)
		}
		for _, e := range entries {
			text, _ := e.Values[fieldAfter].(string)
			if before, err := strconv.ParseUint(text, 10, 64); err != nil || before > at {
				return fmt.Errorf("%w: log entry %s follows on %q, not on %d", ErrCorrupt, e.ID, text, at)
			}
			packed, _ := e.Values[fieldChanges].(string)
			changes, err := decodeChanges(packed)
			if err != nil {
				return fmt.Errorf("log entry %s: %w", e.ID, err)
			}
			for _, ch := range changes {
				c.news(ch)
			}
			if _, err := fmt.Sscanf(e.ID, "%d-0", &at); err != nil {
				return fmt.Errorf("%w: a log entry is numbered %q", ErrCorrupt, e.ID)
			}
		}
		if err := c.lease.beat(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *compaction) news(ch Change) {
	if known, ok := c.latest[ch.Key]; !ok || known.Seq < ch.Seq {
		c.latest[ch.Key] = ch
	}
}

// readSegments takes the records and tombstones of the segments to merge.
func (c *compaction) readSegments(ctx context.Context, merge []segmentInfo) error {
	for _, info := range merge {
		g, err := c.s.segment(ctx, c.gen, c.shard, info)
		if err != nil {
			return err
		}
		for _, t := range g.gone {
			c.news(Change{Key: t.key, Seq: t.seq})
		}
		err = c.s.eachRecord(ctx, c.gen, c.shard, info, func(_ string, ch Change, _ []byte) error {
			c.news(ch)
			return nil
		})
		if err != nil {
			return err
		}
		if err := c.lease.beat(ctx); err != nil {
			return err
		}
	}
	return nil
}

// write makes new segments. Deletions are kept as long as an older segment may
// have the product.
func (c *compaction) write(ctx context.Context, all bool) error {
	var b builder
	flush := func() error {
		if b.len() == 0 {
			return nil
		}
		info, err := c.s.writeSegment(ctx, c.gen, c.shard, &b)
		c.made = append(c.made, info)
		if err != nil {
			return err
		}
		return c.lease.beat(ctx)
	}
	for key, ch := range c.latest {
		switch {
		case ch.Product != nil:
			b.add(c.s.scheme.rowOf(ch.Product, key, ch.Seq), appendRecord(nil, ch.Seq, ch.Product))
		case !all:
			b.gone = append(b.gone, tombstone{key, ch.Seq})
		}
		if b.len() >= c.s.segmentRows() {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// swap puts the new manifest in the place of the old one if the lease is still
// ours, trims the log and removes what was merged. The log keeps what the
// manifest before did not cover, for readers that are a little behind.
func (c *compaction) swap(ctx context.Context, fresh, old *manifest, merged []segmentInfo, pending uint64) error {
	put := func(tx *redis.Tx) error {
		if err := c.lease.held(ctx, tx); err != nil {
			return err
		}
		st, err := checkMeta(c.gen, askMeta(ctx, tx, c.k))
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, c.k.meta(), fieldManifest, fresh.encode(), fieldPending, st.pending-min(st.pending, pending))
			p.XTrimMinID(ctx, c.k.log(), logID(old.covered+1))
			return nil
		})
		return err
	}
	// A writer at work makes the EXEC fail: what was read stays right, more came.
	var err error = redis.TxFailedErr
	for ctx.Err() == nil && errors.Is(err, redis.TxFailedErr) {
		err = c.s.rdb.Watch(ctx, put, c.k.lease(), c.k.meta())
	}
	if err != nil {
		return typed(err)
	}
	c.made = nil
	c.drop(ctx, merged)
	return nil
}

// drop removes segments that no manifest names. What cannot be removed goes
// with the generation.
func (c *compaction) drop(ctx context.Context, segments []segmentInfo) {
	for _, g := range segments {
		_, _ = c.s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Unlink(ctx, c.k.index(g.id), c.k.records(g.id))
			p.SRem(ctx, c.k.segments(), g.id)
			return nil
		})
	}
}
