package index

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// following opens a store with 50 products, a set that follows it and a writer
// that knows it.
func following(t *testing.T, ctx context.Context, open func() *Store) (*Store, *Set) {
	t.Helper()
	s := open()
	build(t, ctx, s, 50)
	set := NewSet()
	if err := s.Load(ctx, set); err != nil {
		t.Fatal(err)
	}
	return s, set
}

// TestFaultsAreNoticed harms the server in every way we know and asks for what
// the matcher would then need: an error of the right kind, or the right set.
func TestFaultsAreNoticed(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  func(t *testing.T, ctx context.Context, s *Store)
		write error // of Apply
		read  error // of Catchup to 51
		load  error
	}{
		{"flushed", func(t *testing.T, ctx context.Context, s *Store) { s.rdb.FlushAll(ctx) }, ErrEmpty, ErrEmpty, ErrEmpty},
		{"reset", func(t *testing.T, ctx context.Context, s *Store) {
			other := clone(s)
			if err := other.Reset(ctx); err != nil {
				t.Fatal(err)
			}
		}, ErrEmpty, ErrEmpty, ErrEmpty},
		{"sentinel lost", func(t *testing.T, ctx context.Context, s *Store) { s.rdb.Del(ctx, shardOne(s).meta()) }, ErrStale, ErrStale, ErrStale},
		{"sequence of a wrong kind", func(t *testing.T, ctx context.Context, s *Store) {
			s.rdb.HSet(ctx, shardOne(s).meta(), fieldSeq, "many")
		}, ErrCorrupt, ErrCorrupt, ErrCorrupt},
		{"meta of a wrong type", func(t *testing.T, ctx context.Context, s *Store) {
			s.rdb.Del(ctx, shardOne(s).meta())
			s.rdb.Set(ctx, shardOne(s).meta(), "x", 0)
		}, ErrCorrupt, ErrCorrupt, ErrCorrupt},
		{"no manifest", func(t *testing.T, ctx context.Context, s *Store) { s.rdb.HDel(ctx, shardOne(s).meta(), fieldManifest) }, nil, nil, ErrCorrupt},
		{"manifest damaged", func(t *testing.T, ctx context.Context, s *Store) {
			text := s.rdb.HGet(ctx, shardOne(s).meta(), fieldManifest).Val()
			s.rdb.HSet(ctx, shardOne(s).meta(), fieldManifest, "x"+text[1:])
		}, nil, nil, ErrCorrupt},
		{"segment gone", func(t *testing.T, ctx context.Context, s *Store) { s.rdb.Del(ctx, shardOne(s).index(1)) }, nil, nil, ErrStale},
		{"segment of a wrong type", func(t *testing.T, ctx context.Context, s *Store) {
			s.rdb.Del(ctx, shardOne(s).index(1))
			s.rdb.SAdd(ctx, shardOne(s).index(1), "x")
		}, nil, nil, ErrCorrupt},
		{"segment cut off", func(t *testing.T, ctx context.Context, s *Store) {
			text := s.rdb.Get(ctx, shardOne(s).index(1)).Val()
			s.rdb.Set(ctx, shardOne(s).index(1), text[:len(text)/2], 0)
		}, nil, nil, ErrCorrupt},
		{"current of a wrong kind", func(t *testing.T, ctx context.Context, s *Store) { s.rdb.Set(ctx, s.keys.current(), "1", 0) }, ErrCorrupt, ErrCorrupt, ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
				s, set := following(t, ctx, open)
				c.harm(t, ctx, s)
				before := set.Digest()
				if err := s.Load(ctx, set); !errors.Is(err, c.load) {
					t.Errorf("Load: %v, want %v", err, c.load)
				} else if err != nil && set.Digest() != before {
					t.Error("a failed Load changed the set")
				}
				if err := s.Apply(ctx, changes(51, 51)); !errors.Is(err, c.write) {
					t.Errorf("Apply: %v, want %v", err, c.write)
				}
				if err := s.Catchup(ctx, set, 51); !errors.Is(err, c.read) {
					t.Errorf("Catchup: %v, want %v", err, c.read)
				}
			})
		})
	}
}

func TestReaderAndWriterNoticeAnotherGeneration(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s, set := following(t, ctx, open)
		other := open()
		build(t, ctx, other, 60)
		if err := s.Apply(ctx, changes(51, 52)); !errors.Is(err, ErrStale) {
			t.Errorf("Apply onto another generation: %v, want ErrStale", err)
		}
		if err := s.Catchup(ctx, set, 50); !errors.Is(err, ErrStale) {
			t.Errorf("Catchup with another generation: %v, want ErrStale", err)
		}
		if err := s.Follow(ctx, set); !errors.Is(err, ErrStale) {
			t.Errorf("Follow of another generation: %v, want ErrStale", err)
		}
		if seq, err := s.Applied(ctx); err != nil || seq != 60 {
			t.Fatalf("Applied: %d, %v", seq, err)
		}
		if err := s.Apply(ctx, changes(61, 61)); err != nil {
			t.Errorf("Apply after asking again: %v", err)
		}
		if keys, err := s.rdb.Keys(ctx, shardOne(s).base+"*").Result(); err != nil || len(keys) > 0 {
			t.Errorf("the old generation left %d keys (%v)", len(keys), err)
		}
	})
}

