package search

import (
	"regexp"
	"strings"
)

// A symbol is found by each of its beginnings.
const (
	shortestStart = 2 // characters
	longestStart  = 40
)

// plainSymbol is a symbol or identity in the form in which it is compared.
func plainSymbol(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// symbolTerms are the terms of the field symbol for one symbol or identity.
func symbolTerms(symbol string) []string {
	s := []rune(plainSymbol(symbol))
	if len(s) == 0 {
		return nil
	}
	var out []string
	for n := shortestStart; n <= min(len(s), longestStart); n++ {
		out = append(out, string(s[:n]))
	}
	return out
}

var (
	areaFirst   = regexp.MustCompile(`^(tbt|sps)/`)
	memberFirst = regexp.MustCompile(`^([a-z]{3})/(\d.*)?$`)
)

// askedSymbols are the whole forms that a person may mean by what he typed: a
// symbol, or one without what all symbols begin with.
func askedSymbols(typed string) []string {
	s := plainSymbol(typed)
	switch {
	case areaFirst.MatchString(s):
		return []string{"g/" + s}
	case memberFirst.MatchString(s):
		return []string{s, "g/tbt/n/" + s, "g/sps/n/" + s}
	}
	return []string{s}
}

// codeTerms are the terms of the field code for an HS or ICS code: its
// beginnings at whole steps (two digits, or a point).
func codeTerms(code string) []string {
	if strings.Contains(code, ".") {
		var out []string
		for i, r := range code + "." {
			if r == '.' && i > 0 {
				out = append(out, code[:i])
			}
		}
		return out
	}
	var out []string
	for n := 2; n < len(code) && n < 10; n += 2 {
		out = append(out, code[:n])
	}
	return append(out, code[:min(len(code), longestToken)])
}

var asCode = regexp.MustCompile(`^\d{2,10}$|^\d{2,6}(\.\d{2,6}){1,4}$`)

// askedCodes are the codes that a person may mean: HS codes are written with
// points, too.
func askedCodes(typed string) []string {
	if !asCode.MatchString(typed) {
		return nil
	}
	if digits := strings.ReplaceAll(typed, ".", ""); digits != typed {
		return []string{typed, digits}
	}
	return []string{typed}
}
