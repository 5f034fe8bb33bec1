package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// long writes n bytes without a line end between head and tail.
func long(head string, n int, tail string) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, err := io.WriteString(w, head); err != nil {
			return err
		}
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for left := n; left > 0; left -= len(chunk) {
			if _, err := w.Write(chunk[:min(left, len(chunk))]); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, tail)
		return err
	}
}

// workbookBomb is an .xlsx of a few kilobytes whose sheet unpacks to 96 MiB.
func workbookBomb(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, part := range []struct {
		name string
		body func(io.Writer) error
	}{
		{"[Content_Types].xml", text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`)},
		{"xl/workbook.xml", text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`)},
		{"xl/_rels/workbook.xml.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`)},
		{"xl/worksheets/sheet1.xml", long(`<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>`, 96<<20, `</t></is></c></row></sheetData></worksheet>`)},
	} {
		f, err := z.Create(part.name)
		if err != nil {
			return err
		}
		if err := part.body(f); err != nil {
			return err
		}
	}
	return z.Close()
}

// gzipBomb is 96 MiB behind a tenth of a megabyte.
func gzipBomb(w io.Writer) error {
	z := gzip.NewWriter(w)
	if err := long("[", 96<<20, "]")(z); err != nil {
		return err
	}
	return z.Close()
}

const (
	oneLine      = `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles","member":"Kenya","hs":"871120"}` + "\n"
	errorPage    = "<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body>try later</body></html>"
	latin1       = `{"symbol":"G/TBT/N/KEN/2","title":"caf` + "\xe9" + `"}` + "\n"
	productHead  = "exporter_id,exporter_name,district,product_id,name_zh,name_en,hs,ics,terms,standards,substances,markets,export_value_usd\n"
	productRow   = "BX1,示例坏行企业,示例区,P1,头盔,Helmet,650610,,,,,EU;US,1000\n"
	subscriberHd = "subscriber_id,kind,name,exporter_id,district,sector,markets,language,channel,address,cadence,lowest_level\n"
)

