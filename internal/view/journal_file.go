package view

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"

	"tbtwatch/internal/bus"
)

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
	s.end, err = j.rows(f, func(row []byte, _ int64) error {
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
		e, err := j.entry(row, nil)
		if err != nil {
			return err
		}
		proof = append(proof, e)
	}
	return proven(ctx, t, proof)
}

// rewritten is a file of the rows that count, in the place of f. A process that
// dies on the way leaves f as it was.
func (j *journal[T]) rewritten(f *os.File, s *stock) (*os.File, error) {
	fresh, err := os.OpenFile(j.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return f, err
	}
	out, end := bufio.NewWriterSize(fresh, 1<<16), int64(len(j.head()))
	if _, err = out.WriteString(j.head()); err == nil {
		_, err = j.rows(io.NewSectionReader(f, 0, s.end), func(row []byte, _ int64) error {
			if s.old(row) {
				return nil
			}
			n, err := writeRow(out, row)
			end += n
			return err
		})
	}
	if err = errors.Join(err, out.Flush()); err == nil {
		err = os.Rename(fresh.Name(), j.path)
	}
	s.end = end
	return fresh, errors.Join(err, f.Close())
}

// writeRow returns how many bytes it took.
func writeRow(out *bufio.Writer, row []byte) (n int64, err error) {
	size := binary.AppendUvarint(nil, uint64(len(row)))
	for _, part := range [][]byte{size, row, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(row))} {
		if _, err := out.Write(part); err != nil {
			return n, err
		}
		n += int64(len(part))
	}
	return n, nil
}

// rows gives every whole row to fn, valid until it returns, with its place, and
// returns where the last one ends.
func (j *journal[T]) rows(from io.Reader, fn func(row []byte, at int64) error) (end int64, err error) {
	head := make([]byte, len(j.head()))
	if _, err := io.ReadFull(from, head); err != nil || string(head) != j.head() {
		return 0, fmt.Errorf("%w: it begins with %q", errNoJournal, head)
	}
	return j.rowsFrom(from, int64(len(head)), 1<<18, fn)
}

// rowsFrom is rows for what begins at that place. An error of fn ends it.
func (j *journal[T]) rowsFrom(from io.Reader, at int64, room int, fn func(row []byte, at int64) error) (end int64, err error) {
	in := bufio.NewReaderSize(from, room)
	var row []byte
	for {
		size, err := binary.ReadUvarint(in)
		if err != nil || size > longestRow {
			return at, nil
		}
		row = slices.Grow(row[:0], int(size)+crc32.Size)[:int(size)+crc32.Size]
		if _, err := io.ReadFull(in, row); err != nil || crc32.ChecksumIEEE(row[:size]) != binary.BigEndian.Uint32(row[size:]) {
			return at, nil
		}
		if err := fn(row[:size], at); err != nil {
			return at, err
		}
		at += int64(len(binary.AppendUvarint(nil, size))) + int64(len(row))
	}
}
