package ingest

import (
	"encoding/xml"
	"strconv"
	"strings"

	"tbtwatch/internal/trade"
)

// cell reads one <c> to its end.
func (s *sheetReader) cell(start xml.StartElement) error {
	c := sheetCell{}
	if len(s.cells) > 0 {
		c.column = s.cells[len(s.cells)-1].column + 1
	}
	kind := ""
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "t":
			kind = a.Value
		case "r":
			c.column = columnNumber(a.Value)
		}
	}
	if c.column < 0 || c.column >= maxColumns {
		return trade.Refusef("cell %v lies outside the first %d columns", start.Attr, maxColumns)
	}
	value, formula, err := s.content()
	if err != nil {
		return err
	}
	if kind == "s" && value != "" {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return trade.Refusef("%q is no number of a shared string", clip(value, 20))
		}
		if value, err = s.strings.get(n); err != nil {
			return err
		}
	}
	c.text = value
	if shown, link, ok := hyperlink(formula); ok {
		c.text, c.link = shown, link
	} else if value == "" && formula != "" {
		c.text = "=" + formula
	}
	if c.text != "" || c.link != "" {
		s.cells = append(s.cells, c)
	}
	return nil
}

// content is the text of <v> or <is> and of <f> up to the end of the cell.
func (s *sheetReader) content() (value, formula string, err error) {
	inline, in := cellText{}, ""
	var v, f []byte
	for {
		tok, err := s.next()
		if err != nil {
			return "", "", err
		}
		if err := inline.take(tok); err != nil {
			return "", "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			in = tok.Name.Local
		case xml.CharData:
			switch in {
			case "v":
				v = append(v, tok...)
			case "f":
				f = append(f, tok...)
			}
		case xml.EndElement:
			in = ""
			if tok.Name.Local == "c" {
				return string(append(v, inline.buf...)), string(f), nil
			}
		}
		if len(v)+len(f) > maxSheetText {
			return "", "", trade.Refusef("a cell is longer than %d KiB", maxSheetText>>10)
		}
	}
}

// columnNumber is 0 for "A1" and 27 for "AB7", -1 for what is no reference.
func columnNumber(ref string) int {
	n := 0
	for i, r := range ref {
		switch {
		case r >= 'A' && r <= 'Z' && i < 4:
			n = n*26 + int(r-'A') + 1
		case i > 0 && r >= '0' && r <= '9':
			return n - 1
		default:
			return -1
		}
	}
	return -1
}

// hyperlink reads the formula HYPERLINK("address","shown"), in which a quote
// is doubled; without the second argument the address is shown.
func hyperlink(formula string) (shown, link string, ok bool) {
	formula = strings.TrimPrefix(strings.TrimSpace(formula), "=")
	if len(formula) < 11 || !strings.EqualFold(formula[:10], "HYPERLINK(") {
		return "", "", false
	}
	link, rest, ok := quoted(formula[10:])
	if !ok {
		return "", "", false
	}
	shown = link
	if rest, more := strings.CutPrefix(strings.TrimSpace(rest), ","); more {
		if text, _, ok := quoted(rest); ok {
			shown = text
		}
	}
	return shown, strings.TrimSpace(link), true
}

// quoted reads a leading Excel string literal.
func quoted(s string) (text, rest string, ok bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			return b.String(), s[i+1:], true
		}
	}
	return "", s, false
}
