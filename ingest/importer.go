package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Importer takes files of notices: the ePing sheet or JSON lines. Everything
// it takes is history (Backfill): it may enter the queue and never alerts.
type Importer struct {
	Bus *bus.Bus
	// ReadLine reads one line of JSON; its error says what would be right.
	ReadLine func(line []byte) (trade.Notice, error)
	Log      *slog.Logger
	Now      func() time.Time // time.Now unless set
	MaxFile  int64            // bytes; 512 MiB unless set
}

// Progress tells where an import stands.
type Progress struct {
	Phase string // "reading" or "storing"
	Rows  int    // done in this phase
	Total int    // of the phase; 0 while unknown
	Line  string // one refused row in words; Rows and Total are then not set
}

// The kinds of file, and the source that their notices belong to.
const (
	importSheet = "eping-bulk"
	importLines = "import"
)

// ImportNotices takes a file of notices. The file is kept first; then every
// row has one outcome in the tally: what is no notice is refused and told to
// progress, line by line; what could be one and is not believed goes to
// quarantine. The error means that the rest of the file could not be taken
// and, if it is a *trade.Refused, why the file is not what it should be. The
// same file again, also after a kill in the middle, ends in the same state.
func (im *Importer) ImportNotices(ctx context.Context, r io.Reader, filename string, progress func(Progress)) (trade.Tally, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	now := im.Now
	if now == nil {
		now = time.Now
	}
	name := filepath.Base(filename)
	run := bus.Run{Trigger: "import", Started: stamp(now())}
	body, err := im.take(r, name)
	if err != nil {
		return trade.Tally{}, err
	}
	defer body.Close()
	rows := &rowSpool{}
	defer rows.Close()
	if run.Source, err = sniff(body.Head(4<<10), name); err != nil {
		return trade.Tally{}, err
	}
	sha, err := keep(ctx, im.Bus, body)
	if err != nil {
		return trade.Tally{}, err
	}
	from := origin{source: run.Source, where: name, raw: sha, backfill: true, at: now()}
	refused := 0
	if run.Source == importSheet {
		err = readSheet(ctx, rows, body, from, progress)
	} else {
		refused, err = im.readLines(ctx, rows, body, from, progress)
	}
	if err != nil {
		return trade.Tally{}, err
	}
	tell := func(done int) { progress(Progress{Phase: "storing", Rows: done, Total: rows.rows}) }
	w := &ward{table: im.Bus.Quarantine, now: now}
	run.Tally, _, err = store(ctx, NewPublisher(im.Bus).Input(), w, rows, now().UTC().Format(trade.Day), tell)
	for range refused {
		run.Tally.Add(trade.RefusedIn)
	}
	if err != nil {
		return run.Tally, err
	}
	run.Ended, run.Fetched, run.Bytes = stamp(now()), 1, body.size
	run.Captures = []bus.Capture{{URL: name, SHA256: sha, Bytes: body.size, At: run.Started}}
	_, err = im.Bus.Runs.Append(ctx, run.Source, run)
	return run.Tally, err
}

// take spools the file, refusing what is larger than any such file is.
func (im *Importer) take(r io.Reader, name string) (*spool, error) {
	limit := im.MaxFile
	if limit <= 0 {
		limit = 512 << 20
	}
	body := newSpool()
	n, err := io.Copy(body, io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		err = fmt.Errorf("ingest: reading %s: %w", name, err)
	case n > limit:
		err = trade.Refusef("%s is larger than %v", name, Size(limit))
	case n == 0:
		err = trade.Refusef("%s is empty", name)
	}
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return body, nil
}

// sniff tells which kind of file it is by its first bytes.
func sniff(head []byte, name string) (string, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	right := "notices come as the ePing sheet (.xlsx) or as JSON, one notice a line"
	ending := strings.ToLower(filepath.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return importSheet, nil
	case looksHTML(head):
		return "", trade.Refusef("%s is an HTML page%s; %s", name, titled(head), right)
	case ending == ".xlsx":
		return "", trade.Refusef("%s is called .xlsx but does not begin like one (cut off, or another format); %s", name, right)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return "", trade.Refusef("%s is an old Excel file (.xls); save it as .xlsx", name)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "", trade.Refusef("%s is UTF-16; save it as UTF-8", name)
	case len(text) == 0:
		return "", trade.Refusef("%s holds nothing but blanks; %s", name, right)
	case text[0] == '[':
		return "", trade.Refusef("%s is one JSON list; write one notice a line, without brackets and commas around them", name)
	case text[0] == '{', slices.Contains([]string{".jsonl", ".ndjson", ".json"}, ending):
		return importLines, nil
	}
	return "", trade.Refusef("%s begins with %q, which is neither; %s", name, clip(strings.ToValidUTF8(string(text[:min(40, len(text))]), "�"), 40), right)
}

// readSheet reads the ePing sheet. A sheet that breaks off is refused whole.
func readSheet(ctx context.Context, rows *rowSpool, body *spool, from origin, progress func(Progress)) error {
	src, err := kinds[importSheet].New(nil)
	if err != nil {
		return err
	}
	counted := counting{src, ctx, rows, progress}
	doc := Document{Request: Request{URL: from.where, Role: "file"}, URL: from.where, Body: body.binary(), Raw: from.raw, At: from.at}
	if _, err = parseInto(rows, counted, doc, from); err != nil && ctx.Err() == nil {
		return &trade.Refused{Reason: fmt.Sprintf("%s: %v", from.where, err)}
	}
	return err
}

// counting tells progress about the rows that a source emits.
type counting struct {
	Source
	ctx      context.Context
	rows     *rowSpool
	progress func(Progress)
}

func (c counting) Parse(doc Document, emit func(Item) error) error {
	return c.Source.Parse(doc, func(i Item) error {
		if err := emit(i); err != nil {
			return err
		}
		if c.rows.rows%publishBatch == 0 {
			c.progress(Progress{Phase: "reading", Rows: c.rows.rows})
			return c.ctx.Err()
		}
		return nil
	})
}
