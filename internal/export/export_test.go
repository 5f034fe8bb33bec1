package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

// pair is a row of the tables here.
type pair struct {
	A string `json:"a"`
	B string `json:"b"`
}

var pairs = Table[pair]{Name: "pairs", Columns: []Column[pair]{
	{trade.Text{ZH: "甲", EN: "first"}, func(r *pair, _ string) string { return r.A }},
	{trade.Text{ZH: "乙", EN: "second"}, func(r *pair, lang string) string { return r.B }},
}}

func rowsOf(rows []pair, end error) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if end != nil {
			yield(pair{}, end)
		}
	}
}

// hostile is what others may have written into a cell.
var hostile = []string{
	`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", "\n=1", " =1", "　=1", "\u00a0+1", "\ufeff=1", "\u200b=1", "＝1", "＋1", "－1", "＠A",
	`=HYPERLINK("http://evil.example","x")`, `=cmd|' /C calc'!A0`, `'=1`, `"=1`, `a","b`, "a;b\nc", `<script>alert(1)</script>`, `</t></is></c><c t="str"><f>1</f></c>`,
	"_x003D_1", "\x00\x01", "\xff\xfe", "\ufffe", strings.Repeat("长", 40_000), "", "00123", "1e5", "2026-03-01",
}

func write(t *testing.T, f Format, table Table[pair], rows iter.Seq2[pair, error]) (string, Result, error) {
	t.Helper()
	var out bytes.Buffer
	done, err := Write(t.Context(), &out, f, "en", table, rows)
	return out.String(), done, err
}

func readCSV(t interface{ Fatal(...any) }, text string) [][]string {
	body, marked := strings.CutPrefix(text, byteOrderMark)
	if !marked {
		t.Fatal("there is no byte order mark before the text")
	}
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal("not CSV: ", err)
	}
	return all
}

func TestCSVReadsBackToTheSameValues(t *testing.T) {
	cell := rapid.OneOf(rapid.String(), rapid.SampledFrom(hostile), rapid.StringMatching(`[ \t\r\n'"=+@＝－,;]{0,6}[a-z]?`))
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) pair { return pair{cell.Draw(rt, "a"), cell.Draw(rt, "b")} }), 0, 8).Draw(rt, "rows")
		var out bytes.Buffer
		if _, err := Write(context.Background(), &out, CSV, "zh", pairs, rowsOf(rows, nil)); err != nil {
			rt.Fatal(err)
		}
		got := readCSV(rt, out.String())
		if len(got) != len(rows)+1 || got[0][0] != "甲" {
			rt.Fatalf("%d lines for %d rows, head %q", len(got), len(rows), got[0])
		}
		for i, r := range rows {
			for j, want := range []string{Clean(r.A), Clean(r.B)} {
				if got[i+1][j] != Harmless(want) || Restore(got[i+1][j]) != want {
					rt.Fatalf("row %d, cell %d: %q reads back as %q", i, j, want, got[i+1][j])
				}
			}
		}
	})
}

// dangerous are the beginnings that OWASP names, also behind what a
// spreadsheet passes over.
func dangerous(cell string) bool {
	return strings.IndexAny(strings.TrimLeft(cell, " \u3000\u00a0\ufeff\u200b\t\r\n"), "=+-@＝＋－＠") == 0 || strings.IndexAny(cell, "\t\r\n") == 0
}

func TestHostileCellsAreInert(t *testing.T) {
	var rows []pair
	for _, h := range hostile {
		rows = append(rows, pair{h, h + "x"})
	}
	t.Run("csv", func(t *testing.T) {
		text, _, err := write(t, CSV, pairs, rowsOf(rows, nil))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range readCSV(t, text)[1:] {
			for _, cell := range line {
				if dangerous(cell) {
					t.Errorf("%q is written as %q, which a spreadsheet runs", hostile[i], cell)
				}
			}
		}
	})
	t.Run("xlsx", func(t *testing.T) {
		text, _, err := write(t, XLSX, pairs, rowsOf(rows, nil))
		if err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		for i, h := range hostile {
			at, _ := excelize.CoordinatesToCellName(1, i+2)
			formula, err := file.GetCellFormula("pairs", at)
			kind, errKind := file.GetCellType("pairs", at)
			got, errValue := file.GetCellValue("pairs", at)
			if err := errors.Join(err, errKind, errValue); err != nil {
				t.Fatalf("%q: %v", h, err)
			}
			if formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%q is a cell of type %d with the formula %q", h, kind, formula)
			}
			if want := inSheet(Clean(h)); got != want {
				t.Errorf("%.40q reads back as %.40q", want, got)
			}
		}
	})
	t.Run("ndjson", func(t *testing.T) {
		text, _, err := write(t, NDJSON, pairs, rowsOf(rows, nil))
		if err != nil || strings.Contains(text, "<script") {
			t.Fatalf("%v; markup is written as it is: %v", err, strings.Contains(text, "<script"))
		}
		lines := json.NewDecoder(strings.NewReader(text))
		for _, h := range hostile {
			var got pair
			if err := lines.Decode(&got); err != nil || got.A != strings.Map(func(r rune) rune { return r }, h) { // each bad byte becomes U+FFFD
				t.Errorf("%.40q reads back as %.40q, %v", h, got.A, err)
			}
		}
	})
}

