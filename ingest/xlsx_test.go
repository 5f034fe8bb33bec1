package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// cellsOf reads a workbook's cells as "row:column=text<link>".
func cellsOf(body io.Reader) ([]string, error) {
	book, err := openWorkbook(body)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	var out []string
	err = book.rows(func(row int, cells []sheetCell) error {
		for _, c := range cells {
			s := fmt.Sprintf("%d:%d=%s", row, c.column, c.text)
			if c.link != "" {
				s += "<" + c.link + ">"
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

// withSheet is a workbook around the sheet's rows and the shared strings.
func withSheet(t testing.TB, rows, shared string) []byte {
	parts := sheetParts(nil)
	parts["xl/worksheets/sheet1.xml"] = `<?xml version="1.0" encoding="utf-8"?><worksheet xmlns="m"><sheetData>` + rows + `</sheetData></worksheet>`
	parts["xl/sharedStrings.xml"] = `<sst xmlns="m">` + shared + `</sst>`
	return zipOf(t, parts)
}

func TestWorkbookCells(t *testing.T) {
	const shared = `<si><t>plain</t></si><si><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r><rPh><t>aid</t></rPh></si><si><t/></si><si><t>&lt;p&gt;&amp;#233;中</t></si>`
	cases := []struct {
		name, rows string
		want       []string
	}{
		{"shared string", `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, []string{"1:0=plain"}},
		{"rich string without its reading aid", `<row r="1"><c r="A1" t="s"><v>1</v></c></row>`, []string{"1:0=rich "}},
		{"empty string is no cell", `<row r="1"><c r="A1" t="s"><v>2</v></c></row>`, nil},
		{"markup and escapes stay as given", `<row r="1"><c r="A1" t="s"><v>3</v></c></row>`, []string{"1:0=<p>&#233;中"}},
		{"number", `<row r="2"><c r="AB2" s="7"><v>45814</v></c></row>`, []string{"2:27=45814"}},
		{"inline string", `<row r="1"><c r="A1" t="inlineStr"><is><t>in</t></is></c></row>`, []string{"1:0=in"}},
		{"formula's cached text", `<row r="1"><c r="A1" t="str"><f>1+1</f><v>two</v></c></row>`, []string{"1:0=two"}},
		{"formula without one", `<row r="1"><c r="A1"><f>1+1</f></c></row>`, []string{"1:0==1+1"}},
		{"hyperlink", `<row r="1"><c r="A1"><f>HYPERLINK("https://x.example/?a=1&amp;b=""2"""," G/TBT/N/X/1")</f></c></row>`, []string{`1:0= G/TBT/N/X/1<https://x.example/?a=1&b="2">`}},
		{"hyperlink that shows its address", `<row r="1"><c r="A1"><f>=hyperlink( "https://x.example/" )</f></c></row>`, []string{"1:0=https://x.example/<https://x.example/>"}},
		{"hyperlink of a cell stays a formula", `<row r="1"><c r="A1"><f>HYPERLINK(B1,"x")</f></c></row>`, []string{`1:0==HYPERLINK(B1,"x")`}},
		{"cells and rows without references", `<row><c t="s"><v>0</v></c><c><v>1</v></c></row><row><c><v>2</v></c></row>`, []string{"1:0=plain", "1:1=1", "2:0=2"}},
		{"rows with gaps keep their numbers", `<row r="3"><c r="C3"><v>1</v></c></row><row r="9"><c r="A9"><v>2</v></c></row>`, []string{"3:2=1", "9:0=2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := cellsOf(bytes.NewReader(withSheet(t, c.rows, shared)))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestWorkbookRefusesWhatIsBroken(t *testing.T) {
	whole := withSheet(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>a</t></si>`)
	part := func(name, content string) []byte {
		parts := sheetParts([][]any{{"a"}})
		parts[name] = content
		if content == "" {
			delete(parts, name)
		}
		return zipOf(t, parts)
	}
	cases := []struct {
		name, want string
		body       []byte
	}{
		{"cut off", "not a whole .xlsx", whole[:len(whole)-30]},
		{"no zip", "not a whole .xlsx", []byte("PK\x03\x04 but then nothing")},
		{"an old .xls", "not a whole .xlsx", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)},
		{"no sheet part", "xl/worksheets/sheet1.xml", part("xl/worksheets/sheet1.xml", "")},
		{"no workbook part", "xl/workbook.xml", part("xl/workbook.xml", "")},
		{"a sheet that breaks off", "breaks off", part("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`)},
		{"a cell that breaks off", "breaks off", part("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`)},
		{"strings that break off", "breaks off", part("xl/sharedStrings.xml", `<sst><si><t>a</t></si>`)},
		{"a string that is not there", "shared string 7", withSheet(t, `<row r="1"><c r="A1" t="s"><v>7</v></c></row>`, `<si><t>a</t></si>`)},
		{"a negative string", "shared string -1", withSheet(t, `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, `<si><t>a</t></si>`)},
		{"a string number that is none", "no number", withSheet(t, `<row r="1"><c r="A1" t="s"><v>x</v></c></row>`, `<si><t>a</t></si>`)},
		{"a column far out", "outside the first", withSheet(t, `<row r="1"><c r="XFD1"><v>1</v></c></row>`, ``)},
		{"a reference that is none", "outside the first", withSheet(t, `<row r="1"><c r="1A"><v>1</v></c></row>`, ``)},
		{"an entity bomb", "breaks off or is broken", part("xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&a;&a;</v></c></row></sheetData></worksheet>`)},
		{"a cell of 2 MiB", "longer than", withSheet(t, `<row r="1"><c r="A1" t="str"><v>`+string(bytes.Repeat(noiseText(1<<12), 512))+`</v></c></row>`, ``)},
		{"a string of 2 MiB", "longer than", withSheet(t, ``, `<si><t>`+string(bytes.Repeat(noiseText(1<<12), 512))+`</t></si>`)},
		{"no sheet data", "no sheet data", part("xl/worksheets/sheet1.xml", `<worksheet></worksheet>`)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := cellsOf(bytes.NewReader(c.body))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("read %q, error %v, want one that says %q", got, err, c.want)
			}
		})
	}
}

// noiseText is letters that do not compress to nothing.
func noiseText(n int) []byte {
	out := noise(n)
	for i := range out {
		out[i] = 'a' + out[i]%26
	}
	return out
}

func TestWorkbookRefusesABomb(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	parts := sheetParts([][]any{{"a"}})
	for _, name := range sortedKeys(parts) {
		w, _ := z.Create(name)
		_, _ = io.WriteString(w, parts[name])
		if name == "xl/sharedStrings.xml" {
			for range 64 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cellsOf(bytes.NewReader(b.Bytes())); err == nil || !strings.Contains(err.Error(), "unpacks from") {
		t.Errorf("64 MiB of zeros in a few KiB: %v", err)
	}
}

func TestWorkbookLeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	whole := withSheet(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>a</t></si>`)
	for _, body := range [][]byte{whole, whole[:len(whole)/2], []byte("x")} {
		_, _ = cellsOf(io.MultiReader(bytes.NewReader(body))) // cannot be read at any place: is spooled
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestWorkbookReadsFromAFileInPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.xlsx")
	if err := os.WriteFile(name, withSheet(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>a</t></si>`), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := cellsOf(f); err != nil || !slices.Equal(got, []string{"1:0=a"}) {
		t.Errorf("%q, %v", got, err)
	}
}

// The table's cache must not mix strings up, whatever the order of access.
func TestSharedStringsFarApart(t *testing.T) {
	const n = 3000
	var shared, rows strings.Builder
	text := func(i int) string { return fmt.Sprintf("%d:%s", i, noiseText(4000+i%500)) }
	var want []string
	for i := range n {
		fmt.Fprintf(&shared, `<si><t>%s</t></si>`, text(i))
	}
	for r, i := range []int{0, n - 1, n / 2, 1, n - 2, 7, 0, n / 3, n - 1, 2 * n / 3, 0} {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, r+1, r+1, i)
		want = append(want, fmt.Sprintf("%d:0=%s", r+1, text(i)))
	}
	for i := range n { // through all blocks, more than the cache holds
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, 100+i, 100+i, i)
		want = append(want, fmt.Sprintf("%d:0=%s", 100+i, text(i)))
	}
	got, err := cellsOf(bytes.NewReader(withSheet(t, rows.String(), shared.String())))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d cells, %v; want %d that differ nowhere", len(got), err, len(want))
	}
}

// blownUp writes an export of n distinct rows, in the shape of the live one
// (about 1 KB of distinct text a row).
func blownUp(t testing.TB, n int) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "export.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z := zip.NewWriter(f)
	parts := sheetParts([][]any{{colMember, colPublished, colSymbol, colTitle, colDescr, colProducts, colHS, colType}})
	for _, name := range sortedKeys(parts) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		head, tail := parts[name], ""
		for _, end := range []string{"</sheetData>", "</sst>"} {
			if i := strings.Index(head, end); i >= 0 {
				head, tail = head[:i], head[i:]
			}
		}
		_, _ = io.WriteString(w, head)
		letters := noiseText(64 << 10)
		for i := range n {
			words := string(letters[i%60000 : i%60000+800])
			switch name {
			case "xl/sharedStrings.xml":
				fmt.Fprintf(w, `<si><t>Title %d of a measure</t></si><si><t>Description %d &lt;p&gt;%s&lt;/p&gt;</t></si><si><t>Products %d</t></si>`, i, i, words, i)
			case "xl/worksheets/sheet1.xml":
				r := i + 2
				fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>Japan</t></is></c><c r="B%d" s="7"><v>%d</v></c><c r="C%d" s="9"><f>HYPERLINK("https://www.epingalert.org/en/Search?viewData= G/TBT/N/JPN/%d"," G/TBT/N/JPN/%d")</f></c><c r="D%d" t="s"><v>%d</v></c><c r="E%d" t="s"><v>%d</v></c><c r="F%d" t="s"><v>%d</v></c><c r="G%d" t="inlineStr"><is><t>8711 - Motorcycles; mopeds; 8714 - Parts</t></is></c><c r="H%d" t="inlineStr"><is><t>Regular notification</t></is></c></row>`,
					r, r, r, 40000+i%5000, r, i+1, i+1, r, 8+3*i, r, 9+3*i, r, 10+3*i, r, r)
			}
		}
		_, _ = io.WriteString(w, tail)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBulkMemoryIsBounded(t *testing.T) {
	f := blownUp(t, 20_000)
	s := fromYAML(t, "eping-bulk", "")
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, most := 0, uint64(0)
	err := s.Parse(Document{Body: f}, func(i Item) error {
		if i.Notice == nil {
			t.Fatalf("row %d: %+v", rows+2, i.Bad)
		}
		rows++
		if rows%5000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || rows != 20_000 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 24<<20 {
		t.Errorf("while 20,000 rows were read the heap held %d MiB more, want at most 24", grown>>20)
	}
}

func BenchmarkBulkRows(b *testing.B) {
	const n = 20_000
	f := blownUp(b, n)
	s := fromYAML(b, "eping-bulk", "")
	for b.Loop() {
		if err := s.Parse(Document{Body: f}, func(Item) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
