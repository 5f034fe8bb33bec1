package bus

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"tbtwatch/internal/trade"
)

func TestGetManySurvivesLargeValues(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := make([]string, 600)
	for i := range keys {
		keys[i] = fmt.Sprintf("n%d", i)
		noise := make([]byte, 4000)
		for j := range noise {
			noise[j] = 'a' + byte(rnd.IntN(26))
		}
		if _, err := b.Notices.Append(ctx, keys[i], trade.Notice{ID: keys[i], Title: string(noise)}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Notices.GetMany(ctx, keys)
	if err != nil || len(got) != len(keys) {
		t.Fatalf("%d of %d, %v", len(got), len(keys), err)
	}
}

// A key that others write all the time is never taken for one that is not there.
func TestGetManySeesAKeyThatIsBeingWritten(t *testing.T) {
	b, ctx := open(t, Config{NoSync: true}), t.Context()
	b.answerBytes = 1 // every key is an answer of its own
	keys := []string{"a", "b", "c", "d"}
	var writing sync.WaitGroup
	for _, k := range keys {
		seq, err := b.Exporters.Put(ctx, k, exporter(0), 0)
		if err != nil {
			t.Fatal(err)
		}
		writing.Go(func() {
			for i := range 2000 {
				var err error
				if seq, err = b.Exporters.Put(ctx, k, exporter(i), seq); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	for {
		got, err := b.Exporters.GetMany(ctx, append(keys, "missing"))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(keys) {
			t.Fatalf("%d of %d keys were read", len(got), len(keys))
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

// Many messages are read by their places; one that a later write replaced is
// absent and spoils nothing.
func TestAtMany(t *testing.T) {
	b, ctx := open(t, Config{NoSync: true}), t.Context()
	var seqs []uint64
	for i := range 100 {
		seq, err := b.Exporters.Append(ctx, fmt.Sprint("k", i%90), exporter(i))
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, seq)
	}
	got, err := b.Exporters.AtMany(ctx, append(seqs, 1_000_000))
	if err != nil {
		t.Fatal(err)
	}
	for i, seq := range seqs {
		e, ok := got[seq]
		if replaced := i < 10; ok == replaced || ok && e.Value != exporter(i) {
			t.Errorf("write %d: %+v, read: %v", i, e, ok)
		}
	}
	if len(got) != 90 {
		t.Errorf("%d messages, want 90", len(got))
	}
}

// The last write is that of the table, whoever else wrote to its stream, and
// over whatever connection it is asked for.
func TestLastWriteIsOfTheTable(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	beside, err := b.Beside(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, exporters, products uint64) {
		t.Helper()
		for range 2 { // asked, and as it is remembered
			for _, b := range []*Bus{b, beside} {
				e, errE := b.Exporters.LastWrite(ctx)
				p, errP := b.Products.LastWrite(ctx)
				if e != exporters || p != products || errE != nil || errP != nil {
					t.Errorf("%s: exporters %d, products %d, %v, %v; want %d and %d", what, e, p, errE, errP, exporters, products)
				}
			}
		}
	}
	write := func() {
		t.Helper()
		if _, err := b.Exporters.Append(ctx, "k", exporter(1)); err != nil {
			t.Fatal(err)
		}
	}
	check("nothing written", 0, 0)
	write()
	check("an exporter", 1, 0)
	if _, err := b.Products.Append(ctx, "k", trade.Product{ID: "P"}); err != nil {
		t.Fatal(err)
	}
	check("a product behind it", 1, 2)
	write()
	check("an exporter behind that", 3, 2)
	beside.Close()
	write()
	if n, err := b.Exporters.LastWrite(ctx); err != nil || n != 4 {
		t.Errorf("after the other connection ended: %d, %v", n, err)
	}
}
