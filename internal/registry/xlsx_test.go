package registry

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook writes rows into the sheet with that name, behind an empty one.
func workbook(t *testing.T, sheet string, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if sheet != "Sheet1" {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStr("Sheet1", "A1", "How to fill in this workbook"); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWorkbookIsReadAsCSVIs(t *testing.T) {
	data := workbook(t, "产品",
		[]any{"企业编号", "产品编号", "产品名称", "HS编码", "ICS编码", "出口市场", "出口额(美元)", "备注"},
		[]any{"E1", "P1", "摩托车", 871120, 43.14, "US;MX", 1250000.5, "x"},
		[]any{},
		[]any{"E1", "P2", "头盔", "6506.10", "13.340.20", "欧盟"},
		[]any{"E1", "P3", "轮胎", "40l1", "", "US"},
		[]any{"E1", 4, "电池", 8507601090, "", "US"},
	)
	s := openSheet(t, Products, string(data))
	items := drain(t, ParseProducts(s))
	if got := goodIDs(items); got != "P1 P2 4" {
		t.Fatalf("good rows %q\n%s", got, badLines(items))
	}
	if p := items[0].Product; p.HS[0] != "871120" || p.ICS[0] != "43.140" || p.ExportValue != 1250000.5 || len(p.Markets) != 2 {
		t.Errorf("%+v", p)
	}
	if p := items[3].Product; p.HS[0] != "8507601090" {
		t.Errorf("ten digits became %q", p.HS[0])
	}
	if items[1].Line != 4 || items[2].Err.Line != 5 {
		t.Errorf("row numbers %d, %d; want 4, 5", items[1].Line, items[2].Err.Line)
	}
	if r := s.Remarks(); len(r) != 1 || r[0].String() != `line 1, value "备注": unknown column, ignored` {
		t.Errorf("%v", r)
	}
}

func TestFormulaCellsGiveTheirValue(t *testing.T) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for cell, v := range map[string]any{"A1": "exporter_id", "B1": "product_id", "C1": "name_zh", "D1": "hs", "A2": "E", "B2": "P", "C2": "车", "D2": 871120} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "D2", "=871100+20"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	items := drain(t, ParseProducts(openSheet(t, Products, out.String())))
	if len(items) != 1 || items[0].Err != nil || fmt.Sprint(items[0].Product.HS) != "[871120]" {
		t.Errorf("%+v", items)
	}
}

// rezip copies a workbook with one part replaced.
func rezip(t *testing.T, data []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name == name {
			content = change(content)
		}
		p, err := w.Create(part.Name)
		if err == nil {
			_, err = p.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDamagedWorkbooksAreRefusedWhole(t *testing.T) {
	good := workbook(t, "Sheet1", []any{"exporter_id", "product_id", "name_zh"}, []any{"E", "P1", "车"}, []any{"E", "P2", "车"})
	const sheet = "xl/worksheets/sheet1.xml"
	for _, tc := range []struct {
		name     string
		data     []byte
		want, zh string
	}{
		{"cut off", good[:len(good)-100], "no whole .xlsx file", "工作簿不是完整的 .xlsx 文件"},
		{"sheet cut off inside", rezip(t, good, sheet, func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("<row"))] }), "damaged in " + sheet, "的 " + sheet + " 已损坏"},
		{"sheet garbled inside", rezip(t, good, sheet, func(b []byte) []byte { return bytes.Replace(b, []byte(`<row r="3"`), []byte(`<row <<`), 1) }), "damaged in " + sheet, "的 " + sheet + " 已损坏"},
		{"zip bomb", rezip(t, good, sheet, func(b []byte) []byte {
			return bytes.Replace(b, []byte("</sheetData>"), append(bytes.Repeat([]byte(" "), 70<<20), "</sheetData>"...), 1)
		}), "refused as a zip bomb", "按压缩炸弹拒绝"},
		{"no workbook in it", rezip(t, good, "xl/workbook.xml", func([]byte) []byte { return []byte("<workbook/>") }), "cannot be opened", "工作簿无法打开"},
		{"empty sheet", workbook(t, "Sheet1"), "the file is empty", "文件为空"},
	} {
		_, err := Open(bytes.NewReader(tc.data), Products)
		if got := refusal(err); !strings.Contains(got.EN, tc.want) || !strings.Contains(got.ZH, tc.zh) || strings.Contains(got.ZH, tc.want) {
			t.Errorf("%s: %v, want a refusal with %q and %q", tc.name, err, tc.want, tc.zh)
		}
	}
}

// A text that is stored once and stands in every cell of a row is small in the
// file and large in the row.
func TestARowOfOneLongTextIsRefused(t *testing.T) {
	row := []any{"E", "P1"}
	for range 100 {
		row = append(row, strings.Repeat("车", 7000))
	}
	data := workbook(t, "Sheet1", []any{"exporter_id", "product_id", "name_zh"}, row)
	for limit, ok := range map[int64]bool{1 << 20: false, 64 << 20: true} {
		sheet, err := OpenWithin(bytes.NewReader(data), Products, Limits{Unpacked: limit})
		if err == nil {
			_ = sheet.Close()
		}
		if got := refusal(err); (err == nil) != ok || !ok && (!strings.Contains(got.EN, "bytes: refused as a zip bomb") || !strings.Contains(got.ZH, "字节的单元格：按压缩炸弹拒绝")) {
			t.Errorf("within %d bytes: %v", limit, err)
		}
	}
}
