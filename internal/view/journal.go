package view

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"

	"tbtwatch/internal/bus"
)

// A journal is a file that repeats what the lists keep of every record of a
// table, in the order of the stream, so that a start reads a million products
// from it and from the bus only what came since. It is thrown away whenever
// there is any doubt: then all are read from the bus, and it is written anew.
//
// After a first line come rows: their length, the row, its CRC-32. A row that
// is cut off was being written when the process died; what it said comes from
// the bus again.
type journal[T any] struct {
	form[T]
	path string
	lock *flock.Flock
	log  *slog.Logger
	file *os.File
	out  *bufio.Writer // nil while nothing is to be written
	row  []byte
	last uint64 // sequence up to which it knows the table
	used bool   // it was read, or found to be of no use
}

// form is how a journal holds the records of a table.
type form[T any] struct {
	name  string // of the records, and of the file: another form of rows needs another one
	whole bool   // every write counts, and not only the last of each key
	write func(b []byte, v *T) []byte
	read  func(r *rowReader) T
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
	return j
}

func (f *form[T]) file() string { return f.name + ".journal" }

func (f *form[T]) head() string { return "tbtwatch " + f.name + "\n" }

// restore gives what the journal knows to take, in the order of the stream, and
// reports whether it did: the table has more only after the sequence j.last. It
// does so once. A journal that cannot be used is begun anew.
func (j *journal[T]) restore(ctx context.Context, t *bus.Table[T], take func(bus.Entry[T]) error) (known bool, err error) {
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

func (j *journal[T]) recall(ctx context.Context, t *bus.Table[T], take func(bus.Entry[T]) error) (err error) {
	f, err := os.OpenFile(j.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	var stock stock
	if err := j.examine(ctx, t, f, &stock); err != nil {
		return err
	}
	last := uint64(0)
	_, err = j.rows(io.NewSectionReader(f, 0, stock.end), func(row []byte) error {
		if !j.whole && stock.old(row) {
			return nil
		}
		e, err := j.entry(row)
		if err != nil {
			return err
		}
		last = max(last, e.Seq)
		return take(e)
	})
	if err != nil {
		return err
	}
	if !j.whole && stock.rows > 2*len(stock.newest)+1000 {
		if err := j.rewrite(f, &stock); err != nil {
			return err
		}
		_ = f.Close()
	} else if err := j.appendTo(f, stock.end); err != nil {
		return err
	}
	j.last = last
	return nil
}

// stock is what is in a journal.
type stock struct {
	rows   int
	end    int64             // of the last whole row
	newest map[uint64]uint64 // the last write of each key, by the key's hash
}

// old reports whether a later row replaces this one.
func (s *stock) old(row []byte) bool {
	r := rowReader{left: row}
	seq, _, key := r.place()
	return s.newest[hashOf(key)] != seq
}

// examine takes stock. It refuses a journal of another table. Rows are not read
// here any further than their keys.
func (j *journal[T]) examine(ctx context.Context, t *bus.Table[T], f io.Reader, s *stock) (err error) {
	var last [][]byte
	s.newest = map[uint64]uint64{}
	s.end, err = j.rows(f, func(row []byte) error {
		r := rowReader{left: row}
		seq, _, key := r.place()
		if r.err != nil {
			return r.err
		}
		s.rows++
		if !j.whole {
			s.newest[hashOf(key)] = seq
		}
		if last = append(last, slices.Clone(row)); len(last) > 2*journalProof {
			last = append(last[:0], last[journalProof:]...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var proof []bus.Entry[T]
	for _, row := range last[max(0, len(last)-journalProof):] {
		e, err := j.entry(row)
		if err != nil {
			return err
		}
		proof = append(proof, e)
	}
	return proven(ctx, t, proof)
}

// rewrite makes a file of the rows that count.
func (j *journal[T]) rewrite(f io.ReaderAt, s *stock) error {
	fresh, err := os.OpenFile(j.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(fresh, 1<<16)
	if _, err = out.WriteString(j.head()); err == nil {
		_, err = j.rows(io.NewSectionReader(f, 0, s.end), func(row []byte) error {
			if s.old(row) {
				return nil
			}
			return writeRow(out, row)
		})
	}
	if err = errors.Join(err, out.Flush()); err == nil {
		err = os.Rename(fresh.Name(), j.path)
	}
	if err != nil {
		_ = fresh.Close()
		return err
	}
	j.file, j.out = fresh, out
	return nil
}

// appendTo goes on writing f at that place.
func (j *journal[T]) appendTo(f *os.File, end int64) error {
	if err := f.Truncate(end); err != nil {
		return err
	}
	if _, err := f.Seek(end, io.SeekStart); err != nil {
		return err
	}
	j.file, j.out = f, bufio.NewWriterSize(f, 1<<16)
	return nil
}

func writeRow(out *bufio.Writer, row []byte) error {
	_, err := out.Write(binary.AppendUvarint(nil, uint64(len(row))))
	if err == nil {
		_, err = out.Write(row)
	}
	if err == nil {
		_, err = out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(row)))
	}
	return err
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
		j.file, j.out = f, bufio.NewWriterSize(f, 1<<16)
		_, err = j.out.WriteString(j.head())
	}
	if err != nil {
		j.giveUp(err)
	}
}

// add writes a row, unless the journal has the entry already.
func (j *journal[T]) add(e *bus.Entry[T]) {
	if j == nil || j.out == nil || e.Seq <= j.last {
		return
	}
	j.last = e.Seq
	if j.row = j.appendEntry(j.row[:0], e); len(j.row) > longestRow {
		j.giveUp(errRow)
		return
	}
	if err := writeRow(j.out, j.row); err != nil {
		j.giveUp(err)
	}
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
	if j.out != nil {
		if err := errors.Join(j.out.Flush(), j.file.Close()); err != nil {
			j.giveUp(err)
		}
		j.out = nil
	}
	_ = j.lock.Unlock()
}

// followAll is FollowAll with a journal, nil for none.
func followAll[T any](ctx context.Context, t *bus.Table[T], j *journal[T], caughtUp func(), take func(bus.Entry[T]) error) error {
	keep := func(e bus.Entry[T]) error {
		if err := take(e); err != nil {
			return err
		}
		j.add(&e)
		return nil
	}
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

// rows gives every whole row to fn, valid until it returns, and returns where
// the last one ends.
func (j *journal[T]) rows(from io.Reader, fn func(row []byte) error) (end int64, err error) {
	in := bufio.NewReaderSize(from, 1<<18)
	head := make([]byte, len(j.head()))
	if _, err := io.ReadFull(in, head); err != nil || string(head) != j.head() {
		return 0, fmt.Errorf("%w: it begins with %q", errNoJournal, head)
	}
	end = int64(len(head))
	var row []byte
	for {
		size, err := binary.ReadUvarint(in)
		if err != nil || size > longestRow {
			return end, nil
		}
		row = slices.Grow(row[:0], int(size)+crc32.Size)[:int(size)+crc32.Size]
		if _, err := io.ReadFull(in, row); err != nil || crc32.ChecksumIEEE(row[:size]) != binary.BigEndian.Uint32(row[size:]) {
			return end, nil
		}
		if err := fn(row[:size]); err != nil {
			return end, err
		}
		end += int64(len(binary.AppendUvarint(nil, size))) + int64(len(row))
	}
}
