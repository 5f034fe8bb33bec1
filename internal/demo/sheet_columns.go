package demo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheetName is what the first sheet is called.
const sheetName = "Notifications"

// sheetColumns are those of ePing's daily sheet, two double blanks included.
var sheetColumns = []string{
	"Notifying Member", "Distribution date", "Document symbol", "Title", "Description", "Products covered", "HS code(s)", "ICS code(s)",
	"Objectives", "Keywords", "Specific regions or countries likely to be affected", "Proposed adoption  date",
	"Proposed entry  into  force date", "Final date for comments", "Notification type", "Notified document",
	"Link to notification(EN)", "Link to notification(FR)", "Link to notification(ES)",
}

// epoch is day 0 of Excel's serials.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serial is the Excel serial of t's day: 45814 for 2025-06-06.
func serial(t time.Time) int { return int(midnight(t).Sub(epoch).Hours() / 24) }

// hyperlink is the formula that ePing writes for links, with no cached value.
func hyperlink(address, shown string) excelize.Cell {
	quote := func(s string) string { return strings.ReplaceAll(s, `"`, `""`) }
	return excelize.Cell{Formula: fmt.Sprintf(`HYPERLINK("%s","%s")`, quote(address), quote(shown))}
}

// Sheet is ePing's daily sheet (.xlsx) as the world serves it: one row for each
// member of each of its papers.
func (w *World) Sheet() ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	if w.sheet == nil {
		w.sheet, err = w.makeSheet()
	}
	return w.sheet, err
}

func (w *World) epingBulk(rw http.ResponseWriter, r *http.Request) {
	body, err := w.Sheet()
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	send(rw, r, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body)
}

// makeSheet writes the papers of the sheet, one row for each member.
func (w *World) makeSheet() ([]byte, error) {
	var lines [][]any
	for _, p := range w.papers {
		if p.via() != ViaBulk {
			continue
		}
		for _, member := range p.Members {
			lines = append(lines, w.sheetRow(p, member))
		}
	}
	var out bytes.Buffer
	if err := writeSheet(&out, sheetColumns, func(yield func([]any) error) error {
		for _, line := range lines {
			if err := yield(line); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("demo: the daily sheet: %w", err)
	}
	return out.Bytes(), nil
}

// sheetRow has a cell for each of sheetColumns.
func (w *World) sheetRow(p Paper, member string) []any {
	symbols := " " + strings.Join(p.Symbols, ", ")
	row := []any{
		member, serial(p.published(w.now)), hyperlink("https://www.epingalert.org/en/Search?viewData="+symbols, symbols),
		p.Title, p.Description, p.Products, strings.Join(p.HS, "; "), strings.Join(p.ICS, "; "),
		strings.Join(p.Objectives, "; "), strings.Join(p.Keywords, "; "), p.Affected, p.Adoption, p.Entry, "", p.Type, "", "", "", "",
	}
	if d := p.deadline(w.now); !d.IsZero() {
		row[13] = serial(d)
	}
	link := documentLink(p.Symbols[0], w.now)
	row[16] = hyperlink(link, link)
	return row
}

// documentLink is where the WTO keeps the paper: …/t/G/TBTN25/BDI606A1.DOCX.
func documentLink(symbol string, now time.Time) string {
	parts := strings.Split(symbol, "/")
	name := parts[3] + parts[4]
	for _, suffix := range parts[5:] {
		word, n, _ := strings.Cut(suffix, ".")
		name += word[:1] + n
	}
	return fmt.Sprintf("https://docs.wto.org/imrd/directdoc.asp?DDFDocuments/t/G/%sN%02d/%s.DOCX", parts[1], now.Year()%100, name)
}

// writeSheet streams a workbook of one sheet: the head, then what rows yields.
// excelize keeps at most 16 MiB of it in memory and the rest in a temporary file.
func writeSheet(w io.Writer, head []string, rows func(yield func([]any) error) error) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	n := 0
	add := func(cells []any) error {
		n++
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		return sw.SetRow(at, cells)
	}
	first := make([]any, len(head))
	for i, name := range head {
		first[i] = name
	}
	if err := add(first); err != nil {
		return err
	}
	if err := rows(add); err != nil {
		return err
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}
