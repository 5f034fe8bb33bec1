package registry

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

const small = "exporter_id,product_id,name_zh,hs\n"

func TestBrokenLinesCostOnlyThemselves(t *testing.T) {
	long := "E,LONG," + strings.Repeat("x", maxLine) + ",871120\n"
	for _, tc := range []struct{ name, text, good, bad string }{
		{"quote never closed", small + "E,P1,\"车,871120\nE,P2,车,871120\nE,P3,\"车\",871120\n", "P2 P3",
			`line 2, value "\"车,871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")`},
		{"quote never closed in the last line", small + "E,P1,车,871120\nE,P2,\"车,871120", "P1",
			`line 3, value "\"车,871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")`},
		{"two quotes never closed", small + "E,P1,\"车,871120\nE,P2,\"车,871120\nE,P3,车,871120\n", "P3",
			`line 2, value "\"车,871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")
line 3, value "\"车,871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")`},
		{"quote opened at the end", small + "E,P1,车,\"871120\nE,P2,\"\",\"871120\"\nE,P3,车,\"\"\n", "P2 P3",
			`line 2, value "\"871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")`},
		{"a quote closed by another broken line", small + "E,P1,\"车,871120\nE,P2,\",871120,x\nE,P3,车,871120\n", "P3",
			`line 2, value "\"车,871120": a quote is opened and never closed; close it, or write a quote inside a text twice ("")
line 3, value "\",871120,x": a quote is opened and never closed; close it, or write a quote inside a text twice ("")`},
		{"text after a closing quote", small + "E,P1,\"17\" wheel\",871120\nE,P2,车,871120\n", "P2",
			`line 2, value "\"17\" wheel\",871120": text follows a closing quote; write a quote inside a text twice ("")`},
		{"too few fields", small + "E,P1,车\nE,P2,车,871120\n", "P2",
			`line 2: the line has 3 fields, the header 4; give one field for each column, empty ones too, and put a text that holds the separator "," in double quotes`},
		{"too many fields", small + "E,P1,车,摩托,871120\nE,P2,车,871120\n", "P2",
			`line 2: the line has 5 fields, the header 4; give one field for each column, empty ones too, and put a text that holds the separator "," in double quotes`},
		{"zero byte", small + "E,P1,\x00,871120\nE,P2,车,871120\n", "P2",
			`line 2: the line holds a zero byte (NUL); save the file as CSV text again`},
		{"line too long", small + long + "E,P2,车,871120\n", "P2",
			`line 2: the line is longer than 1 MiB; write one row on each line; perhaps a line end is missing`},
		{"line too long at the end", small + "E,P1,车,871120\n" + long[:len(long)-1], "P1",
			`line 3: the line is longer than 1 MiB; write one row on each line; perhaps a line end is missing`},
		{"one damaged line in UTF-8", small + "E,P1,车,871120\nE,P2,\xC3\x28,871120\nE,P3,车,871120\n", "P1 P3",
			`line 3: the line is not valid UTF-8, as the rest of the file is; save the whole file as UTF-8`},
	} {
		items := drain(t, ParseProducts(openSheet(t, Products, tc.text)))
		if got := goodIDs(items); got != tc.good {
			t.Errorf("%s: good rows %q, want %q", tc.name, got, tc.good)
		}
		if got := badLines(items); got != tc.bad {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.bad)
		}
	}
}

