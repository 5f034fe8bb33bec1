package notify

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of foreign text in a message, in characters. A regulator's page must
// not be able to make a mail that no client opens.
const (
	maxSubject  = 160
	maxLine     = 600
	maxBlock    = 4000
	maxListed   = 50 // products or firms that are listed one by one
	maxEvidence = 8  // reasons for each product
	maxLink     = 2000
)

// line makes foreign text inert for one line: valid UTF-8, no control
// characters, no invisible or direction-changing ones, blanks folded, at most
// limit characters.
func line(s string, limit int) string {
	return cut(strings.Join(strings.FieldsFunc(visible(s, limit), unicode.IsSpace), " "), limit)
}

// block is line for text of several lines: it keeps line ends, at most one
// empty line in a row.
func block(s string, limit int) string {
	var out []string
	for l := range strings.SplitSeq(strings.ReplaceAll(visible(s, limit), "\r\n", "\n"), "\n") {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return cut(strings.TrimSpace(strings.Join(out, "\n")), limit)
}

// visible drops what a reader cannot see. It looks at no more than it needs
// for limit characters, however long s is.
func visible(s string, limit int) string {
	if most := 8 * limit; len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\v' || r == '\f':
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r):
			return -1
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // joiners belong to the spelling of some languages
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// cut shortens s to limit characters, the last one then being "…".
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)
	return strings.TrimRightFunc(string(r[:limit-1]), unicode.IsSpace) + "…"
}

// safeLink returns u when it is a web address that may be offered to a reader,
// or "": other schemes than http and https, user names and odd characters are
// not.
func safeLink(u string) string {
	u = strings.TrimSpace(u)
	p, err := url.Parse(u)
	if err != nil || len(u) > maxLink || p.Scheme != "http" && p.Scheme != "https" || p.Hostname() == "" || p.User != nil {
		return ""
	}
	if strings.ContainsFunc(u, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune("<>|\"'`\\", r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || r == utf8.RuneError
	}) {
		return ""
	}
	return u
}
