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
	"time"

	"github.com/gofrs/flock"
	"google.golang.org/protobuf/encoding/protowire"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// A journal is a file that repeats what the lists keep of every product, in the
// order of the stream, so that a start reads a million products from it and
// from the bus only what came since. It is thrown away whenever there is any
// doubt: then all are read from the bus, and it is written anew.
//
// After a first line come rows: their length, the row, its CRC-32. A row that
// is cut off was being written when the process died; what it said comes from
// the bus again.
type journal struct {
	path string
	lock *flock.Flock
	log  *slog.Logger
	file *os.File
	out  *bufio.Writer // nil while nothing is to be written
	row  []byte
}

const (
	journalName  = "products-v1.journal"
	journalHead  = "tbtwatch products 1\n" // another form needs another name
	longestRow   = 1 << 20
	journalProof = 64 // last rows that are compared with the bus
)

// errNoJournal says that all has to be read from the bus.
var errNoJournal = errors.New("it is of no use")

// openJournal locks the journal of the data folder; nil where another process
// has it, or no folder is given.
func openJournal(dir string, log *slog.Logger) *journal {
	if dir == "" {
		return nil
	}
	j := &journal{path: filepath.Join(dir, journalName), log: log}
	j.lock = flock.New(j.path + ".lock")
	if held, err := j.lock.TryLock(); err != nil || !held {
		log.Info("view: another process keeps the journal of this data folder; products are read from the bus", "path", j.path, "err", err)
		return nil
	}
	return j
}

// restore is recall for a list of the table, with the journal begun anew where
// there is none that can be used.
func (j *journal) restore(t *bus.Table[trade.Product]) func(context.Context, func(bus.Entry[trade.Product])) (uint64, error) {
	return func(ctx context.Context, take func(bus.Entry[trade.Product])) (uint64, error) {
		seq, err := j.recall(ctx, t, take)
		if err == nil || ctx.Err() != nil {
			return seq, err
		}
		if !errors.Is(err, os.ErrNotExist) {
			j.log.Warn("view: the journal of products is written anew", "path", j.path, "err", err)
		}
		j.begin()
		return 0, err
	}
}

// recall gives every row to take, in order, and returns the sequence up to
// which the journal knows the table. It refuses a journal of another table, and
// one of which most rows are old.
func (j *journal) recall(ctx context.Context, t *bus.Table[trade.Product], take func(bus.Entry[trade.Product])) (seq uint64, err error) {
	f, err := os.OpenFile(j.path, os.O_RDWR, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	var last []bus.Entry[trade.Product]
	rows, keys := 0, map[uint64]bool{}
	end, err := readRows(f, func(e bus.Entry[trade.Product]) {
		rows++
		keys[hashOf(e.Key)] = true
		if last = append(last, e); len(last) > 2*journalProof {
			last = append(last[:0], last[len(last)-journalProof:]...)
		}
	})
	if err != nil {
		return 0, err
	}
	if rows > 2*len(keys)+1000 {
		return 0, fmt.Errorf("%w: %d of its %d rows are old", errNoJournal, rows-len(keys), rows)
	}
	if err := proven(ctx, t, last[max(0, len(last)-journalProof):]); err != nil {
		return 0, err
	}
	if _, err := readRows(io.NewSectionReader(f, 0, end), func(e bus.Entry[trade.Product]) { take(e); seq = max(seq, e.Seq) }); err != nil {
		return 0, err
	}
	if err := f.Truncate(end); err != nil {
		return 0, err
	}
	if _, err := f.Seek(end, io.SeekStart); err != nil {
		return 0, err
	}
	j.file, j.out = f, bufio.NewWriterSize(f, 1<<16)
	return seq, nil
}

// proven compares rows with what stands in the table at their sequences. Later
// writes have replaced some; all of them replaced prove nothing.
func proven(ctx context.Context, t *bus.Table[trade.Product], rows []bus.Entry[trade.Product]) error {
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
func (j *journal) begin() {
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		j.file, j.out = f, bufio.NewWriterSize(f, 1<<16)
		_, err = j.out.WriteString(journalHead)
	}
	if err != nil {
		j.giveUp(err)
	}
}

// add writes a row.
func (j *journal) add(e *bus.Entry[trade.Product]) {
	if j.out == nil {
		return
	}
	if j.row = appendRow(j.row[:0], e); len(j.row) > longestRow {
		j.giveUp(errRow)
		return
	}
	_, err := j.out.Write(binary.AppendUvarint(nil, uint64(len(j.row))))
	if err == nil {
		_, err = j.out.Write(j.row)
	}
	if err == nil {
		_, err = j.out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(j.row)))
	}
	if err != nil {
		j.giveUp(err)
	}
}

// giveUp stops writing and removes the file: a row that came after one that is
// missing would hide it for good.
func (j *journal) giveUp(err error) {
	j.log.Warn("view: the journal of products cannot be written; the next start reads them from the bus", "path", j.path, "err", err)
	if j.file != nil {
		_ = j.file.Close()
	}
	j.file, j.out = nil, nil
	_ = os.Remove(j.path)
}

// close writes what is left and gives the journal free.
func (j *journal) close() {
	if j.out != nil {
		if err := errors.Join(j.out.Flush(), j.file.Close()); err != nil {
			j.giveUp(err)
		}
		j.out = nil
	}
	_ = j.lock.Unlock()
}

// appendRow writes what the lists need of an entry: numbers and texts as
// protocol buffers write them, without their tags.
func appendRow(b []byte, e *bus.Entry[trade.Product]) []byte {
	b = protowire.AppendVarint(b, e.Seq)
	b = protowire.AppendVarint(b, uint64(e.At.UnixNano())) //nolint:gosec // read back the same way
	b = protowire.AppendString(b, e.Key)
	if e.Deleted {
		return b
	}
	b = protowire.AppendString(b, e.Value.Exporter)
	for _, list := range [][]string{e.Value.HS, e.Value.Standards} {
		b = protowire.AppendVarint(b, uint64(len(list)))
		for _, s := range list {
			b = protowire.AppendString(b, s)
		}
	}
	return b
}

var errRow = errors.New("a row of the journal is not as it has to be")

func readRow(b []byte) (e bus.Entry[trade.Product], err error) {
	number := func() uint64 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			b, err = nil, errRow
			return 0
		}
		b = b[n:]
		return v
	}
	text := func() string {
		s, n := protowire.ConsumeString(b)
		if n < 0 {
			b, err = nil, errRow
			return ""
		}
		b = b[n:]
		return s
	}
	list := func() (out []string) {
		for n := number(); n > 0 && err == nil; n-- {
			out = append(out, text())
		}
		return out
	}
	e.Seq, e.At, e.Key = number(), time.Unix(0, int64(number())), text() //nolint:gosec // see appendRow
	if e.Deleted = len(b) == 0; !e.Deleted {
		e.Value.Exporter, e.Value.HS, e.Value.Standards = text(), list(), list()
	}
	if len(b) > 0 {
		err = errRow
	}
	return e, err
}

// readRows gives every whole row to fn and returns where the last one ends.
func readRows(from io.Reader, fn func(bus.Entry[trade.Product])) (end int64, err error) {
	in := bufio.NewReaderSize(from, 1<<18)
	head := make([]byte, len(journalHead))
	if _, err := io.ReadFull(in, head); err != nil || string(head) != journalHead {
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
		e, err := readRow(row[:size])
		if err != nil {
			return end, err
		}
		fn(e)
		end += int64(len(binary.AppendUvarint(nil, size))) + int64(len(row))
	}
}
