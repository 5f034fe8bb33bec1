package search

import (
	"errors"
	"path/filepath"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// scorch merges and writes in goroutines of its own. What goes wrong there, a
// panic too, it tells only to a callback that is registered by name when the
// program starts; without one the goroutine is gone in silence, and the next
// batch waits for it for ever. faults hands what is told to the folder that it
// happened in.
var faults = newFaultDesk()

// faultsName is the callback's name in the options of an index.
const faultsName = "tbtwatch/search"

type faultDesk struct {
	mu      sync.Mutex
	folders map[string]*folder // by the path that scorch tells
}

func newFaultDesk() *faultDesk {
	d := &faultDesk{folders: map[string]*folder{}}
	scorch.RegistryAsyncErrorCallbacks[faultsName] = d.report
	return d
}

// report is called in scorch's goroutines, perhaps thousands of times a second:
// some of them try again at once.
func (d *faultDesk) report(err error, store string) {
	d.mu.Lock()
	f := d.folders[store]
	d.mu.Unlock()
	if f != nil {
		f.fault(err)
	}
}

func (d *faultDesk) watch(f *folder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.folders[filepath.Join(f.path, "store")] = f
}

func (d *faultDesk) forget(f *folder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.folders, filepath.Join(f.path, "store"))
}

// fault notes the first fault since the folder was opened. Old files that
// cannot be removed take room and do no other harm.
func (f *folder) fault(err error) {
	if errors.Is(err, scorch.ErrCleanup) {
		f.untidy.Do(func() { f.log.Warn("search: old files of the index cannot be removed", "folder", f.path, "err", err) })
		return
	}
	select {
	case f.failed <- err:
	default:
	}
}