// An export that lacks rows says so where its reader cannot miss it.
func TestWhatIsMissingIsSaid(t *testing.T) {
	fault, partial := errors.New("the disk is gone"), &Incomplete{trade.Text{ZH: "索引未答完", EN: "the index did not answer"}}
	few := pairs
	few.Most = 2
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		table Table[pair]
		rows  iter.Seq2[pair, error]
		want  int
		whole bool
		err   error
	}{
		{"as many as fit", t.Context(), few, rowsOf([]pair{{"1", ""}, {"2", ""}}, nil), 2, true, nil},
		{"one too many", t.Context(), few, rowsOf([]pair{{"1", ""}, {"2", ""}, {"3", ""}}, nil), 2, false, nil},
		{"a fault on the way", t.Context(), pairs, rowsOf([]pair{{"1", ""}}, fault), 1, false, fault},
		{"time is over", stopped, pairs, rowsOf([]pair{{"1", ""}}, nil), 0, false, context.Canceled},
		{"some could not be looked for", t.Context(), pairs, rowsOf([]pair{{"1", ""}}, partial), 1, false, partial},
		{"nothing there", t.Context(), pairs, rowsOf(nil, nil), 0, true, nil},
	} {
		for _, f := range []Format{NDJSON, CSV, XLSX} {
			var out bytes.Buffer
			done, err := Write(c.ctx, &out, f, "en", c.table, c.rows)
			if done.Rows != c.want || done.Whole() != c.whole || !errors.Is(err, c.err) {
				t.Errorf("%s, %s: %+v, %v", c.name, f, done, err)
			}
			if said := strings.Contains(lastRow(t, f, out.Bytes()), "INCOMPLETE"); said == c.whole {
				t.Errorf("%s, %s: the last row is %q", c.name, f, lastRow(t, f, out.Bytes()))
			}
			if c.err == partial && !strings.Contains(lastRow(t, f, out.Bytes()), partial.Why.EN) {
				t.Errorf("%s, %s: the last row does not say why: %q", c.name, f, lastRow(t, f, out.Bytes()))
			}
		}
	}
}

func lastRow(t *testing.T, f Format, text []byte) string {
	t.Helper()
	switch f {
	case NDJSON:
		all := strings.Split(strings.TrimSpace(string(text)), "\n")
		return all[len(all)-1]
	case CSV:
		all := readCSV(t, string(text))
		return all[len(all)-1][0]
	}
	file, err := excelize.OpenReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := file.GetRows("pairs")
	if err != nil {
		t.Fatal(err)
	}
	return rows[len(rows)-1][0]
}

func TestAWriterThatFailsEndsTheExport(t *testing.T) {
	for _, f := range []Format{NDJSON, CSV, XLSX} {
		if _, err := Write(t.Context(), full{}, f, "zh", pairs, rowsOf([]pair{{"1", "2"}}, nil)); err == nil {
			t.Errorf("%s: nobody hears that the disk is full", f)
		}
	}
	if _, err := Write(t.Context(), io.Discard, JSON, "zh", pairs, rowsOf(nil, nil)); err == nil {
		t.Error("json is no format of a table, and nobody says so")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestMediaTypes(t *testing.T) {
	for _, name := range MediaTypes() {
		f := OfMediaType(name)
		if !strings.HasPrefix(f.MediaType(), name) {
			t.Errorf("%s is %s, whose type is %s", name, f, f.MediaType())
		}
	}
	if f := OfMediaType("image/png"); f != JSON {
		t.Errorf("what is no format is %q, want json", f)
	}
}

// A table that is handed out to be filled in keeps the zeros of codes, also of
// those that are typed over a cell or below the table.
func TestATablesCellsStayText(t *testing.T) {
	var out bytes.Buffer
	if err := WriteXLSX(&out, "products", [][]string{{"product_id", "hs"}, {"007", "010121"}, {"=1+1", "a\rb"}}); err != nil {
		t.Fatal(err)
	}
	sheet := part(t, out.Bytes(), "xl/worksheets/sheet1.xml")
	if cells, styled := strings.Count(sheet, "<c "), len(regexp.MustCompile(`<c [^>]*s="[1-9]`).FindAllString(sheet, -1)); cells != 6 || styled != cells {
		t.Errorf("%d of %d cells have a format, want all of 6", styled, cells)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for at, want := range map[string]string{"A1": "product_id", "A2": "007", "B2": "010121", "A3": "=1+1", "B3": "a\nb", "B900": ""} {
		got, err := file.GetCellValue("products", at)
		id, errStyle := file.GetCellStyle("products", at)
		style, errGet := file.GetStyle(id)
		if err := errors.Join(err, errStyle, errGet); err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		if got != want || style.NumFmt != textFormat {
			t.Errorf("%s holds %q in the number format %d, want %q as text (%d)", at, got, style.NumFmt, want, textFormat)
		}
	}
}

// part is a part of a workbook.
func part(t *testing.T, workbook []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
