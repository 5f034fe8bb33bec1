package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"tbtwatch/internal/trade"
)

func TestStoreIsEmptyUntilBuilt(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		if err := s.Ping(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Applied(ctx); !errors.Is(err, ErrEmpty) {
			t.Errorf("Applied on nothing: %v, want ErrEmpty", err)
		}
		if err := s.Load(ctx, NewSet()); !errors.Is(err, ErrEmpty) {
			t.Errorf("Load of nothing: %v, want ErrEmpty", err)
		}
		if err := s.Apply(ctx, changes(1, 1)); err == nil {
			t.Error("Apply onto nothing went through")
		}
		build(t, ctx, s, 10)
		if seq, err := s.Applied(ctx); err != nil || seq != 10 {
			t.Errorf("Applied after the build: %d, %v", seq, err)
		}
	})
}

func TestStoreHoldsWhatTheRegistrySays(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		build(t, ctx, s, 700)
		all := changes(1, 700)
		more := changes(701, 1300)
		edited := product(3)
		edited.NameEN = "Another name"
		gone := product(4)
		more = append(more, Change{edited.Key(), 1301, &edited}, Change{gone.Key(), 1302, nil}, Change{Seq: 1310})
		all = append(all, more...)
		follower := NewSet()
		if err := s.Load(ctx, follower); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(ctx, more); err != nil {
			t.Fatal(err)
		}
		if err := s.Catchup(ctx, follower, 1310); err != nil {
			t.Fatal(err)
		}
		want := setOf(all)
		loaded := NewSet()
		if err := s.Load(ctx, loaded); err != nil {
			t.Fatal(err)
		}
		sum, at, err := s.Digest(ctx)
		if err != nil || at != 1310 {
			t.Fatalf("digest at %d: %v", at, err)
		}
		for name, got := range map[string]string{"store": sum, "loaded": loaded.Digest(), "follower": follower.Digest()} {
			if got != want.Digest() {
				t.Errorf("%s has %s, the registry gives %s", name, got, want.Digest())
			}
		}
		if n, err := s.Count(ctx); err != nil || n != want.Len() || loaded.Len() != n {
			t.Errorf("%d products in the store, %d loaded, want %d (%v)", n, loaded.Len(), want.Len(), err)
		}
		if at, ok := follower.Has(edited.Key()); !ok || at != 1301 || follower.Value(edited.Key()) != edited.ExportValue {
			t.Errorf("the edited product arrived as of %d", at)
		}
		if _, ok := follower.Has(gone.Key()); ok || follower.Seq() != 1310 || loaded.Seq() != 1310 {
			t.Errorf("the deleted product is there: %v; sequences %d and %d", ok, follower.Seq(), loaded.Seq())
		}
	})
}

func TestApplySkipsWhatIsThereAndToleratesOtherWriters(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		first := open()
		build(t, ctx, first, 5)
		all := changes(6, 400)
		all = append(all, Change{Key: all[0].Key, Seq: 401}, Change{Key: all[0].Key, Seq: 402, Product: all[0].Product})
		var wg sync.WaitGroup
		for range 3 {
			w := open()
			if _, err := w.Applied(ctx); err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				for part := range slices.Chunk(all, 37) {
					if err := w.Apply(ctx, part); err != nil {
						t.Errorf("one of three writers: %v", err)
					}
				}
			})
		}
		wg.Wait()
		sum, at, err := first.Digest(ctx)
		if want := setOf(append(changes(1, 5), all...)).Digest(); sum != want || at != 402 || err != nil {
			t.Errorf("three writers made %s at %d (%v), want %s at 402", sum, at, err, want)
		}
	})
}

func TestFence(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		build(t, ctx, s, 20)
		set := NewSet()
		if err := s.Load(ctx, set); err != nil {
			t.Fatal(err)
		}
		if err := s.Catchup(ctx, set, 20); err != nil {
			t.Errorf("at 20, wanted 20: %v", err)
		}
		if err := s.Catchup(ctx, set, 21); !errors.Is(err, ErrBehind) {
			t.Errorf("at 20, wanted 21: %v, want ErrBehind", err)
		}
		// A set that was brought further by the registry stream is not thrown back.
		p := product(21)
		set.Put(p, 21)
		if err := s.Catchup(ctx, set, 21); err != nil || set.Seq() != 21 {
			t.Errorf("a set at 21 over an index at 20: %v, set at %d", err, set.Seq())
		}
		if err := s.Apply(ctx, changes(21, 30)); err != nil {
			t.Fatal(err)
		}
		if err := s.Catchup(ctx, set, 30); err != nil || set.Len() != 30 {
			t.Errorf("after that: %v, %d products", err, set.Len())
		}
	})
}

