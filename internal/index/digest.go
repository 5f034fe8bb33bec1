package index

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// digest is an order-free sum over records: two indexes with equal digests hold
// the same products at the same registry sequences.
type digest struct {
	n        int
	sum, mix uint64
}

// rowSum is what one record adds to a digest.
func rowSum(hash, seq uint64, sum uint32) [2]uint64 {
	var b [20]byte
	binary.LittleEndian.PutUint64(b[:], hash)
	binary.LittleEndian.PutUint64(b[8:], seq)
	binary.LittleEndian.PutUint32(b[16:], sum)
	h := hashOf(b[:])
	return [2]uint64{h, spread(h ^ hash)}
}

// sumOf is the checksum of a record as it is stored.
func sumOf(record []byte) uint32 { return crc32.Checksum(record, crcTable) }

func (d *digest) add(h [2]uint64) { d.n++; d.sum += h[0]; d.mix += h[1] }
func (d *digest) sub(h [2]uint64) { d.n--; d.sum -= h[0]; d.mix -= h[1] }

func (d digest) String() string { return fmt.Sprintf("%d-%016x%016x", d.n, d.sum, d.mix) }
