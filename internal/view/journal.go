package view

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"tbtwatch/internal/bus"
)

// A journal is a file that repeats what the lists show of every record of a
// table, in the order of the stream. A start reads a million products from it,
// and from the bus only what came since. Lists read their rows from it, too: the
// bus has to fetch a block of eight megabytes for each that it has not in memory.
// It is thrown away whenever there is any doubt: then all are read from the bus,
// and it is written anew.
//
// After a first line come rows: their length, the row, its CRC-32. A row that
// is cut off was being written when the process died; what it said comes from
// the bus again.
type journal[T any] struct {
	form[T]
	path string
	lock *flock.Flock
	log  *slog.Logger
	row  []byte
	last uint64 // sequence up to which it knows the table
	used bool   // it was read, or found to be of no use

	mu      sync.Mutex // of what follows: one writes, others read rows
	file    *os.File
	out     *bufio.Writer // nil while nothing is to be written
	end     int64         // of all rows
	written int64         // of those that are in the file
}

// form is how a journal holds the records of a table.
type form[T any] struct {
	name   string // of the records, and of the file: another form of rows needs another one
	whole  bool   // every write counts, and not only the last of each key
	stored bool   // the record stands behind what lists show, as the stream has it
	write  func(b []byte, v *T) []byte
	read   func(r *rowReader) T
	brief  func(r *rowReader) T // the beginning of a row, as far as a start needs it; nil for all of it
}

const (
	longestRow   = 8 << 20
	journalProof = 64 // last rows that are compared with the bus
)

// errNoJournal says that all has to be read from the bus.
var errNoJournal = errors.New("it is of no use")

// openJournal locks the journal of the data folder; nil where another process
// has it, or no folder is given.
func openJournal[T any](dir string, f form[T], log *slog.Logger) *journal[T] {
	if dir == "" {
		return nil
	}
	j := &journal[T]{form: f, path: filepath.Join(dir, f.file()), log: log}
	j.lock = flock.New(j.path + ".lock")
	if held, err := j.lock.TryLock(); err != nil || !held {
		log.Info("view: another process keeps the journal of this data folder; all is read from the bus", "path", j.path, "err", err)
		return nil
	}
	j.removeOlder()
	return j
}

// removeOlder removes what earlier versions have kept in another form.
func (j *journal[T]) removeOlder() {
	kind, _, _ := strings.Cut(j.name, "-v")
	dir := filepath.Dir(j.path)
	all, _ := os.ReadDir(dir) // what cannot be removed takes room, and no more
	for _, f := range all {
		name := f.Name()
		if strings.HasPrefix(name, kind+"-v") && strings.Contains(name, ".journal") && !strings.HasPrefix(name, j.form.file()) {
			_ = os.Remove(filepath.Join(dir, name))
		}
	}
}

func (f *form[T]) file() string { return f.name + ".journal" }

func (f *form[T]) head() string { return "tbtwatch " + f.name + "\n" }

// restore gives what the journal knows to take, in the order of the stream, and
// reports whether it did: the table has more only after the sequence j.last. It
// does so once. A journal that cannot be used is begun anew.
func (j *journal[T]) restore(ctx context.Context, t *bus.Table[T], take func(e bus.Entry[T], at place) error) (known bool, err error) {
	if j == nil || j.used {
		return false, nil
	}
	err = j.recall(ctx, t, take)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if j.used = true; err == nil {
		return true, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		j.log.Warn("view: a journal is written anew", "path", j.path, "err", err)
	}
	j.begin()
	return false, nil
}

