package ingest

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"tbtwatch/internal/trade"
)

// stringTable holds the workbook's shared strings in a temporary file, since
// those of the live export (over 100 MB) would not fit the importer's memory,
// with the blocks read last in memory: rows refer to them nearly in order.
type stringTable struct {
	file   *os.File
	ends   []uint32 // where each string ends in the file
	blocks map[int64]*block
	oldest []int64 // blocks by age
}

type block struct{ data []byte }

const (
	blockSize = 64 << 10
	maxBlocks = 96
)

func (t *stringTable) Close() {
	if t.file != nil {
		t.file.Close()
		os.Remove(t.file.Name())
	}
}

// readStrings reads xl/sharedStrings.xml, which a workbook of inline strings
// does not have.
func (w *workbook) readStrings() (*stringTable, error) {
	t := &stringTable{blocks: map[int64]*block{}}
	r, err := w.part("xl/sharedStrings.xml")
	if errors.Is(err, errNoPart) {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if t.file, err = os.CreateTemp("", "tbtwatch-*.strings"); err != nil {
		return nil, err
	}
	if err := t.fill(newXMLPart(r, "xl/sharedStrings.xml")); err != nil {
		t.Close()
		return nil, err
	}
	// Reading to the end makes archive/zip compare the checksum.
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Close()
		return nil, fmt.Errorf("xl/sharedStrings.xml: %w", err)
	}
	return t, nil
}

func (t *stringTable) fill(x *xmlPart) error {
	out := bufio.NewWriterSize(t.file, 256<<10)
	text := cellText{}
	end := int64(0)
	for {
		tok, err := x.next()
		if err != nil {
			return err
		}
		if err := text.take(tok); err != nil {
			return err
		}
		e, ok := tok.(xml.EndElement)
		switch {
		case ok && e.Name.Local == "si":
			end += int64(len(text.buf))
			if end > math.MaxUint32 {
				return trade.Refusef("the shared strings are larger than 4 GiB")
			}
			if _, err := out.Write(text.buf); err != nil {
				return err
			}
			t.ends = append(t.ends, uint32(end))
			text.buf = text.buf[:0]
		case ok && e.Name.Local == "sst":
			return out.Flush()
		}
	}
}

// get is the string of that number.
func (t *stringTable) get(i int) (string, error) {
	if i < 0 || i >= len(t.ends) {
		return "", trade.Refusef("shared string %d of %d", i, len(t.ends))
	}
	from := int64(0)
	if i > 0 {
		from = int64(t.ends[i-1])
	}
	out := make([]byte, 0, int64(t.ends[i])-from)
	for to := int64(t.ends[i]); from < to; {
		b, err := t.block(from / blockSize)
		if err != nil {
			return "", err
		}
		start := from % blockSize
		stop := min(int64(len(b)), start+to-from)
		if stop <= start {
			return "", io.ErrUnexpectedEOF
		}
		out = append(out, b[start:stop]...)
		from += stop - start
	}
	return string(out), nil
}

func (t *stringTable) block(n int64) ([]byte, error) {
	if b, ok := t.blocks[n]; ok {
		return b.data, nil
	}
	b := &block{}
	if len(t.oldest) == maxBlocks {
		// The second quarter goes first: the table begins with the names and
		// types that every row refers to.
		victim := t.oldest[maxBlocks/4]
		t.oldest = append(t.oldest[:maxBlocks/4], t.oldest[maxBlocks/4+1:]...)
		b.data = t.blocks[victim].data[:0]
		delete(t.blocks, victim)
	}
	if cap(b.data) < blockSize {
		b.data = make([]byte, 0, blockSize)
	}
	got, err := t.file.ReadAt(b.data[:blockSize], n*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b.data = b.data[:got]
	t.blocks[n] = b
	t.oldest = append(t.oldest, n)
	return b.data, nil
}
