package nomenclature

import (
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The classes of ASCII characters; everything else is a soft separator, which
// ends a word but not a phrase (space, hyphen, slash, bracket, quote).
const (
	classSoft = iota
	classWord
	classBreak
	classApostrophe
)

var asciiClass = func() (t [128]uint8) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			t[c] = classWord
		}
	}
	for _, c := range ".,;:!?|" {
		t[c] = classBreak
	}
	t['\''] = classApostrophe
	return t
}()

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// possessive reports whether the apostrophe that ends at s[i] starts an
// English 's at the end of a word.
func possessive(s string, i int) bool {
	if i == 0 || i+1 >= len(s) || s[i+1] != 's' && s[i+1] != 'S' {
		return false
	}
	return i+2 == len(s) || s[i+2] < 128 && asciiClass[s[i+2]] != classWord
}

// decimal reports whether the point at s[i] stands between two digits.
func decimal(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isDigit(s[i-1]) && isDigit(s[i+1])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// ignorable characters are invisible; spam and page layout put them inside words.
func ignorable(r rune) bool {
	return r == 0x00ad || r >= 0x200b && r <= 0x200f || r == 0x2060 || r == 0xfeff
}

func dropIgnorable(r rune) rune {
	if ignorable(r) {
		return -1
	}
	return r
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// unspaced reports whether r belongs to a script that writes words without
// spaces between them.
func unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case isHan(r), r >= 0x3400 && r <= 0x4dbf, r >= 0x20000 && r <= 0x3ffff:
		return true
	case r >= 0x3041 && r <= 0x30ff:
		return r != '・' && r != '゠'
	}
	return r <= 0x0eff && r >= 0x0e01 || r >= 0x1000 && r <= 0x109f || r >= 0x1780 && r <= 0x17ff
}

// functionWords are words of the languages we read that some noun turns into
// when its diacritics are stripped: "thé" and the, "té" and te. Such nouns keep them.
var functionWords = map[string]bool{
	"a": true, "as": true, "da": true, "de": true, "do": true, "e": true, "el": true, "la": true, "le": true, "ma": true, "me": true,
	"mi": true, "o": true, "on": true, "ou": true, "pa": true, "por": true, "se": true, "si": true, "so": true, "su": true, "sur": true,
	"te": true, "the": true, "tu": true, "y": true,
}

// undecomposed letters have no canonical decomposition and are written with
// plain letters where a keyboard lacks them.
var undecomposed = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ð': "d", 'þ': "th",
}

// decompose gives the lower-case compatibility decomposition of r.
func decompose(r rune) []rune {
	if r < rune(len(latinFold())) {
		return latinFold()[r]
	}
	return decomposed(r)
}

var latinFold = sync.OnceValue(func() *[0x250][]rune {
	var t [0x250][]rune
	for r := range t {
		t[r] = decomposed(rune(r))
	}
	return &t
})

func decomposed(r rune) []rune {
	if r >= 0xac00 && r <= 0xd7a3 { // Hangul syllables stay whole
		return []rune{r}
	}
	var out []rune
	for _, d := range norm.NFKD.String(string(r)) {
		d = unicode.ToLower(d)
		if plain, ok := undecomposed[d]; ok {
			out = append(out, []rune(plain)...)
		} else {
			out = append(out, d)
		}
	}
	return out
}
