package nomenclature

import (
	"slices"
	"strings"
	"sync"
)

// What is lost when a code of an older HS becomes codes of HS 2022.
const (
	LossNone   = "renumbered" // nothing: the same goods under another number
	LossSplit  = "split"      // the old code does not say which of the new ones is meant
	LossMerged = "merged"     // the new code has goods that other old codes had, too
)

// FormerHS is a code that HS 2022 no longer has.
type FormerHS struct {
	Code    string   // six digits, or four where a whole heading is gone
	Edition string   // the last one that had it: "HS 2017"
	Became  []string // codes of HS 2022
	Loss    string   // one of the losses
}

type hsEditions struct {
	headings map[string][]string // heading → subheadings' last two digits
	former   map[string]FormerHS
}

var loadEditions = sync.OnceValue(func() *hsEditions {
	e := &hsEditions{headings: map[string][]string{}, former: map[string]FormerHS{}}
	for _, r := range readTable("hs-subheadings.txt") {
		e.headings[r.text("heading")] = strings.Fields(r.text("subheadings"))
	}
	olds := map[string]int{} // how many old codes became the new one
	rows := readTable("hs-editions.txt")
	for _, r := range rows {
		for _, c := range r.list("became") {
			olds[c]++
		}
	}
	for _, r := range rows {
		f := FormerHS{Code: r.text("code"), Edition: r.text("edition"), Became: r.list("became"), Loss: LossNone}
		switch {
		case len(f.Became) > 1:
			f.Loss = LossSplit
		case olds[f.Became[0]] > 1:
			f.Loss = LossMerged
		}
		e.former[f.Code] = f
	}
	return e
})

// HSExists reports whether HS 2022 has the code: a chapter or heading, the
// beginning of one, a subheading, or a tariff line under one.
func HSExists(code string) bool {
	switch n := len(code); {
	case n < 2:
		return false
	case n < 4:
		return HSName(code[:2], "en") != ""
	}
	subs, ok := loadEditions().headings[code[:4]]
	if !ok || len(code) == 4 {
		return ok
	}
	return slices.ContainsFunc(subs, func(s string) bool { return strings.HasPrefix(s, code[4:min(len(code), 6)]) })
}

// Former finds what a code of an older edition, of four or more digits, is in
// HS 2022. It is our own reading of the changes. ok is false for codes that HS
// 2022 has, and for those of which we do not know.
func Former(code string) (f FormerHS, ok bool) {
	if len(code) < 4 || HSExists(code) {
		return FormerHS{}, false
	}
	e := loadEditions()
	if len(code) >= 6 {
		if f, ok = e.former[code[:6]]; ok {
			return f, true
		}
	}
	f, ok = e.former[code[:4]]
	return f, ok
}

// LostZero gives back the zero that a code of chapters 01 to 09 lost in a
// spreadsheet: 90210 is 090210, tea. Only codes of five or more digits are
// repaired, and only where HS 2022 has the repaired code and not the one given.
func LostZero(code string) (repaired string, ok bool) {
	if len(code) < 5 || len(code)%2 == 0 || HSExists(code) || !HSExists("0"+code) {
		return "", false
	}
	if _, former := Former(code); former {
		return "", false
	}
	return "0" + code, true
}
