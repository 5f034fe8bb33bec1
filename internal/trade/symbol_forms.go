package trade

import (
	"regexp"
	"strconv"
	"strings"
)

// symbolForm is one way to print symbols. Its groups are read by read, which
// refuses what only looks like one and returns the text behind it.
type symbolForm struct {
	re   *regexp.Regexp
	read func(text string, m []int) (s Symbol, tail string, ok bool)
	hint func(text string, found int) bool // a cheap look whether re is worth trying; nil: always
}

// symbolForms are the printed symbol, that of the years before 2000, and the
// names of document files: q_G_TBTN22_KEN1307A1, q:/G/SPS/NTPKM425A5.pdf. Digits
// end a symbol: in "…/485G/TBT/N/KWT/367" the second begins at the G.
var symbolForms = []symbolForm{
	{regexp.MustCompile(`(?i)G` + slash + `(SPS|TBT)` + slash + `N` + slash + `([A-Z]{2,4})` + slash + `(\d+)`), readPrinted, nil},
	{regexp.MustCompile(`(?i)G` + slash + `(TBT)` + slash + `Notif\s?\.?\s?((?:19|20)?\d\d)\s?[/.]\s?(\d+)`), readNotif, func(text string, _ int) bool {
		return strings.Contains(strings.ToLower(text), "notif")
	}},
	{regexp.MustCompile(`(?i)G[/_\\](SPS|TBT)[/_\\]?N(?:(\d\d)[/_\\]|[/_\\]?)([A-Z]{2,4})(\d+)((?:[ARCS]\d+)*)`), readFileName, func(text string, found int) bool {
		return found == 0 || strings.ContainsAny(text, `_\\`) || strings.Contains(strings.ToUpper(text), "TBTN") || strings.Contains(strings.ToUpper(text), "SPSN")
	}},
}

// slash separates the parts of a symbol; some systems write underscores or
// dashes for it.
const slash = `\s{0,2}[/_-]\s{0,2}`

var (
	suffixForm = regexp.MustCompile(`(?i)^\s{0,2}[/_-]?\s{0,2}(Rev|Add|Corr|Suppl)(?:ision|endum|igendum|ement)?[\s.]{0,3}(\d+)`)
	// suffixBroken begins a suffix whose number is missing or not a number.
	suffixBroken = regexp.MustCompile(`(?i)^\s{0,2}/\s{0,2}(?:Rev|Add|Corr|Suppl)`)
	suffixShort  = regexp.MustCompile(`(?i)([ARCS])(\d+)`)
)

// Longer numbers than these are something else that was glued on, so the
// symbol is not to be trusted.
const (
	maxNumber = 999_999
	maxSuffix = 999
)

var suffixCase = map[string]string{
	"rev": "Rev", "add": "Add", "corr": "Corr", "suppl": "Suppl",
	"r": "Rev", "a": "Add", "c": "Corr", "s": "Suppl",
}

func readPrinted(text string, m []int) (Symbol, string, bool) {
	s := Symbol{Area: upper(text, m, 1), Member: upper(text, m, 2)}
	return s.complete(text[m[6]:m[7]], text[m[1]:])
}

func readNotif(text string, m []int) (Symbol, string, bool) {
	year := atoi(text[m[4]:m[5]])
	switch {
	case year < 50:
		year += 2000
	case year < 100:
		year += 1900
	}
	s := Symbol{Area: upper(text, m, 1), Year: year}
	return s.complete(text[m[6]:m[7]], text[m[1]:])
}

// complete reads the number and the suffix chain that follows it.
func (s Symbol) complete(number, tail string) (Symbol, string, bool) {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 || n > maxNumber || notMember[s.Member] {
		return Symbol{}, "", false
	}
	s.Number = n
	for {
		m := suffixForm.FindStringSubmatch(tail)
		if m == nil {
			return s, tail, !suffixBroken.MatchString(tail)
		}
		if !s.follow(m[1], m[2]) {
			return Symbol{}, "", false
		}
		tail = tail[len(m[0]):]
	}
}

// follow appends a suffix, unless its number is none.
func (s *Symbol) follow(word, number string) bool {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 || n > maxSuffix {
		return false
	}
	s.Suffix = append(s.Suffix, suffixCase[strings.ToLower(word)]+"."+strconv.Itoa(n))
	return true
}

// readFileName reads G_TBTN22_KEN1307R1A2: year, member, number, suffixes.
func readFileName(text string, m []int) (Symbol, string, bool) {
	n, err := strconv.Atoi(text[m[8]:m[9]])
	s := Symbol{Area: upper(text, m, 1), Member: upper(text, m, 3), Number: n}
	if err != nil || n == 0 || n > maxNumber || notMember[s.Member] || m[1] < len(text) && isAlphanumeric(text[m[1]]) {
		return Symbol{}, "", false
	}
	if m[4] >= 0 {
		s.Year = 1900 + atoi(text[m[4]:m[5]])
		if s.Year < 1950 {
			s.Year += 100
		}
	}
	for _, x := range suffixShort.FindAllStringSubmatch(text[m[10]:m[11]], -1) {
		if !s.follow(x[1], x[2]) {
			return Symbol{}, "", false
		}
	}
	return s, text[m[1]:], true
}

// notMember are series that stand where a member would: equivalence notices.
var notMember = map[string]bool{"EQV": true}

func upper(text string, m []int, group int) string {
	return strings.ToUpper(text[m[2*group]:m[2*group+1]])
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// foldSymbols is foldWidth that makes slashes and dashes of all kinds alike,
// as well as those of an address.
func foldSymbols(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r = foldWidth(r); r {
		case 0x2044, 0x2215, 0x29F8: // fraction and division slashes
			return '/'
		case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212:
			return '-'
		}
		return r
	}, text)
	if strings.Contains(text, "%2") {
		text = strings.NewReplacer("%2F", "/", "%2f", "/").Replace(text)
	}
	return text
}

// foldWidth maps full-width ASCII forms to ASCII and odd blanks to a blank, and
// drops what nobody sees.
func foldWidth(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000 || r == 0xA0 || r == '\n' || r == '\r' || r == '\t' || r >= 0x2000 && r <= 0x200A || r == 0x202F || r == 0x205F:
		return ' '
	case r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0xAD:
		return -1
	}
	return r
}

// namesCommittee is a cheap look for what every symbol holds.
func namesCommittee(text string) bool {
	for i := range len(text) - 2 {
		switch text[i] | 0x20 {
		case 't':
			if text[i+1]|0x20 == 'b' && text[i+2]|0x20 == 't' {
				return true
			}
		case 's':
			if text[i+1]|0x20 == 'p' && text[i+2]|0x20 == 's' {
				return true
			}
		}
	}
	return false
}
