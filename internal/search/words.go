package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a query may hold: the rest of it is not looked at.
const (
	longestQuery = 200 // characters
	mostChunks   = 12
)

// chunk is a part of a query: what stands between blanks, or in quotes.
type chunk struct {
	text   string
	quoted bool
}

var quotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "「", `"`, "」", `"`, "『", `"`, "』", `"`)

// chunks cuts what a person typed; cut says that something was left out. A
// quote that nobody closes reaches to the end.
func chunks(typed string) (out []chunk, cut bool) {
	typed = strings.ToValidUTF8(typed, " ")
	if utf8.RuneCountInString(typed) > longestQuery {
		typed, cut = string([]rune(typed)[:longestQuery]), true
	}
	for i, part := range strings.Split(quotes.Replace(norm.NFKC.String(typed)), `"`) {
		if i%2 == 1 {
			if strings.TrimSpace(part) != "" {
				out = append(out, chunk{strings.TrimSpace(part), true})
			}
			continue
		}
		for _, word := range strings.Fields(part) {
			out = append(out, chunk{word, false})
		}
	}
	if len(out) > mostChunks {
		out, cut = out[:mostChunks], true
	}
	return out, cut
}

// HasWords reports whether a text holds anything that can be looked for.
func HasWords(typed string) bool {
	parts, _ := chunks(typed)
	return slices.ContainsFunc(parts, func(c chunk) bool {
		return strings.ContainsFunc(c.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
}
