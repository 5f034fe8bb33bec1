package trade

import (
	"regexp"
	"strconv"
	"strings"
)

// Symbol is a WTO notification symbol such as G/TBT/N/USA/2034/Add.1/Corr.1.
type Symbol struct {
	Area   string   // TBT or SPS
	Member string   // as printed: USA, EU, TPKM …
	Number int      // running number of the member's notification
	Suffix []string // chain in printed order: "Rev.1", "Add.2" …
}

// symbolForm finds symbols wherever they stand, also glued together. Digits end
// a symbol: in "…/485G/TBT/N/KWT/367" the second begins at the G. Equivalence
// notices (G/SPS/N/EQV/…) name no member and are not read.
var symbolForm = regexp.MustCompile(`(?i)G\s{0,2}/\s{0,2}(SPS|TBT)\s{0,2}/\s{0,2}N\s{0,2}/\s{0,2}([A-Z]{2,4})\s{0,2}/\s{0,2}(\d+)((?:\s{0,2}/\s{0,2}(?:Rev|Add|Corr|Suppl)[\s.]{0,3}\d+)*)`)

var suffixForm = regexp.MustCompile(`(?i)(Rev|Add|Corr|Suppl)[\s.]{0,3}(\d+)`)

// Longer numbers than these are something else that was glued on, so the
// symbol is not to be trusted.
const (
	maxNumber = 999_999
	maxSuffix = 999
)

var suffixCase = map[string]string{"rev": "Rev", "add": "Add", "corr": "Corr", "suppl": "Suppl"}

// foldWidth maps full-width ASCII forms to ASCII and odd blanks to a blank.
var foldWidth = func(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000 || r == 0xA0 || r == '\n' || r == '\r' || r == '\t':
		return ' '
	case r == 0x200B || r == 0xFEFF || r == 0xAD:
		return -1
	}
	return r
}

// ParseSymbols returns the symbols that text holds, in printed order, each
// once, however they are separated: comma, blank, line end or nothing.
func ParseSymbols(text string) []Symbol {
	var out []Symbol
	seen := map[string]bool{}
	for _, m := range symbolForm.FindAllStringSubmatch(strings.Map(foldWidth, text), -1) {
		member := strings.ToUpper(m[2])
		number, err := strconv.Atoi(m[3])
		if err != nil || number == 0 || number > maxNumber || member == "EQV" {
			continue
		}
		s := Symbol{Area: strings.ToUpper(m[1]), Member: member, Number: number}
		whole := true
		for _, x := range suffixForm.FindAllStringSubmatch(m[4], -1) {
			n, err := strconv.Atoi(x[2])
			whole = whole && err == nil && n <= maxSuffix
			s.Suffix = append(s.Suffix, suffixCase[strings.ToLower(x[1])]+"."+strconv.Itoa(n))
		}
		if !whole {
			continue
		}
		if !seen[s.String()] {
			seen[s.String()] = true
			out = append(out, s)
		}
	}
	return out
}

// SymbolStrings is ParseSymbols in normalised print.
func SymbolStrings(text string) []string {
	var out []string
	for _, s := range ParseSymbols(text) {
		out = append(out, s.String())
	}
	return out
}

// String prints the symbol whole, normalised.
func (s Symbol) String() string {
	return strings.Join(append([]string{s.Root()}, s.Suffix...), "/")
}

// Root is the symbol without its suffix chain: the name of the measure.
func (s Symbol) Root() string {
	return "G/" + s.Area + "/N/" + s.Member + "/" + strconv.Itoa(s.Number)
}

// Kind is what the last suffix says of the paper.
func (s Symbol) Kind() Kind {
	if len(s.Suffix) == 0 {
		return KindNew
	}
	word, _, _ := strings.Cut(s.Suffix[len(s.Suffix)-1], ".")
	return map[string]Kind{"Rev": KindRevision, "Add": KindAddendum, "Corr": KindCorrigendum, "Suppl": KindSupplement}[word]
}

// Roots are the distinct roots of symbols in order of appearance; what is no
// WTO symbol is its own root.
func Roots(symbols []string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(r string) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	for _, s := range symbols {
		parsed := ParseSymbols(s)
		for _, p := range parsed {
			add(p.Root())
		}
		if len(parsed) == 0 {
			add(s)
		}
	}
	return out
}
