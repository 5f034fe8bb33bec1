package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/trade"
)

var update = flag.Bool("update", false, "rewrite the golden readings of the sources; the diff is the review")

var fixtureDay = time.Date(2026, 8, 18, 9, 0, 0, 0, time.UTC)

// fixture is one document in an authority's wire format, composed by us, and
// how it was asked for.
type fixture struct {
	Kind       string    `yaml:"-"`
	File       string    `yaml:"file"`
	Options    yaml.Node `yaml:"options"`
	URL        string    `yaml:"url"`
	Role       string    `yaml:"role"`
	Empty      string    `yaml:"empty"`       // the same document without a row
	EmptySheet bool      `yaml:"empty_sheet"` // the same for a workbook
}

// fixtures reads testdata/<kind>/cases.yaml; every kind has one.
func fixtures(t testing.TB, kind string) []fixture {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", kind, "cases.yaml"))
	if err != nil {
		t.Fatalf("kind %s has no fixtures: %v", kind, err)
	}
	var out []fixture
	if err := yaml.Unmarshal(text, &out); err != nil {
		t.Fatalf("testdata/%s/cases.yaml: %v", kind, err)
	}
	if len(out) == 0 {
		t.Fatalf("testdata/%s/cases.yaml lists no case", kind)
	}
	for i := range out {
		out[i].Kind = kind
	}
	return out
}

// source opens the fixture's source.
func (f fixture) source(t testing.TB) Source {
	t.Helper()
	s, _, err := Config{Name: "fixture", Kind: f.Kind, Options: f.Options}.Open()
	if err != nil {
		t.Fatalf("%s: %v", f.File, err)
	}
	return s
}

// bytes is the document; a workbook is made from its readable form.
func (f fixture) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", f.Kind, f.File))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(f.File, ".sheet.json") {
		return workbookOf(t, b, 1<<30)
	}
	return b
}

// empty is the document without a row, nil where the case has none.
func (f fixture) empty(t testing.TB) []byte {
	if f.EmptySheet {
		b, err := os.ReadFile(filepath.Join("testdata", f.Kind, f.File))
		if err != nil {
			t.Fatal(err)
		}
		return workbookOf(t, b, 0)
	}
	if f.Empty == "" {
		return nil
	}
	return []byte(f.Empty)
}

func (f fixture) document(body []byte) Document {
	return Document{Request: Request{URL: f.URL, Role: f.Role}, URL: f.URL, Body: bytes.NewReader(body), At: fixtureDay}
}

// parse reads a document whole; what was emitted before an error counts too.
func parse(s Source, doc Document) (items []Item, err error) {
	err = s.Parse(doc, func(i Item) error {
		items = append(items, i)
		return nil
	})
	return items, err
}

// parseFixture reads a fixture without fault and names the source.
func parseFixture(t testing.TB, f fixture) []Item {
	t.Helper()
	items, err := parse(f.source(t), f.document(f.bytes(t)))
	if err != nil {
		t.Fatalf("%s/%s: %v", f.Kind, f.File, err)
	}
	for _, i := range items {
		if i.Notice != nil {
			i.Notice.Source = f.Kind
		}
	}
	return items
}

// golden is an item as the golden files keep it: with the identity and content
// hash that everything downstream rests on.
type golden struct {
	Key    string        `json:"key,omitempty"`
	Hash   string        `json:"hash,omitempty"`
	Notice *trade.Notice `json:"notice,omitempty"`
	Next   string        `json:"next,omitempty"`
	Role   string        `json:"role,omitempty"`
	Body   string        `json:"body,omitempty"`
	Bad    string        `json:"bad,omitempty"`
}

func goldenOf(items []Item) []golden {
	var out []golden
	for _, i := range items {
		g := golden{Notice: i.Notice}
		switch {
		case i.Notice != nil:
			g.Key, g.Hash = i.Notice.Key(), i.Notice.Hash()
		case i.Next != nil:
			g.Next, g.Role, g.Body = i.Next.URL, i.Next.Role, string(i.Next.Body)
			g.Notice = i.Next.Carry
		case i.Bad != nil:
			g.Bad = i.Bad.Where + ": " + i.Bad.Reason
		}
		out = append(out, g)
	}
	return out
}

// compareGolden compares got with testdata/name, or rewrites it with -update.
func compareGolden(t *testing.T, name string, got any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./ingest -update writes it)", err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s: the reading differs from the one signed off: %s", file, firstDifference(string(want), b.String()))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\nwant %s\n got %s", i+1, a, b)
		}
	}
	return "nowhere"
}

// workbookOf builds an .xlsx as ePing does: shared strings, serials, formulas
// without a cached value. rows bounds the data rows.
func workbookOf(t testing.TB, readable []byte, rows int) []byte {
	t.Helper()
	var sheet struct {
		Header []string `json:"header"`
		Rows   [][]any  `json:"rows"`
	}
	if err := json.Unmarshal(readable, &sheet); err != nil {
		t.Fatal(err)
	}
	header := make([]any, len(sheet.Header))
	for i, h := range sheet.Header {
		header[i] = h
	}
	all := append([][]any{header}, sheet.Rows[:min(rows, len(sheet.Rows))]...)
	return zipOf(t, sheetParts(all))
}

// sheetParts are the XML parts of a one-sheet workbook.
func sheetParts(rows [][]any) map[string]string {
	var data, table strings.Builder
	shared := map[string]int{}
	for r, row := range rows {
		fmt.Fprintf(&data, `<row r="%d">`, r+1)
		for c, cell := range row {
			ref := fmt.Sprintf("%s%d", columnName(c), r+1)
			switch v := cell.(type) {
			case float64:
				fmt.Fprintf(&data, `<c r="%s" s="7"><v>%v</v></c>`, ref, v)
			case int:
				fmt.Fprintf(&data, `<c r="%s" s="7"><v>%d</v></c>`, ref, v)
			case string:
				if formula, ok := strings.CutPrefix(v, "="); ok {
					fmt.Fprintf(&data, `<c r="%s" s="9"><f>%s</f></c>`, ref, xmlText(formula))
					continue
				}
				n, ok := shared[v]
				if !ok {
					n = len(shared)
					shared[v] = n
					fmt.Fprintf(&table, `<si><t xml:space="preserve">%s</t></si>`, xmlText(v))
				}
				fmt.Fprintf(&data, `<c r="%s" s="8" t="s"><v>%d</v></c>`, ref, n)
			}
		}
		data.WriteString(`</row>`)
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	return map[string]string{
		"xl/workbook.xml":            `<workbook ` + ns + `><sheets><sheet name="Notifications" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + ns + `><sheetData>` + data.String() + `</sheetData></worksheet>`,
		"xl/sharedStrings.xml":       `<sst ` + ns + `>` + table.String() + `</sst>`,
	}
}

func columnName(c int) string {
	if c < 26 {
		return string(rune('A' + c))
	}
	return columnName(c/26-1) + string(rune('A'+c%26))
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range sortedKeys(parts) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mustFail is the error of parsing body, which there has to be.
func mustFail(t *testing.T, f fixture, body []byte, what string) error {
	t.Helper()
	_, err := parse(f.source(t), f.document(body))
	if err == nil {
		t.Errorf("%s/%s: %s was taken for a good document", f.Kind, f.File, what)
		return errors.New("none")
	}
	return err
}

// yamlInto reads options as a configuration file would hold them.
func yamlInto(options string, into *yaml.Node) error {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(options), &node); err != nil {
		return err
	}
	if len(node.Content) > 0 {
		*into = *node.Content[0]
	}
	return nil
}