func TestSetFilledFromTheRegistryFollowsTheLog(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		build(t, ctx, s, 20)
		set := setOf(changes(1, 20))
		if err := s.Apply(ctx, changes(21, 25)); err != nil {
			t.Fatal(err)
		}
		if err := s.Catchup(ctx, set, 25); err != nil || set.Len() != 25 {
			t.Errorf("a set at 20 followed to %d products: %v", set.Len(), err)
		}
		if err := s.Catchup(ctx, setOf(changes(1, 10)), 25); !errors.Is(err, ErrStale) {
			t.Errorf("a set at 10 over a log from 20: %v, want ErrStale", err)
		}
	})
}

func TestFollowSeesChangesUntilItsContextEnds(t *testing.T) {
	onAll(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		writer, reader := open(), open()
		build(t, ctx, writer, 20)
		set := NewSet()
		if err := reader.Load(ctx, set); err != nil {
			t.Fatal(err)
		}
		fctx, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- reader.Follow(fctx, set) }()
		for n := 21; n <= 40; n++ {
			if err := writer.Apply(ctx, changes(n, n)); err != nil {
				t.Fatal(err)
			}
		}
		for set.Len() < 40 && ctx.Err() == nil {
			select {
			case err := <-ended:
				t.Fatalf("Follow ended early: %v", err)
			default:
			}
		}
		stop()
		if err := <-ended; err != nil || set.Len() != 40 {
			t.Errorf("Follow ended with %v and %d of 40 products", err, set.Len())
		}
	})
}

func TestOpenRefusesImpossibleURLs(t *testing.T) {
	for _, url := range []string{"http://x", "redis+sentinel://localhost", "redis://h/db/x", "redis://u:topsecret@h:notaport", "redis+cluster://h?nonsense=1", "::"} {
		_, err := Open(t.Context(), Config{URL: url})
		if err == nil {
			t.Errorf("%s was accepted", url)
		} else if strings.Contains(err.Error(), "topsecret") || !strings.Contains(err.Error(), "redis.url") {
			t.Errorf("%s is refused with %q; the setting has to be named and the password kept out", url, err)
		}
	}
	for _, url := range []string{"rediss://h:1/2", "redis+cluster://h:1?addr=g:2", "rediss+sentinel://h:1?master_name=m", "unix:///tmp/none.sock"} {
		s, err := Open(t.Context(), Config{URL: url})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		s.Close()
	}
	if _, err := Open(t.Context(), Config{Prefix: "a{b}"}); err == nil {
		t.Error("a prefix with braces was accepted")
	}
}

func TestRecordsComeBackWhole(t *testing.T) {
	full := trade.Product{ID: "P\x00", Exporter: "渝", NameZH: "摩托车", NameEN: "x", HS: []string{"8711", ""}, ICS: []string{"43.140"},
		Terms: []string{"a", "b"}, Standards: []string{"GB 1"}, Substances: []string{"Pb"}, Markets: []string{"*"}, ExportValue: -1.25}
	for _, p := range []trade.Product{full, {}, product(7)} {
		d := decoder{b: appendRecord(nil, 1<<40, &p)}
		seq, got := d.record()
		if err := d.err; err != nil || seq != 1<<40 || fmt.Sprintf("%#v", *got) != fmt.Sprintf("%#v", p) {
			t.Errorf("%#v came back as %#v, %d, %v", p, got, seq, d.err)
		}
	}
}

func FuzzDecodeRecord(f *testing.F) {
	p := product(3)
	f.Add(string(appendRecord(nil, 9, &p)))
	f.Add("")
	f.Add("\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
	f.Fuzz(func(t *testing.T, b string) {
		d := decoder{b: []byte(b)}
		if d.record(); d.err != nil && !errors.Is(d.err, ErrCorrupt) {
			t.Errorf("%q: %v, want ErrCorrupt", b, d.err)
		}
		decodeChanges(b) // must not panic
	})
}
