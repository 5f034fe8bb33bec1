package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// story is a registry with changes and deletions: products 1 to n, then every
// third changed and every seventh deleted.
func story(n int) []Change {
	all := changes(1, n)
	seq := uint64(n)
	for i := 1; i <= n; i++ {
		p := product(i)
		switch {
		case i%7 == 0:
			seq++
			all = append(all, Change{Key: p.Key(), Seq: seq})
		case i%3 == 0:
			seq++
			p.NameEN, p.HS = fmt.Sprintf("Changed %d", i), []string{"851713"}
			all = append(all, Change{Key: p.Key(), Seq: seq, Product: &p})
		}
	}
	return all
}

// lives says whether the registry has the product after a change, and since when.
func lives(all []Change, upTo uint64) map[string]Change {
	out := map[string]Change{}
	for _, c := range all {
		if c.Seq <= upTo {
			out[c.Key] = c
		}
	}
	return out
}

// TestManyProcesses: two writers, three readers and a compactor at work on one
// index at the same time; each fence holds, and in the end all have the same.
func TestManyProcesses(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		const known = 300
		all := story(900)
		build(t, ctx, open(), known)
		written := make(chan uint64, len(all))
		var writers, others sync.WaitGroup
		for range 2 {
			w := open()
			if _, err := w.Applied(ctx); err != nil {
				t.Fatal(err)
			}
			writers.Go(func() {
				for part := range slices.Chunk(all[known:], 23) {
					if err := w.Apply(ctx, part); err != nil {
						t.Errorf("a writer: %v", err)
						return
					}
					written <- part[len(part)-1].Seq
				}
			})
		}
		ended, stop := context.WithCancel(ctx)
		others.Go(func() {
			for c := open(); ended.Err() == nil; {
				if _, err := c.compact(ctx, 50); err != nil && ended.Err() == nil {
					t.Errorf("the compactor: %v", err)
					return
				}
			}
		})
		sets := make([]*Set, 3)
		for i := range sets {
			sets[i] = NewSet()
			r := open()
			others.Go(func() { fences(t, ctx, r, sets[i], all, written) })
		}
		writers.Wait()
		close(written)
		stop()
		others.Wait()
		want := setOf(all).Digest()
		for i, set := range sets {
			if err := open().refresh(ctx, set, all[len(all)-1].Seq); err != nil || set.Digest() != want {
				t.Errorf("reader %d ends with %s (%v), the registry gives %s", i, set.Digest(), err, want)
			}
		}
		if sum, _, err := open().Digest(ctx); err != nil || sum != want {
			t.Errorf("the index has %s (%v), the registry gives %s", sum, err, want)
		}
	})
}

// refresh is what a matcher does before a batch.
func (s *Store) refresh(ctx context.Context, set *Set, want uint64) error {
	err := s.Catchup(ctx, set, want)
	if errors.Is(err, ErrStale) || errors.Is(err, ErrEmpty) {
		if err = s.Load(ctx, set); err == nil {
			err = s.Catchup(ctx, set, want)
		}
	}
	return err
}

// fences takes each sequence that was written and looks whether the set then
// has every product as of it or later.
func fences(t *testing.T, ctx context.Context, s *Store, set *Set, all []Change, written <-chan uint64) {
	for want := range written {
		if err := s.refresh(ctx, set, want); err != nil {
			t.Errorf("fence at %d: %v", want, err)
			return
		}
		for key, c := range lives(all, want) {
			if at, ok := set.Has(key); ok && at < c.Seq {
				t.Errorf("fence at %d: product %s is as of %d, want %d", want, key, at, c.Seq)
				return
			} else if !ok && c.Product != nil && lives(all, all[len(all)-1].Seq)[key].Product != nil {
				t.Errorf("fence at %d: product %s is not there", want, key)
				return
			}
		}
	}
}

