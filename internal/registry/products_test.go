package registry

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
)

func TestParseProductsReadsEveryColumn(t *testing.T) {
	s := openSheet(t, Products, productHeader+
		"EX-1,示例摩托车厂,示例区,P1,两轮摩托车,Motorcycle,8711.20；8711 30,43.140,motocicleta; moto ;moto,UN R41,,墨西哥;DEU;欧盟,\"1,250,000.50\"\n")
	items := drain(t, ParseProducts(s))
	if len(items) != 1 || items[0].Err != nil {
		t.Fatalf("%+v", items)
	}
	want := trade.Product{
		ID: "P1", Exporter: "EX-1", NameZH: "两轮摩托车", NameEN: "Motorcycle", HS: []string{"871120", "871130"}, ICS: []string{"43.140"},
		Terms: []string{"motocicleta", "moto"}, Standards: []string{"UN R41"}, Markets: []string{"MX", "DE", "EU"}, ExportValue: 1250000.5,
	}
	if d := cmp.Diff(want, items[0].Product); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(trade.Exporter{ID: "EX-1", Name: "示例摩托车厂", District: "示例区"}, items[0].Exporter); d != "" {
		t.Error(d)
	}
	if len(items[0].Remarks) != 0 {
		t.Errorf("remarks on a good row: %v", items[0].Remarks)
	}
}

