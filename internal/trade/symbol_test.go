package trade

import (
	"slices"
	"strings"
	"testing"
)

func TestParseSymbols(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "G/TBT/N/USA/2034", []string{"G/TBT/N/USA/2034"}},
		{"leading blank", " G/TBT/N/EU/1100", []string{"G/TBT/N/EU/1100"}},
		{"chain", "G/TBT/N/USA/2034/Add.1/Corr.1", []string{"G/TBT/N/USA/2034/Add.1/Corr.1"}},
		{"revision with addendum", "G/TBT/N/BRA/1/Rev.1/Add.2", []string{"G/TBT/N/BRA/1/Rev.1/Add.2"}},
		{"supplement", "G/SPS/N/JPN/900/Suppl.1", []string{"G/SPS/N/JPN/900/Suppl.1"}},
		{"comma", "G/TBT/N/ARE/371, G/TBT/N/BHR/485", []string{"G/TBT/N/ARE/371", "G/TBT/N/BHR/485"}},
		{"glued", "G/TBT/N/ARE/371G/TBT/N/BHR/485G/TBT/N/KWT/367", []string{"G/TBT/N/ARE/371", "G/TBT/N/BHR/485", "G/TBT/N/KWT/367"}},
		{"glued after a suffix", "G/TBT/N/ARE/371/Add.1G/TBT/N/BHR/485/Add.1", []string{"G/TBT/N/ARE/371/Add.1", "G/TBT/N/BHR/485/Add.1"}},
		{"line ends", "G/TBT/N/BDI/600\nG/TBT/N/KEN/1800\r\nG/TBT/N/RWA/1200", []string{"G/TBT/N/BDI/600", "G/TBT/N/KEN/1800", "G/TBT/N/RWA/1200"}},
		{"line end inside", "G/TBT/N/USA/2034/\nAdd.1", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"lower case", "g/tbt/n/tpkm/425/add.5", []string{"G/TBT/N/TPKM/425/Add.5"}},
		{"full width", "Ｇ／ＴＢＴ／Ｎ／ＵＳＡ／２０３４／Ａｄｄ．１", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"blanks inside", "G / TBT / N / USA / 2034 / Add. 1", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"no-break blanks", "G/TBT/N/USA\u00a0/2034", []string{"G/TBT/N/USA/2034"}},
		{"zero width", "G/TBT/N/USA/20\u200b34", []string{"G/TBT/N/USA/2034"}},
		{"in a sentence", "见通报 G/TBT/N/CHN/1800（2023年）。", []string{"G/TBT/N/CHN/1800"}},
		{"leading zeros", "G/TBT/N/USA/0034/Add.01", []string{"G/TBT/N/USA/34/Add.1"}},
		{"twice", "G/TBT/N/EU/5 and G/TBT/N/EU/5", []string{"G/TBT/N/EU/5"}},
		{"older form of the union", "G/SPS/N/EEC/300", []string{"G/SPS/N/EEC/300"}},
		{"equivalence names no member", "G/SPS/N/EQV/3", nil},
		{"committee papers", "G/TBT/W/700, G/TBT/GEN/12, G/TBT/35, G/TBT/CS/N/100, G/TBT/10.7/N/50", nil},
		{"before 2000", "G/TBT/Notif.99/320", nil},
		{"number nought", "G/TBT/N/USA/0", nil},
		{"number too long", "G/TBT/N/USA/12345678", nil},
		{"suffix too long", "G/TBT/N/USA/12/Add.12345", nil},
		{"suffix without a full stop", "G/TBT/N/USA/12/Add 1, G/TBT/N/USA/13/Corr2", []string{"G/TBT/N/USA/12/Add.1", "G/TBT/N/USA/13/Corr.2"}},
		{"carriage return inside", "G/TBT/N/USA/2034/\r\nAdd.1", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"other word before", "WIPOG/TBT/N/USA/7", []string{"G/TBT/N/USA/7"}},
		{"document number", "2026-11634", nil},
		{"empty", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SymbolStrings(c.text); !slices.Equal(got, c.want) {
				t.Errorf("read %q, want %q", got, c.want)
			}
		})
	}
}

func TestSymbolKind(t *testing.T) {
	for symbol, want := range map[string]Kind{
		"G/TBT/N/USA/2034":              KindNew,
		"G/TBT/N/USA/2034/Add.1":        KindAddendum,
		"G/TBT/N/USA/2034/Add.1/Corr.2": KindCorrigendum,
		"G/TBT/N/USA/2034/Rev.1":        KindRevision,
		"G/SPS/N/USA/2034/Suppl.3":      KindSupplement,
	} {
		if got := ParseSymbols(symbol)[0].Kind(); got != want {
			t.Errorf("%s is %q, want %q", symbol, got, want)
		}
	}
}

func TestRoots(t *testing.T) {
	got := Roots([]string{"G/TBT/N/ARE/371/Add.1", "G/TBT/N/BHR/485/Add.1", "G/TBT/N/ARE/371/Add.2", "2026-11634", "2026-11634"})
	want := []string{"G/TBT/N/ARE/371", "G/TBT/N/BHR/485", "2026-11634"}
	if !slices.Equal(got, want) {
		t.Errorf("roots %q, want %q", got, want)
	}
}

func FuzzParseSymbols(f *testing.F) {
	for _, s := range []string{"", "G/TBT/N/USA/1/Add.1", "G/TBT/N/ARE/371G/TBT/N/BHR/485", "Ｇ／SPS／N/CHN/12", "G/SPS/N/EQV/1", "g/tbt/n/eu/1\n/rev.2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		symbols := ParseSymbols(text)
		for _, s := range symbols {
			again := ParseSymbols(s.String())
			if len(again) != 1 || again[0].String() != s.String() {
				t.Errorf("%q prints as %q, which reads as %v", text, s, again)
			}
			if s.Kind() == "" || s.Number <= 0 || !strings.HasPrefix(s.String(), s.Root()) {
				t.Errorf("%q gives the impossible symbol %+v", text, s)
			}
		}
		if len(symbols) > 0 && len(Roots([]string{text})) == 0 {
			t.Errorf("%q has symbols and no root", text)
		}
	})
}
