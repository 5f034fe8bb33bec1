package index

import (
	"encoding/binary"
	"hash/crc32"
)

// manifest says which segments a shard consists of. It is replaced as a whole,
// in the MULTI that also notes what the segments cover.
type manifest struct {
	scheme   uint64 // fingerprint of the scheme by which the segments were made
	covered  uint64 // registry sequence up to which they are complete
	before   uint64 // what the manifest before covered: the log goes back to there
	base     uint64 // rows when all segments were last merged
	segments []segmentInfo
}

type segmentInfo struct {
	id   int64
	rows uint64
	sums [2]uint32 // of the two blobs
}

func (m *manifest) rows() (n uint64) {
	for _, s := range m.segments {
		n += s.rows
	}
	return n
}

func (m *manifest) encode() []byte {
	b := []byte{1}
	for _, n := range []uint64{m.scheme, m.covered, m.before, m.base, uint64(len(m.segments))} {
		b = binary.AppendUvarint(b, n)
	}
	for _, s := range m.segments {
		for _, n := range []uint64{uint64(s.id), s.rows, uint64(s.sums[0]), uint64(s.sums[1])} {
			b = binary.AppendUvarint(b, n)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crcTable))
}

func decodeManifest(text string) (*manifest, error) {
	d := decoder{b: []byte(text)}
	n := len(text) - 4
	if n < 1 || text[0] != 1 || crc32.Checksum(d.b[:n], crcTable) != binary.LittleEndian.Uint32(d.b[n:]) {
		d.fail("the manifest")
		return nil, d.err
	}
	d.b = d.b[1:n]
	m := &manifest{scheme: d.number(), covered: d.number(), before: d.number(), base: d.number()}
	for range d.count() {
		s := segmentInfo{id: int64(d.number()), rows: d.number()}
		s.sums = [2]uint32{uint32(d.number()), uint32(d.number())}
		m.segments = append(m.segments, s)
	}
	return m, d.err
}
