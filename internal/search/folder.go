package search

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/util"
	"github.com/gofrs/flock"
	"go.etcd.io/bbolt"
)

// edition names the folder: it changes when documents are made otherwise than
// before, so that an index of old documents is never taken for a new one.
const edition = "search-v1"

// mostFolders is how many processes may share a data folder.
const mostFolders = 8

// errNoFolder: every folder is held by another process.
var errNoFolder = errors.New("other processes hold every search folder")

// folder is an index on disk that this process alone holds.
type folder struct {
	path   string
	lock   *flock.Flock
	log    *slog.Logger
	index  bleve.Index
	failed chan error // a fault of scorch's own goroutines
	untidy sync.Once
	stuck  bool // a batch waits for a goroutine that is gone
	lost   bool // the index was not closed in time: the folder stays locked
}

// openFolder locks a folder for the index below dir and opens what is in it,
// or begins anew where there is nothing that can be used. A process that comes
// later takes the next folder.
func openFolder(dir string, log *slog.Logger) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: data folder: %w", err)
	}
	for n := range mostFolders {
		path := filepath.Join(dir, edition)
		if n > 0 {
			path += "-" + strconv.Itoa(n+1)
		}
		lock := flock.New(path + ".lock")
		held, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("search: locking %s: %w", path, err)
		}
		if !held {
			continue
		}
		if n > 0 {
			log.Warn("search: the index of this data folder is held by another process, or by a part of this one that hangs; a further one is made", "folder", path)
		}
		f := &folder{path: path, lock: lock, log: log, failed: make(chan error, 1)}
		faults.watch(f)
		if err := f.open(); err != nil {
			f.close(false)
			return nil, err
		}
		if n == 0 {
			removeOlder(dir, log)
		}
		return f, nil
	}
	return nil, fmt.Errorf("%w (%s)", errNoFolder, dir)
}

// open opens the index, or makes a new one where it cannot be used.
func (f *folder) open() error {
	if _, err := os.Stat(f.path); err == nil {
		if f.index, err = openIndex(f.path); err == nil {
			return nil
		}
		f.log.Warn("search: the index cannot be used and is built again", "folder", f.path, "err", err)
	}
	return f.renew()
}

// renew throws away what is there and makes an empty index.
func (f *folder) renew() error {
	if err := f.shut(); err != nil {
		return err
	}
	select {
	case <-f.failed: // of the index that goes
	default:
	}
	if err := os.RemoveAll(f.path); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	m, err := indexMapping()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	f.index, err = bleve.NewUsing(f.path, m, bleve.Config.DefaultIndexType, bleve.Config.DefaultKVStore, options())
	if err != nil {
		return fmt.Errorf("search: making the index %s: %w", f.path, err)
	}
	return nil
}

// boltTimeout bounds the wait for the lock of root.bolt, which nobody holds
// while we hold the folder's.
const boltTimeout = 2 * time.Second

func options() map[string]any {
	return map[string]any{"bolt_timeout": boltTimeout.String(), "asyncErrorCallbackName": faultsName}
}

// close closes the index and gives the folder free, without its content where
// that is of no use. A folder whose index does not close stays locked until it
// does: its goroutines may still write there.
func (f *folder) close(useless bool) {
	defer faults.forget(f)
	if err := f.shut(); err != nil {
		f.log.Error("search: the folder is left as it is, and another one is used", "folder", f.path, "err", err)
		return
	}
	if useless {
		_ = os.RemoveAll(f.path)
	}
	_ = f.lock.Unlock()
}

// longestClose bounds how long an index may take to close: it waits for its
// goroutines, which stop at the next step of what they do.
const longestClose = 20 * time.Second

// errLost: the index does not close.
var errLost = errors.New("search: the index does not close; its goroutines hang")

// shut closes the index. What does not close in time is left to itself, and the
// folder is unlocked when it does, if ever.
func (f *folder) shut() error {
	switch {
	case f.lost:
		return errLost
	case f.index == nil:
		return nil
	}
	closed := make(chan struct{})
	index, lock, stuck := f.index, f.lock, f.stuck
	go func() {
		defer close(closed)
		if inner, err := index.Advanced(); stuck && err == nil {
			_ = inner.Close() // bleve's own Close waits for the batch that is stuck
			return
		}
		_ = index.Close()
	}()
	f.index = nil
	select {
	case <-closed:
		return nil
	case <-time.After(longestClose):
		f.lost = true
		go func() { <-closed; _ = lock.Unlock() }()
		return errLost
	}
}