func TestWellFormedFormsOfCSV(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"plain", small + "E,P1,车,871120\nE,P2,x,871120\n"},
		{"line ends of Windows", strings.ReplaceAll(small+"E,P1,车,871120\nE,P2,x,871120\n", "\n", "\r\n")},
		{"line ends of an old Mac", strings.ReplaceAll(small+"E,P1,车,871120\nE,P2,x,871120\n", "\n", "\r")},
		{"semicolons", "exporter_id;product_id;name_zh;hs\nE;P1;车;\"871120;871130\"\nE;P2;x;871120\n"},
		{"tabs with an empty field", "exporter_id\tproduct_id\tname_zh\ths\nE\tP1\t车\t\nE\tP2\t\t871120\n"},
		{"separator named by Excel", "sep=;\nexporter_id;product_id;name_zh;hs\nE;P1;车;871120\nE;P2;x;871120\n"},
		{"tab named by Excel", "sep=\t\nexporter_id\tproduct_id\tname_zh\ths\nE\tP1\t车\t\nE\tP2\tx\t871120\n"},
		{"blank lines", "\n \n" + small + "\nE,P1,车,871120\n,,,\n\nE,P2,x,871120\n\n"},
		{"empty fields too many", small + "E,P1,车,871120,,\nE,P2,x,871120\n"},
		{"quotes, some with a line end inside", "\"exporter_id\",\"product_id\",\"name_zh\",\"hs\"\n\"E\",\"P1\",\"车 \"\"大\"\"\n二\",\"871120\"\nE,\"P2\",\"\",871120\n"},
		{"inches in a field without quotes", small + "E,P1,17\" wheel,871120\nE,P2,x,871120\n"},
		{"columns in another order and case, one unknown", "HS,Product ID,Name_ZH,colour,EXPORTER-ID\n871120,P1,车,red,E\n871120,P2,x,,E\n"},
		{"Chinese headings", "企业编号,产品编号,中文名称,HS 编码\nE,P1,车,871120\nE,P2,x,871120\n"},
	} {
		items := drain(t, ParseProducts(openSheet(t, Products, tc.text)))
		if goodIDs(items) != "P1 P2" || len(items) != 2 {
			t.Errorf("%s: good %q\n%s", tc.name, goodIDs(items), badLines(items))
		}
	}
}

