package registry

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"

	"tbtwatch/internal/trade"
)

// Item is the outcome of one row: refused (Err), a repetition of an earlier
// row (Repeats), or good.
type Item struct {
	Line       int
	Row        Row              // as it stands in the file
	Exporter   trade.Exporter   // of a products sheet
	Product    trade.Product    // of a products sheet
	Subscriber trade.Subscriber // of a subscribers sheet
	Repeats    int              // line of the earlier row with the same content, 0 for none
	Err        *RowError
	Remarks    []Remark
}

// Items parses a sheet row by row and compares each row with those before it.
// What it remembers of a row are hashes, 16 bytes in all, so that a million
// rows need some 30 MiB.
type Items struct {
	// OnBad and OnRemark, if set, hear of each refused row and each remark in
	// order; a Summary keeps only the first thousand.
	OnBad    func(RowError)
	OnRemark func(Remark)

	sheet *Sheet
	parse func(Row) Item
	rows  map[uint64]mark         // by the row's identity
	firms map[uint64]exporterMark // by exporter id
}

// mark is a row that was seen.
type mark struct {
	content uint32
	line    uint32
}

// exporterMark is what the file said of an exporter, and where first.
type exporterMark struct{ name, district mark }

// ParseProducts reads a sheet of products.
func ParseProducts(s *Sheet) *Items {
	return newItems(s, func(row Row) Item {
		i := Item{Line: row.Line, Row: row}
		i.Exporter, i.Product, i.Remarks, i.Err = ParseProduct(row)
		return i
	})
}

// ParseSubscribers reads a sheet of subscribers.
func ParseSubscribers(s *Sheet, rules Rules) *Items {
	return newItems(s, func(row Row) Item {
		i := Item{Line: row.Line, Row: row}
		i.Subscriber, i.Remarks, i.Err = ParseSubscriber(row, rules)
		return i
	})
}

func newItems(s *Sheet, parse func(Row) Item) *Items {
	return &Items{sheet: s, parse: parse, rows: map[uint64]mark{}, firms: map[uint64]exporterMark{}}
}

// Kind is what the items are.
func (it *Items) Kind() Kind { return it.sheet.kind }

// Next returns the next row's outcome, io.EOF after the last row. Any other
// error means that the rest of the file cannot be read.
func (it *Items) Next() (Item, error) {
	row, err := it.sheet.Next()
	if err != nil {
		return Item{}, err
	}
	i := it.parse(row)
	if i.Err == nil && it.Kind() == Products {
		i.Err = it.checkFirm(&i)
	}
	if i.Err == nil {
		it.checkRepeat(&i)
	}
	if i.Err != nil {
		i.Remarks = nil
	} else if it.Kind() == Products {
		it.rememberFirm(&i)
	}
	return i, nil
}

// checkRepeat compares the row with an earlier one of the same identity.
func (it *Items) checkRepeat(i *Item) {
	key, column, id, value := rowKey("s", i.Subscriber.ID), "subscriber_id", i.Subscriber.ID, any(i.Subscriber)
	fix := twof("keep one of the two, or give this subscriber an id of its own", "请只保留一行，或为该订阅者另设编号")
	if it.Kind() == Products {
		key, column, id, value = rowKey("p", i.Product.Exporter, i.Product.ID), "product_id", i.Product.ID, any(i.Product)
		fix = twof("keep one of the two, or give this product an id of its own", "请只保留一行，或为该产品另设编号")
	}
	content := contentHash(value)
	first, seen := it.rows[key]
	switch {
	case !seen:
		it.rows[key] = mark{content, uint32(i.Line)}
	case first.content == content:
		i.Repeats = int(first.line)
	default:
		i.Err = &RowError{Line: i.Line, Problem: *problem(column, id,
			twof("differs from line %d, which has the same id", "与第 %d 行编号相同但内容不同", first.line), fix)}
	}
}

// checkFirm refuses a row that calls its exporter otherwise than an earlier one.
func (it *Items) checkFirm(i *Item) *RowError {
	known := it.firms[rowKey("e", i.Exporter.ID)]
	for _, c := range []struct {
		column, value string
		first         mark
	}{{"exporter_name", i.Exporter.Name, known.name}, {"district", i.Exporter.District, known.district}} {
		if c.value != "" && c.first.line != 0 && c.first.content != contentHash(c.value) {
			return &RowError{Line: i.Line, Problem: *problem(c.column, c.value,
				twof("differs from line %d, which has the same exporter_id %q", "与第 %d 行不同，而 exporter_id 同为 %q", c.first.line, i.Exporter.ID),
				twof("write the same in every row of the exporter, or leave it empty", "同一企业的各行请保持一致，或留空"))}
		}
	}
	return nil
}

func (it *Items) rememberFirm(i *Item) {
	key := rowKey("e", i.Exporter.ID)
	m := it.firms[key]
	if m.name.line == 0 && i.Exporter.Name != "" {
		m.name = mark{contentHash(i.Exporter.Name), uint32(i.Line)}
	}
	if m.district.line == 0 && i.Exporter.District != "" {
		m.district = mark{contentHash(i.Exporter.District), uint32(i.Line)}
	}
	it.firms[key] = m
}

// rowKey is the identity of a row within the file. Two of a million rows share
// it by chance once in forty million files.
func rowKey(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.BigEndian.Uint64(sum[:])
}

func contentHash(v any) uint32 {
	b, err := json.Marshal(v)
	if err != nil {
		panic("registry: words of the domain always marshal: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint32(sum[:])
}
