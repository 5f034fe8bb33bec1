package nomenclature

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// standardForms is what recognises the bodies of standards.
type standardForms struct {
	forms map[byte][]string // as written, by their last byte, longest first
	body  map[string]string // as written → normalised
	need  map[string]string // normalised body → what has to stand beside the number
	slash map[string]bool   // normalised body → writes the year behind a slash
	inner map[string]string // body that adopts → the body whose number it is: "BS EN ISO" → "EN ISO"
}

// adoptable are the bodies whose standards national bodies publish under the
// same number, with their own letters before it.
var adoptable = []string{"EN", "EN ISO", "EN IEC", "EN ISO/IEC", "ISO", "ISO/IEC", "IEC", "CISPR", "ISO/TS", "ISO/TR", "IEC/TS", "IEC/TR", "ETSI EN"}

var loadStandards = sync.OnceValue(func() *standardForms {
	s := &standardForms{forms: map[byte][]string{}, body: map[string]string{}, need: map[string]string{}, slash: map[string]bool{}, inner: map[string]string{}}
	for _, r := range readTable("standards.txt") {
		body := r.text("body")
		how := strings.Fields(r.text("how"))
		s.need[body], s.slash[body] = r.text("need"), slices.Contains(how, "slash")
		forms := append(r.list("as"), body)
		for _, f := range forms {
			s.add(f, body)
		}
		if !slices.Contains(how, "adopts") {
			continue
		}
		for _, inner := range adoptable {
			both := body + " " + inner
			s.inner[both], s.slash[both] = inner, s.slash[body]
			for _, f := range forms {
				s.add(f+" "+inner, both)
				s.add(f+"/"+inner, both)
			}
		}
	}
	for _, forms := range s.forms {
		slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	}
	return s
})

// add makes a form stand for a body; the first table row that has it decides.
func (s *standardForms) add(form, body string) {
	f := bodyKey(form)
	if s.body[f] == "" {
		s.body[f] = body
		s.forms[f[len(f)-1]] = append(s.forms[f[len(f)-1]], f)
	}
}

// bodyKey makes the separators inside a body alike.
func bodyKey(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\u00a0", " "), "-", " ")
}

// bodyBefore finds the longest form of a body that ends at the end of text,
// with up to two separators behind it.
func (s *standardForms) bodyBefore(text string) string {
	text = bodyKey(text)
	for range 3 {
		if text == "" {
			return ""
		}
		for _, f := range s.forms[text[len(text)-1]] {
			if rest, ok := strings.CutSuffix(text, f); ok {
				r, _ := utf8.DecodeLastRuneInString(rest)
				if rest == "" || !unicode.In(r, unicode.Latin, unicode.Cyrillic) && !unicode.IsDigit(r) && r != '/' {
					return s.body[f]
				}
			}
		}
		r, n := utf8.DecodeLastRuneInString(text)
		if !strings.ContainsRune(" –:№º°", r) {
			return ""
		}
		text = text[:len(text)-n]
	}
	return ""
}
