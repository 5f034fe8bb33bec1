package matcher

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// FuzzRead reads a whole notice, whatever stands in its fields, and checks what
// classify promises of it.
func FuzzRead(f *testing.F) {
	f.Add("G/TBT/N/VNM/300", "摩托车安全国家标准草案", "摩托车 (HS 8711)", "本标准批准后12个月生效。")
	f.Add("G/SPS/N/EQV/1/Add.1", "Maximum residue levels for tea", "Tea; mate", "Comments until 15/09/2026. except black tea")
	f.Add("Ｇ／TBT／N／KEN／1G/TBT/N/UGA/2", "Casques pour motocyclistes\u202e", "ＨＳ ８５１７．６２", "EN ISO 12345-1:2019; CAS 50-00-0; 60 days from notification")
	f.Add("x", strings.Repeat("电", 3000), strings.Repeat("a;", 2000), strings.Repeat("(", 2000))
	f.Fuzz(func(t *testing.T, symbol, title, products, description string) {
		line, err := json.Marshal(map[string]string{"symbol": symbol, "title": title, "products": products, "description": description})
		if err != nil {
			t.Fatal(err)
		}
		n, err := ReadLine(line)
		if err != nil {
			return
		}
		r := Read(&n)
		got := Classify(&n, r.ID)
		checkCodes(t, got.HS)
		for _, d := range got.Dates {
			if d.From > d.To || (d.From == "") != (d.To == "") || d.Basis == "" {
				t.Errorf("date %+v", d)
			}
		}
		for _, s := range got.Symbols {
			if again := trade.ParseSymbols(s); len(again) == 1 && again[0].String() != s {
				t.Errorf("symbol %q reads as %q", s, again[0])
			}
		}
		out, err := json.Marshal(got)
		if most := 20_000 + 60*len(line); err != nil || len(out) > most || !utf8.Valid(out) {
			t.Errorf("%d bytes became %d, %v", len(line), len(out), err)
		}
		if r = Read(&n); !reflect.DeepEqual(got, Classify(&n, r.ID)) {
			t.Errorf("read twice it is not the same: %s", line)
		}
	})
}

func checkCodes(t *testing.T, codes []Code) {
	t.Helper()
	for _, c := range codes {
		if strings.Trim(c.Code, "0123456789") != "" || len(c.Code) < 2 || len(c.Code) > 10 || c.Confidence < 0 || c.Confidence > 1 {
			t.Errorf("code %+v", c)
		}
		for _, b := range c.Basis {
			if b.Where == "" || c.Inferred && b.Words == "" {
				t.Errorf("code %s has a basis without words: %+v", c.Code, b)
			}
		}
	}
}
