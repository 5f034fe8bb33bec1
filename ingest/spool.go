package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// spoolMemory is how much of a document is held in memory before it goes to a
// temporary file.
const spoolMemory = 4 << 20

// spool keeps a document of any size, and hashes it on the way in.
type spool struct {
	mem  []byte
	file *os.File
	size int64
	hash hash.Hash
}

func newSpool() *spool { return &spool{hash: sha256.New()} }

// Write takes the next bytes of the document.
func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && len(s.mem)+len(b) > spoolMemory {
		f, err := os.CreateTemp("", "tbtwatch-fetch-*")
		if err != nil {
			return 0, fmt.Errorf("ingest: temporary file: %w", err)
		}
		s.file = f
		if _, err := f.Write(s.mem); err != nil {
			return 0, fmt.Errorf("ingest: temporary file: %w", err)
		}
		s.mem = nil
	}
	if s.file == nil {
		s.mem = append(s.mem, b...)
	} else if _, err := s.file.Write(b); err != nil {
		return 0, fmt.Errorf("ingest: temporary file: %w", err)
	}
	s.size += int64(len(b))
	s.hash.Write(b)
	return len(b), nil
}

// Reader reads the document from its beginning. It also knows ReadAt, Seek and
// Size, for formats that begin at the end.
func (s *spool) Reader() *io.SectionReader {
	if s.file != nil {
		return io.NewSectionReader(s.file, 0, s.size)
	}
	return io.NewSectionReader(bytes.NewReader(s.mem), 0, s.size)
}

// Head gives the first n bytes, or as many as there are.
func (s *spool) Head(n int) []byte {
	b := make([]byte, min(int64(n), s.size))
	read, _ := s.Reader().ReadAt(b, 0)
	return b[:read]
}

// SHA256 is the hash of what was written, in hex.
func (s *spool) SHA256() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// Close removes the temporary file.
func (s *spool) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}
