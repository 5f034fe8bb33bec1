package ingest

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"tbtwatch/internal/trade"
)

// sheetCell is one cell as given: text is what is shown (a number's digits,
// a HYPERLINK's words), link what a HYPERLINK formula points to.
type sheetCell struct {
	column int // from 0
	text   string
	link   string
}

// rows calls fn with each row of the first sheet that has a cell, in order,
// and with its number as a spreadsheet shows it. The cells are only valid
// during the call.
func (w *workbook) rows(fn func(row int, cells []sheetCell) error) error {
	name, err := w.sheetName()
	if err != nil {
		return err
	}
	r, err := w.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := &sheetReader{xmlPart: newXMLPart(r, name), strings: w.strings}
	if err := s.read(fn); err != nil {
		return err
	}
	// Reading to the end makes archive/zip compare the checksum.
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type sheetReader struct {
	*xmlPart
	strings *stringTable
	row     int
	cells   []sheetCell
}

func (s *sheetReader) read(fn func(int, []sheetCell) error) error {
	inData := false
	for {
		tok, err := s.next()
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch {
			case tok.Name.Local == "sheetData":
				inData = true
			case tok.Name.Local == "row" && inData:
				s.row, s.cells = rowNumber(tok, s.row+1), s.cells[:0]
			case tok.Name.Local == "c" && inData:
				if err := s.cell(tok); err != nil {
					return fmt.Errorf("row %d: %w", s.row, err)
				}
			}
		case xml.EndElement:
			switch {
			case tok.Name.Local == "row" && len(s.cells) > 0:
				if err := fn(s.row, s.cells); err != nil {
					return err
				}
			case tok.Name.Local == "worksheet":
				if !inData {
					return trade.Refusef("%s holds no sheet data", s.name)
				}
				return nil
			}
		}
	}
}

func rowNumber(e xml.StartElement, next int) int {
	for _, a := range e.Attr {
		if n, err := strconv.Atoi(a.Value); a.Name.Local == "r" && err == nil && n > 0 {
			return n
		}
	}
	return next
}
