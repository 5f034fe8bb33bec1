package view

import (
	"errors"
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Rows hold numbers and texts as protocol buffers write them, without their
// tags: the entry's sequence, moment and key, and of a record that is no
// tombstone what its form says.

var errRow = errors.New("a row of the journal is not as it has to be")

func (f *form[T]) appendEntry(b []byte, e *bus.Entry[T]) []byte {
	b = protowire.AppendVarint(b, e.Seq)
	b = appendTime(b, e.At)
	b = protowire.AppendString(b, e.Key)
	if e.Deleted {
		return b
	}
	b = f.write(b, &e.Value)
	if f.stored {
		b = protowire.AppendBytes(protowire.AppendString(b, e.Stored.Encoding), e.Stored.Data)
	}
	return b
}

// entry reads a row; brief, if not nil, what of its value is wanted.
func (f *form[T]) entry(row []byte, brief func(r *rowReader) T) (e bus.Entry[T], err error) {
	r := rowReader{left: row}
	e.Seq, e.At, e.Key = r.place()
	switch e.Deleted = len(r.left) == 0; {
	case e.Deleted:
	case brief != nil:
		e.Value = brief(&r)
		r.left = nil
	default:
		e.Value = f.read(&r)
		if f.stored {
			e.Stored = bus.Stored{Encoding: r.text(), Data: r.bytes()}
		}
	}
	if len(r.left) > 0 {
		return e, errRow
	}
	return e, r.err
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return protowire.AppendVarint(b, 0) // its nanoseconds cannot be counted
	}
	return protowire.AppendVarint(b, uint64(t.UnixNano())) //nolint:gosec // read back the same way
}

func appendTexts(b []byte, lists ...[]string) []byte {
	for _, list := range lists {
		b = protowire.AppendVarint(b, uint64(len(list)))
		for _, s := range list {
			b = protowire.AppendString(b, s)
		}
	}
	return b
}

func appendStrings(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = protowire.AppendString(b, s)
	}
	return b
}

// rowReader reads a row from its left. After a fault it reads nothing more.
type rowReader struct {
	left []byte
	err  error
}

func (r *rowReader) fail() { r.left, r.err = nil, errRow }

func (r *rowReader) place() (seq uint64, at time.Time, key string) {
	return r.number(), r.time(), r.text()
}

func (r *rowReader) number() uint64 {
	v, n := protowire.ConsumeVarint(r.left)
	if n < 0 {
		r.fail()
		return 0
	}
	r.left = r.left[n:]
	return v
}

func (r *rowReader) text() string {
	s, n := protowire.ConsumeString(r.left)
	if n < 0 {
		r.fail()
		return ""
	}
	r.left = r.left[n:]
	return s
}

// bytes are those of the row itself.
func (r *rowReader) bytes() []byte {
	b, n := protowire.ConsumeBytes(r.left)
	if n < 0 {
		r.fail()
		return nil
	}
	r.left = r.left[n:]
	return b
}

func (r *rowReader) time() time.Time {
	if n := int64(r.number()); n != 0 { //nolint:gosec // see appendTime
		return time.Unix(0, n)
	}
	return time.Time{}
}

// count is how many parts follow, each of a byte at least.
func (r *rowReader) count() int {
	n := r.number()
	if n > uint64(len(r.left)) {
		r.fail()
		return 0
	}
	return int(n) //nolint:gosec // not more than there are bytes
}

func (r *rowReader) texts() (out []string) {
	if n := r.count(); n > 0 {
		out = make([]string, n)
		for i := range out {
			out[i] = r.text()
		}
	}
	return out
}

// productForm is the whole product: lists show it. A start needs the firm, the
// codes and the standards only.
var productForm = form[trade.Product]{
	name: "products-v1",
	write: func(b []byte, p *trade.Product) []byte {
		b = appendTexts(appendStrings(b, p.Exporter), p.HS, p.Standards)
		b = appendTexts(appendStrings(b, p.ID, p.NameZH, p.NameEN), p.ICS, p.Terms, p.Substances, p.Markets)
		return protowire.AppendVarint(b, math.Float64bits(p.ExportValue))
	},
	brief: briefProduct,
	read: func(r *rowReader) trade.Product {
		p := briefProduct(r)
		p.ID, p.NameZH, p.NameEN = r.text(), r.text(), r.text()
		p.ICS, p.Terms, p.Substances, p.Markets = r.texts(), r.texts(), r.texts(), r.texts()
		p.ExportValue = math.Float64frombits(r.number())
		return p
	},
}

func briefProduct(r *rowReader) trade.Product {
	return trade.Product{Exporter: r.text(), HS: r.texts(), Standards: r.texts()}
}

// noticeForm is what the list, statistics and standards take from a notice. When
// a paper was first seen stands in its first revision.
var noticeForm = form[trade.Notice]{
	name: "notices-v2", whole: true, stored: true,
	write: func(b []byte, n *trade.Notice) []byte {
		b = appendStrings(b, n.Source, n.ID, string(n.Kind), n.Area, n.Title, n.Products, n.Description)
		b = appendStrings(b, n.PublishedDay(), n.Date(trade.DateCommentDeadline).To)
		b = appendTexts(b, n.Symbols, n.Markets, n.HS, n.ICS, n.Keywords)
		b = appendTime(b, n.SeenAt)
		return protowire.AppendVarint(b, protowire.EncodeBool(n.Backfill))
	},
	read: func(r *rowReader) trade.Notice {
		n := trade.Notice{Source: r.text(), ID: r.text(), Kind: trade.Kind(r.text()), Area: r.text(), Title: r.text(), Products: r.text(), Description: r.text()}
		n.Dates = []trade.Date{{What: trade.DatePublished, From: r.text()}, {What: trade.DateCommentDeadline, To: r.text()}}
		n.Symbols, n.Markets, n.HS, n.ICS, n.Keywords = r.texts(), r.texts(), r.texts(), r.texts(), r.texts()
		n.SeenAt, n.Backfill = r.time(), protowire.DecodeBool(r.number())
		return n
	},
}

