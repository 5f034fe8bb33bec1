package index

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"sort"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// segmentRows is how many products a segment holds at most: their places in it
// have 16 bits.
const segmentRows = 1 << 16

// builder collects the products of a segment.
type builder struct {
	rows    []*row
	records [][]byte
	gone    []tombstone // what was deleted since the segments before
}

type tombstone struct {
	key string
	seq uint64
}

func (b *builder) len() int { return len(b.rows) + len(b.gone) }

func (b *builder) add(r *row, record []byte) {
	b.rows, b.records = append(b.rows, r), append(b.records, record)
}

// The encoders and decoders of records: one of each for all.
var (
	recordEncoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20))
	recordDecoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(1<<30))
)

// encode makes the two blobs of the segment and empties the builder.
func (b *builder) encode() (index, records []byte, info segmentInfo) {
	order := make([]int, len(b.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := b.rows[i], b.rows[j]
		return cmp.Or(cmp.Compare(x.exporter, y.exporter), cmp.Compare(len(x.id), len(y.id)), cmp.Compare(x.id, y.id))
	})
	rows := make([]*row, len(order))
	size := 0
	for i, at := range order {
		rows[i] = b.rows[at]
		size += len(b.records[at])
	}
	plain := make([]byte, 0, size)
	for _, at := range order {
		plain = append(plain, b.records[at]...)
	}
	records = recordEncoder.EncodeAll(plain, nil)
	index = s2.Encode(nil, encodeIndex(rows, b.gone))
	info = segmentInfo{rows: uint64(len(rows)), sums: [2]uint32{crc32.Checksum(index, crcTable), crc32.Checksum(records, crcTable)}}
	*b = builder{}
	return index, records, info
}

// encodeIndex lays out what a Set takes of the rows: columns, then the posting
// lists, then a bitset for each market.
func encodeIndex(rows []*row, gone []tombstone) []byte {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(rows)))
	for _, r := range rows {
		b = binary.LittleEndian.AppendUint64(b, r.hash)
	}
	for _, r := range rows {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.value))
	}
	for _, r := range rows {
		b = binary.LittleEndian.AppendUint32(b, r.sum)
	}
	for _, r := range rows {
		b = binary.AppendUvarint(b, r.seq)
	}
	b = appendColumn(b, rows, func(r *row) string { return r.exporter })
	b = appendColumn(b, rows, func(r *row) string { return r.kind })
	for _, r := range rows {
		b = appendText(b, r.id)
	}
	b = binary.AppendUvarint(b, uint64(len(gone)))
	for _, t := range gone {
		b = binary.AppendUvarint(appendText(b, t.key), t.seq)
	}
	return appendMarkets(appendPostings(b, rows), rows)
}

// appendColumn writes the distinct values of a column and which each row has.
func appendColumn(b []byte, rows []*row, of func(*row) string) []byte {
	var names interner
	numbers := make([]uint32, len(rows))
	for i, r := range rows {
		numbers[i], _ = names.intern(of(r))
	}
	b = binary.AppendUvarint(b, uint64(names.len()))
	for n := range names.len() {
		b = appendText(b, string(names.bytes(uint32(n))))
	}
	if names.len() > 1 {
		for _, n := range numbers {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}

func appendPostings(b []byte, rows []*row) []byte {
	var names interner
	var lists [][]uint16
	for i, r := range rows {
		for _, k := range r.keys {
			n, isNew := names.intern(k)
			if isNew {
				lists = append(lists, nil)
			}
			lists[n] = append(lists[n], uint16(i))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(lists)))
	for n := range lists {
		b = appendText(b, string(names.bytes(uint32(n))))
		b = binary.AppendUvarint(b, uint64(len(lists[n])))
	}
	for _, l := range lists {
		for _, i := range l {
			b = binary.LittleEndian.AppendUint16(b, i)
		}
	}
	return b
}

func appendMarkets(b []byte, rows []*row) []byte {
	sets := map[string][]uint64{}
	for i, r := range rows {
		for _, m := range r.markets {
			if sets[m] == nil {
				sets[m] = make([]uint64, (len(rows)+63)/64)
			}
			sets[m][i/64] |= 1 << (i % 64)
		}
	}
	names := make([]string, 0, len(sets))
	for m := range sets {
		names = append(names, m)
	}
	sort.Strings(names)
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, m := range names {
		b = appendText(b, m)
	}
	for _, m := range names {
		for _, w := range sets[m] {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}
