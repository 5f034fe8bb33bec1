package bus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

func open(t testing.TB, c Config) *Bus {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	b, err := Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func exporter(i int) trade.Exporter {
	return trade.Exporter{ID: fmt.Sprintf("EX%d", i), Name: fmt.Sprintf("示例企业 %d", i)}
}

func TestPutExpectsTheSequenceThatWasRead(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	if _, err := b.Exporters.Get(ctx, "a"); !errors.Is(err, trade.ErrNotFound) {
		t.Fatalf("a key that never was: %v, want ErrNotFound", err)
	}
	first, err := b.Exporters.Put(ctx, "a", exporter(1), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		last uint64
		want error
	}{
		{"as if it were new", 0, trade.ErrConflict},
		{"from a wrong sequence", first + 7, trade.ErrConflict},
		{"from the sequence read", first, nil},
		{"from a sequence overwritten since", first, trade.ErrConflict},
	} {
		if _, err := b.Exporters.Put(ctx, "a", exporter(2), tc.last); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	e, err := b.Exporters.Get(ctx, "a")
	if err != nil || e.Value != exporter(2) {
		t.Errorf("got %+v, %v", e, err)
	}
	if err := b.Exporters.Delete(ctx, "a", e.Seq); err != nil {
		t.Fatal(err)
	}
	if e, err := b.Exporters.Get(ctx, "a"); !errors.Is(err, trade.ErrNotFound) || !e.Deleted || e.Seq == 0 {
		t.Errorf("after delete: %+v, %v", e, err)
	}
}

func TestBatchIsAllOrNothing(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	var writes []Write[trade.Exporter]
	var keys []string
	for i := range 500 {
		k := fmt.Sprintf("k%d", i)
		keys = append(keys, k)
		writes = append(writes, Write[trade.Exporter]{Key: k, Value: exporter(i)})
	}
	if err := b.Exporters.PutBatch(ctx, writes); err != nil {
		t.Fatal(err)
	}
	got, err := b.Exporters.GetMany(ctx, append(keys, "missing"))
	if err != nil || len(got) != 500 || got["k499"].Value != exporter(499) {
		t.Fatalf("%d of 500 came back, err %v", len(got), err)
	}
	again := []Write[trade.Exporter]{
		{Key: "new1", Value: exporter(1)}, {Key: "k7", Value: exporter(8), Last: 1}, {Key: "new2", Value: exporter(2)},
	}
	if err := b.Exporters.PutBatch(ctx, again); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("a batch with one wrong expectation: %v, want ErrConflict", err)
	}
	if got, _ := b.Exporters.GetMany(ctx, []string{"new1", "new2"}); len(got) != 0 {
		t.Errorf("a refused batch left %d records", len(got))
	}
	if err := b.Exporters.PutBatch(ctx, make([]Write[trade.Exporter], maxBatch+1)); err == nil {
		t.Error("an oversized batch was taken")
	}
}

func TestScanThenFollowMissesNothing(t *testing.T) {
	b := open(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if last, err := b.Products.Scan(ctx, func(Entry[trade.Product]) error { return errors.New("nothing to see") }); err != nil || last != 0 {
		t.Fatalf("empty table: last %d, err %v", last, err)
	}
	put := func(from, to int) {
		for i := from; i < to; i++ {
			if _, err := b.Exporters.Append(ctx, fmt.Sprintf("k%d", i%10), exporter(i)); err != nil {
				t.Error(err)
			}
		}
	}
	put(0, 25)
	if n, err := b.Exporters.LastWrite(ctx); err != nil || n != 25 {
		t.Errorf("last write %d, %v; want 25", n, err)
	}
	if n, err := b.Products.LastWrite(ctx); err != nil || n != 0 {
		t.Errorf("last write of an empty table %d, %v; want 0", n, err)
	}
	if _, err := b.Products.Scan(ctx, func(Entry[trade.Product]) error { return errors.New("another prefix") }); err != nil {
		t.Fatalf("a table without entries in a full stream: %v", err)
	}
	var mu sync.Mutex
	seen := map[string]trade.Exporter{}
	caught := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- b.Exporters.FollowAll(ctx, func() { close(caught) }, func(e Entry[trade.Exporter]) error {
			mu.Lock()
			defer mu.Unlock()
			seen[e.Key] = e.Value
			if e.Value == exporter(49) {
				return io.EOF
			}
			return nil
		})
	}()
	<-caught
	mu.Lock()
	if len(seen) != 10 || seen["k4"] != exporter(24) {
		t.Errorf("caught up with %d keys, k4 = %v", len(seen), seen["k4"])
	}
	mu.Unlock()
	put(25, 50)
	if err := <-done; !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if seen["k8"] != exporter(48) {
		t.Errorf("k8 = %v", seen["k8"])
	}
}

func TestRecordsOutliveTheProcessAndTheFolderIsLocked(t *testing.T) {
	dir := t.TempDir()
	b := open(t, Config{Dir: dir})
	if _, err := b.Exporters.Put(t.Context(), "a", exporter(1), 0); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrInUse) {
		t.Fatalf("a second process on the folder: %v", err)
	}
	b.Close()
	again := open(t, Config{Dir: dir})
	if e, err := again.Exporters.Get(t.Context(), "a"); err != nil || e.Value != exporter(1) {
		t.Errorf("after restart: %+v, %v", e, err)
	}
	if err := again.Check(t.Context()); err != nil {
		t.Errorf("canary: %v", err)
	}
}

