// Package export writes lists as tables for programs and spreadsheets: JSON
// lines, CSV and XLSX, row by row in bounded memory. What a spreadsheet would
// run as a formula stays text in each of them.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"tbtwatch/internal/trade"
)

// Format is how a list is written.
type Format string

// The formats of a list.
const (
	JSON   Format = "json"   // a part of the list; not written here
	NDJSON Format = "ndjson" // one JSON object a line, with all that a row has
	CSV    Format = "csv"    // UTF-8 with a byte order mark
	XLSX   Format = "xlsx"
)

// media are the formats' media types, in the order of preference.
var media = []struct {
	format Format
	name   string
}{
	{JSON, "application/json"}, {NDJSON, "application/x-ndjson"}, {CSV, "text/csv"},
	{XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}

// MediaTypes lists the media types of all formats.
func MediaTypes() []string {
	var out []string
	for _, m := range media {
		out = append(out, m.name)
	}
	return out
}

// OfMediaType is the format with that media type, JSON where there is none.
func OfMediaType(name string) Format {
	for _, m := range media {
		if m.name == name {
			return m.format
		}
	}
	return JSON
}

// MediaType is the format's media type, with its character set.
func (f Format) MediaType() string {
	for _, m := range media {
		switch {
		case m.format == f && (f == CSV || f == NDJSON):
			return m.name + "; charset=utf-8"
		case m.format == f:
			return m.name
		}
	}
	return "application/octet-stream"
}

// MostRows bounds one export.
const MostRows = 200_000

// Column is one column of a table.
type Column[R any] struct {
	Title trade.Text
	Cell  func(r *R, lang string) string
}

// Table says what a list looks like as a table.
type Table[R any] struct {
	Name    string // of the file and the sheet; letters, digits and - only
	Columns []Column[R]
	Most    int // rows at most; 0 for MostRows
}

// Result says what was written.
type Result struct {
	Rows int
	Cut  trade.Text // why rows are missing; empty when all are there
}

// Whole reports whether all rows were written.
func (r Result) Whole() bool { return r.Cut == trade.Text{} }

// Incomplete ends rows that are all that could be found, but perhaps not all
// that there are.
type Incomplete struct{ Why trade.Text }

func (e *Incomplete) Error() string { return e.Why.EN }

// sink is one format being written.
type sink[R any] interface {
	head(cells []string) error
	row(r *R, cells func() []string) error
	cut(why trade.Text) error // the last row, where rows are missing
	close() error
}

// Write writes all rows as f. Where they are too many, their reading fails or
// ctx ends, the last row says so and that rows are missing. The error is the
// reading's or the writer's, for the log.
func Write[R any](ctx context.Context, w io.Writer, f Format, lang string, t Table[R], rows iter.Seq2[R, error]) (Result, error) {
	var out sink[R]
	switch f {
	case NDJSON:
		out = newLines[R](w)
	case CSV:
		out = &csvSink[R]{NewCSV(w), lang}
	case XLSX:
		sheet, err := newSheet(w, t.Name)
		if err != nil {
			return Result{}, err
		}
		defer sheet.drop()
		out = &xlsxSink[R]{sheet, lang}
	default:
		return Result{}, fmt.Errorf("export: %q is no format of a table", f)
	}
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title.In(lang)
	}
	if err := out.head(titles); err != nil {
		return Result{}, err
	}
	done, read, err := t.all(ctx, lang, out, rows)
	if err != nil {
		return done, err // nobody reads it any more
	}
	if !done.Whole() {
		if err := out.cut(done.Cut); err != nil {
			return done, err
		}
	}
	if err := out.close(); err != nil {
		return done, err
	}
	return done, read
}

// all writes the rows. read is why they could not be read, err why they could
// not be written.
func (t Table[R]) all(ctx context.Context, lang string, out sink[R], rows iter.Seq2[R, error]) (done Result, read, err error) {
	most := t.Most
	if most == 0 {
		most = MostRows
	}
	for r, failed := range rows {
		if failed == nil {
			failed = ctx.Err()
		}
		switch {
		case failed != nil:
			done.Cut = broken(done.Rows)
			if some := (*Incomplete)(nil); errors.As(failed, &some) {
				done.Cut = trade.Text{ZH: "【不完整】" + some.Why.ZH, EN: "INCOMPLETE: " + some.Why.EN}
			}
			return done, failed, nil
		case done.Rows == most:
			done.Cut = tooMany(most)
			return done, nil, nil
		}
		cells := func() []string {
			cells := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				cells[i] = Clean(c.Cell(&r, lang))
			}
			return cells
		}
		if err := out.row(&r, cells); err != nil {
			return done, nil, err
		}
		done.Rows++
	}
	return done, nil, nil
}

func tooMany(rows int) trade.Text {
	return trade.Text{
		ZH: fmt.Sprintf("【不完整】本表最多 %d 行，其余未导出；请缩小筛选范围", rows),
		EN: fmt.Sprintf("INCOMPLETE: an export has at most %d rows and there are more; narrow the filter", rows),
	}
}

func broken(rows int) trade.Text {
	return trade.Text{
		ZH: fmt.Sprintf("【不完整】导出在 %d 行之后中断，请重新导出", rows),
		EN: fmt.Sprintf("INCOMPLETE: the export broke off after %d rows; export again", rows),
	}
}

// Clean makes a text fit for a cell: valid UTF-8, with line feeds alone as
// line breaks.
func Clean(cell string) string {
	if strings.ContainsRune(cell, '\r') {
		cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n")
	}
	return strings.ToValidUTF8(cell, "\uFFFD")
}
