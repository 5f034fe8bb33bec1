package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes text of any source alike without reading markup: blanks and width
// one way, invisible characters gone, lines trimmed. s is valid UTF-8.
func Fold(s string) string { return foldBlanks(foldRunes(s)) }

// foldRunes drops what nobody sees and folds what only looks different:
// blanks, full-width letters and digits, ligatures and Kangxi radicals that
// PDF copies leave behind. Superscripts, fractions and Chinese punctuation
// stay, because 10⁶ is not 106.
func foldRunes(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n':
			b.WriteByte('\n')
		case r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x85:
			b.WriteByte('\n')
		case unicode.IsSpace(r), r == 0x3000:
			b.WriteByte(' ')
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
			// NUL, zero-width and direction marks, soft hyphens, private use, non-characters
		case foldable(r):
			b.WriteString(norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' || c == 0x7F {
			return false
		}
	}
	return true
}

func foldable(r rune) bool {
	switch {
	case r >= 0xFF10 && r <= 0xFF19, r >= 0xFF21 && r <= 0xFF3A, r >= 0xFF41 && r <= 0xFF5A: // full-width 0-9 A-Z a-z
		return true
	case r >= 0xFF65 && r <= 0xFF9F: // half-width katakana
		return true
	case r >= 0xFB00 && r <= 0xFB06, r >= 0x2F00 && r <= 0x2FD5: // ligatures; radicals
		return true
	}
	return false
}

// foldBlanks trims every line, joins runs of blanks, and keeps at most one
// empty line in a row out of the text's own.
func foldBlanks(s string) string {
	if !strings.Contains(s, "\n") {
		return strings.Join(strings.Fields(s), " ")
	}
	lines := make([]string, 0, 8)
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Narrow maps full-width digits, letters and punctuation to ASCII: for codes,
// days and symbols, where width never matters.
func Narrow(s string) string {
	if isPlain(s) {
		return s
	}
	return norm.NFKC.String(s)
}
