package ingest

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"tbtwatch/internal/trade"
)

// xmlPart is a token stream whose tokens cannot grow without bound: the
// decoder buffers a text whole before it hands it out.
type xmlPart struct {
	*xml.Decoder
	budget *budgetReader
	name   string
}

type budgetReader struct {
	r    io.Reader
	left int
}

func (b *budgetReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, trade.Refusef("a cell or tag is longer than %d KiB", maxSheetText>>10)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func newXMLPart(r io.Reader, name string) *xmlPart {
	b := &budgetReader{r: r, left: maxSheetText}
	return &xmlPart{Decoder: xml.NewDecoder(bufio.NewReaderSize(b, 64<<10)), budget: b, name: name}
}

// next is the next token; the end of the part before its last element is an error.
func (x *xmlPart) next() (xml.Token, error) {
	x.budget.left = maxSheetText
	t, err := x.RawToken()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("%s breaks off or is broken after %d bytes: %w", x.name, x.InputOffset(), err)
	}
	return t, nil
}

// cellText gathers the text of <t> elements, rich runs included, the reading
// aids of <rPh> left out.
type cellText struct {
	buf      []byte
	in       bool
	phonetic bool
}

func (c *cellText) take(tok xml.Token) error {
	switch tok := tok.(type) {
	case xml.StartElement:
		c.phonetic = c.phonetic || tok.Name.Local == "rPh"
		c.in = tok.Name.Local == "t"
	case xml.EndElement:
		c.phonetic = c.phonetic && tok.Name.Local != "rPh"
		c.in = false
	case xml.CharData:
		if c.in && !c.phonetic {
			if len(c.buf)+len(tok) > maxSheetText {
				return trade.Refusef("a cell is longer than %d KiB", maxSheetText>>10)
			}
			c.buf = append(c.buf, tok...)
		}
	}
	return nil
}
