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
)

// sheet writes rows into a workbook. Every cell is a string: none is ever a
// formula, a number that loses zeros, or a date of the reader's country.
type sheet[R any] struct {
	w    io.Writer
	file *excelize.File
	rows *excelize.StreamWriter // keeps what is long in a temporary file
	lang string
	n    int
}

func newSheet[R any](w io.Writer, name, lang string) (*sheet[R], error) {
	s := &sheet[R]{w: w, file: excelize.NewFile(), lang: lang}
	err := s.file.SetSheetName("Sheet1", name)
	if err == nil {
		s.rows, err = s.file.NewStreamWriter(name)
	}
	if err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

func (s *sheet[R]) head(cells []string) error {
	if err := s.rows.SetColWidth(1, max(1, len(cells)), columnWidth); err != nil {
		return err
	}
	if err := s.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return s.line(cells)
}

func (s *sheet[R]) line(cells []string) error {
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

func (s *sheet[R]) row(_ *R, cells func() []string) error { return s.line(cells()) }

func (s *sheet[R]) cut(why trade.Text) error { return s.line([]string{why.In(s.lang)}) }

func (s *sheet[R]) close() error {
	if err := s.rows.Flush(); err != nil {
		return err
	}
	return s.file.Write(s.w)
}

// drop removes the temporary files.
func (s *sheet[R]) drop() { _ = s.file.Close() }
