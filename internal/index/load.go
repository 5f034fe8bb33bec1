package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// loadTries is how often a load is tried when segments are merged meanwhile.
const loadTries = 5

// errMoved says that a segment of the manifest is no longer there.
var errMoved = errors.New("a segment was merged into another one meanwhile")

// Load replaces the content of set by that of the index. On error set is as it
// was. Readers of set see the old content until the new one is complete.
func (s *Store) Load(ctx context.Context, set *Set) (err error) {
	var fresh *Set
	for range loadTries {
		if fresh, err = s.load(ctx); !errors.Is(err, errMoved) {
			break
		}
	}
	if errors.Is(err, errMoved) {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return fmt.Errorf("load the index: %w", err)
	}
	set.replace(fresh)
	return nil
}

func (s *Store) load(ctx context.Context) (*Set, error) {
	gen, states, err := s.states(ctx)
	if err != nil {
		return nil, err
	}
	manifests := make([]*manifest, len(states))
	ours := true
	for i, st := range states {
		if manifests[i], err = decodeManifest(st.manifest); err != nil {
			return nil, fmt.Errorf("shard %d: %w", i, err)
		}
		ours = ours && manifests[i].scheme == s.scheme.fingerprint()
	}
	fresh := s.scheme.NewSet()
	if ours {
		err = s.loadSegments(ctx, gen, manifests, fresh)
	} else {
		err = s.loadRecords(ctx, gen, manifests, fresh)
	}
	if err != nil {
		return nil, err
	}
	fresh.gen, fresh.seq, fresh.places = gen, 0, make([]uint64, len(states))
	for i, m := range manifests {
		fresh.places[i] = m.covered
	}
	// The rest comes from the logs, which also notice that the generation was
	// replaced while it was read.
	if err := s.catchup(ctx, fresh, 0); err != nil {
		if errors.Is(err, ErrStale) {
			return nil, fmt.Errorf("%w: %w", errMoved, err)
		}
		return nil, err
	}
	return fresh, nil
}

// loadSegments reads all segments, decodes them on all processors and makes
// one set of them.
func (s *Store) loadSegments(ctx context.Context, gen string, manifests []*manifest, fresh *Set) error {
	type place struct {
		shard int
		info  segmentInfo
	}
	var places []place
	for i, m := range manifests {
		for _, info := range m.segments {
			places = append(places, place{i, info})
		}
	}
	segs := make([]*segment, len(places))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(2 * runtime.GOMAXPROCS(0))
	for n, p := range places {
		g.Go(func() (err error) {
			segs[n], err = s.segment(gctx, gen, p.shard, p.info)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	fresh.flatten(segs)
	return nil
}

// segment reads and decodes the index of a segment.
func (s *Store) segment(ctx context.Context, gen string, shard int, info segmentInfo) (*segment, error) {
	blob, err := s.blob(ctx, s.keys.shard(gen, shard).index(info.id))
	if err != nil {
		return nil, err
	}
	return decodeSegment(blob, info)
}

func (s *Store) blob(ctx context.Context, key string) ([]byte, error) {
	blob, err := s.rdb.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, errMoved
	}
	return blob, typed(err)
}

// loadRecords makes the set anew from the records, for an index whose segments
// were made by another version of the program or its vocabulary.
func (s *Store) loadRecords(ctx context.Context, gen string, manifests []*manifest, fresh *Set) error {
	work := make(chan Change, 256)
	g, gctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for c := range work {
				fresh.Put(*c.Product, c.Seq)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(work)
		for shard, m := range manifests {
			for _, info := range m.segments {
				seg, err := s.segment(gctx, gen, shard, info)
				if err != nil {
					return err
				}
				for _, t := range seg.gone {
					fresh.Delete(t.key, t.seq)
				}
				err = s.eachRecord(gctx, gen, shard, info, func(_ string, c Change, _ []byte) error {
					work <- c
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return g.Wait()
}

// eachRecord calls fn for every record of a segment in the order of its rows.
func (s *Store) eachRecord(ctx context.Context, gen string, shard int, info segmentInfo, fn func(key string, c Change, record []byte) error) error {
	blob, err := s.blob(ctx, s.keys.shard(gen, shard).records(info.id))
	if err != nil {
		return err
	}
	what := fmt.Sprintf("the records of segment %d", info.id)
	if err := intact(blob, info.sums[1], what); err != nil {
		return err
	}
	plain, err := recordDecoder.DecodeAll(blob, nil)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrCorrupt, what, err)
	}
	d := decoder{b: plain}
	for len(d.b) > 0 {
		from := d.b
		seq, p := d.record()
		if d.err == nil && p == nil {
			d.fail("a deletion among records")
		}
		if d.err != nil {
			return fmt.Errorf("%s: %w", what, d.err)
		}
		key := p.Key()
		if err := fn(key, Change{Key: key, Seq: seq, Product: p}, from[:len(from)-len(d.b)]); err != nil {
			return err
		}
	}
	return nil
}