func (j *journal[T]) recall(ctx context.Context, t *bus.Table[T], take func(e bus.Entry[T], at place) error) error {
	f, err := os.OpenFile(j.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	var stock stock
	err = j.examine(ctx, t, f, &stock)
	if err == nil && !j.whole && stock.rows > 2*len(stock.newest)+1000 {
		f, err = j.rewritten(f, &stock)
	}
	last := uint64(0)
	if err == nil {
		_, err = j.rows(io.NewSectionReader(f, 0, stock.end), func(row []byte, at int64) error {
			if !j.whole && stock.old(row) {
				return nil
			}
			e, err := j.entry(row, j.brief)
			if err != nil {
				return err
			}
			last = max(last, e.Seq)
			return take(e, placeAt(at))
		})
	}
	if err == nil {
		err = f.Truncate(stock.end)
	}
	if err == nil {
		_, err = f.Seek(stock.end, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return err
	}
	j.last = last
	j.writeTo(f, stock.end)
	return nil
}

// writeTo goes on at the end of f.
func (j *journal[T]) writeTo(f *os.File, end int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.file, j.out, j.end, j.written = f, bufio.NewWriterSize(f, 1<<16), end, end
}

// proven compares rows with what stands in the table at their sequences. Later
// writes have replaced some; all of them replaced prove nothing.
func proven[T any](ctx context.Context, t *bus.Table[T], rows []bus.Entry[T]) error {
	seqs := make([]uint64, len(rows))
	for i, e := range rows {
		seqs[i] = e.Seq
	}
	stored, err := t.AtMany(ctx, seqs)
	if err != nil {
		return err
	}
	for _, e := range rows {
		if s, ok := stored[e.Seq]; ok && (s.Key != e.Key || !s.At.Equal(e.At)) {
			return fmt.Errorf("%w: it is of another stream, which has %s at %d", errNoJournal, s.Key, e.Seq)
		}
	}
	if len(stored) == 0 {
		return fmt.Errorf("%w: none of its last rows stands in the stream", errNoJournal)
	}
	return nil
}

// begin empties the journal, to be written from now on.
func (j *journal[T]) begin() {
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.WriteString(j.head())
	}
	if err != nil {
		j.giveUp(err)
		return
	}
	j.writeTo(f, int64(len(j.head())))
}

// add writes a row, unless the journal has the entry already, and says where.
func (j *journal[T]) add(e *bus.Entry[T]) place {
	if j == nil || e.Seq <= j.last {
		return 0
	}
	j.last = e.Seq
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.out == nil {
		return 0
	}
	if j.row = j.appendEntry(j.row[:0], e); len(j.row) > longestRow {
		j.giveUp(errRow)
		return 0
	}
	n, err := writeRow(j.out, j.row)
	if err != nil {
		j.giveUp(err)
		return 0
	}
	at := j.end
	j.end += n
	return placeAt(at)
}

// place is where a row stands in a journal: 0 for nowhere, which is what every
// row beyond four gigabytes has, too.
type place uint32

func placeAt(at int64) place {
	if at > math.MaxUint32 {
		return 0
	}
	return place(at)
}

// at reads the row at that place; ok is false where the bus has to be asked.
func (j *journal[T]) at(p place, seq uint64) (e bus.Entry[T], ok bool) {
	if j == nil || p == 0 {
		return e, false
	}
	f := j.readable(int64(p))
	if f == nil {
		return e, false
	}
	_, _ = j.rowsFrom(io.NewSectionReader(f, int64(p), math.MaxInt64-int64(p)), int64(p), 1<<12, func(row []byte, _ int64) error {
		var err error
		e, err = j.entry(row, nil)
		ok = err == nil && e.Seq == seq
		return errRow // one is enough
	})
	return e, ok
}

// record reads the record that is stored behind the row at that place, as an
// entry of t; ok is false where the bus has to be asked.
func record[T, W any](j *journal[T], t *bus.Table[W], p place, seq uint64) (bus.Entry[W], bool) {
	row, ok := j.at(p, seq)
	if !ok || row.Deleted || row.Stored.Data == nil {
		return bus.Entry[W]{}, false
	}
	e, err := t.Restore(bus.Entry[W]{Key: row.Key, Seq: row.Seq, At: row.At}, row.Stored)
	return e, err == nil
}

// readable is the file, in which the row at that place is written; nil for none.
func (j *journal[T]) readable(at int64) *os.File {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.out != nil && at >= j.written {
		if err := j.out.Flush(); err != nil {
			j.giveUp(err)
		}
		j.written = j.end
	}
	return j.file
}

// giveUp stops writing and removes the file: a row that came after one that is
// missing would hide it for good.
func (j *journal[T]) giveUp(err error) {
	j.log.Warn("view: a journal cannot be written; the next start reads from the bus", "path", j.path, "err", err)
	if j.file != nil {
		_ = j.file.Close()
	}
	j.file, j.out = nil, nil
	_ = os.Remove(j.path)
}

// close writes what is left and gives the journal free.
func (j *journal[T]) close() {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.out != nil {
		if err := errors.Join(j.out.Flush(), j.file.Close()); err != nil {
			j.giveUp(err)
		}
		j.out = nil
	}
	_ = j.lock.Unlock()
}

// followAll is FollowAll with a journal, nil for none.
func followAll[T any](ctx context.Context, t *bus.Table[T], j *journal[T], caughtUp func(), take func(bus.Entry[T], place) error) error {
	keep := func(e bus.Entry[T]) error { return take(e, j.add(&e)) }
	switch known, err := j.restore(ctx, t, take); {
	case err != nil:
		return err
	case !known:
		return t.FollowAll(ctx, caughtUp, keep)
	}
	return followFrom(ctx, t, j.last, caughtUp, keep)
}

// followFrom reads what came after the sequence from, up to which all is known.
func followFrom[T any](ctx context.Context, t *bus.Table[T], from uint64, caughtUp func(), take func(bus.Entry[T]) error) error {
	last, err := t.LastWrite(ctx)
	if err != nil {
		return err
	}
	if err := t.Until(ctx, from, last, take); err != nil {
		return err
	}
	caughtUp()
	return t.Follow(ctx, max(from, last), take)
}
