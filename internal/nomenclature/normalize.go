package nomenclature

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldings are reused: folding is on the path of every notice.
var foldings = sync.Pool{New: func() any { return new(folded) }}

// Normalize brings text to the form in which names are compared: compatibility
// forms resolved, lower case, diacritics stripped (unless a function word would be
// left: "thé"), traditional Chinese characters simplified, punctuation and
// space between words made one space, beside Chinese characters removed. The result
// is for comparison only; normalizing it again changes nothing.
func Normalize(text string) string {
	f := foldings.Get().(*folded)
	defer foldings.Put(f)
	f.reset(false)
	f.fold(text)
	out := make([]byte, 0, len(f.text))
	word := false // the atom before was a word
	for _, a := range f.atoms {
		if a.isBreak {
			continue
		}
		r, _ := utf8.DecodeRune(f.text[a.from:a.to])
		if word && !unspaced(r) {
			out = append(out, ' ')
		}
		word = !unspaced(r)
		out = append(out, f.text[a.from:a.to]...)
	}
	return norm.NFC.String(string(out))
}
