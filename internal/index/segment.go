package index

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/klauspost/compress/s2"

	"tbtwatch/internal/trade"
)

// segment is the decoded index of a segment.
type segment struct {
	hash      []uint64
	value     []float64
	sum       []uint32
	seq       []uint64
	exporter  []uint32 // number in exporters; nil: all 0
	kind      []uint32
	exporters []string // packed, like ids, see trade.AppendName
	kinds     []string
	ids       []byte
	idAt      []uint32 // where each begins
	gone      []tombstone
	keys      []string
	counts    []uint32
	posts     []byte // 16 bits each, key after key
	markets   []string
	sets      []byte
}

func (s *segment) len() int { return len(s.hash) }

func number(column []uint32, i int) uint32 {
	if column == nil {
		return 0
	}
	return column[i]
}

func intact(blob []byte, sum uint32, what string) error {
	if crc32.Checksum(blob, crcTable) != sum {
		return fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	return nil
}

func decodeSegment(blob []byte, info segmentInfo) (*segment, error) {
	what := fmt.Sprintf("segment %d", info.id)
	if err := intact(blob, info.sums[0], what); err != nil {
		return nil, err
	}
	plain, err := s2.Decode(nil, blob)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorrupt, what, err)
	}
	d := decoder{b: plain}
	n := d.count()
	if n > segmentRows || uint64(n) != info.rows {
		d.fail("the number of rows")
	}
	s := &segment{}
	s.hash = make([]uint64, n)
	for i, b := 0, d.take(8*n); i < n && d.err == nil; i++ {
		s.hash[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	s.value = make([]float64, n)
	for i, b := 0, d.take(8*n); i < n && d.err == nil; i++ {
		s.value[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	s.sum = make([]uint32, n)
	for i, b := 0, d.take(4*n); i < n && d.err == nil; i++ {
		s.sum[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	s.seq = make([]uint64, n)
	for i := range s.seq {
		s.seq[i] = d.number()
	}
	s.exporters, s.exporter = d.column(n)
	for i, name := range s.exporters {
		s.exporters[i] = string(trade.AppendName(nil, name))
	}
	s.kinds, s.kind = d.column(n)
	s.idAt, s.ids = make([]uint32, n), make([]byte, 0, 8*n)
	for i := range s.idAt {
		s.idAt[i] = uint32(len(s.ids))
		s.ids = trade.AppendName(s.ids, d.take(d.count()))
	}
	for range d.count() {
		s.gone = append(s.gone, tombstone{d.text(), d.number()})
	}
	s.readLists(&d, n)
	if d.err != nil {
		return nil, fmt.Errorf("%s: %w", what, d.err)
	}
	return s, nil
}

func (s *segment) readLists(d *decoder, n int) {
	total := 0
	for range d.count() {
		s.keys = append(s.keys, d.text())
		count := d.count()
		s.counts = append(s.counts, uint32(count))
		total += count
	}
	s.posts = d.take(2 * total)
	for i := 0; i+1 < len(s.posts); i += 2 {
		if int(binary.LittleEndian.Uint16(s.posts[i:])) >= n {
			d.fail("a posting outside the segment")
			return
		}
	}
	for range d.count() {
		s.markets = append(s.markets, d.text())
	}
	s.sets = d.take(8 * ((n + 63) / 64) * len(s.markets))
}

// column reads what appendColumn wrote.
func (d *decoder) column(rows int) (names []string, numbers []uint32) {
	for range d.count() {
		names = append(names, d.text())
	}
	if len(names) > 1 {
		numbers = make([]uint32, rows)
		for i := range numbers {
			if numbers[i] = uint32(d.number()); int(numbers[i]) >= len(names) {
				d.fail("a column names what it has not")
				return names, nil
			}
		}
	} else if len(names) == 0 && rows > 0 {
		d.fail("a column is missing")
	}
	return names, numbers
}

// count reads a number of things that follow, each of at least one byte.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.b)) && n > 0 {
		d.fail("a list is cut off")
		return 0
	}
	return int(n)
}

// take reads n bytes, which stay in the decoder's memory.
func (d *decoder) take(n int) []byte {
	if n > len(d.b) || n < 0 {
		d.fail("something is cut off")
		return nil
	}
	b := d.b[:n:n]
	d.b = d.b[n:]
	return b
}
