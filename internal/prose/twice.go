package prose

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decodeTwice gives back what was UTF-8 and was read as Windows-1252 or
// Latin-1: é that became Ã©. Lines are judged one by one, and only those are
// changed whose bytes are UTF-8 throughout, which other text is hardly ever.
func decodeTwice(s string) string {
	if !strings.ContainsAny(s, "ÃÂâåæçäèéÐÑ") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if b, ok := bytesOf(line); ok && utf8.Valid(b) {
			lines[i] = string(b)
		}
	}
	return strings.Join(lines, "\n")
}

// bytesOf gives the bytes that were read as line, if all of it can have been
// read so and some of it is not ASCII.
func bytesOf(line string) (b []byte, ok bool) {
	for _, r := range line {
		switch c, known := charmap.Windows1252.EncodeRune(r); {
		case known:
			b = append(b, c)
		case r < 0x100:
			b = append(b, byte(r))
		default:
			return nil, false
		}
		ok = ok || r >= utf8.RuneSelf
	}
	return b, ok
}
