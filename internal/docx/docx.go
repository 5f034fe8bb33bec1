// Package docx writes WordprocessingML documents: headings, paragraphs and
// tables on A4, the same bytes for the same input. It imports the standard
// library only.
package docx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Document is a document to be written.
type Document struct {
	Title   string
	Creator string
	Lang    string // BCP 47
	Created string // RFC 3339, or empty where there is no such moment
	Footer  string // before the page number
	Blocks  []Block
}

// Block is a paragraph of a style, or a table.
type Block struct {
	Style string // Title, Subtitle, Heading1, Note or "" for running text
	Text  string // a line end breaks the line
	Mark  string // colour of a square before the text, such as #e65100
	Table *Table
}

// Table is a grid. Without a head, the first column names the rows.
type Table struct {
	Head []string
	Rows [][]string
}

// Write writes the document as a zip file.
func Write(w io.Writer, d Document) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", coreProperties(d)},
		{"word/document.xml", body(d)},
		{"word/footer1.xml", footer(d)},
		{"word/styles.xml", strings.ReplaceAll(styles, "LANG", escaped(d.Lang))},
		{"word/fontTable.xml", fontTable},
		{"word/_rels/document.xml.rels", documentRels},
	} {
		// Without a time, which would be another one at each download.
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(f, xml.Header+part.body)
		}
		if err != nil {
			return fmt.Errorf("docx: %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("docx: %w", err)
	}
	return nil
}

// escaped is text inside an element. What XML cannot hold is left out.
func escaped(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}

// run is text with its line ends as breaks.
func run(text, properties string) string {
	var b strings.Builder
	b.WriteString("<w:r>")
	if properties != "" {
		b.WriteString("<w:rPr>" + properties + "</w:rPr>")
	}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + escaped(strings.ReplaceAll(line, "\t", " ")) + "</w:t>")
	}
	b.WriteString("</w:r>")
	return b.String()
}

func paragraph(style, runs string) string {
	if style != "" {
		runs = `<w:pPr><w:pStyle w:val="` + escaped(style) + `"/></w:pPr>` + runs
	}
	return "<w:p>" + runs + "</w:p>"
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func body(d Document) string {
	var b strings.Builder
	b.WriteString(`<w:document ` + namespaces + `><w:body>`)
	for _, block := range d.Blocks {
		if block.Table != nil {
			b.WriteString(table(block.Table))
			b.WriteString(paragraph("Note", "")) // two tables in a row would grow together
			continue
		}
		runs := run(block.Text, "")
		if colour.MatchString(block.Mark) {
			runs = run("■ ", `<w:color w:val="`+block.Mark[1:]+`"/>`) + runs
		}
		b.WriteString(paragraph(block.Style, runs))
	}
	b.WriteString(page + `</w:body></w:document>`)
	return b.String()
}

const textWidth = 9026 // twentieths of a point between the margins of A4

func table(t *Table) string {
	columns := len(t.Head)
	for _, r := range t.Rows {
		columns = max(columns, len(r))
	}
	if columns == 0 {
		return ""
	}
	widths := make([]int, columns)
	for i := range widths {
		widths[i] = textWidth / columns
	}
	if len(t.Head) == 0 && columns == 2 {
		widths[0], widths[1] = 2000, textWidth-2000
	}
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="` + fmt.Sprint(textWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString(`</w:tblGrid>`)
	line := func(cells []string, properties string, strong func(column int) bool) {
		b.WriteString("<w:tr><w:trPr><w:cantSplit/>" + properties + "</w:trPr>")
		for i, w := range widths {
			text, bold := "", ""
			if i < len(cells) {
				text = cells[i]
			}
			if strong(i) {
				bold = "<w:b/>"
			}
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc>`, w, paragraph("Cell", run(text, bold)))
		}
		b.WriteString("</w:tr>")
	}
	if len(t.Head) > 0 {
		line(t.Head, "<w:tblHeader/>", func(int) bool { return true })
	}
	for _, r := range t.Rows {
		line(r, "", func(column int) bool { return len(t.Head) == 0 && column == 0 })
	}
	b.WriteString("</w:tbl>")
	return b.String()
}

func footer(d Document) string {
	field := `<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>`
	return `<w:ftr ` + namespaces + `>` + paragraph("Footer", run(d.Footer+" · ", "")+field) + `</w:ftr>`
}

func coreProperties(d Document) string {
	created := ""
	if d.Created != "" {
		created = `<dcterms:created xsi:type="dcterms:W3CDTF">` + escaped(d.Created) + `</dcterms:created>`
	}
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escaped(d.Title) + `</dc:title><dc:creator>` + escaped(d.Creator) + `</dc:creator><dc:language>` + escaped(d.Lang) + `</dc:language>` + created + `</cp:coreProperties>`
}
