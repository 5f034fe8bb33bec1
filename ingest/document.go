package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// origin is what the rows of a document share.
type origin struct {
	source   string // name of the source, for notices that name none
	where    string // address or file
	raw      string // SHA-256 of the capture
	backfill bool
	at       time.Time
}

// maxRowsOfRun bounds what a run may bring; the largest real one has 105,000.
const maxRowsOfRun = 5_000_000

// parseInto lets src read doc and adds its rows to rows. When the document as
// a whole is not to be believed, nothing of it stays there and the error says
// why. A panic is such an error: it is the parser's, not the process's.
func parseInto(rows *rowSpool, src Source, doc Document, from origin) (next []Request, err error) {
	begin := rows.mark()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser of %s panicked on %s: %v\n%s", from.source, from.where, p, clip(string(debug.Stack()), 2000))
		}
		if err != nil {
			next = nil
			err = errors.Join(err, rows.rollback(begin))
		}
	}()
	err = src.Parse(doc, func(i Item) error {
		switch {
		case i.Notice != nil && i.Next == nil && i.Bad == nil:
			return rows.add(from.judge(i.Notice))
		case i.Bad != nil && i.Next == nil && i.Notice == nil:
			return rows.add(row{Bad: from.bad(*i.Bad)})
		case i.Next != nil && i.Bad == nil && i.Notice == nil:
			next = append(next, *i.Next)
		default:
			return fmt.Errorf("the parser of %s emitted an item that is not exactly one thing", from.source)
		}
		if rows.rows > maxRowsOfRun {
			return trade.Refusef("more than %d rows", maxRowsOfRun)
		}
		return nil
	})
	return next, err
}

// judge completes a notice and decides whether it is believed.
func (o origin) judge(n *trade.Notice) row {
	c := *n
	if c.Source == "" {
		c.Source = o.source
	}
	c.Raw, c.SeenAt, c.Backfill = o.raw, o.at, o.backfill
	c.Dates = slices.Clone(c.Dates)
	trade.AddTextDates(&c)
	if why := suspect(&c, o.at); why != "" {
		b, err := json.Marshal(c)
		if err != nil {
			b = []byte(err.Error())
		}
		return row{Bad: o.bad(Bad{Where: c.ID, Reason: why, Bytes: b})}
	}
	return row{Notice: &c}
}

// whereSep stands between a document and the place in it.
const whereSep = ", "

func (o origin) bad(b Bad) *trade.Quarantine {
	where := o.where
	if b.Where != "" {
		where += whereSep + b.Where
	}
	return &trade.Quarantine{Source: o.source, Where: where, Reason: b.Reason, Raw: o.raw, Bytes: b.Bytes[:min(len(b.Bytes), quarantineBytes)]}
}

// whole is the quarantine record of a document. Its bytes are in the capture;
// what is needed to read that again stands beside the reason.
func (o origin) whole(req Request, contentType, reason string) trade.Quarantine {
	b, err := json.Marshal(replayable{URL: req.URL, Role: req.Role, Carry: req.Carry, ContentType: contentType, Charset: req.Charset, Backfill: o.backfill})
	if err != nil || len(b) > quarantineBytes {
		b = nil
	}
	return trade.Quarantine{Source: o.source, Where: o.where, Reason: reason, Raw: o.raw, Bytes: b, Whole: true}
}

// store publishes the rows that are believed, quarantines the others and gives
// the sum of their outcomes. watermark is the latest day of publication among
// the former that is not after today.
func store(ctx context.Context, in *Input, w *ward, rows *rowSpool, today string, progress func(done int)) (tally trade.Tally, watermark string, err error) {
	var batch []trade.Notice
	publish := func() error {
		outcomes, err := in.Publish(ctx, batch)
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			tally.Add(o)
			if o == trade.Quarantined {
				n := batch[i]
				q := trade.Quarantine{Source: n.Source, Where: n.ID, Raw: n.Raw, Reason: fmt.Sprintf("more than %d different rows share the identity %s", maxJoint, n.ID)}
				if q.Bytes, err = json.Marshal(n); err != nil {
					return err
				}
				if err := w.add(ctx, q); err != nil {
					return err
				}
			}
		}
		batch = batch[:0]
		if progress != nil {
			progress(tally.Rows)
		}
		return nil
	}
	err = rows.each(func(r row) error {
		if r.Bad != nil {
			tally.Add(trade.Quarantined)
			return w.add(ctx, *r.Bad)
		}
		if day := r.Notice.PublishedDay(); day <= today {
			watermark = max(watermark, day)
		}
		batch = append(batch, *r.Notice)
		if len(batch) < publishBatch {
			return nil
		}
		return publish()
	})
	if err == nil && len(batch) > 0 {
		err = publish()
	}
	if err == nil {
		err = w.flush(ctx)
	}
	if err == nil && tally.Rows != rows.rows {
		err = fmt.Errorf("ingest: %d rows read, %d stored", rows.rows, tally.Rows)
	}
	if err == nil {
		err = tally.Check()
	}
	return tally, watermark, err
}

// open gives the document's body to a parser: text as UTF-8, anything else as
// it came. notes are valid once the body has been read.
func open(f *fetched, req Request, raw string) (doc Document, charset string, notes func() []string, err error) {
	doc = Document{Request: req, URL: f.URL, Header: f.Header, Raw: raw, At: f.At}
	r, err := readingOf(req.Charset, f.Header, f.Body)
	if err != nil {
		return doc, "", nil, fmt.Errorf("ingest: %s: %w", f.URL, err)
	}
	if r.Charset == "" {
		doc.Body = f.Body.binary()
		return doc, "", func() []string { return nil }, nil
	}
	text := newTextReader(r, f.Body)
	doc.Body = text
	return doc, r.Charset, func() []string { return r.notes(f.URL, text) }, nil
}

// binary reads the document as it is: the file itself where it lies in one, so
// that formats with a table of contents need no second copy.
func (s *spool) binary() io.Reader {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err == nil {
			return s.file
		}
	}
	return s.Reader()
}

// keep stores the document in the bus before anybody reads it.
func keep(ctx context.Context, b *bus.Bus, s *spool) (string, error) {
	sha, _, err := b.Raw.Put(ctx, s.Reader())
	if err != nil {
		return "", err
	}
	if own := s.SHA256(); sha != own {
		return "", fmt.Errorf("ingest: capture %s was stored as %s", own, sha)
	}
	return sha, nil
}
