package registry

import (
	"fmt"
	"strings"
	"testing"
)

func TestHeadingsAreFoundByName(t *testing.T) {
	for _, tc := range []struct{ heading, want string }{
		{"hs", "hs"}, {" HS ", "hs"}, {"HS Code", "hs"}, {"ＨＳ编码", "hs"}, {"hs_codes", "hs"}, {"商品编码", "hs"},
		{"Export Value (USD)", "export_value_usd"}, {"出口额（美元）", "export_value_usd"}, {"出口额(万元)", ""},
		{"name zh", "name_zh"}, {"产品名称", "name_zh"}, {"统一社会信用代码", "exporter_id"}, {"", ""}, {"---", ""}, {"colour", ""},
	} {
		if got := columnNamed(productColumns, tc.heading); got != tc.want {
			t.Errorf("%q is %q, want %q", tc.heading, got, tc.want)
		}
	}
}

func TestTheNearestNameIsOffered(t *testing.T) {
	names := columnNames(Products)
	for word, want := range map[string]string{
		"exporter-nmae": "exporter_name", "market": "markets", "standrads": "standards", "nam_zh": "name_zh", "xs": "hs", "colour": "", "": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: offered %q, want %q", word, got, want)
		}
	}
}

func TestUnknownColumnsAreRemarkedOn(t *testing.T) {
	s := openSheet(t, Products, "exporter_id,product_id,name_zh,marketz,colour,\nE,P,车,US,red,\n")
	var got []string
	for _, r := range s.Remarks() {
		got = append(got, r.String()+" / "+r.ZH())
	}
	want := `line 1, value "marketz": unknown column, ignored; did you mean markets? / 第 1 行，值 "marketz"：未知的列，已忽略；是否应为 markets？
line 1, value "colour": unknown column, ignored / 第 1 行，值 "colour"：未知的列，已忽略`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if s.Has("markets") || !s.Has("name_zh") {
		t.Error("Has does not tell what the file has")
	}
}

func TestAnUnknownKindOfSheetIsAMistakeOfTheCaller(t *testing.T) {
	if _, err := Open(strings.NewReader("x"), "firms"); err == nil || Columns("firms") != nil {
		t.Errorf("%v", err)
	}
	if _, err := OpenFile("there/is/no/such.csv", Products); err == nil {
		t.Error("a missing file was opened")
	}
}

func TestEveryRequiredColumnIsMissed(t *testing.T) {
	for _, k := range []Kind{Products, Subscribers} {
		for _, c := range Columns(k) {
			var rest []string
			for _, n := range columnNames(k) {
				if n != c.Name {
					rest = append(rest, n)
				}
			}
			_, err := Open(strings.NewReader(strings.Join(rest, ",")+"\n"), k)
			if c.Required != (err != nil) || err != nil && !strings.Contains(err.Error(), "no column "+c.Name+";") {
				t.Errorf("%s without %s: %v", k, c.Name, err)
			}
		}
	}
	if fmt.Sprint(Columns(Subscribers)[0].Name) != "subscriber_id" {
		t.Error("order of the columns")
	}
}
