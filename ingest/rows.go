package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"tbtwatch/internal/trade"
)

// rowSpool keeps a run's rows until the run is known to be believable: in
// memory while they are few, else in a temporary file.
type rowSpool struct {
	buf     []byte // not written yet
	file    *os.File
	flushed int64 // bytes in the file
	rows    int
	line    bytes.Buffer // the row being written
}

// row is one thing that a document held, in the order of the documents.
type row struct {
	Notice *trade.Notice     `json:"n,omitempty"`
	Bad    *trade.Quarantine `json:"b,omitempty"`
}

// mark is a place in a spool to roll back to.
type mark struct {
	at   int64
	rows int
}

func (s *rowSpool) mark() mark { return mark{s.flushed + int64(len(s.buf)), s.rows} }

// rollback forgets the rows after m.
func (s *rowSpool) rollback(m mark) error {
	s.rows = m.rows
	if m.at >= s.flushed {
		s.buf = s.buf[:m.at-s.flushed]
		return nil
	}
	s.buf, s.flushed = s.buf[:0], m.at
	if err := s.file.Truncate(m.at); err != nil {
		return fmt.Errorf("ingest: temporary file: %w", err)
	}
	_, err := s.file.Seek(m.at, io.SeekStart)
	return err
}

// add appends a row.
func (s *rowSpool) add(r row) error {
	s.line.Reset()
	enc := json.NewEncoder(&s.line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("ingest: row %d: %w", s.rows+1, err)
	}
	s.buf = binary.AppendUvarint(s.buf, uint64(s.line.Len()))
	s.buf = append(s.buf, s.line.Bytes()...)
	s.rows++
	if len(s.buf) < spoolMemory {
		return nil
	}
	return s.flush()
}

func (s *rowSpool) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "tbtwatch-rows-*")
		if err != nil {
			return fmt.Errorf("ingest: temporary file: %w", err)
		}
		s.file = f
	}
	n, err := s.file.Write(s.buf)
	s.flushed += int64(n)
	s.buf = s.buf[:0]
	if err != nil {
		return fmt.Errorf("ingest: temporary file: %w", err)
	}
	return nil
}

// each calls fn with every row in order.
func (s *rowSpool) each(fn func(row) error) error {
	var stored io.Reader = bytes.NewReader(s.buf)
	if s.file != nil {
		stored = io.MultiReader(io.NewSectionReader(s.file, 0, s.flushed), bytes.NewReader(s.buf))
	}
	in := bufio.NewReaderSize(stored, 256<<10)
	var buf []byte
	for {
		n, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("ingest: temporary file: %w", err)
		}
		if uint64(cap(buf)) < n {
			buf = make([]byte, n)
		}
		buf = buf[:n]
		if _, err := io.ReadFull(in, buf); err != nil {
			return fmt.Errorf("ingest: temporary file: %w", err)
		}
		var r row
		if err := json.Unmarshal(buf, &r); err != nil {
			return fmt.Errorf("ingest: temporary file: %w", err)
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}

// Close removes the temporary file.
func (s *rowSpool) Close() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}
