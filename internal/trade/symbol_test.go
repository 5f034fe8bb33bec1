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
		{"before 2000", "G/TBT/Notif.99/320", []string{"G/TBT/Notif.99/320"}},
		{"before 2000, other prints", "g / tbt / NOTIF. 99.320, G/TBT/Notif.1999/320/Add.1", []string{"G/TBT/Notif.99/320", "G/TBT/Notif.99/320/Add.1"}},
		{"document file", "q_G_TBTN22_KEN1307A1", []string{"G/TBT/N/KEN/1307/Add.1"}},
		{"document file, chain", "q_G_TBTN22_KEN1307R1A2.pdf", []string{"G/TBT/N/KEN/1307/Rev.1/Add.2"}},
		{"document file, corrigendum and supplement", "q_G_SPSN21_CHN99C1, q_G_SPSN21_CHN99S1", []string{"G/SPS/N/CHN/99/Corr.1", "G/SPS/N/CHN/99/Suppl.1"}},
		{"document file without a year", "https://docs.example/G_SPS_NTPKM425A5", []string{"G/SPS/N/TPKM/425/Add.5"}},
		{"document path", "directdoc.aspx?filename=q:/G/TBTN22/KEN1307A1.pdf&Open=True", []string{"G/TBT/N/KEN/1307/Add.1"}},
		{"document file that goes on", "q_G_TBTN22_KEN1307A1X", nil},
		{"document file of an equivalence", "q_G_SPS_NEQV3", nil},
		{"in an address", "https://eping.example/?documentSymbol=G%2FTBT%2FN%2FEU%2F5%2fAdd.1", []string{"G/TBT/N/EU/5/Add.1"}},
		{"dashes", "G-TBT-N-USA-2034-Add.1, G–SPS–N–EU–5", []string{"G/TBT/N/USA/2034/Add.1", "G/SPS/N/EU/5"}},
		{"other slashes", "G⁄TBT⁄N⁄USA⁄2034∕Add.1", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"other blanks", "G/TBT/N/USA/2034 Add.\u20091", []string{"G/TBT/N/USA/2034/Add.1"}},
		{"capitals", "G/TBT/N/TPKM/425/ADD.5/CORR.2", []string{"G/TBT/N/TPKM/425/Add.5/Corr.2"}},
		{"any order", "G/TBT/N/USA/1/Corr.1/Add.2/Suppl.3/Rev.4", []string{"G/TBT/N/USA/1/Corr.1/Add.2/Suppl.3/Rev.4"}},
		{"words for the suffix", "G/TBT/N/USA/1 Addendum 2, G/TBT/N/USA/3/Revision 1", []string{"G/TBT/N/USA/1/Add.2", "G/TBT/N/USA/3/Rev.1"}},
		{"Roman number of a suffix", "G/TBT/N/USA/1/Add.II", nil},
		{"suffix without a number", "G/TBT/N/USA/1/Add.", nil},
		{"suffix number nought", "G/TBT/N/USA/1/Add.0", nil},
		{"Roman number", "G/TBT/N/USA/XII", nil},
		{"no number", "G/TBT/N/USA, G/TBT/N/USA/Add.1", nil},
		{"papers of the other committees", "G/SPS/W/1, G/SPS/GEN/1200, G/SPS/R/90, G/TBT/M/80, G/TBT/2/Add.14, G/TBT/35/Rev.2", nil},
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
		"G/TBT/Notif.99/320":            KindNew,
		"q_G_TBTN22_KEN1307R1A2":        KindAddendum,
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
		if len(symbols)*len("G/TBT/N/EU/1")/2 > len(text) {
			t.Errorf("%d bytes hold %d symbols", len(text), len(symbols))
		}
		for i, s := range symbols {
			if i > 0 && s.String() == symbols[i-1].String() {
				t.Errorf("%q gives %q twice", text, s)
			}
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
