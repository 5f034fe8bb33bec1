package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"tbtwatch/internal/trade"
)

// Bounds on a workbook; the live ePing export is 45 MB packed and about 300 MB
// unpacked.
const (
	maxWorkbook  = 512 << 20 // bytes of the file
	maxSheetXML  = 4 << 30   // bytes of one part, unpacked
	maxSheetText = 1 << 20   // bytes of one cell or tag
	maxColumns   = 256
	maxRatio     = 200 // unpacked for each packed byte of a part, past the first MiB
)

// workbook is an .xlsx file read row by row in bounded memory. It is read by
// our own eyes and not by a spreadsheet library because those hand out the
// cached value of a formula, which the ePing export does not have, and end
// quietly where the XML breaks off.
type workbook struct {
	zip     *zip.Reader
	file    *os.File // where the body is spooled; nil if it was a file itself
	strings *stringTable
}

// openWorkbook spools body to a temporary file unless it can be read at any
// place, and reads the table of shared strings. Close removes what was written.
func openWorkbook(body io.Reader) (*workbook, error) {
	w := &workbook{}
	at, size, err := w.spool(body)
	if err == nil {
		w.zip, err = zip.NewReader(at, size)
	}
	if err == nil {
		w.strings, err = w.readStrings()
	}
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("not a whole .xlsx workbook (download or save it again): %w", err)
	}
	return w, nil
}

func (w *workbook) spool(body io.Reader) (io.ReaderAt, int64, error) {
	if r, ok := body.(interface {
		io.ReaderAt
		Size() int64
	}); ok {
		return r, r.Size(), nil
	}
	if f, ok := body.(*os.File); ok {
		info, err := f.Stat()
		if err == nil && info.Mode().IsRegular() {
			return f, info.Size(), nil
		}
	}
	magic := make([]byte, 4)
	if _, err := io.ReadFull(body, magic); err != nil {
		return nil, 0, fmt.Errorf("the first bytes: %w", err)
	}
	if string(magic[:2]) != "PK" {
		return nil, 0, trade.Refusef("it begins with %q and not like a ZIP file", magic)
	}
	body = io.MultiReader(bytes.NewReader(magic), body)
	f, err := os.CreateTemp("", "tbtwatch-*.xlsx")
	if err != nil {
		return nil, 0, err
	}
	w.file = f
	size, err := io.Copy(f, io.LimitReader(body, maxWorkbook+1))
	if err == nil && size > maxWorkbook {
		err = trade.Refusef("larger than %d MiB", maxWorkbook>>20)
	}
	return f, size, err
}

// Close removes the temporary files.
func (w *workbook) Close() {
	if w.file != nil {
		w.file.Close()
		os.Remove(w.file.Name())
	}
	if w.strings != nil {
		w.strings.Close()
	}
}

// part opens one XML part of the package, guarded against what unpacks to far
// more than it should.
func (w *workbook) part(name string) (io.ReadCloser, error) {
	for _, f := range w.zip.File {
		if !strings.EqualFold(path.Clean(f.Name), name) {
			continue
		}
		if f.UncompressedSize64 > maxSheetXML || f.UncompressedSize64 > 1<<20+maxRatio*f.CompressedSize64 {
			return nil, trade.Refusef("%s unpacks from %d to %d bytes: refused as a zip bomb", name, f.CompressedSize64, f.UncompressedSize64)
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return r, nil
	}
	return nil, fmt.Errorf("%s: %w", name, errNoPart)
}

var errNoPart = errors.New("no such part")

// sheetName is the part of the first sheet of the workbook.
func (w *workbook) sheetName() (string, error) {
	var book struct {
		Sheets []struct {
			ID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relation []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := w.decode("xl/workbook.xml", &book); err != nil {
		return "", err
	}
	if err := w.decode("xl/_rels/workbook.xml.rels", &rels); err != nil {
		return "", err
	}
	if len(book.Sheets) == 0 {
		return "", trade.Refusef("the workbook has no sheet")
	}
	for _, r := range rels.Relation {
		if r.ID == book.Sheets[0].ID {
			if strings.HasPrefix(r.Target, "/") {
				return path.Clean(r.Target[1:]), nil
			}
			return path.Join("xl", r.Target), nil
		}
	}
	return "", trade.Refusef("the workbook does not say where its first sheet is")
}

// decode reads a small part whole.
func (w *workbook) decode(name string, into any) error {
	r, err := w.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
