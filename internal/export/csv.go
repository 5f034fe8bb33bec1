package export

import (
	"encoding/csv"
	"io"

	"tbtwatch/internal/trade"
)

// byteOrderMark tells spreadsheets that the text is UTF-8.
const byteOrderMark = "\ufeff"

// CSVWriter writes lines of cells that no spreadsheet runs.
type CSVWriter struct {
	w     io.Writer
	csv   *csv.Writer
	begun bool
}

// NewCSV makes a writer to w: UTF-8 with a byte order mark, lines that end
// with CR LF (RFC 4180).
func NewCSV(w io.Writer) *CSVWriter {
	c := &CSVWriter{w: w, csv: csv.NewWriter(w)}
	c.csv.UseCRLF = true
	return c
}

// Line writes one line.
func (c *CSVWriter) Line(cells ...string) error {
	if !c.begun {
		c.begun = true
		if _, err := io.WriteString(c.w, byteOrderMark); err != nil {
			return err
		}
	}
	harmless := make([]string, len(cells))
	for i, cell := range cells {
		harmless[i] = Harmless(Clean(cell))
	}
	return c.csv.Write(harmless)
}

// Close writes what is left and tells the first error of all writes.
func (c *CSVWriter) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}

// csvSink writes rows as CSV.
type csvSink[R any] struct {
	csv  *CSVWriter
	lang string
}

func (s *csvSink[R]) head(cells []string) error { return s.csv.Line(cells...) }

func (s *csvSink[R]) row(_ *R, cells func() []string) error { return s.csv.Line(cells()...) }

func (s *csvSink[R]) cut(why trade.Text) error { return s.csv.Line(why.In(s.lang)) }

func (s *csvSink[R]) close() error { return s.csv.Close() }

// WriteCSV writes a table that spreadsheets open as UTF-8 and run nothing of.
func WriteCSV(w io.Writer, rows [][]string) error {
	out := NewCSV(w)
	for _, row := range rows {
		if err := out.Line(row...); err != nil {
			return err
		}
	}
	return out.Close()
}
