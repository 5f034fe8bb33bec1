package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// maxLine bounds one line of JSON; a notice is a few kilobytes.
const maxLine = 1 << 20

// readLines reads one JSON notice a line and counts the lines that are none.
// Blank lines are no input.
func (im *Importer) readLines(ctx context.Context, rows *rowSpool, body *spool, from origin, progress func(Progress)) (refused int, err error) {
	lines := &lineReader{in: bufio.NewReaderSize(body.Reader(), 64<<10)}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return refused, nil
		}
		if err == nil && len(line) == 0 {
			continue
		}
		var n trade.Notice
		if err == nil {
			n, err = im.readLine(line)
		}
		var mine *trade.Refused
		switch {
		case err != nil && (errors.As(err, &mine) || line != nil):
			refused++
			progress(Progress{Line: fmt.Sprintf("%s, line %d: %v", from.where, lines.number, err)})
			continue
		case err != nil:
			return refused, fmt.Errorf("ingest: reading %s: %w", from.where, err)
		}
		at := from
		at.where = fmt.Sprintf("%s line %d", from.where, lines.number)
		if err := rows.add(at.judge(&n)); err != nil {
			return refused, err
		}
		if lines.number%publishBatch == 0 {
			progress(Progress{Phase: "reading", Rows: rows.rows + refused})
			if err := ctx.Err(); err != nil {
				return refused, err
			}
		}
	}
}

// readLine says of a line that is no JSON where it breaks; what the fields
// mean is ReadLine's to judge.
func (im *Importer) readLine(line []byte) (trade.Notice, error) {
	if !utf8.Valid(line) {
		return trade.Notice{}, trade.Refusef("not UTF-8; save the file as UTF-8")
	}
	var probe map[string]json.RawMessage
	if err := json.Unmarshal(line, &probe); err != nil {
		at, why := 1, "no JSON object"
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at, why = int(syntax.Offset), "the JSON breaks off"
			if at < len(line) {
				why = syntax.Error()
			}
		}
		begin := max(0, min(at, len(line))-20)
		return trade.Notice{}, trade.Refusef("column %d, near %q: %s; a line is one object such as {\"symbol\":\"G/TBT/N/EU/1\",\"title\":\"…\"}",
			at, clip(strings.ToValidUTF8(string(line[begin:]), "�"), 40), why)
	}
	return im.ReadLine(line)
}

// lineReader hands out lines without their end, and refuses long ones without
// ever holding them.
type lineReader struct {
	in     *bufio.Reader
	number int
}

func (l *lineReader) next() ([]byte, error) {
	l.number++
	line, size := []byte{}, int64(0)
	for {
		part, err := l.in.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxLine {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && size == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case size > maxLine:
			return nil, trade.Refusef("the line has %v; a notice has at most %v", Size(size), Size(maxLine))
		}
		if l.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		return bytes.TrimSpace(line), nil
	}
}