// The bad inputs, each under one name for all ways into the program.
var badInputs = map[string]func(io.Writer) error{
	"an empty file":                text(""),
	"nothing but blanks":           text(" \n\n\t\n"),
	"an empty list":                text("[]\n"),
	"a list instead of lines":      text("[" + strings.TrimSpace(oneLine) + "]\n"),
	"cut-off JSON":                 text(oneLine + `{"symbol":"G/TBT/N/KEN/2","title":"Motor`),
	"a wrong charset":              text(oneLine + latin1),
	"UTF-16":                       text("\xff\xfe{\x00\"\x00s\x00"),
	"an HTML error page":           text(errorPage),
	"binary junk":                  text("\x7fELF\x02\x01\x01\x00\x00\x00\x13\x00\xfe\xff\x00\x01junk\n"),
	"an old Excel file":            text("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"),
	"JSON nested 10,000 deep":      text(`{"symbol":"G/TBT/N/KEN/3","title":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}\n" + oneLine),
	"a key twice":                  text(`{"symbol":"G/TBT/N/KEN/4","symbol":"G/TBT/N/KEN/5","title":"Motorcycles"}` + "\n"),
	"something behind the object":  text(strings.TrimSpace(oneLine) + ` {"symbol":"G/TBT/N/KEN/6"}` + "\n"),
	"no symbol":                    text(`{"title":"Motorcycles"}` + "\n"),
	"a line of 128 MiB":            long(oneLine+`{"symbol":"G/TBT/N/KEN/7","title":"`, 128<<20, "\"}\n"+`{"symbol":"G/TBT/N/KEN/8","title":"Helmets"}`+"\n"),
	"a workbook that is none":      text("PK\x03\x04 and then nothing of a workbook"),
	"a zip bomb":                   workbookBomb,
	"a gzip bomb":                  gzipBomb,
	"an answer without rows":       text(`{"items":[],"totalCount":0,"pageIndex":1,"totalPages":0}`),
	"a cut-off feed":               text(`<?xml version="1.0"?><rss version="2.0"><channel><title>a</title><item><title>Motorc`),
	"unknown columns":              text("a,b\n1,2\n"),
	"a CSV with broken rows":       text(productHead + "BX2,示例,示例区,P1,茶,Tea,\"0902,,,,,EU,5\n" + productRow + "BX3,示例,示例区,P1,茶,Tea,09x2,,,,,EU,5\n"),
	"a CSV with a line of 128 MiB": long(productHead+productRow+"BX4,示例,示例区,P1,茶,", 128<<20, ",0902,,,,,EU,5\n"),
	"a CSV with a zero byte":       text(productHead + "BX5,示例,示例区,P1,茶\x00,Tea,0902,,,,,EU,5\n" + productRow),
	"a column twice":               text(strings.Replace(productHead, "ics", "hs", 1) + productRow),
	"subscribers with broken rows": text(subscriberHd + "B1,king,示例,BX1,,,,zh,email,a@b.example,immediate,\nB2,exporter,示例,BX1,,,,zh,pigeon,a@b.example,immediate,\n"),
}

// badFile writes the input of that name to a file.
func badFile(t *testing.T, name, ending string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bad"+ending)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := badInputs[name](f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// badCases is the table: what comes, by which way, what is said, and what becomes of it.
var badCases = []struct {
	input, ending string
	command       string // import notices, import products, import subscribers, match, classify
	status        int
	said          []string       // on standard error, in this order
	counts        map[string]int // rows and refused of an import's summary; nil: there is none
}{
	{"an empty file", ".xlsx", "import notices", exitNothing, []string{"bad.xlsx: the file is empty"}, nil},
	{"an empty file", ".csv", "import products", exitNothing, []string{"the file is empty"}, nil},
	{"an empty file", ".csv", "import subscribers", exitNothing, []string{"the file is empty"}, nil},
	{"an empty file", ".csv", "match", exitNothing, []string{"bad.csv: the file is empty; its first line has to name the columns"}, nil},
	{"nothing but blanks", ".jsonl", "import notices", exitNothing, []string{"holds nothing but blanks", "ePing sheet (.xlsx)", "one notice a line"}, nil},
	{"nothing but blanks", ".csv", "import products", exitNothing, []string{"the file is empty; its first line has to name the columns"}, nil},
	{"an empty list", ".json", "import notices", exitNothing, []string{"is one JSON list", "write one notice a line"}, nil},
	{"a list instead of lines", ".json", "import notices", exitNothing, []string{"is one JSON list", "write one notice a line"}, nil},
	{"a list instead of lines", ".json", "classify", exitPartly, []string{"line 1: refused", "not a JSON object", "array", "a line is one, such as"}, nil},
	{"cut-off JSON", ".jsonl", "import notices", exitPartly, []string{"line 2", "column 40", "the JSON breaks off", "a line is one object such as"}, map[string]int{"rows": 2, "refused": 1}},
	{"cut-off JSON", ".jsonl", "classify", exitPartly, []string{"line 2: refused", "unexpected end of JSON", "at byte 40", "a line is one, such as"}, nil},
	{"a wrong charset", ".jsonl", "import notices", exitPartly, []string{"line 2", "not UTF-8", "save the file as UTF-8"}, map[string]int{"rows": 2, "refused": 1}},
	{"a wrong charset", ".jsonl", "classify", exitPartly, []string{"line 2: refused", "not UTF-8", "save the file as UTF-8"}, nil},
	{"UTF-16", ".jsonl", "import notices", exitNothing, []string{"is UTF-16; save it as UTF-8"}, nil},
	{"an HTML error page", ".xlsx", "import notices", exitNothing, []string{`is an HTML page, titled "503 Service Unavailable"`, "notices come as"}, nil},
	{"an HTML error page", ".jsonl", "import notices", exitNothing, []string{`is an HTML page, titled "503 Service Unavailable"`, "notices come as"}, nil},
	{"an HTML error page", ".csv", "import products", exitNothing, []string{"a web page or XML, not a table", "export it as CSV or .xlsx"}, nil},
	{"an HTML error page", ".jsonl", "classify", exitPartly, []string{"line 1: refused", "invalid character '<'", "a line is one, such as"}, nil},
	{"binary junk", ".jsonl", "import notices", exitPartly, []string{"line 1", "not UTF-8"}, map[string]int{"rows": 1, "refused": 1}},
	{"binary junk", ".dat", "import notices", exitNothing, []string{"begins with", "which is neither", "notices come as"}, nil},
	{"binary junk", ".csv", "import products", exitNothing, []string{"the header cannot be read", "line 1", "zero byte", "save the file as CSV"}, nil},
	{"binary junk", ".jsonl", "classify", exitPartly, []string{"line 1: refused", "not UTF-8"}, nil},
	{"an old Excel file", ".xls", "import notices", exitNothing, []string{"an old Excel file (.xls); save it as .xlsx"}, nil},
	{"an old Excel file", ".xls", "import products", exitNothing, []string{"an old Excel file (.xls)", "save it as .xlsx"}, nil},
	{"JSON nested 10,000 deep", ".jsonl", "import notices", exitPartly, []string{"line 1", "exceeded max depth"}, map[string]int{"rows": 2, "refused": 1}},
	{"JSON nested 10,000 deep", ".jsonl", "classify", exitPartly, []string{"line 1: refused", "exceeded max depth"}, nil},
	{"a key twice", ".jsonl", "import notices", exitPartly, []string{"line 1", `key "symbol" stands twice: keep one`}, map[string]int{"rows": 1, "refused": 1}},
	{"a key twice", ".jsonl", "classify", exitPartly, []string{"line 1: refused", `key "symbol" stands twice: keep one`}, nil},
	{"something behind the object", ".jsonl", "import notices", exitPartly, []string{"line 1", "column 81", "after top-level value"}, map[string]int{"rows": 1, "refused": 1}},
	{"something behind the object", ".jsonl", "classify", exitPartly, []string{"line 1: refused", "after top-level value, at byte 81"}, nil},
	{"no symbol", ".jsonl", "import notices", exitPartly, []string{"line 1", `no "symbol": each line needs one`}, map[string]int{"rows": 1, "refused": 1}},
	{"no symbol", ".jsonl", "classify", exitPartly, []string{"line 1: refused", `no "symbol": each line needs one`}, nil},
	{"a line of 128 MiB", ".jsonl", "import notices", exitPartly, []string{"line 2", "128.0 MiB", "at most 1 MiB"}, map[string]int{"rows": 3, "refused": 1}},
	{"a line of 128 MiB", ".jsonl", "classify", exitPartly, []string{"line 2: refused", "longer than 4194304 bytes; a notice takes one line"}, nil},
	{"a workbook that is none", ".xlsx", "import notices", exitNothing, []string{"not a whole .xlsx workbook", "download or save it again"}, nil},
	{"a workbook that is none", ".xlsx", "import products", exitNothing, []string{"the workbook is no whole .xlsx file", "upload it again"}, nil},
	{"a workbook that is none", ".xlsx", "match", exitNothing, []string{"bad.xlsx: the workbook is no whole .xlsx file"}, nil},
	{"a zip bomb", ".xlsx", "import notices", exitNothing, []string{"sheet1.xml unpacks from", "refused as a zip bomb"}, nil},
	{"a zip bomb", ".xlsx", "import products", exitNothing, []string{"unpacks to far more than it should", "sheet1.xml", "refused as a zip bomb"}, nil},
	{"unknown columns", ".csv", "import products", exitNothing, []string{"line 1: no column exporter_id, product_id", "has to name the columns", "a | b"}, nil},
	{"unknown columns", ".csv", "import subscribers", exitNothing, []string{"line 1: no column subscriber_id", "a | b"}, nil},
	{"unknown columns", ".csv", "match", exitNothing, []string{"bad.csv: line 1: no column exporter_id, product_id"}, nil},
	{"a CSV with broken rows", ".csv", "import products", exitPartly, []string{"refused: line 2", "a quote is opened and never closed", "close it", `refused: line 4, column hs, value "09x2": not digits; give 2 to 10 digits`}, map[string]int{"rows": 3, "refused": 2}},
	{"a CSV with broken rows", ".csv", "match", exitPartly, []string{"refused: line 2", "a quote is opened", `refused: line 4, column hs, value "09x2"`}, nil},
	{"a CSV with a line of 128 MiB", ".csv", "import products", exitPartly, []string{"refused: line 3: the line is longer than 1 MiB; write one row on each line"}, map[string]int{"rows": 2, "refused": 1}},
	{"a CSV with a zero byte", ".csv", "import products", exitPartly, []string{"refused: line 2: the line holds a zero byte (NUL); save the file as CSV text again"}, map[string]int{"rows": 2, "refused": 1}},
	{"a column twice", ".csv", "import products", exitNothing, []string{"line 1: column hs stands twice", "keep one"}, nil},
	{"subscribers with broken rows", ".csv", "import subscribers", exitPartly, []string{`refused: line 2, column kind, value "king": not known; give one of exporter`, `refused: line 3, column channel, value "pigeon": not known; give one of dingtalk, email`}, map[string]int{"rows": 2, "refused": 2}},
}

func TestBadInputs(t *testing.T) {
	s := newImportStand(t)
	lines := writeFile(t, filepath.Join(t.TempDir(), "n.jsonl"), oneLine)
	for _, c := range badCases {
		t.Run(c.command+"/"+c.input+c.ending, func(t *testing.T) {
			file := badFile(t, c.input, c.ending)
			args := append(strings.Fields(c.command), file)
			switch {
			case strings.HasPrefix(c.command, "import"):
				args = append(args, "--json", "--data", s.dir)
			case c.command == "match":
				args = []string{"match", "--registry", file, "--notices", lines}
			}
			status, out, errs := program(t, args...)
			if status != c.status {
				t.Errorf("status %d, want %d\n%.500s%.500s", status, c.status, out, errs)
			}
			inOrder(t, errs, c.said)
			if strings.HasPrefix(c.command, "import") {
				summary(t, out, c.counts)
			}
		})
	}
	s.settle()
	s.silent()
}

// summary checks the numbers of the summary, or that there is none.
func summary(t *testing.T, out string, want map[string]int) {
	t.Helper()
	if want == nil {
		if out != "" {
			t.Errorf("nothing could be done, and standard output holds %q", out)
		}
		return
	}
	got := map[string]int{}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Errorf("%v in %q", err, out)
	}
	for key, n := range want {
		if got[key] != n {
			t.Errorf("%s is %d, want %d in %s", key, got[key], n, out)
		}
	}
}
