package ingest

import (
	"regexp"
	"strings"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

var (
	// hsHead is how an entry of an HS cell begins: "8517 - Telephone sets …".
	hsHead = regexp.MustCompile(`^\s*(?:HS\s*:?\s*)?(\d{2}(?:[.\s]?\d{1,2}){0,4})\s*(?:[-–—:]|$)`)
	// hsList is an entry made of codes only: "8711, 8714.10".
	hsList  = regexp.MustCompile(`(?i)^\s*(?:HS\s*:?\s*)?\d[\d.\s]*(?:[,/、，]\s*\d[\d.\s]*)+$`)
	icsHead = regexp.MustCompile(`^\s*(?:ICS\s*:?\s*)?(\d{2}(?:\.\d{3}(?:\.\d{2})?)?)(?:[^\d.]|$)`)
	digits  = regexp.MustCompile(`[^0-9]`)
)

// hsCodes reads "8517 - Telephone sets, incl. …; 100310 - Barley seed; n.e.s."
// as 8517 and 100310. Names hold ";" themselves, so an entry begins only where
// a code follows; each code is kept once, digits only, in printed order.
func hsCodes(cell string) []string {
	var out []string
	for entry := range entries(cell) {
		if hsList.MatchString(entry) {
			for part := range strings.FieldsFuncSeq(entry, func(r rune) bool { return strings.ContainsRune(",/、，", r) }) {
				out = appendHS(out, part)
			}
			continue
		}
		if m := hsHead.FindStringSubmatch(entry); m != nil {
			out = appendHS(out, m[1])
		}
	}
	return trade.Distinct(out)
}

// appendHS appends the code if it is one: 2 to 10 digits of a chapter that exists.
func appendHS(list []string, code string) []string {
	code = digits.ReplaceAllString(code, "")
	if len(code) < 2 || len(code) > 10 || code[:2] < "01" || code[:2] == "77" {
		return list
	}
	return append(list, code)
}

// icsCodes reads "43.140 - Motorcycles and mopeds; 13.340.20 - …" likewise.
func icsCodes(cell string) []string {
	var out []string
	for entry := range entries(cell) {
		for part := range strings.SplitSeq(entry, ",") {
			m := icsHead.FindStringSubmatch(part)
			if m == nil {
				break // a comma inside the name
			}
			if m[1][:2] != "00" {
				out = append(out, m[1])
			}
		}
	}
	return trade.Distinct(out)
}

// entries cuts a cell at ";" and line ends: entries and further parts of names.
func entries(cell string) func(func(string) bool) {
	return strings.FieldsFuncSeq(prose.Narrow(prose.Plain(cell)), func(r rune) bool { return r == ';' || r == '\n' })
}

// words cuts "Animal health; Pests; Pests" into its distinct parts, in order.
func words(cell string) []string {
	var out []string
	for w := range strings.FieldsFuncSeq(prose.Plain(cell), func(r rune) bool { return r == ';' || r == '\n' || r == '；' || r == '、' }) {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return trade.Distinct(out)
}

func addOnce(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
