package registry

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// maxJoin is how many lines a quoted field may span. A quote that is not closed
// by then was never meant to be.
const maxJoin = 100

// csvSource reads records line by line, so that a broken one costs itself and
// nothing after it.
type csvSource struct {
	lines *lineReader
	comma byte
	width int // fields of a record; 0 while the header is read
	feed  *bytes.Reader
	csv   *csv.Reader // over feed, which is given one record after another
}

func newCSVSource(r *bufio.Reader, k Kind) *csvSource {
	s := &csvSource{lines: newLineReader(r), comma: ',', feed: bytes.NewReader(nil)}
	s.detect(k)
	s.csv = csv.NewReader(s.feed)
	s.csv.Comma = rune(s.comma)
	s.csv.FieldsPerRecord = -1
	s.csv.TrimLeadingSpace = s.comma != '\t' // would eat empty fields
	return s
}

// detect finds the separator: the one that makes the header name most columns.
// Excel's own "sep=;" line is obeyed and dropped.
func (s *csvSource) detect(k Kind) {
	i := 0
	first, ok := s.lines.peek(i)
	for ok && len(bytes.TrimSpace(first.text)) == 0 && i < maxJoin {
		i++
		first, ok = s.lines.peek(i)
	}
	text := strings.TrimSpace(string(first.text))
	if rest, found := strings.CutPrefix(strings.ToLower(text), "sep="); found && len(rest) <= 1 && strings.Contains(",;|", rest) {
		s.comma = append([]byte(rest), '\t')[0] // a tab was trimmed off
		s.lines.skip(i + 1)
		return
	}
	best := 0
	for _, c := range []byte(",;\t") {
		if n := known(k, strings.Split(strings.ReplaceAll(text, `"`, ""), string(c))); n > best {
			best, s.comma = n, c
		}
	}
}

// next returns the next record and the line it begins on. A record that cannot
// be read has a Problem instead of cells. At the end it returns io.EOF.
func (s *csvSource) next() (line int, cells []string, bad *Problem, err error) {
	for {
		raw, err := s.lines.next()
		if err != nil {
			return 0, nil, nil, err
		}
		if raw.bad != nil {
			return raw.n, nil, raw.bad, nil
		}
		if s.blank(raw.text) {
			continue
		}
		cells, bad = s.record(raw.text)
		return raw.n, cells, bad, nil
	}
}

// blank reports whether a line holds nothing but separators.
func (s *csvSource) blank(text []byte) bool {
	return len(bytes.Trim(text, " \t"+string(s.comma))) == 0
}

// record reads the record that begins with text and may go on over the next
// lines.
func (s *csvSource) record(text []byte) ([]string, *Problem) {
	scan := quoteScan{comma: s.comma, trim: s.csv.TrimLeadingSpace}
	scan.feed(text)
	joined := 0
	if scan.state == inQuotes {
		var whole []byte
		if whole, joined = s.join(text, scan); joined == 0 {
			return nil, problem("", scan.field(text), twof("a quote is opened and never closed", "引号未闭合"),
				twof("close it, or write a quote inside a text twice (\"\")", "请补上右引号；文本中的引号请写两遍（\"\"）"))
		}
		text = whole
	}
	cells, err := s.parse(text, false)
	if errors.Is(err, csv.ErrBareQuote) {
		cells, err = s.parse(text, true) // 17" wheel: inside an unquoted field a quote is data
	}
	if err != nil {
		return nil, problem("", scan.field(text), twof("text follows a closing quote", "右引号之后还有文字"),
			twof("write a quote inside a text twice (\"\")", "文本中的引号请写两遍（\"\"）"))
	}
	s.lines.skip(joined)
	return s.fit(cells)
}

// join adds lines until the open quote is closed, and returns the record with
// the number of lines added: 0 when that does not give a well-formed record of
// the right width. A good row is not swallowed: its own quotes open fields, and
// a quote that opens a field never closes one properly.
func (s *csvSource) join(text []byte, scan quoteScan) ([]byte, int) {
	whole := bytes.Clone(text)
	for i := range maxJoin {
		line, ok := s.lines.peek(i)
		if !ok || line.bad != nil || len(whole)+len(line.text) > maxLine {
			return nil, 0
		}
		whole = append(append(whole, '\n'), line.text...)
		scan.feed(line.text)
		switch scan.state {
		case malformed:
			return nil, 0
		case inQuotes:
			continue
		}
		cells, err := s.parse(whole, false)
		if err != nil || s.width > 0 && len(cells) != s.width {
			return nil, 0
		}
		return whole, i + 1
	}
	return nil, 0
}

// parse splits one record. Whatever the reader has not used up is read off, so
// that nothing of a broken record leaks into the next one.
func (s *csvSource) parse(record []byte, lazy bool) ([]string, error) {
	s.feed.Reset(record)
	s.csv.LazyQuotes = lazy
	cells, err := s.csv.Read()
	for {
		_, rest := s.csv.Read()
		if errors.Is(rest, io.EOF) {
			return cells, err
		}
		if err == nil {
			err = csv.ErrQuote
		}
	}
}

// fit checks the number of fields; empty ones too many do no harm.
func (s *csvSource) fit(cells []string) ([]string, *Problem) {
	if s.width == 0 || len(cells) == s.width {
		return cells, nil
	}
	if len(cells) > s.width && strings.TrimSpace(strings.Join(cells[s.width:], "")) == "" {
		return cells[:s.width], nil
	}
	return nil, problem("", "", twof("the line has %d fields, the header %d", "该行有 %d 个字段，表头有 %d 个", len(cells), s.width),
		twof("give one field for each column, empty ones too, and put a text that holds the separator %q in double quotes",
			"每列各填一个字段（空的也要保留），含分隔符 %q 的文本请加双引号", string(s.comma)))
}
