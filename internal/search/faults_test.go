package search

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// onEvent is called by scorch in the goroutine in which something happens, once
// a test has put a function there.
var onEvent atomic.Pointer[func(scorch.EventKind)]

const eventsName = "tbtwatch/search test"

func init() {
	scorch.RegistryEventCallbacks[eventsName] = func(e scorch.Event) bool {
		if fn := onEvent.Load(); fn != nil {
			(*fn)(e.Kind)
		}
		return true
	}
}

// listen makes the index in dir tell its events.
func listen(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, edition, "index_meta.json")
	var meta map[string]any
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	if err != nil {
		t.Fatal(err)
	}
	meta["config"] = map[string]any{"eventCallbackName": eventsName}
	if text, err = json.Marshal(meta); err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A goroutine of the library that is gone neither keeps a batch waiting nor
// stays gone: the index is opened again and goes on where it was.
func TestTheLibraryFails(t *testing.T) {
	for name, kind := range map[string]scorch.EventKind{
		"the merger":                        scorch.EventKindPreMergeCheck,
		"the persister":                     scorch.EventKindPersisterProgress,
		"the persister while a batch waits": scorch.EventKindPurgerCheck,
	} {
		t.Run(name, func(t *testing.T) {
			b, dir := stored(t), t.TempDir()
			_, stop := start(t, b, dir)
			stop()
			listen(t, dir)
			x, err := New(Options{Bus: b, Dir: dir, Log: quiet})
			if err != nil {
				t.Fatal(err)
			}
			x.retry, x.patience = 10*time.Millisecond, 10*time.Millisecond
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan struct{})
			go func() { defer close(done); _ = x.Run(ctx) }()
			t.Cleanup(func() { cancel(); <-done })
			waitFor(t, "the index to be ready", func() bool { return x.State().Ready })

			held := func() *folder { x.mu.RLock(); defer x.mu.RUnlock(); return x.folder }
			was := held()
			met, waits, fails := make(chan struct{}), make(chan struct{}), atomic.Bool{}
			var batches atomic.Int32
			fn := func(k scorch.EventKind) {
				if k == scorch.EventKindBatchIntroductionStart && batches.Add(1) == 2 {
					close(waits)
				}
				if k != kind || !fails.CompareAndSwap(false, true) {
					return
				}
				if close(met); kind == scorch.EventKindPurgerCheck {
					<-waits
				}
				panic("the library fails")
			}
			onEvent.Store(&fn)
			t.Cleanup(func() { onEvent.Store(nil) })
			var keys []string
			for _, id := range []string{"G/TBT/N/KEN/98", "G/TBT/N/KEN/99"} {
				n := notice(id, "Requirements that come later")
				put(t, b.Notices, n.Key(), n, 0)
				keys = append(keys, n.Key())
				<-met
			}
			slices.Sort(keys)
			waitFor(t, "the index to be opened again", func() bool { f := held(); return f != nil && f != was })
			waitFor(t, "what came to be found", func() bool { return slices.Equal(foundNow(x, "later"), keys) })
			if path := held().path; path != was.path {
				t.Errorf("the index is in %s now, and was built again", path)
			}
		})
	}
}

// foundNow are the keys of what has the text, sorted; nothing while there is no
// index.
func foundNow(x *Index, text string) (out []string) {
	if _, err := x.Each(context.Background(), Notice, text, func(key string) { out = append(out, key) }); err != nil {
		return nil
	}
	slices.Sort(out)
	return out
}

// An index that does not close keeps its folder, and the next one is used.
func TestAnIndexThatDoesNotClose(t *testing.T) {
	dir := t.TempDir()
	f, err := openFolder(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	f.lost = true // as after waiting for it in vain
	if err := f.renew(); !errors.Is(err, errLost) {
		t.Errorf("a folder in which goroutines may still write is emptied: %v", err)
	}
	f.close(true)
	if _, err := os.Stat(f.path); err != nil {
		t.Errorf("the folder is gone: %v", err)
	}
	g, err := openFolder(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close(false)
	if g.path != filepath.Join(dir, edition+"-2") {
		t.Errorf("the next index is in %s", g.path)
	}
	f.lost = false
	f.close(false)
}

// What is told of another index, or twice, does no harm; old files that cannot
// be removed are no reason to open the index again.
func TestFaultsComeToTheirFolder(t *testing.T) {
	f, err := openFolder(t.TempDir(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	store, full := filepath.Join(f.path, "store"), errors.New("no space left")
	faults.report(full, store+"-2")
	faults.report(scorch.NewScorchError("persister", "old files", scorch.ErrCleanup), store)
	if len(f.failed) != 0 {
		t.Errorf("a fault came that is none of this folder's: %v", <-f.failed)
	}
	for range 3 {
		faults.report(full, store)
	}
	if err := <-f.failed; !errors.Is(err, full) {
		t.Errorf("the fault is %v", err)
	}
	f.close(false)
	faults.report(full, store)
	if len(f.failed) != 0 {
		t.Error("a fault of a closed index is kept")
	}
}
