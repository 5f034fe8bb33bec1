package nomenclature

import (
	"bytes"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// foldings are reused: folding is on the path of every notice.
var foldings = sync.Pool{New: func() any { return new(folded) }}

// Normalize brings text to the form in which names are compared: compatibility
// forms resolved, lower case, diacritics stripped (unless a function word would be
// left: "thé"), traditional Chinese characters simplified, punctuation and runs of
// space made one space, space between Chinese characters removed. The result
// is for comparison only; normalizing it again changes nothing.
func Normalize(text string) string {
	f := foldings.Get().(*folded)
	defer foldings.Put(f)
	f.reset(false)
	f.fold(text)
	for _, a := range f.atoms {
		if a.isBreak {
			f.text[a.from] = ' '
		}
	}
	return norm.NFC.String(string(bytes.TrimSpace(f.text)))
}
