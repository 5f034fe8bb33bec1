package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

// named6 are the headings and chapters whose subheadings all have a name.
var named6 = strings.Fields("01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 " +
	"3004 3005 3006 4011 4012 4013 4015 6506 7007 84 85 87 90 94 95")

// Every subheading of the key sectors has a short name in both languages.
func TestSubheadingsOfKeySectorsAreNamed(t *testing.T) {
	for code := range codesOf(t, "hs2022.csv", "hscode") {
		if len(code) != 6 || !slices.ContainsFunc(named6, func(p string) bool { return strings.HasPrefix(code, p) }) {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			if HSName(code, lang) == "" {
				t.Errorf("subheading %s has no name in %s", code, lang)
			}
		}
	}
}

// A subheading's name is short, tells it from the others of its heading, and
// stands in the table once.
func TestSubheadingNamesTellApart(t *testing.T) {
	where, owner := map[string]string{}, map[string]string{}
	for _, r := range readFolder("headings") {
		code := r.text("code")
		if other := where[code]; other != "" {
			t.Errorf("%s: %s stands at %s too", r.where, code, other)
		}
		where[code] = r.where
		if len(code) != 6 {
			continue
		}
		for lang, longest := range map[string]int{"zh": 24, "en": 66} {
			name := r.text(lang)
			if n := len([]rune(name)); n == 0 || n > longest {
				t.Errorf("%s: %q has %d characters, 1 to %d wanted", r.where, name, n, longest)
			}
			key := code[:4] + name
			if other := owner[key]; other != "" {
				t.Errorf("%s: %s and %s are both %q", r.where, other, code, name)
			}
			owner[key] = code
		}
	}
}

func TestHSNameKnowsSubheadings(t *testing.T) {
	for code, want := range map[string]string{"871160": "电动摩托车、电动自行车", "850760": "锂离子蓄电池", "950300": "玩具、玩偶、童车", "999999": "", "87116010": ""} {
		if got := HSName(code, "zh"); got != want {
			t.Errorf("HSName(%s) = %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string]string{"8711600010": "电动摩托车、电动自行车", "871160": "电动摩托车、电动自行车", "9503": HSName("9503", "zh"), "99": "", "": ""} {
		if got := NearestHSName(code, "zh"); got != want {
			t.Errorf("NearestHSName(%s) = %q, want %q", code, got, want)
		}
	}
}

// All fields and groups of ICS have a name, and the subgroups of the fields
// that the key sectors use.
func TestEveryICSGroupIsNamed(t *testing.T) {
	key := strings.Fields("13 29 31 33 35 43 65 67 97")
	for code := range codesOf(t, "ics7.csv", "code") {
		if len(code) > 6 && !slices.Contains(key, code[:2]) {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			if ICSName(code, lang) == "" {
				t.Errorf("ICS %s has no name in %s", code, lang)
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range readTable("ics.txt") {
		if code := r.text("code"); seen[code] {
			t.Errorf("%s: %s stands twice", r.where, code)
		} else {
			seen[code] = true
		}
	}
}
