package view

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// kept is a view with a data folder; ended ends it. read is what it had to be
// told by the bus.
func kept(t *testing.T, b *bus.Bus, dir string) (v *View, read func() map[string]int, end func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	directory, err := registry.NewDirectory(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	v = New(Options{Bus: b, Dir: dir, Directory: directory, Policy: triage.DefaultConfig(), Now: func() time.Time { return now }, Log: log})
	var mu sync.Mutex
	n := map[string]int{}
	v.products.row, v.notices.row = countRows(&mu, n, "products", v.products.row), countRows(&mu, n, "notices", v.notices.row)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = v.Run(ctx) }()
	ended := false
	end = func() {
		if cancel(); !ended {
			<-done
		}
		ended = true
	}
	t.Cleanup(end)
	waitFor(t, "the view to catch up", func() bool { return v.Ready() == nil })
	read = func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(n)
	}
	return v, read, end
}

func countRows[T, R any](mu *sync.Mutex, n map[string]int, name string, row func(bus.Entry[T]) R) func(bus.Entry[T]) R {
	return func(e bus.Entry[T]) R {
		mu.Lock()
		defer mu.Unlock()
		n[name]++
		return row(e)
	}
}

// shown is all that lists say of products.
func shown(t *testing.T, v *View) string {
	t.Helper()
	var out []any
	for _, firm := range []string{"", "E0", "E1", "E2"} {
		p, err := v.Products(t.Context(), firm, 0, 200)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	for _, name := range []string{"k1", "k7", "k40"} {
		out = append(out, v.products.tagOf(name))
	}
	found, bodies := v.standards.find(StandardQuery{Limit: 200})
	for _, s := range found {
		out = append(out, s.name, s.products)
	}
	text, err := json.Marshal(append(out, bodies, v.Counts().Products))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestProductsComeFromTheJournal(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	stream := func() *bus.Bus {
		b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		return b
	}
	b, last := stream(), map[string]uint64{}
	write := func(b *bus.Bus, i int, standard string) {
		p := trade.Product{ID: fmt.Sprint("P", i), Exporter: fmt.Sprint("E", i%3), NameZH: "头盔" + standard, HS: []string{"871120"}, Standards: []string{standard}}
		key := fmt.Sprint("k", i)
		last[key] = put(t, b.Products, key, p, last[key])
	}
	const many = 60
	for i := range many {
		write(b, i, "ISO 4210")
	}
	if err := b.Products.Delete(t.Context(), "k7", last["k7"]); err != nil {
		t.Fatal(err)
	}
	delete(last, "k7")
	dir := t.TempDir()
	path := filepath.Join(dir, productForm.file())
	_, read, end := kept(t, b, dir)
	if read()["products"] != many-1 {
		t.Fatalf("the first start read %d products of the bus", read()["products"])
	}
	write(b, 1, "EN 1078")
	end()
	write(b, 2, "UL 2849") // while nobody runs
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := stream()
	clear(last)
	for i := range many {
		write(other, i, "GB 811")
	}
	flipped := append([]byte{}, whole...)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name    string
		b       *bus.Bus
		journal []byte
		most    int // products that may be read of the bus
	}{
		{"as it was left", b, whole, 3},
		{"the last row cut off", b, whole[:len(whole)-3], 4},
		{"half of it cut off", b, whole[:len(whole)/2], many},
		{"a bit has changed", b, flipped, many},
		{"only its first line", b, whole[:len(productForm.head())], many},
		{"nothing in it", b, nil, many},
		{"zeros behind it", b, append(append([]byte{}, whole...), make([]byte, 50)...), many},
		{"of another form", b, append([]byte("x"), whole...), many},
		{"of another stream", other, whole, many},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, c.journal, 0o600); err != nil {
				t.Fatal(err)
			}
			fresh, _, _ := kept(t, c.b, "")
			want := shown(t, fresh)
			for range 2 { // the second time with what the first has mended
				v, read, end := kept(t, c.b, dir)
				n := read()["products"]
				if got := shown(t, v); got != want {
					t.Errorf("it shows\n%s\nwant\n%s", got, want)
				}
				for _, r := range v.products.refs.refs {
					if _, ok := v.products.journal.at(r.place, r.seq); r.live && !ok {
						t.Errorf("the write at %d cannot be read from the journal", r.seq)
					}
				}
				if n > c.most {
					t.Errorf("%d products were read of the bus, want %d at most", n, c.most)
				}
				end()
				c.most = 3
			}
		})
	}
}

// A second process on the same data folder reads the bus and leaves the journal
// alone.
func TestTheJournalBelongsToOneProcess(t *testing.T) {
	b, _, _ := open(t)
	put(t, b.Products, "k", trade.Product{ID: "P", Exporter: "E"}, 0)
	dir := t.TempDir()
	_, _, end := kept(t, b, dir)
	v, read, _ := kept(t, b, dir)
	if read()["products"] != 1 || v.Counts().Products != 1 {
		t.Errorf("it read %d products and shows %d", read()["products"], v.Counts().Products)
	}
	end()
	if info, err := os.Stat(filepath.Join(dir, productForm.file())); err != nil || info.Size() <= int64(len(productForm.head())) {
		t.Errorf("the journal: %v, %v", info, err)
	}
}
