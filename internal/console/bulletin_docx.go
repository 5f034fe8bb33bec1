package console

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"tbtwatch/internal/docx"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// bulletinFile hands the bulletin out as a file for word processors.
func (s *site) bulletinFile(w http.ResponseWriter, r *http.Request) error {
	d, err := s.View.Bulletin(r.Context(), r.PathValue("key"), audienceOf(r.URL.Query().Get("audience")))
	if err != nil {
		return err
	}
	lang := langOf(r)
	name := notInName.ReplaceAllString(strings.Trim(d.Bulletin.Number+"-"+string(d.Bulletin.Audience)+"-"+lang, "-"), "")
	return document(w, "bulletin-"+name, bulletinDocument(d.Bulletin, lang))
}

// document hands a document out as a file for word processors.
func document(w http.ResponseWriter, name string, d docx.Document) error {
	var file bytes.Buffer
	if err := docx.Write(&file, d); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.docx"`)
	h.Set("Content-Length", strconv.Itoa(file.Len()))
	h.Set("Cache-Control", "no-store")
	_, err := w.Write(file.Bytes())
	return err
}

// bulletinDocument is the bulletin as a document in one language.
func bulletinDocument(b triage.Bulletin, lang string) docx.Document {
	in := func(t trade.Text) string { return t.In(lang) }
	imprint := []string{in(trade.Text{ZH: b.Level.ZH, EN: b.Level.EN})}
	if b.Number != "" {
		imprint = append(imprint, label(lang, "bulletin.number", b.Number))
	}
	if b.Issued != "" {
		imprint = append(imprint, b.Issued)
	}
	imprint = append(imprint, in(b.Status))
	d := docx.Document{
		Title: in(b.Name) + " " + b.Number, Creator: in(b.Centre), Lang: map[bool]string{true: "en", false: "zh-CN"}[lang == "en"],
		Footer: strings.TrimSpace(in(b.Name) + " " + b.Number),
		Blocks: []docx.Block{
			{Style: "Subtitle", Text: in(b.Centre)}, {Style: "Title", Text: in(b.Name)},
			{Style: "Subtitle", Text: strings.Join(imprint, " · "), Mark: b.Level.Color}, {Style: "Subtitle", Text: in(b.Headline)},
		},
	}
	if b.Issued != "" {
		d.Created = b.Issued + "T00:00:00Z"
	}
	d.Blocks = append(d.Blocks, documentParts(b.Parts, lang)...)
	return d
}

// documentParts are numbered parts with their headings.
func documentParts(parts []triage.Part, lang string) []docx.Block {
	in := func(t trade.Text) string { return t.In(lang) }
	var out []docx.Block
	for i, p := range parts {
		out = append(out, docx.Block{Style: "Heading1", Text: nth(i+1, lang) + in(p.Heading)})
		if own := p.In(lang); own != nil {
			out = append(out, docx.Block{Text: own.Text})
			continue
		}
		for _, block := range p.Blocks {
			if block.Table == nil {
				out = append(out, docx.Block{Text: in(block.Text)})
				continue
			}
			t := &docx.Table{Head: cells(block.Table.Head, lang)}
			for _, row := range block.Table.Rows {
				t.Rows = append(t.Rows, cells(row, lang))
			}
			out = append(out, docx.Block{Table: t})
		}
	}
	return out
}

func cells(row []trade.Text, lang string) []string {
	var out []string
	for _, c := range row {
		out = append(out, c.In(lang))
	}
	return out
}
