package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tbtwatch/internal/bus"
)

const asked7 = "G/TBT/N/KEN/7"

// stored is a bus with twenty notices.
func stored(t *testing.T) *bus.Bus {
	t.Helper()
	b := openBus(t)
	for i := range 20 {
		n := notice(fmt.Sprintf("G/TBT/N/KEN/%d", i+1), fmt.Sprintf("Requirements for goods number %d", i+1))
		put(t, b.Notices, n.Key(), n, 0)
	}
	return b
}

// A restart reads only what is new.
func TestARestartGoesOn(t *testing.T) {
	b, dir := stored(t), t.TempDir()
	x, stop := start(t, b, dir)
	first := found(t, x, Notice, "requirements")
	stop()
	late := notice("G/TBT/N/KEN/99", "Requirements that came while nobody looked")
	put(t, b.Notices, late.Key(), late, 0)
	old, err := b.Notices.Get(t.Context(), first[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Notices.Delete(t.Context(), old.Key, old.Seq); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := placeOf(f.index, Notice); err != nil || p.Seq != 20 {
		t.Errorf("the index says that it was read up to %d, %v; want 20", p.Seq, err)
	}
	if err := f.index.Delete(docID(Notice, first[1])); err != nil { // it comes back only if it is read again
		t.Fatal(err)
	}
	f.close(false)
	x, _ = start(t, b, dir)
	got := found(t, x, Notice, "requirements")
	if slices.Contains(got, first[1]) {
		t.Error("after a restart everything is read again")
	}
	if len(got) != 19 || !slices.Contains(got, late.Key()) || slices.Contains(got, old.Key) {
		t.Errorf("after a restart %d notices are found, want 19: with the new one (%v) and without the deleted one", len(got), slices.Contains(got, late.Key()))
	}
	now := notice("G/TBT/N/KEN/100", "Requirements of this moment")
	put(t, b.Notices, now.Key(), now, 0)
	waitFor(t, "a notice that comes now to be found", func() bool { return len(found(t, x, Notice, "KEN/100")) == 1 })
}

// Whatever is in the folder, the index is there in the end.
func TestWhatCannotBeUsedIsBuiltAgain(t *testing.T) {
	b := stored(t)
	change := func(pattern string, to func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, edition, pattern))
			if err != nil || len(files) == 0 {
				t.Fatalf("no file %s: %v", pattern, err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, to(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	flip := func(text []byte) []byte { text[len(text)/3] ^= 0x55; return text }
	half := func(text []byte) []byte { return text[:len(text)/2] }
	none := func([]byte) []byte { return nil }
	for name, hurt := range map[string]func(*testing.T, string){
		"one byte of a segment":  change("store/*.zap", flip),
		"half of a segment":      change("store/*.zap", half),
		"an empty segment":       change("store/*.zap", none),
		"half of the root":       change("store/root.bolt", half),
		"an empty description":   change("index_meta.json", none),
		"rubbish as description": change("index_meta.json", func([]byte) []byte { return []byte("{") }),
		"other fields": func(t *testing.T, dir string) {
			f, err := openFolder(dir, quiet)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.index.SetInternal([]byte("_mapping"), []byte(`{"default_analyzer":"standard"}`)); err != nil {
				t.Fatal(err)
			}
			f.close(false)
		},
		"segments that are gone": func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, edition, "store")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, stop := start(t, b, dir)
			stop()
			hurt(t, dir)
			x, _ := start(t, b, dir)
			if got := found(t, x, Notice, asked7); len(got) != 1 || len(found(t, x, Notice, "requirements")) != 20 {
				t.Errorf("the index is not whole again: %v", got)
			}
		})
	}
}

// One changed byte anywhere in a segment keeps the index from being opened.
func TestEveryByteIsChecked(t *testing.T) {
	b, dir := stored(t), t.TempDir()
	_, stop := start(t, b, dir)
	stop()
	path := filepath.Join(dir, edition)
	files, err := filepath.Glob(filepath.Join(path, "store", "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no segment: %v", err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 1 + len(whole)/50 {
		hurt := slices.Clone(whole)
		hurt[at] ^= 1
		if err := os.WriteFile(files[0], hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		if index, err := openIndex(path); err == nil {
			_ = index.Close()
			t.Fatalf("the index is opened although byte %d of %d is another", at, len(whole))
		}
	}
	if err := os.WriteFile(files[0], whole, 0o600); err != nil {
		t.Fatal(err)
	}
	index, err := openIndex(path)
	if err != nil {
		t.Fatalf("the whole index is not opened: %v", err)
	}
	_ = index.Close()
}

// The index of another store says nothing about this one.
func TestAnotherStore(t *testing.T) {
	dir := t.TempDir()
	_, stop := start(t, stored(t), dir)
	stop()
	for name, count := range map[string]int{"fewer records": 3, "more records": 40} {
		b := openBus(t)
		for i := range count {
			n := notice(fmt.Sprintf("G/TBT/N/UGA/%d", i+1), "Other goods")
			put(t, b.Notices, n.Key(), n, 0)
		}
		x, stop := start(t, b, dir)
		if len(found(t, x, Notice, "KEN")) != 0 || len(found(t, x, Notice, "other goods")) != count {
			t.Errorf("%s: the index has records of another store", name)
		}
		stop()
	}
}

// The index is open, and says how far it is, while it lets others start first.
func TestOthersStartFirst(t *testing.T) {
	var started atomic.Bool
	x, err := New(Options{Bus: stored(t), Dir: t.TempDir(), Log: quiet, Ready: started.Load})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = x.Run(ctx) }()
	defer func() { cancel(); <-done }()
	waitFor(t, "the index to be open", func() bool { return x.State().Open })
	if s := x.State(); s.Ready || s.Done != 0 || s.Of != 20 {
		t.Errorf("while others start the state is %+v, want nothing of 20", s)
	}
	started.Store(true)
	waitFor(t, "the index to be ready", func() bool { return x.State().Ready })
	if s := x.State(); s.Done != s.Of || len(found(t, x, Notice, asked7)) != 1 {
		t.Errorf("in the end the state is %+v", s)
	}
}

// Two processes on one data folder have an index each.
func TestTwoOnOneFolder(t *testing.T) {
	b, dir := stored(t), t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "search-v0"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "search-v0.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x, _ := start(t, b, dir)
	y, _ := start(t, b, dir)
	for _, z := range []*Index{x, y} {
		if len(found(t, z, Notice, asked7)) != 1 {
			t.Errorf("the index in %s does not find", z.folder.path)
		}
	}
	if x.folder.path == y.folder.path || !strings.HasSuffix(y.folder.path, edition+"-2") {
		t.Errorf("the folders are %s and %s", x.folder.path, y.folder.path)
	}
	if _, err := os.Stat(filepath.Join(dir, "search-v0")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of an older version is still there: %v", err)
	}
}

// A folder that cannot be made leaves a search that says so, and no error.
func TestWithoutAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := New(Options{Bus: stored(t), Dir: file, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.session(t.Context()); err == nil {
		t.Fatal("an index was opened in a file")
	}
	x.tell(errNoFolder)
	if s := x.State(); s.Open || s.Ready || s.Why == "" {
		t.Errorf("the state is %+v", s)
	}
	if _, err := x.Find(t.Context(), Query{Text: "a", Kind: Notice}); !errors.Is(err, ErrNone) {
		t.Errorf("a search without an index: %v", err)
	}
	var none *Index
	if _, err := none.Find(t.Context(), Query{Text: "a", Kind: Notice}); !errors.Is(err, ErrNone) || none.State().Open {
		t.Errorf("a search without any index: %v", err)
	}
}

// An index in which a search fails is opened again.
func TestASearchThatFails(t *testing.T) {
	x, _ := start(t, stored(t), t.TempDir())
	was := x.folder
	x.broken <- errors.New("a segment cannot be read")
	waitFor(t, "another index", func() bool {
		x.mu.RLock()
		defer x.mu.RUnlock()
		return x.folder != nil && x.folder != was
	})
	waitFor(t, "the index to be ready", func() bool { return x.State().Ready && len(found(t, x, Notice, asked7)) == 1 })
}
