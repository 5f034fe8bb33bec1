package nomenclature

import (
	"strings"
	"testing"
)

func TestFormer(t *testing.T) {
	for code, want := range map[string]string{
		"851712":     "HS 2017 851713 851714 split",
		"8517120000": "HS 2017 851713 851714 split",
		"852580":     "HS 2017 852581 852582 852583 852589 split",
		"853950":     "HS 2017 853951 853952 split",
		"300220":     "HS 2017 300241 renumbered",
		"401162":     "HS 2012 401180 merged",
		"852851":     "HS 2012 852852 renumbered",
		"8803":       "HS 2017 8807 renumbered",
		"880330":     "HS 2017 880730 renumbered",
		"88035":      "HS 2017 8807 renumbered",
		"650510":     "HS 2007 650500 merged",
		"851713":     "", // exists
		"8517":       "",
		"85":         "",
		"851799":     "", // nobody knows
		"9999":       "",
		"":           "",
	} {
		got := ""
		if f, ok := Former(code); ok {
			got = f.Edition + " " + strings.Join(f.Became, " ") + " " + f.Loss
		}
		if got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

func TestHSExistsAndLostZero(t *testing.T) {
	for code, want := range map[string]bool{"87": true, "8711": true, "871": true, "87112": true, "871120": true, "87112010": true, "871199": false, "8799": false, "98": false, "": false, "8": false} {
		if HSExists(code) != want {
			t.Errorf("%s exists: %v", code, !want)
		}
	}
	for code, want := range map[string]string{"90210": "090210", "9021000": "09021000", "80521": "080521", "72106": "", "90211": "", "902": "", "902100": "", "0902": "", "85171": ""} {
		if got, _ := LostZero(code); got != want {
			t.Errorf("%s becomes %q, want %q", code, got, want)
		}
	}
}

// The tables agree with the official list: it has what they say exists and
// nothing that they say is gone.
func TestEditionsAgreeWithTheOfficialTable(t *testing.T) {
	official := codesOf(t, "hs2022.csv", "hscode")
	for code := range official {
		if len(code) == 6 && !HSExists(code) {
			t.Errorf("%s is missing", code)
		}
	}
	for heading, subs := range loadEditions().headings {
		for _, s := range subs {
			if !official[heading+s] {
				t.Errorf("%s is not official", heading+s)
			}
		}
	}
	for code, f := range loadEditions().former {
		if official[code] || len(code) != 6 && len(code) != 4 || !strings.HasPrefix(f.Edition, "HS 20") || len(f.Became) == 0 {
			t.Errorf("%s is no former code: %+v", code, f)
		}
		for _, c := range f.Became {
			if !official[c] || len(c) != len(code) {
				t.Errorf("%s became %s, which is none", code, c)
			}
		}
	}
}