// Each row stands on line 2 below a header of the cells that it needs.
func TestBadCellsSayWhatWouldBeRight(t *testing.T) {
	for _, tc := range []struct{ name, header, row, want string }{
		{"letters in a code", "hs", "87I1", `line 2, column hs, value "87I1": not digits; give 2 to 10 digits such as 871120, several separated by ;`},
		{"one digit", "hs", "8", `line 2, column hs, value "8": the number of digits is 1; give 2 to 10 digits such as 871120, several separated by ;`},
		{"customs and inspection code", "hs", "8711209010101", `line 2, column hs, value "8711209010101": the number of digits is 13; give 2 to 10 digits such as 871120, several separated by ;`},
		{"no such chapter", "hs", "0012", `line 2, column hs, value "0012": there is no chapter 00; give 2 to 10 digits such as 871120, several separated by ;`},
		{"a range", "hs", "8711-8714", `line 2, column hs, value "8711-8714": not digits; give 2 to 10 digits such as 871120, several separated by ;`},
		{"codes set apart by commas", "hs", `"871120,871130"`, `line 2, column hs, value "871120,871130": not digits; give 2 to 10 digits such as 871120, several separated by ;`},
		{"ICS in words", "ics", "road vehicles", `line 2, column ics, value "road vehicles": not an ICS code; write it like 43.140 or 43.040.10, several separated by ;`},
		{"misspelt market", "markets", "Germny", `line 2, column markets, value "Germny": no known market; did you mean DE (Germany)?`},
		{"unknown code of a market", "markets", "US;QX", `line 2, column markets, value "QX": no known market; give ISO 3166 codes such as US, blocs such as EU, or *, several separated by ;`},
		{"negative value", "export_value_usd", "-5", `line 2, column export_value_usd, value "-5": negative; give US dollars a year as a number such as 1250000`},
		{"not a number", "export_value_usd", "NaN", `line 2, column export_value_usd, value "NaN": not a number; give US dollars a year as a number such as 1250000`},
		{"Chinese myriads", "export_value_usd", "120万", `line 2, column export_value_usd, value "120万": not a number; give US dollars a year as a number such as 1250000`},
		{"decimal comma", "export_value_usd", `"1.250.000,00"`, `line 2, column export_value_usd, value "1.250.000,00": not a number; give US dollars a year as a number such as 1250000`},
		{"infinite value", "export_value_usd", "1e999", `line 2, column export_value_usd, value "1e999": too large to be true; give US dollars a year as a number such as 1250000`},
		{"control character", "terms", "a\x07b", `line 2, column terms, value "a\ab": holds a control character; remove it`},
		{"text that runs backwards", "terms", "abc\u202Edef", `line 2, column terms, value "abc\u202edef": holds a control character; remove it`},
		{"garbled before", "terms", "摩托\uFFFD", `line 2, column terms, value "摩托�": holds U+FFFD, left by reading a text in the wrong encoding; enter the text again and save as UTF-8`},
		{"formula that failed", "terms", "#REF!", `line 2, column terms, value "#REF!": is an error of the spreadsheet; mend the formula or enter the value itself`},
		{"name too long", "name_en", strings.Repeat("x", 301), `line 2, column name_en, value "` + strings.Repeat("x", 80) + `… (301 characters)": is too long; use at most 300 characters`},
	} {
		text := "exporter_id,product_id,name_zh," + tc.header + "\nEX-1,P1,摩托车," + tc.row + "\n"
		if got := badLines(drain(t, ParseProducts(openSheet(t, Products, text)))); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestIdentityIsRequired(t *testing.T) {
	for _, tc := range []struct{ name, row, want string }{
		{"no exporter", ",P1,摩托车", `line 2, column exporter_id: is empty; every row needs it`},
		{"no product", "EX-1, ,摩托车", `line 2, column product_id: is empty; every row needs it`},
		{"neither", ",,摩托车", `line 2, column exporter_id: is empty; every row needs it; also column product_id: is empty; every row needs it`},
		{"a number rounded by a spreadsheet", "9.15001E+17,P1,摩托车", `line 2, column exporter_id, value "9.15001E+17": was turned into a rounded number by a spreadsheet; format the column as text and enter the digits again`},
		{"nothing to match", "EX-1,P1,", `line 2, value "P1": the product has neither a name nor a code; give at least one of name_zh, name_en, hs, ics, terms`},
	} {
		text := "exporter_id,product_id,name_zh\n" + tc.row + "\n"
		if got := badLines(drain(t, ParseProducts(openSheet(t, Products, text)))); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestErrorsSpeakChinese(t *testing.T) {
	items := drain(t, ParseProducts(openSheet(t, Products, "exporter_id,product_id,name_zh,hs\nEX-1,P1,摩托车,87I1\n")))
	want := `第 2 行，hs 列，值 "87I1"：含有非数字字符；请填写 2 至 10 位数字，例如 871120，多个之间用 ; 分隔`
	if got := items[0].Err.ZH(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsTakenWithARemark(t *testing.T) {
	for _, tc := range []struct{ name, column, cell, want string }{
		{"heading only", "hs", "8711", `line 2, column hs, value "8711": 4 digits only: taken, but it matches broadly; 6 digits match better`},
		{"lost zero of a code", "hs", "80510", `line 2, column hs, value "80510": 5 digits, an odd number: taken as 80510; if a spreadsheet dropped a zero, write 805100 or 080510`},
		{"ICS as a number", "ics", "43.14", `line 2, column ics, value "43.14": taken as 43.140: a spreadsheet drops such zeros`},
		{"ICS below ten as a number", "ics", "1.04", `line 2, column ics, value "1.04": taken as 01.040: a spreadsheet drops such zeros`},
		{"no market", "markets", "", `line 2, column markets: no market: nothing will match this product; write * for everywhere`},
	} {
		items := drain(t, ParseProducts(openSheet(t, Products, "exporter_id,product_id,name_zh,"+tc.column+"\nEX-1,P1,摩托车,"+tc.cell+"\n")))
		if items[0].Err != nil || len(items[0].Remarks) != 1 || items[0].Remarks[0].String() != tc.want {
			t.Errorf("%s: %v %v", tc.name, items[0].Err, items[0].Remarks)
		}
	}
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for cell, want := range map[string]float64{
		"": 0, "0": 0, "12": 12, "1250000.75": 1250000.75, "1,250,000": 1250000, "1 250 000": 1250000, "$1,000": 1000, "US$ 7": 7,
		"300 USD": 300, "1.2E+06": 1200000, "１２３": 123, "500美元": 500, "-0": 0,
	} {
		items := drain(t, ParseProducts(openSheet(t, Products, "exporter_id\tproduct_id\tname_zh\texport_value_usd\nE\tP\t摩托车\t"+cell+"\n")))
		if items[0].Err != nil || items[0].Product.ExportValue != want {
			t.Errorf("%q: %v, %v; want %v", cell, items[0].Product.ExportValue, items[0].Err, want)
		}
	}
}

func TestNamesThatLookLikeFormulasAreData(t *testing.T) {
	items := drain(t, ParseProducts(openSheet(t, Products, "exporter_id,product_id,name_en\nE,P,=1+1\nE,P2,\"+A \u200B B\nC\"\n")))
	if items[0].Product.NameEN != "=1+1" || items[1].Product.NameEN != "+A B C" {
		t.Errorf("%q %q", items[0].Product.NameEN, items[1].Product.NameEN)
	}
}

func TestRowsAreComparedWithEarlierOnes(t *testing.T) {
	items := drain(t, ParseProducts(openSheet(t, Products, `exporter_id,exporter_name,district,product_id,name_zh,hs
E1,甲厂,东区,P1,摩托车,87I1
E1,甲厂,东区,P1,摩托车,871120
E1,,,P1,摩托车,871120
E1,甲厂,东区,P1,摩托车,871130
E1,乙厂,东区,P2,头盔,650610
E1,甲厂,西区,P3,头盔,650610
E2,乙厂,西区,P1,摩托车,871130
`)))
	if got, want := goodIDs(items), "P1 P1 P1"; got != want {
		t.Errorf("good rows %q, want %q", got, want)
	}
	if items[1].Repeats != 0 || items[2].Repeats != 3 {
		t.Errorf("repetition not seen: %+v", items[1:3])
	}
	want := `line 2, column hs, value "87I1": not digits; give 2 to 10 digits such as 871120, several separated by ;
line 5, column product_id, value "P1": differs from line 3, which has the same id; keep one of the two, or give this product an id of its own
line 6, column exporter_name, value "乙厂": differs from line 3, which has the same exporter_id "E1"; write the same in every row of the exporter, or leave it empty
line 7, column district, value "西区": differs from line 3, which has the same exporter_id "E1"; write the same in every row of the exporter, or leave it empty`
	if d := cmp.Diff(want, badLines(items)); d != "" {
		t.Error(d)
	}
}

func TestMarketsBecomeCodes(t *testing.T) {
	for cell, want := range map[string]string{
		"US": "[US]", "usa;DEU": "[US DE]", "欧盟；墨西哥": "[EU MX]", "US, MX": "[US MX]", "Hong Kong, China": "[HK]", "US、EU": "[US EU]",
		"*": "[*]", "US;*": "[*]", "全球": "[*]", "US;us;美国": "[US]", "GCC": "[GCC]",
	} {
		items := drain(t, ParseProducts(openSheet(t, Products, "exporter_id\tproduct_id\tname_zh\tmarkets\nE\tP\t车\t"+cell+"\n")))
		if items[0].Err != nil || fmt.Sprint(items[0].Product.Markets) != want {
			t.Errorf("%q: %v %v, want %s", cell, items[0].Product.Markets, items[0].Err, want)
		}
	}
}
