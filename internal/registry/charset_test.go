package registry

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func TestEncodingsGiveTheSameRows(t *testing.T) {
	text := "企业编号,产品编号,中文名称\nE,P1,联通\nE,P2,摩托车“大”\n"
	encode := func(e unicode.Endianness, p unicode.BOMPolicy) string {
		out, err := unicode.UTF16(e, p).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ascii := "exporter_id,product_id,name_zh\n" + strings.Repeat("E,P0,motorcycle with a rather long name\n", 4000)
	for _, tc := range []struct{ name, bytes, remark string }{
		{"UTF-8", text, ""},
		{"UTF-8 with a mark", "\uFEFF" + text, ""},
		{"GB18030", gb18030(t, text), "the file is read as GB18030, not UTF-8"},
		{"GB18030 that shows late", ascii + gb18030(t, "E,P1,联通公司\nE,P2,摩托车“大”\n"), "line 4002: the file is read as GB18030, not UTF-8"},
		{"UTF-16 as Excel writes it", encode(unicode.LittleEndian, unicode.UseBOM), "the file is read as UTF-16, not UTF-8"},
		{"UTF-16, big end first", encode(unicode.BigEndian, unicode.UseBOM), "the file is read as UTF-16, not UTF-8"},
	} {
		s := openSheet(t, Products, tc.bytes)
		items := drain(t, ParseProducts(s))
		last := items[len(items)-1]
		if last.Err != nil || last.Product.NameZH != "摩托车“大”" || badLines(items) != "" {
			t.Errorf("%s: %+v %s", tc.name, last.Product, badLines(items))
		}
		var remarks []string
		for _, r := range s.Remarks() {
			remarks = append(remarks, r.String())
		}
		if got := strings.Join(remarks, "; "); got != tc.remark {
			t.Errorf("%s: remarks %q, want %q", tc.name, got, tc.remark)
		}
	}
}

func TestUTF16WithoutAMarkIsRecognised(t *testing.T) {
	for _, e := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		text, err := unicode.UTF16(e, unicode.IgnoreBOM).NewEncoder().String("exporter_id\tproduct_id\tname_zh\nE\tP1\t摩托车\n")
		if err != nil {
			t.Fatal(err)
		}
		s := openSheet(t, Products, text)
		if items := drain(t, ParseProducts(s)); len(items) != 1 || items[0].Product.NameZH != "摩托车" {
			t.Errorf("endianness %v: %+v", e, items)
		}
	}
}

func TestOneDamagedLineDoesNotTurnTheFile(t *testing.T) {
	damaged := gb18030(t, "E,P2,摩托车\n")
	s := openSheet(t, Products, "exporter_id,product_id,name_zh\nE,P1,头盔\n"+damaged+"E,P3,轮胎\n")
	if got := goodIDs(drain(t, ParseProducts(s))); got != "P1 P3" {
		t.Errorf("good rows %q", got)
	}
	s = openSheet(t, Products, gb18030(t, "企业编号,产品编号,中文名称\nE,P1,头盔\n")+"E,P2,\xFF\xFF\n")
	items := drain(t, ParseProducts(s))
	if got := badLines(items); goodIDs(items) != "P1" || got != "line 3: the line is not valid GB18030, as the rest of the file is; save the whole file as UTF-8" {
		t.Errorf("good %q, bad %q", goodIDs(items), got)
	}
}