// The handler's error decides what happens to a message.
func TestConsume(t *testing.T) {
	b := open(t, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, name := range []string{"good", "bad", "later", "shaky", "panics", "good2"} {
		if _, err := b.Notices.Append(ctx, name, trade.Notice{ID: name}); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	tries, done := map[string]int{}, map[string]bool{}
	handle := func(_ context.Context, batch []Entry[trade.Notice]) error {
		mu.Lock()
		defer mu.Unlock()
		var errs []error
		for _, e := range batch {
			tries[e.Key]++
			switch n := tries[e.Key]; {
			case e.Key == "bad":
				errs = append(errs, trade.Permanent(errors.New("will never do")))
			case e.Key == "later" && n < 3:
				errs = append(errs, trade.RetryAfter(errors.New("not now"), time.Millisecond))
			case e.Key == "shaky" && n < 3:
				errs = append(errs, errors.New("hiccup"))
			case e.Key == "panics" && n < 3:
				panic("oops")
			default:
				done[e.Key] = true
			}
		}
		if len(done) == 5 {
			cancel()
		}
		return errors.Join(errs...)
	}
	if err := Consume(ctx, b, Consumer[trade.Notice]{Name: ConsumerMatcher, Table: b.Notices, Batch: 4, Handle: handle}); err != nil {
		t.Fatal(err)
	}
	if len(done) != 5 || done["bad"] {
		t.Errorf("done: %v, tries: %v", done, tries)
	}
	letter, err := b.DeadLetters.Get(t.Context(), trade.Key("dead", ConsumerMatcher, subjectNotice+".bad", "2"))
	if err != nil || letter.Value.Reason != "will never do" || letter.Value.Consumer != ConsumerMatcher {
		t.Errorf("dead letter: %+v, %v", letter.Value, err)
	}
}

func TestBlobs(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	data := bytes.Repeat([]byte("通报 notice "), 100_000)
	sha, size, err := b.Raw.Put(ctx, bytes.NewReader(data))
	if err != nil || size != int64(len(data)) {
		t.Fatal(size, err)
	}
	if again, _, err := b.Raw.Put(ctx, bytes.NewReader(data)); err != nil || again != sha {
		t.Errorf("the same bytes again: %s, %v", again, err)
	}
	r, err := b.Raw.Get(ctx, sha)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
		t.Errorf("came back with %d bytes, %v", len(got), err)
	}
	if _, err := b.Raw.Get(ctx, "0000"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("unknown capture: %v", err)
	}
}

func TestConfigRefuses(t *testing.T) {
	for size, ok := range map[string]bool{"16GiB": true, "500MiB": true, "16": false, "16GB": false, "-1GiB": false, "lots": false} {
		if _, err := (Config{MaxStore: size}).maxStore(); (err == nil) != ok {
			t.Errorf("max_store %q: %v", size, err)
		}
	}
	for version, ok := range map[string]bool{"2.15.2": true, "2.16.0-RC.1": true, "3.0.0": true, "2.14.9": false, "2.9.10": false, "?": false} {
		if err := checkVersion(version); (err == nil) != ok {
			t.Errorf("server %q: %v", version, err)
		}
	}
	sum := rawShare
	for _, s := range streams {
		sum += s.share
	}
	if sum >= 1 {
		t.Errorf("the streams reserve %.2f of the store", sum)
	}
}

func BenchmarkPutBatch(b *testing.B) {
	bb, err := Open(b.Context(), Config{Dir: b.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer bb.Close()
	n := 0
	for b.Loop() {
		var w []Write[trade.Notice]
		for range 500 {
			n++
			w = append(w, Write[trade.Notice]{Key: fmt.Sprintf("k%d", n), Value: trade.Notice{ID: "x", Description: strings.Repeat("text ", 300)}})
		}
		if err := bb.Notices.PutBatch(b.Context(), w); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}

// A record larger than a message is kept as a blob and read back like others.
func TestRecordsLargerThanAMessage(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	rnd := rand.New(rand.NewPCG(3, 4))
	text := make([]byte, 4<<20)
	for i := range text {
		text[i] = 'a' + byte(rnd.UintN(26))
	}
	f := trade.Family{ID: "G/TBT/N/VNM/1", Rules: string(text)}
	seq, err := b.Families.Put(ctx, "a", f, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (Entry[trade.Family], error){
		"Get": func() (Entry[trade.Family], error) { return b.Families.Get(ctx, "a") },
		"At":  func() (Entry[trade.Family], error) { return b.Families.At(ctx, seq) },
		"GetMany": func() (Entry[trade.Family], error) {
			m, err := b.Families.GetMany(ctx, []string{"a"})
			return m["a"], err
		},
	} {
		if e, err := read(); err != nil || e.Value.Rules != f.Rules {
			t.Errorf("%s: %d bytes, %v", name, len(e.Value.Rules), err)
		}
	}
}

// A measure that touches sixty thousand products is a message like others.
func TestFamilyOfManyProductsIsOneMessage(t *testing.T) {
	p := trade.NewPacker([][]string{{"DE"}, {"DE", "FR"}}, 60_000)
	for g := range 20 {
		p.Verdict(trade.Verdict{Notice: "G/TBT/N/EU/1", Grade: trade.Direct, Score: 0.9, Evidence: []trade.Evidence{{Kind: trade.EvidenceHS, Notice: fmt.Sprint(8700 + g), Product: "871120", Where: "hs"}}})
		for i := range 3000 {
			p.Add(trade.AppendName(nil, fmt.Sprint("E", 100*g+i/30)), trade.AppendName(nil, fmt.Sprint(100_000*g+i*29)), i%2)
		}
	}
	f := trade.Family{ID: "G/TBT/N/EU/1", Packed: p.Packed()}
	data, _, err := encode(f)
	if err != nil || len(data) > 400<<10 {
		t.Errorf("%d products take %d bytes (%v), want less than 400 KiB", f.Touched(), len(data), err)
	}
	b, ctx := open(t, Config{}), t.Context()
	if _, err := b.Families.Put(ctx, "a", f, 0); err != nil {
		t.Fatal(err)
	}
	e, err := b.Families.Get(ctx, "a")
	n, last := 0, trade.Match{}
	for m := range e.Value.All() {
		n, last = n+1, m
	}
	if err != nil || n != 60_000 || last.Product != "1986971" || last.Exporter != "E1999" || len(last.Markets) != 2 || last.Family != f.ID {
		t.Errorf("%d matches came back, the last as %+v (%v)", n, last, err)
	}
}

// A family comes back whatever form its size gives it: a tail alone, with
// compressed JSON, compressed as a whole, or in a blob.
func TestFamiliesOfAnySizeComeBack(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	for form, c := range map[string]struct{ products, title int }{
		encodingTail: {500, 5}, encodingTail + encodingZstd: {500, 9000}, encodingTail + encodingBlob: {250_000, 5},
	} {
		p := trade.NewPacker(nil, c.products)
		p.Verdict(trade.Verdict{Notice: "N", Grade: trade.Likely, Score: 0.5})
		want := 0
		for i := range c.products {
			id := uint32(i) * 2654435761
			want += int(id)
			p.Add(trade.AppendName(nil, fmt.Sprint("E", id%99991)), trade.AppendName(nil, fmt.Sprint(id)), 0)
		}
		f := trade.Family{ID: "F", Matched: true, Packed: p.Packed(), Papers: []trade.Paper{{Title: strings.Repeat("x", c.title)}}}
		msg, err := b.Families.message(ctx, Write[trade.Family]{Key: form, Value: f})
		if err != nil || msg.Header.Get(headerEncoding) != form {
			t.Fatalf("%s: encoded as %q, %v", form, msg.Header.Get(headerEncoding), err)
		}
		if _, err := b.Families.Put(ctx, "key-"+form, f, 0); err != nil {
			t.Fatal(err)
		}
		e, err := b.Families.Get(ctx, "key-"+form)
		for m := range e.Value.All() {
			id, _ := strconv.Atoi(m.Product)
			want -= id
		}
		if err != nil || want != 0 || e.Value.Touched() != c.products || len(e.Value.Papers[0].Title) != c.title {
			t.Errorf("%s: %d products came back (%v)", form, e.Value.Touched(), err)
		}
	}
}