// caseForm is what the queue and statistics take from a case.
var caseForm = form[trade.Case]{
	name: "cases-v2",
	write: func(b []byte, c *trade.Case) []byte {
		b = appendStrings(b, c.Family, c.Number, string(c.State), c.Level, string(c.Kind), c.HeadlineZH, c.HeadlineEN, c.Title, c.Assignee, c.Pending.ZH, c.Pending.EN, c.Opened)
		b = appendTexts(b, c.Markets, c.Sectors, c.Symbols, c.Arguments)
		for _, n := range []int{c.Direct, c.Likely, c.Reference, c.Exporters, c.Release} {
			b = protowire.AppendVarint(b, uint64(n)) //nolint:gosec // read back the same way
		}
		b = protowire.AppendVarint(b, math.Float64bits(c.Exposure))
		b = protowire.AppendVarint(b, protowire.EncodeBool(c.Backfill))
		b = protowire.AppendVarint(b, uint64(len(c.Dates)))
		for _, d := range c.Dates {
			b = appendStrings(b, d.What, d.From, d.To)
		}
		b = protowire.AppendVarint(b, uint64(len(c.History)))
		for _, h := range c.History {
			b = appendStrings(b, h.At, h.By, string(h.From), string(h.To), h.What)
		}
		return b
	},
	read: func(r *rowReader) trade.Case {
		c := trade.Case{
			Family: r.text(), Number: r.text(), State: trade.CaseState(r.text()), Level: r.text(), Kind: trade.Kind(r.text()), HeadlineZH: r.text(), HeadlineEN: r.text(),
			Title: r.text(), Assignee: r.text(), Pending: trade.Text{ZH: r.text(), EN: r.text()}, Opened: r.text(),
			Markets: r.texts(), Sectors: r.texts(), Symbols: r.texts(), Arguments: r.texts(),
			Direct: int(r.number()), Likely: int(r.number()), Reference: int(r.number()), Exporters: int(r.number()), Release: int(r.number()), //nolint:gosec // see write
			Exposure: math.Float64frombits(r.number()), Backfill: protowire.DecodeBool(r.number()),
		}
		for range r.count() {
			c.Dates = append(c.Dates, trade.Date{What: r.text(), From: r.text(), To: r.text()})
		}
		for range r.count() {
			c.History = append(c.History, trade.Change{At: r.text(), By: r.text(), From: trade.CaseState(r.text()), To: trade.CaseState(r.text()), What: r.text()})
		}
		return c
	},
}

// measureForm is what the library of standards takes from a family: its papers,
// and the day of the last of them.
var measureForm = form[trade.Measure]{
	name: "measures-v2", stored: true,
	write: func(b []byte, m *trade.Measure) []byte {
		b = protowire.AppendVarint(b, uint64(len(m.Papers)))
		for _, p := range m.Papers {
			b = appendStrings(b, p.Notice, p.Published)
		}
		return b
	},
	read: func(r *rowReader) (m trade.Measure) {
		for range r.count() {
			m.Papers = append(m.Papers, trade.Paper{Notice: r.text(), Published: r.text()})
		}
		return m
	},
}

// deliveryForm is the whole delivery.
var deliveryForm = form[trade.Delivery]{
	name: "deliveries-v4", whole: true,
	write: func(b []byte, d *trade.Delivery) []byte {
		b = appendStrings(b, d.Key, d.Subscriber, d.Exporter, d.Channel, d.Family, string(d.State), d.Owner, d.LeaseUntil, d.NotBefore, d.Provider, d.Reason, d.At, d.Moved, d.Digest, d.Occasion, d.Confirmed, strings.Join(d.Parts, " "))
		for _, n := range []uint64{uint64(d.Release), d.WarningSeq, uint64(d.Attempt), protowire.EncodeBool(d.Silenced), protowire.EncodeBool(d.Braked), protowire.EncodeBool(d.Tried)} { //nolint:gosec // read back the same way
			b = protowire.AppendVarint(b, n)
		}
		return b
	},
	read: func(r *rowReader) trade.Delivery {
		return trade.Delivery{
			Key: r.text(), Subscriber: r.text(), Exporter: r.text(), Channel: r.text(), Family: r.text(), State: trade.DeliveryState(r.text()),
			Owner: r.text(), LeaseUntil: r.text(), NotBefore: r.text(), Provider: r.text(), Reason: r.text(), At: r.text(), Moved: r.text(), Digest: r.text(), Occasion: r.text(), Confirmed: r.text(), Parts: strings.Fields(r.text()),
			Release: int(r.number()), WarningSeq: r.number(), Attempt: int(r.number()), Silenced: protowire.DecodeBool(r.number()), Braked: protowire.DecodeBool(r.number()), Tried: protowire.DecodeBool(r.number()), //nolint:gosec // see write
		}
	},
}