// TestCompactionKeepsEverything: however often changes are folded and segments
// merged, followers and loaders have what the registry says.
func TestCompactionKeepsEverything(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s, all := open(), story(1200)
		build(t, ctx, s, 100)
		follower := NewSet()
		if err := s.Load(ctx, follower); err != nil {
			t.Fatal(err)
		}
		compacted := 0
		for part := range slices.Chunk(all[100:], 61) {
			if err := s.Apply(ctx, part); err != nil {
				t.Fatal(err)
			}
			n, err := s.compact(ctx, 40)
			if err != nil {
				t.Fatal(err)
			}
			compacted += n
			last := part[len(part)-1].Seq
			loaded := NewSet()
			if err := errors.Join(s.Load(ctx, loaded), s.refresh(ctx, follower, last)); err != nil {
				t.Fatalf("at %d: %v", last, err)
			}
			if want := setOf(all[:slices.IndexFunc(all, func(c Change) bool { return c.Seq == last })+1]).Digest(); loaded.Digest() != want || follower.Digest() != want {
				t.Fatalf("at %d: loaded %s, followed %s, the registry gives %s", last, loaded.Digest(), follower.Digest(), want)
			}
			if err := s.Check(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if compacted < 5 {
			t.Errorf("only %d compactions prove nothing", compacted)
		}
		if got := found(follower, Query{Markets: []string{"*"}, Fields: []Field{{"title", "changed 9"}}}); len(got) != 1 {
			t.Errorf("a changed product is found as %v", got)
		}
	})
}

// TestLeaseIsTakenOver: while one compacts no other does; one that is silent
// for long loses the lease, and what it still tries comes to nothing.
func TestLeaseIsTakenOver(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		dead := open()
		build(t, ctx, dead, 100)
		if err := dead.Apply(ctx, changes(101, 400)); err != nil {
			t.Fatal(err)
		}
		gen, _, err := dead.currentOf(ctx)
		if err != nil {
			t.Fatal(err)
		}
		k := dead.keys.shard(gen, 0)
		l, err := dead.acquire(ctx, k.lease())
		if err != nil || l == nil {
			t.Fatalf("the first lease: %v, %v", l, err)
		}
		other, now := open(), time.Unix(1000, 0)
		other.now = func() time.Time { return now }
		if again, err := other.acquire(ctx, k.lease()); err != nil || again != nil {
			t.Fatalf("a lease that is held was given out: %v, %v", again, err)
		}
		now = now.Add(leaseIdle - time.Second)
		if err := l.beat(ctx); err != nil {
			t.Fatal(err)
		}
		if again, err := other.acquire(ctx, k.lease()); err != nil || again != nil {
			t.Fatalf("a lease whose holder moves was given out: %v, %v", again, err)
		}
		now = now.Add(leaseIdle + time.Second)
		if worked, err := other.compactShard(ctx, gen, 0); err != nil || !worked {
			t.Fatalf("the lease of a silent holder was not taken over: %v, %v", worked, err)
		}
		c := &compaction{s: dead, k: k, gen: gen, shard: 0, lease: l, latest: map[string]Change{}}
		if err := c.swap(ctx, &manifest{}, &manifest{}, nil, 0); !errors.Is(err, ErrStale) {
			t.Errorf("the old holder's swap: %v, want ErrStale", err)
		}
		set := NewSet()
		if err := open().Load(ctx, set); err != nil || set.Digest() != setOf(changes(1, 400)).Digest() {
			t.Errorf("after that the index loads as %s: %v", set.Digest(), err)
		}
	})
}

// TestOtherVocabulary: segments of another version are not believed, their
// records are.
func TestOtherVocabulary(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		s.scheme = Plain
		build(t, ctx, s, 50)
		full := open()
		set := NewSet()
		if err := full.Load(ctx, set); err != nil || set.Digest() != setOf(changes(1, 50)).Digest() {
			t.Errorf("loaded as %s: %v", set.Digest(), err)
		}
		if got := found(set, Query{Markets: []string{"DE"}, HS: []string{"8711"}}); len(got) == 0 {
			t.Error("no motorcycle is found by the rules of the other version")
		}
	})
}

// TestResetLeavesNothing: generations go with all their keys.
func TestResetLeavesNothing(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		for range 2 {
			build(t, ctx, s, 100)
			if err := s.Apply(ctx, changes(101, 200)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.compact(ctx, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Reset(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.Load(ctx, NewSet()); !errors.Is(err, ErrEmpty) {
			t.Errorf("after a reset: %v, want ErrEmpty", err)
		}
		for gen := range 3 {
			for i := range s.shards {
				k := s.keys.shard(fmt.Sprint(gen), i)
				n, err := s.rdb.Exists(ctx, k.meta()).Result()
				for _, key := range []string{k.log(), k.ids(), k.segments(), k.lease(), k.index(1), k.records(1), k.index(2)} {
					more, e := s.rdb.Exists(ctx, key).Result()
					n, err = n+more, errors.Join(err, e)
				}
				if n > 0 || err != nil {
					t.Errorf("generation %d, shard %d: %d keys are left (%v)", gen, i, n, err)
				}
			}
		}
	})
}
