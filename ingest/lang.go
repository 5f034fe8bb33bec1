package ingest

import (
	"strings"
	"unicode"
)

// functionWords tell the three languages of WTO papers apart; words that two of
// them share are left out.
var functionWords = map[string]string{
	"the": "en", "of": "en", "and": "en", "for": "en", "to": "en", "with": "en", "by": "en", "is": "en", "this": "en",
	"el": "es", "los": "es", "las": "es", "para": "es", "por": "es", "del": "es", "y": "es", "una": "es", "se": "es",
	"le": "fr", "du": "fr", "pour": "fr", "et": "fr", "aux": "fr", "une": "fr", "dans": "fr", "sur": "fr", "au": "fr",
}

// langOf tells the language of a WTO paper's text. The English export holds
// papers that were never translated, so what the export is called is only
// overruled by a clear majority of function words.
func langOf(text, said string) string {
	count := map[string]int{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if lang, ok := functionWords[w]; ok {
			count[lang]++
		}
	}
	best := said
	for _, lang := range []string{"en", "es", "fr"} {
		if count[lang] >= 3 && count[lang] > 2*count[said] && count[lang] > count[best] {
			best = lang
		}
	}
	return best
}
