package trade

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Symbol is a WTO notification symbol such as G/TBT/N/USA/2034/Add.1/Corr.1, or
// one of the years before 2000 such as G/TBT/Notif.99/320.
type Symbol struct {
	Area   string   // TBT or SPS
	Member string   // as printed: USA, EU, TPKM …; empty for Notif, which names none
	Number int      // running number of the member's notification; for Notif of the year
	Year   int      // of a Notif or of a document's file name, else 0; not part of the identity otherwise
	Suffix []string // chain in printed order: "Rev.1", "Add.2" …
}

// String prints the symbol whole, normalised.
func (s Symbol) String() string {
	return strings.Join(append([]string{s.Root()}, s.Suffix...), "/")
}

// Root is the symbol without its suffix chain: the name of the measure.
func (s Symbol) Root() string {
	if s.Member == "" {
		return fmt.Sprintf("G/%s/Notif.%02d/%d", s.Area, s.Year%100, s.Number)
	}
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

// ParseSymbols returns the symbols that text holds, in printed order, each
// once, however they are separated (comma, blank, line end or nothing) and
// printed (see symbolForms). A symbol whose number or suffix cannot be read
// ("Add.II", "Add.") is none: its root alone would be another paper.
func ParseSymbols(text string) []Symbol {
	var out []Symbol
	seen := map[string]bool{}
	for _, s := range symbolsAt(foldSymbols(text)) {
		if name := s.String(); !seen[name] {
			seen[name] = true
			out = append(out, s.Symbol)
		}
	}
	return out
}

// symbolAt is a symbol with its place in a folded text.
type symbolAt struct {
	Symbol
	start, end int
}

func symbolsAt(folded string) []symbolAt {
	if !namesCommittee(folded) {
		return nil
	}
	var out []symbolAt
	for _, form := range symbolForms {
		if form.hint != nil && !form.hint(folded, len(out)) {
			continue
		}
		for _, m := range form.re.FindAllStringSubmatchIndex(folded, -1) {
			if s, tail, ok := form.read(folded, m); ok {
				out = append(out, symbolAt{s, m[0], len(folded) - len(tail)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b symbolAt) int { return a.start - b.start })
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
