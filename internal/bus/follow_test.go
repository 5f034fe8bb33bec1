package bus

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/trade"
)

// shyStore is an object store that does not answer, or has lost an object.
type shyStore struct {
	jetstream.ObjectStore
	err error
}

func (s shyStore) Get(context.Context, string, ...jetstream.GetObjectOpt) (jetstream.ObjectResult, error) {
	return nil, s.err
}

// A follower goes on only past what will never be read: a store that does not
// answer for a moment must not cost it a record.
func TestAFollowerWaitsForABlob(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int // records that are read
	}{"no answer": {nats.ErrTimeout, 0}, "no such object": {jetstream.ErrObjectNotFound, 1}} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t, Config{}), t.Context()
			large := make([]byte, 3<<20)
			rnd := rand.New(rand.NewPCG(5, 6))
			for i := range large {
				large[i] = 'a' + byte(rnd.UintN(26))
			}
			for key, rules := range map[string]string{"a": string(large), "b": ""} {
				if _, err := b.Families.Put(ctx, key, trade.Family{Rules: rules}, 0); err != nil {
					t.Fatal(err)
				}
			}
			whole := b.Raw.store
			b.Raw.store = shyStore{whole, c.err}
			read := map[string]int{}
			count := func(e Entry[trade.Family]) error { read[e.Key]++; return nil }
			last, err := b.Families.Scan(ctx, count)
			if read["a"] != 0 || (err == nil) != (c.want == 1) || (last == 0) != (err != nil) {
				t.Errorf("read %v, up to %d, %v", read, last, err)
			}
			if c.want == 1 && read["b"] != 1 {
				t.Errorf("the record beside the lost one is not read: %v", read)
			}
			b.Raw.store = whole
			if last, err := b.Families.Scan(ctx, count); err != nil || last != 2 || read["a"] != 1 {
				t.Errorf("when the store answers: read %v, up to %d, %v", read, last, err)
			}
		})
	}
}

// What is damaged for good does not stop a follower for ever.
func TestAFollowerGoesOnPastADamagedBlob(t *testing.T) {
	for name, damage := range map[string]string{"something else": "no archive", "cut": "\x28\xb5\x2f\xfd\x04\x00"} {
		b, ctx := open(t, Config{}), t.Context()
		large := make([]byte, 3<<20)
		rnd := rand.New(rand.NewPCG(5, 6))
		for i := range large {
			large[i] = 'a' + byte(rnd.UintN(26))
		}
		for _, key := range []string{"a", "b"} {
			if _, err := b.Families.Put(ctx, key, trade.Family{Rules: map[string]string{"a": string(large)}[key]}, 0); err != nil {
				t.Fatal(err)
			}
		}
		objects, err := b.Raw.store.List(ctx)
		if err != nil || len(objects) != 1 {
			t.Fatalf("%d objects, %v", len(objects), err)
		}
		if _, err := b.Raw.store.PutBytes(ctx, objects[0].Name, []byte(damage)); err != nil {
			t.Fatal(err)
		}
		var read []string
		last, err := b.Families.Scan(ctx, func(e Entry[trade.Family]) error { read = append(read, e.Key); return nil })
		if err != nil || last != 2 || len(read) != 1 || read[0] != "b" {
			t.Errorf("%s: read %q, up to %d, %v", name, read, last, err)
		}
	}
}

// Reading what is stored leaves no consumer behind: the server takes a thousand.
func TestReadsLeaveNoConsumers(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	if _, err := b.Families.Put(ctx, "a", trade.Family{}, 0); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := b.Families.History(ctx, "a", func(Entry[trade.Family]) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := b.Families.Since(ctx, time.Time{}.AddDate(2000, 0, 0), func(Entry[trade.Family]) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Families.Scan(ctx, func(Entry[trade.Family]) error { return errors.New("enough") }); err == nil {
			t.Fatal("an error is lost")
		}
	}
	info, err := b.streams[b.Families.stream].Info(ctx)
	if err != nil || info.State.Consumers > 5 {
		t.Errorf("%d consumers after sixty reads, %v", info.State.Consumers, err)
	}
}
