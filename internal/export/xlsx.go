package export

import (
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/trade"
)

const (
	longestCell = 32_000 // UTF-16 units; a sheet holds 32,767
	columnWidth = 22     // of each column, in characters
	textFormat  = 49     // the number format "@": what is typed over a cell stays text, too
)

// sheet writes rows into a workbook. Every cell is a string: none is ever a
// formula, a number that loses zeros, or a date of the reader's country.
type sheet struct {
	w    io.Writer
	file *excelize.File
	rows *excelize.StreamWriter // keeps what is long in a temporary file
	text int                    // the style of every cell, by its column
	n    int
}

func newSheet(w io.Writer, name string) (*sheet, error) {
	s := &sheet{w: w, file: excelize.NewFile()}
	err := s.file.SetSheetName("Sheet1", name)
	if err == nil {
		s.text, err = s.file.NewStyle(&excelize.Style{NumFmt: textFormat})
	}
	if err == nil {
		s.rows, err = s.file.NewStreamWriter(name)
	}
	if err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

func (s *sheet) head(cells []string) error {
	if err := s.rows.SetColWidth(1, max(1, len(cells)), columnWidth); err != nil {
		return err
	}
	if err := s.rows.SetColStyle(1, max(1, len(cells)), s.text); err != nil {
		return err
	}
	if err := s.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return s.line(cells)
}

func (s *sheet) line(cells []string) error {
	s.n++
	at, err := excelize.CoordinatesToCellName(1, s.n)
	if err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = inSheet(cell)
	}
	return s.rows.SetRow(at, values)
}

// inSheet is the cell as a sheet can hold it: what no XML may hold is replaced,
// what is too long ends with a mark.
func inSheet(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, cell)
	units := 0
	for i, r := range cell {
		if units += utf16.RuneLen(r); units > longestCell {
			return cell[:i] + "…"
		}
	}
	return cell
}

func (s *sheet) close() error {
	if err := s.rows.Flush(); err != nil {
		return err
	}
	return s.file.Write(s.w)
}

// drop removes the temporary files.
func (s *sheet) drop() { _ = s.file.Close() }

// xlsxSink writes rows as a workbook.
type xlsxSink[R any] struct {
	*sheet
	lang string
}

func (s *xlsxSink[R]) row(_ *R, cells func() []string) error { return s.line(cells()) }

func (s *xlsxSink[R]) cut(why trade.Text) error { return s.line([]string{why.In(s.lang)}) }

// WriteXLSX writes a table, its titles first, as a workbook of one sheet.
func WriteXLSX(w io.Writer, name string, rows [][]string) error {
	s, err := newSheet(w, name)
	if err != nil {
		return err
	}
	defer s.drop()
	write := s.head
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Clean(cell)
		}
		if err := write(cells); err != nil {
			return err
		}
		write = s.line
	}
	return s.close()
}
