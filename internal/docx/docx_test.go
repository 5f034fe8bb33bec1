package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"testing"
)

func sample() Document {
	return Document{
		Title: "预警 <1> & more", Creator: "中心", Lang: "zh-CN", Created: "2026-03-02T00:00:00Z", Footer: "2026-0001",
		Blocks: []Block{
			{Style: "Title", Text: "标题"}, {Style: "Subtitle", Text: "橙色", Mark: "#e65100"}, {Style: "Heading1", Text: "一、时间", Mark: `red"/><evil`},
			{Text: "第一行\n第二行\ttab \x00\x0b\u009f\ufffe\xff<w:p>&amp;"},
			{Table: &Table{Head: []string{"事项", "日期", "依据"}, Rows: [][]string{{"评议", "2026-04-01"}, {"a", "b", "c", "d"}}}},
			{Table: &Table{Rows: [][]string{{"编号", "2026-0001"}}}}, {Table: &Table{}},
		},
	}
}

// open reads the file as any other program would.
func open(t *testing.T, d Document) (raw []byte, parts map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return b.Bytes(), parts
}

// elements calls fn for every element of a part, which must be well formed.
func elements(t *testing.T, name, text string, fn func(xml.StartElement, string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is not well formed: %v", name, err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		inner := ""
		if e.Name.Local == "t" {
			if err := d.DecodeElement(&inner, &e); err != nil {
				t.Fatal(err)
			}
		}
		fn(e, inner)
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestFileIsWhole(t *testing.T) {
	raw, parts := open(t, sample())
	if again, _ := open(t, sample()); !bytes.Equal(raw, again) {
		t.Error("the same document gives other bytes")
	}
	types := map[string]bool{}
	elements(t, "types", parts["[Content_Types].xml"], func(e xml.StartElement, _ string) {
		if e.Name.Local == "Override" {
			types[strings.TrimPrefix(attribute(e, "PartName"), "/")] = true
		}
	})
	for name, text := range parts {
		elements(t, name, text, func(xml.StartElement, string) {})
		if !types[name] && !strings.HasSuffix(name, ".rels") && name != "[Content_Types].xml" {
			t.Errorf("%s has no content type", name)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0xFFFE || r == 0x9F }) {
			t.Errorf("%s holds control characters", name)
		}
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		base := path.Dir(path.Dir(name))
		elements(t, name, text, func(e xml.StartElement, _ string) {
			if to := attribute(e, "Target"); to != "" && parts[path.Join(base, to)] == "" {
				t.Errorf("%s leads to %s, which there is not", name, to)
			}
		})
	}
	for name := range types {
		if parts[name] == "" {
			t.Errorf("a content type for %s, which there is not", name)
		}
	}
	ids, styles := map[string]bool{}, map[string]bool{}
	elements(t, "rels", parts["word/_rels/document.xml.rels"], func(e xml.StartElement, _ string) { ids[attribute(e, "Id")] = true })
	elements(t, "styles", parts["word/styles.xml"], func(e xml.StartElement, _ string) { styles[attribute(e, "styleId")] = true })
	elements(t, "document", parts["word/document.xml"], func(e xml.StartElement, _ string) {
		switch e.Name.Local {
		case "pStyle", "tblStyle":
			if !styles[attribute(e, "val")] {
				t.Errorf("no style %q", attribute(e, "val"))
			}
		case "footerReference":
			if !ids[attribute(e, "id")] {
				t.Errorf("no relationship %q", attribute(e, "id"))
			}
		case "pgSz":
			if attribute(e, "w") != "11906" || attribute(e, "h") != "16838" {
				t.Error("the page is not A4")
			}
		}
	})
	for part, words := range map[string][]string{
		"docProps/core.xml": {"预警 &lt;1&gt; &amp; more", "2026-03-02T00:00:00Z", "中心"}, "word/styles.xml": {`w:eastAsia="仿宋"`, `w:eastAsia="黑体"`, `w:val="zh-CN"`},
		"word/fontTable.xml": {"FangSong", "SimHei"}, "word/document.xml": {`<w:color w:val="e65100"/>`}, "word/footer1.xml": {"2026-0001", " PAGE "},
	} {
		for _, w := range words {
			if !strings.Contains(parts[part], w) {
				t.Errorf("%s lacks %q", part, w)
			}
		}
	}
}

func TestTextsComeBack(t *testing.T) {
	_, parts := open(t, sample())
	var texts []string
	rows := []int{}
	elements(t, "document", parts["word/document.xml"], func(e xml.StartElement, text string) {
		switch e.Name.Local {
		case "t":
			texts = append(texts, text)
		case "tr":
			rows = append(rows, 0)
		case "tc":
			rows[len(rows)-1]++
		}
	})
	want := "标题|■ |橙色|一、时间|第一行|第二行 tab <w:p>&amp;|事项|日期|依据||评议|2026-04-01|||a|b|c|d|编号|2026-0001"
	if got := strings.Join(texts, "|"); got != want {
		t.Errorf("texts %s\nwant  %s", got, want)
	}
	for _, n := range rows[:3] {
		if n != 4 {
			t.Errorf("the rows have %v cells", rows)
		}
	}
}
