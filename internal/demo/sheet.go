package demo

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxTemplate bounds the rows that BlowUp keeps in memory as its pattern.
const maxTemplate = 5000

// BlowUp reads an ePing sheet (.xlsx) from src and writes one of the same
// columns with rows rows to w, so that a loader can be tested with as many as
// the live export has. The first rows are src's own. Then they come again and
// again with other symbols: every measure (area, member, number) gets a number
// of its own in each round, wherever its symbol or its document's name stands,
// so that joint papers stay joint and follow-ups keep their parents. No two
// rows are the same unless src has the same row twice. Memory is bounded: src's
// rows (at most 5,000) and excelize's buffer of 16 MiB.
func BlowUp(src io.Reader, rows int, w io.Writer) error {
	head, pattern, err := readPattern(src)
	if err != nil {
		return fmt.Errorf("blow up: %w", err)
	}
	book := newRenumber(pattern)
	if err := book.check((rows-1)/len(pattern) + 1); err != nil {
		return fmt.Errorf("blow up to %d rows: %w", rows, err)
	}
	err = writeSheet(w, head, func(yield func([]any) error) error {
		for i := range rows {
			round, line := i/len(pattern), pattern[i%len(pattern)]
			if err := yield(book.row(line, round)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("blow up to %d rows: %w", rows, err)
	}
	return nil
}

// patternCell is a cell of the pattern: a value, or a formula where there is one.
type patternCell struct {
	value   any // string or, for serials, float64
	formula string
}

// readPattern reads the head and the rows of the first sheet.
func readPattern(src io.Reader) (head []string, pattern [][]patternCell, err error) {
	f, err := excelize.OpenReader(src)
	if err != nil {
		return nil, nil, fmt.Errorf("read the sheet: %w", err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	all, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, nil, fmt.Errorf("read the rows: %w", err)
	}
	if len(all) < 2 {
		return nil, nil, fmt.Errorf("the sheet has no rows to repeat")
	}
	head = all[0]
	for i := range all[1:min(len(all), maxTemplate+1)] {
		line, err := readLine(f, sheet, i+2, len(head))
		if err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", i+2, err)
		}
		pattern = append(pattern, line)
	}
	return head, pattern, nil
}

func readLine(f *excelize.File, sheet string, row, width int) ([]patternCell, error) {
	line := make([]patternCell, width)
	for col := range line {
		at, err := excelize.CoordinatesToCellName(col+1, row)
		if err != nil {
			return nil, err
		}
		if line[col].formula, err = f.GetCellFormula(sheet, at); err != nil {
			return nil, err
		}
		text, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		line[col].value = text
		if kind, err := f.GetCellType(sheet, at); err == nil && kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString && isSerial(text) {
			line[col].value = number(text)
		}
	}
	return line, nil
}

// isSerial reports whether text is a whole number of a few digits, as Excel
// keeps days.
func isSerial(text string) bool {
	return text != "" && len(text) < 7 && strings.Trim(text, "0123456789") == ""
}