// openIndex opens an index of our mapping whose files are all whole.
func openIndex(path string) (index bleve.Index, err error) {
	old := debug.SetPanicOnFault(true) // root.bolt is mapped into memory, too
	defer func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			index, err = nil, fmt.Errorf("opening it fails: %v", p)
		}
	}()
	if err := checkSegments(path); err != nil {
		return nil, err
	}
	if index, err = bleve.OpenUsing(path, options()); err != nil {
		return nil, err
	}
	m, err := indexMapping()
	if err != nil {
		return nil, errors.Join(err, index.Close())
	}
	want, wantErr := json.Marshal(m)
	have, haveErr := json.Marshal(index.Mapping())
	if err := errors.Join(wantErr, haveErr); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	if !bytes.Equal(want, have) {
		return nil, errors.Join(errors.New("its fields are those of another version"), index.Close())
	}
	return index, nil
}

// checkSegments compares the files that the index stands on with the checksums
// at their ends: they are mapped into memory, where a fault cannot be handled.
// Other files in the folder do not count.
func checkSegments(path string) error {
	store := filepath.Join(path, "store")
	names, err := segments(filepath.Join(store, "root.bolt"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := checkSegment(filepath.Join(store, name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// segments are the names of the files that the newest snapshot of the root
// refers to. A process that ends amid a merge leaves files behind that no
// snapshot names, whole or not: scorch removes them when it opens the index.
//
// Older snapshots are no way out where the newest one cannot be loaded,
// although scorch falls back on them: it then writes its next snapshot into the
// bucket of the one that it passed over, and both are mixed.
func segments(root string) (names []string, err error) {
	db, err := util.OpenBolt(root, 0o600, &bbolt.Options{ReadOnly: true, Timeout: boltTimeout})
	if err != nil {
		return nil, fmt.Errorf("root.bolt: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(func(tx *util.BoltTxImpl) error {
		all := tx.Bucket(util.BoltSnapshotsBucket)
		if all == nil {
			return errors.New("root.bolt has no snapshots")
		}
		last, _ := all.Cursor().Last() // by epoch
		newest := all.GetBucket(last)
		if newest == nil || newest.GetBucket(util.BoltMetaDataKey) == nil {
			return errors.New("root.bolt has no newest snapshot")
		}
		return newest.ForEachBucket(func(key []byte) error {
			if name := newest.GetBucket(key).Bucket.Get(util.BoltPathKey); name != nil {
				names = append(names, string(name))
			}
			return nil
		})
	})
	return names, err
}

// checkSegment reads one: the last four bytes are the CRC-32 of all before.
func checkSegment(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	sum, size := crc32.NewIEEE(), info.Size()-crc32.Size
	if size <= 0 {
		return errors.New("is cut off")
	}
	if _, err := io.CopyN(sum, file, size); err != nil {
		return err
	}
	var want [crc32.Size]byte
	if _, err := io.ReadFull(file, want[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(want[:]) != sum.Sum32() {
		return errors.New("does not have the checksum that it names")
	}
	return nil
}

// removeOlder removes the folders of other editions that nobody holds.
func removeOlder(dir string, log *slog.Logger) {
	all, _ := filepath.Glob(filepath.Join(dir, "search-v*.lock"))
	for _, name := range all {
		path := strings.TrimSuffix(name, ".lock")
		if base := filepath.Base(path); base == edition || strings.HasPrefix(base, edition+"-") {
			continue
		}
		lock := flock.New(name)
		if held, err := lock.TryLock(); err != nil || !held {
			continue
		}
		if err := errors.Join(os.RemoveAll(path), os.Remove(name)); err != nil {
			log.Warn("search: an index of another version cannot be removed", "folder", path, "err", err)
		}
		_ = lock.Unlock()
	}
}
