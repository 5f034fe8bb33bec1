package index

import (
	"encoding/binary"
	"fmt"
	"math"

	"tbtwatch/internal/trade"
)

// Change is what happened to one product: it was written (Product set) or
// deleted (nil). A Change without a key moves the sequence on: the registry
// stream also carries exporters and subscribers.
type Change struct {
	Key     string
	Seq     uint64 // of the registry stream
	Product *trade.Product
}

// Records are length-prefixed binary: a version byte, the sequence as a
// varint, then the fields of trade.Product in a fixed order; lists carry their
// length. A log entry is a row of (key, deleted flag or record).
const (
	recordVersion  = 1
	deletedVersion = 0
)

// appendRecord adds the record of p, or of a deletion when p is nil.
func appendRecord(b []byte, seq uint64, p *trade.Product) []byte {
	if p == nil {
		return binary.AppendUvarint(append(b, deletedVersion), seq)
	}
	b = binary.AppendUvarint(append(b, recordVersion), seq)
	for _, s := range []string{p.ID, p.Exporter, p.NameZH, p.NameEN} {
		b = appendText(b, s)
	}
	for _, l := range [][]string{p.HS, p.ICS, p.Terms, p.Standards, p.Substances, p.Markets} {
		b = binary.AppendUvarint(b, uint64(len(l)))
		for _, s := range l {
			b = appendText(b, s)
		}
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p.ExportValue))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decoder reads records; the first error sticks.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	d.b = nil
}

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.b)
	if size <= 0 {
		d.fail("a number is cut off")
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) text() string { return string(d.bytes()) }

// bytes is the text that comes next, in the record's own memory.
func (d *decoder) bytes() []byte {
	n := d.number()
	if n > uint64(len(d.b)) {
		d.fail("a text is cut off")
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

// short is a number below 256, 0 where nothing is left.
func (d *decoder) short() int {
	if len(d.b) == 0 {
		return 0
	}
	n := int(d.b[0])
	d.b = d.b[1:]
	return n
}

func (d *decoder) list() []string {
	n := d.number()
	if n > uint64(len(d.b)) { // each element takes at least one byte
		d.fail("a list is cut off")
		return nil
	}
	if n == 0 {
		return nil
	}
	l := make([]string, n)
	for i := range l {
		l[i] = d.text()
	}
	return l
}

// record reads one record; the product is nil for a deletion.
func (d *decoder) record() (seq uint64, p *trade.Product) {
	if len(d.b) == 0 {
		d.fail("a record is missing")
		return 0, nil
	}
	version := d.b[0]
	d.b = d.b[1:]
	seq = d.number()
	switch version {
	case deletedVersion:
		return seq, nil
	case recordVersion:
	default:
		d.fail(fmt.Sprintf("a record of version %d", version))
		return 0, nil
	}
	p = &trade.Product{ID: d.text(), Exporter: d.text(), NameZH: d.text(), NameEN: d.text(),
		HS: d.list(), ICS: d.list(), Terms: d.list(), Standards: d.list(), Substances: d.list(), Markets: d.list()}
	if len(d.b) < 8 {
		d.fail("a record is cut off")
		return 0, nil
	}
	p.ExportValue = math.Float64frombits(binary.LittleEndian.Uint64(d.b))
	d.b = d.b[8:]
	return seq, p
}

// encodeChanges packs changes for a log entry.
func encodeChanges(changes []Change) []byte {
	var b []byte
	for _, c := range changes {
		if c.Key != "" {
			b = appendRecord(appendText(b, c.Key), c.Seq, c.Product)
		}
	}
	return b
}

// decodeChanges reads a log entry.
func decodeChanges(b string) ([]Change, error) {
	d := decoder{b: []byte(b)}
	var out []Change
	for len(d.b) > 0 && d.err == nil {
		key := d.text()
		seq, p := d.record()
		out = append(out, Change{key, seq, p})
	}
	return out, d.err
}
