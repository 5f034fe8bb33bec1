package index

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"tbtwatch/internal/trade"
)

// digest is an order-free sum over records: two indexes with equal digests hold
// the same products at the same registry sequences.
type digest struct {
	n        int
	sum, mix uint64
}

// recordHash is what one record adds to a digest.
func recordHash(key string, record []byte) [2]uint64 {
	h := sha256.New()
	h.Write([]byte(key)) // a hash never fails to write
	h.Write([]byte{0})
	h.Write(record)
	sum := h.Sum(nil)
	return [2]uint64{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}
}

func productHash(key string, seq uint64, p *trade.Product) [2]uint64 {
	return recordHash(key, appendRecord(nil, seq, p))
}

func (d *digest) add(h [2]uint64) { d.n++; d.sum += h[0]; d.mix += h[1] }
func (d *digest) sub(h [2]uint64) { d.n--; d.sum -= h[0]; d.mix -= h[1] }

func (d digest) String() string { return fmt.Sprintf("%d-%016x%016x", d.n, d.sum, d.mix) }