func TestLineNumbersCountPhysicalLines(t *testing.T) {
	items := drain(t, ParseProducts(openSheet(t, Products, small+"\nE,P1,\"a\nb\nc\",871120\nE,P2,x,y\n")))
	if items[0].Line != 3 || items[1].Line != 6 || items[0].Product.NameZH != "a b c" {
		t.Errorf("%+v", items)
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	for _, tc := range []struct{ name, text, want, zh string }{
		{"empty", " \n\n", "the file is empty; its first line has to name the columns", `文件为空；首行必须是列名`},
		{"only blank fields", ",,\n", "the file is empty; its first line has to name the columns", `文件为空；首行必须是列名`},
		{"web page", "\uFEFF <!DOCTYPE html>", "the file is a web page or XML, not a table; export it as CSV or .xlsx", `该文件是网页或 XML，不是表格；请导出为 CSV 或 .xlsx`},
		{"old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "the file is an old Excel file (.xls) or an encrypted workbook; save it as .xlsx without a password, or as CSV", `该文件是旧版 Excel 文件（.xls）或加密的工作簿；请另存为不设密码的 .xlsx，或 CSV`},
		{"compressed", "\x1F\x8B\x08", "the file is a compressed file (gzip); unpack it first", `该文件是压缩文件（gzip）；请先解压`},
		{"cut-off workbook", "PK\x03\x04 and no more", "the workbook is no whole .xlsx file (zip: not a valid zip file); upload it again", `工作簿不是完整的 .xlsx 文件（zip: not a valid zip file）；请重新上传`},
		{"no header", "EX-1,P1,车\n", `line 1: no column exporter_id, product_id; the first line has to name the columns, found: EX-1 | P1 | 车 (unknown column, ignored) (unknown column, ignored) (unknown column, ignored)`, `第 1 行：缺少列 exporter_id, product_id；首行必须是列名，现为：EX-1 | P1 | 车（未知的列，已忽略）（未知的列，已忽略）（未知的列，已忽略）`},
		{"misspelt column", "exporter_id,produkt_id,name_zh\n", `line 1: no column product_id; the first line has to name the columns, found: exporter_id | produkt_id | name_zh (unknown column, ignored; did you mean product_id?)`, `第 1 行：缺少列 product_id；首行必须是列名，现为：exporter_id | produkt_id | name_zh（未知的列，已忽略；是否应为 product_id？）`},
		{"a separator that is none", "sep=\"\n", "line 1: no column exporter_id, product_id; the first line has to name the columns, found: sep=\" (unknown column, ignored)", `第 1 行：缺少列 exporter_id, product_id；首行必须是列名，现为：sep="（未知的列，已忽略）`},
		{"column twice", "exporter_id,product_id,hs,HS code\n", `line 1: column hs stands twice, as field 3 ("hs") and field 4 ("HS code"); keep one`, `第 1 行：列 hs 出现两次，分别为第 3 项（"hs"）和第 4 项（"HS code"）；请只保留一个`},
	} {
		_, err := Open(strings.NewReader(tc.text), Products)
		if got, want := refusal(err), (trade.Text{ZH: tc.zh, EN: tc.want}); got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", tc.name, got, want)
		}
	}
}

// endless is a header, then a line without an end of n bytes, then a good row.
func endless(n int64) io.Reader {
	return io.MultiReader(strings.NewReader(small), io.LimitReader(xs{}, n), strings.NewReader("\nE,P1,车,871120\n"))
}

type xs struct{}

func (xs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestAHugeLineIsPassedOverInBoundedMemory(t *testing.T) {
	s, err := Open(endless(256<<20), Products)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	items := drain(t, ParseProducts(s))
	runtime.ReadMemStats(&after)
	if got := goodIDs(items); got != "P1" || len(items) != 2 || items[0].Line != 2 {
		t.Errorf("good %q of %d: %s", got, len(items), badLines(items))
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d MiB were allocated for a line of 256 MiB", used>>20)
	}
}

// A row without quotes is read whatever broken text stands before it.
func TestWhateverComesBeforeAGoodRowIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.SliceOfN(rapid.StringMatching(`[a-c,"; \n]{0,30}`), 0, 8).Draw(t, "junk")
		text := small + strings.Join(junk, "\n") + "\nE,GOOD,车,871120\n"
		s, err := Open(strings.NewReader(text), Products)
		if err != nil {
			t.Fatal(err)
		}
		lines, last := 0, 0
		for {
			row, err := s.Next()
			if err == io.EOF {
				break
			}
			if row.Line <= last {
				t.Fatalf("line %d after line %d", row.Line, last)
			}
			last = row.Line
			lines++
			if row.Get("product_id") == "GOOD" && row.Bad == nil {
				return
			}
		}
		t.Fatalf("the good row is lost after %q (%d rows seen)", text, lines)
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(small + "E,P1,\"车,871120\nE,P2,车,871120\n"))
	f.Add([]byte("\xFF\xFEe\x00"))
	f.Add([]byte("sep=\"\nid\";product_id\n"))
	f.Add([]byte("sep=;\n\"exporter_id\";product_id\n;;\n\"a\nb\";\"\"\n"))
	f.Add([]byte("exporter_id\tproduct_id\r\xB3\xB5\t\x81\x30\x81\x30\r\"\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Open(strings.NewReader(string(data)), Products)
		if err != nil {
			return
		}
		items, last := ParseProducts(s), 0
		for {
			i, err := items.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if i.Line <= last {
				t.Fatalf("line %d after line %d", i.Line, last)
			}
			last = i.Line
			if i.Err == nil && (i.Product.ID == "" || i.Product.Exporter == "") {
				t.Fatalf("taken without an identity: %+v", i)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSynonymsNameOneColumnEach(t *testing.T) {
	for _, k := range []Kind{Products, Subscribers} {
		seen := map[string]string{}
		for _, c := range Columns(k) {
			for _, n := range append([]string{c.Name}, c.Synonyms...) {
				if other, twice := seen[foldHeading(n)]; twice {
					t.Errorf("%s: heading %q names %s and %s", k, n, other, c.Name)
				}
				seen[foldHeading(n)] = c.Name
			}
		}
	}
	if fmt.Sprint(columnNames(Products)) != fmt.Sprint(strings.Split(strings.TrimSpace(productHeader), ",")) {
		t.Error("the product columns are not those that are promised")
	}
}