func TestWriterNoticesThatTheIndexWentBack(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s, set := following(t, ctx, open)
		s.rdb.HSet(ctx, shardOne(s).meta(), fieldSeq, 40)
		if err := s.Apply(ctx, changes(51, 52)); !errors.Is(err, ErrStale) {
			t.Errorf("Apply over an older state: %v, want ErrStale", err)
		}
		if err := s.Catchup(ctx, set, 50); err != nil {
			t.Errorf("a set that has all it wants: %v", err)
		}
		if err := s.Catchup(ctx, set, 51); !errors.Is(err, ErrBehind) {
			t.Errorf("a set that wants more: %v, want ErrBehind", err)
		}
	})
}

func TestTrimmedLogIsNoticed(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s, set := following(t, ctx, open)
		for n := 51; n <= 60; n++ {
			if err := s.Apply(ctx, changes(n, n)); err != nil {
				t.Fatal(err)
			}
		}
		s.rdb.XTrimMaxLen(ctx, shardOne(s).log(), 3)
		if err := s.Catchup(ctx, set, 60); !errors.Is(err, ErrStale) {
			t.Errorf("with a hole in the log: %v, want ErrStale", err)
		}
		s.rdb.Del(ctx, shardOne(s).log())
		if err := s.Catchup(ctx, set, 60); !errors.Is(err, ErrStale) {
			t.Errorf("without a log: %v, want ErrStale", err)
		}
	})
}

func TestHalfBuiltGenerationIsNobodys(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s, set := following(t, ctx, open)
		crash := errors.New("crash")
		err := s.Rebuild(ctx, func(put func([]Change) error) (uint64, error) {
			if err := put(changes(1, 30)); err != nil {
				return 0, err
			}
			fresh := NewSet()
			if err := s.Load(ctx, fresh); err != nil || fresh.Len() != 50 {
				t.Errorf("while it is rebuilt the index gives %d products (%v), want the 50 of before", fresh.Len(), err)
			}
			return 0, crash
		})
		if !errors.Is(err, crash) {
			t.Fatalf("the rebuild ended with %v", err)
		}
		if err := s.Catchup(ctx, set, 50); err != nil {
			t.Errorf("after a rebuild that failed: %v", err)
		}
		err = s.Rebuild(ctx, func(put func([]Change) error) (uint64, error) {
			build(t, ctx, open(), 70) // another one is faster and sweeps this one
			return 50, put(changes(1, 50))
		})
		if !errors.Is(err, ErrStale) {
			t.Errorf("a rebuild that was overtaken: %v, want ErrStale", err)
		}
		if seq, err := s.Applied(ctx); err != nil || seq != 70 {
			t.Errorf("the later rebuild is at %d (%v), want 70", seq, err)
		}
	})
}

func TestDeadServer(t *testing.T) {
	url, kill := realServer(t)
	ctx := t.Context()
	s, err := Open(ctx, Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	build(t, ctx, s, 50)
	set := NewSet()
	if err := s.Load(ctx, set); err != nil {
		t.Fatal(err)
	}
	kill()
	_, applied := s.Applied(ctx)
	for name, err := range map[string]error{
		"Ping": s.Ping(ctx), "Applied": applied, "Apply": s.Apply(ctx, changes(51, 51)),
		"Load": s.Load(ctx, set), "Catchup": s.Catchup(ctx, set, 50), "Follow": s.Follow(ctx, set), "Reset": s.Reset(ctx),
	} {
		if err == nil {
			t.Errorf("%s did not notice that the server is dead", name)
		}
	}
	if set.Len() != 50 {
		t.Errorf("the set lost products with the server: %d left", set.Len())
	}
}

// meanwhile is a hook that does something once, before the first segment is read.
type meanwhile struct{ do func() }

func (m *meanwhile) DialHook(next redis.DialHook) redis.DialHook { return next }
func (m *meanwhile) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
func (m *meanwhile) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if key, _ := cmd.Args()[len(cmd.Args())-1].(string); m.do != nil && cmd.Name() == "get" && strings.Contains(key, ":s") {
			do := m.do
			m.do = nil
			do()
		}
		return next(ctx, cmd)
	}
}

func TestLoadNoticesThatTheIndexIsReplacedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		build(t, ctx, s, 50)
		reader := open()
		reader.rdb.AddHook(&meanwhile{func() { build(t, ctx, s, 60) }})
		set := NewSet()
		if err := reader.Load(ctx, set); err != nil || set.Len() != 60 {
			t.Errorf("Load of a generation that was swept: %v with %d products, want the 60 of the next", err, set.Len())
		}
	})
}

func TestEarlierGenerationNeverReplacesLater(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, open func() *Store) {
		s := open()
		r, err := s.begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		s.rdb.Set(ctx, s.keys.current(), "99 1", 0) // committed, and its sweep failed
		if err := s.commit(ctx, r.gen, 1); !errors.Is(err, ErrStale) {
			t.Errorf("commit over a later generation: %v, want ErrStale", err)
		}
	})
}
