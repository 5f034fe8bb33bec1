package nomenclature

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// codesOf reads the first matching column of an official table that stays
// outside the repository, and skips the caller when it is not there.
func codesOf(t *testing.T, file, column string) map[string]bool {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "nomenclature", file)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("../shared/data is not here: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	at := slices.Index(rows[0], column)
	codes := map[string]bool{}
	for _, r := range rows[1:] {
		codes[r[at]] = true
	}
	return codes
}

func TestCodesExist(t *testing.T) {
	hs, ics := codesOf(t, "hs2022.csv", "hscode"), codesOf(t, "ics7.csv", "code")
	check := func(where string, known map[string]bool, codes ...string) {
		for _, c := range codes {
			if !known[c] {
				t.Errorf("%s: code %q does not exist", where, c)
			}
		}
	}
	for _, c := range Concepts() {
		check(c.where, hs, c.HS...)
		check(c.where, ics, c.ICS...)
	}
	for _, s := range Sectors() {
		for _, p := range s.HS {
			if len(p)%2 == 0 {
				check("sector "+s.ID, hs, p)
			}
		}
	}
	for code := range hsNames() {
		check("HS names", hs, code)
	}
	for code := range icsNames() {
		check("ICS names", ics, code)
	}
	for code := range hs {
		if len(code) == 2 && code < "98" && HSName(code, "zh") == "" {
			t.Errorf("chapter %s has no name", code)
		}
	}
	for code := range ics {
		if len(code) == 2 && ICSName(code, "zh") == "" {
			t.Errorf("ICS field %s has no name", code)
		}
	}
}

func TestVocabularyIsWellFormed(t *testing.T) {
	concepts := Concepts()
	if len(concepts) < 350 {
		t.Errorf("%d concepts", len(concepts))
	}
	seen := map[string]string{}
	sectors := map[string]bool{}
	for _, s := range Sectors() {
		sectors[s.ID] = true
		if s.ZH == "" || s.EN == "" || len(s.HS) == 0 {
			t.Errorf("sector %s lacks a name or prefixes", s.ID)
		}
	}
	key := []string{"motorcycles", "vehicles", "electronics", "batteries", "machinery", "agrifood"}
	for _, c := range concepts {
		if other := seen[c.ID]; other != "" {
			t.Errorf("%s: %s is also at %s", c.where, c.ID, other)
		}
		seen[c.ID] = c.where
		need := []string{"zh", "en"}
		if slices.Contains(key, c.Sector) {
			need = Languages[:5]
		}
		for _, lang := range need {
			if len(c.Names[lang]) == 0 {
				t.Errorf("%s: %s has no name in %s", c.where, c.ID, lang)
			}
		}
		if len(c.HS) == 0 || !sectors[c.Sector] {
			t.Errorf("%s: %s has no HS code or an unknown sector %q", c.where, c.ID, c.Sector)
		}
		for _, other := range append([]string{c.Broader}, c.Not...) {
			if _, ok := ConceptByID(other); other != "" && !ok {
				t.Errorf("%s: %s points to unknown %q", c.where, c.ID, other)
			}
		}
		for at, steps := c.Broader, 0; at != ""; steps++ {
			b, ok := ConceptByID(at)
			if !ok || steps > 10 {
				t.Errorf("%s: broader concepts of %s form a circle or break off at %q", c.where, c.ID, at)
				break
			}
			at = b.Broader
		}
	}
}

// Function words of the languages we read must never be names: after folding,
// "thé" would be the English article, "pão" not but "té" is a French pronoun.
func TestNamesAreNoFunctionWords(t *testing.T) {
	common := strings.Fields("the a an of to in on for and or as at by is it be this that with from all any use new not are was can may " +
		"de la le les un une des du et ou en au aux pour par sur dans el los las y o para por con se su que os um uma e do da dos das no na " +
		"control date dates part parts system systems member members product products order standard draft test may")
	for i, c := range Concepts() {
		for lang, names := range c.Names {
			for _, n := range names {
				if slices.Contains(common, comparable(n)) && loadVocabulary().exact[i][comparable(n)] == "" {
					t.Errorf("%s: %s name %q is a common word", c.where, lang, n)
				}
				if runes := []rune(n); lang == "zh" && len(runes) == 1 && loadVocabulary().exact[i][comparable(n)] == "" && !strings.ContainsRune("茶虾鞋泵蒜灯砖醋", runes[0]) {
					t.Errorf("%s: one character %q is no name", c.where, n)
				}
			}
		}
	}
}

// Two unrelated concepts may share a word, but seldom should.
func TestNamesAreMostlyUnambiguous(t *testing.T) {
	owner := map[string]string{}
	shared := 0
	for _, c := range Concepts() {
		for _, n := range allNames(&c) {
			if o := owner[n]; o != "" && o != c.ID {
				shared++
				t.Logf("%q names %s and %s", n, o, c.ID)
			}
			owner[n] = c.ID
		}
	}
	if shared > 60 {
		t.Errorf("%d names are shared by two concepts", shared)
	}
}

func TestTablesHaveNoOddRows(t *testing.T) {
	for _, s := range [][2]string{{"a | b\n1 | 2 | 3", "3 cells"}, {"# note\n\na | b\n1", ""}} {
		_, err := parseTable("x.txt", s[0])
		if s[1] == "" && err != nil || s[1] != "" && (err == nil || !strings.Contains(err.Error(), s[1])) {
			t.Errorf("parseTable(%q): %v, want %q", s[0], err, s[1])
		}
	}
	for _, r := range readTable("simplified.txt") {
		if n := len([]rune(r.text("pairs"))); n%2 != 0 {
			t.Errorf("%s: %d characters, pairs wanted", r.where, n)
		}
	}
	prefixes := map[string]string{}
	for _, s := range Sectors() {
		for _, p := range s.HS {
			if prefixes[p] != "" {
				t.Errorf("prefix %s belongs to %s and %s", p, prefixes[p], s.ID)
			}
			prefixes[p] = s.ID
		}
	}
}

// Every heading has a short name in both languages, and terms by which goods
// of it are found in a Chinese and in an English text.
func TestEveryHeadingIsKnown(t *testing.T) {
	found := map[string]string{}
	for _, c := range Concepts() {
		for _, code := range c.HS {
			if len(code) >= 4 {
				found[code[:4]] = c.ID
			}
		}
	}
	for code := range codesOf(t, "hs2022.csv", "hscode") {
		if len(code) != 4 || code == "9999" {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			if HSName(code, lang) == "" {
				t.Errorf("heading %s has no name in %s", code, lang)
			}
		}
		if found[code] == "" {
			t.Errorf("no concept has a code of heading %s", code)
		}
	}
}
