package registry

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"tbtwatch/internal/trade"
)

// Sheet is an opened table: rows with line numbers, columns found by name.
// It is read once, by one goroutine.
type Sheet struct {
	kind   Kind
	source source
	head   *header
	csv    *csvSource // nil for a workbook
	stop   func() error
	limits Limits
}

// Limits are what a sheet of a sender who is not trusted may be, and what it
// may leave out. The zero value is for the centre's own files.
type Limits struct {
	Unpacked int64             // bytes of all parts of a workbook; 0 for the usual limit
	Given    map[string]string // values of columns that the file does not have
}

// source yields records; a record that cannot be read has a Problem.
type source interface {
	next() (line int, cells []string, bad *Problem, err error)
}

// Row is one record of a sheet.
type Row struct {
	Line  int
	Bad   *Problem // why the record cannot be read; Cells is then nil
	cells []string
	head  *header
}

// Get returns the cell of the column with that name, as it stands in the file,
// "" when the file does not have it.
func (r Row) Get(column string) string {
	if i, ok := r.head.at[column]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return r.head.given[column]
}

// OpenFile opens a CSV or XLSX file.
func OpenFile(path string, k Kind) (*Sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	s, err := Open(f, k)
	if err != nil {
		_ = f.Close() // read only
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	inner := s.stop
	s.stop = func() error { _ = f.Close(); return inner() }
	return s, nil
}

// Open reads a table from r and recognises its form by its first bytes. CSV is
// streamed; a workbook is spooled to a temporary file. What cannot be read at
// all, or has no header with the required columns, is a trade.Refused.
func Open(r io.Reader, k Kind) (*Sheet, error) { return OpenWithin(r, k, Limits{}) }

// OpenWithin is Open within limits.
func OpenWithin(r io.Reader, k Kind, limits Limits) (*Sheet, error) {
	if Columns(k) == nil {
		return nil, fmt.Errorf("registry: %q is no kind of sheet", k)
	}
	b := bufio.NewReaderSize(r, sniffBytes)
	sample, err := b.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("registry: reading the file: %w", err)
	}
	if err = recognise(sample); err != nil {
		return nil, err
	}
	s := &Sheet{kind: k, limits: limits, stop: func() error { return nil }}
	if bytes.HasPrefix(sample, []byte("PK\x03\x04")) {
		err = s.openWorkbook(b)
	} else {
		s.csv = newCSVSource(b, k)
		s.source = s.csv
	}
	if err == nil {
		err = s.readHeader()
	}
	if err != nil {
		_ = s.stop() // the first error says more
		return nil, err
	}
	return s, nil
}

func (s *Sheet) openWorkbook(r io.Reader) error {
	path, err := spool(r)
	if err != nil {
		return err
	}
	x, err := newXLSXSource(path, s.kind, s.limits.Unpacked)
	if err != nil {
		_ = os.Remove(path) // the first error says more
		return err
	}
	x.temp = path
	s.source, s.stop = x, x.close
	return nil
}

func errEmpty() error {
	return refuse("the file is empty; its first line has to name the columns", "文件为空；首行必须是列名")
}

// foreign is what files are that are no tables, by their first bytes.
var foreign = []struct {
	magic string
	is    two
}{
	{"\xD0\xCF\x11\xE0", two{"an old Excel file (.xls) or an encrypted workbook; save it as .xlsx without a password, or as CSV", "旧版 Excel 文件（.xls）或加密的工作簿；请另存为不设密码的 .xlsx，或 CSV"}},
	{"%PDF", two{"a PDF document; export the table as CSV or .xlsx", " PDF 文档；请将表格导出为 CSV 或 .xlsx"}},
	{"\x1F\x8B", two{"a compressed file (gzip); unpack it first", "压缩文件（gzip）；请先解压"}},
	{"Rar!", two{"a compressed file (RAR); unpack it first", "压缩文件（RAR）；请先解压"}},
	{"<", two{"a web page or XML, not a table; export it as CSV or .xlsx", "网页或 XML，不是表格；请导出为 CSV 或 .xlsx"}},
	{"{", two{"JSON, not a table; export it as CSV or .xlsx", " JSON，不是表格；请导出为 CSV 或 .xlsx"}},
}

// recognise refuses what is no table, by its first bytes.
func recognise(sample []byte) error {
	if len(bytes.TrimSpace(sample)) == 0 {
		return errEmpty()
	}
	for _, f := range foreign {
		if bytes.HasPrefix(bytes.TrimLeft(sample, "\xEF\xBB\xBF \r\n\t"), []byte(f.magic)) {
			return &trade.Refused{Reason: "the file is " + f.is.en, ZH: "该文件是" + f.is.zh}
		}
	}
	return nil
}

// readHeader takes the first record as the names of the columns.
func (s *Sheet) readHeader() error {
	line, cells, bad, err := s.source.next()
	if err == io.EOF {
		return errEmpty()
	}
	if err != nil {
		return err
	}
	if bad != nil {
		e := &RowError{Line: line, Problem: *bad}
		return &trade.Refused{Reason: "the header cannot be read: " + e.Error(), ZH: "列名行无法读取：" + e.ZH()}
	}
	if s.head, err = mapHeader(s.kind, line, cells, s.limits.Given); err != nil {
		return err
	}
	if s.csv != nil {
		s.csv.width = s.head.width
	}
	return nil
}

// Next returns the next row, io.EOF after the last one. Blank lines are no
// rows. Any other error means that the rest of the file cannot be read.
func (s *Sheet) Next() (Row, error) {
	line, cells, bad, err := s.source.next()
	if err != nil {
		return Row{}, err
	}
	return Row{Line: line, Bad: bad, cells: cells, head: s.head}, nil
}

// Has reports whether the file has the column with that name.
func (s *Sheet) Has(column string) bool {
	_, ok := s.head.at[column]
	return ok
}

// Remarks are about the file as a whole, as far as it was read: its encoding,
// unknown columns.
func (s *Sheet) Remarks() []Remark {
	out := s.head.remarks
	if s.csv != nil {
		out = append(append([]Remark(nil), s.csv.lines.dec.remarks...), out...)
	}
	return out
}

// Close releases files. The sheet cannot be read afterwards.
func (s *Sheet) Close() error { return s.stop() }
