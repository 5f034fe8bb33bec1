package nomenclature

import (
	"regexp"
	"strings"
)

var (
	// between stands between the members of a list of standards.
	between = regexp.MustCompile(`^(?:\s*(?:,|，|、|;|；|/|&|\+|~|～|和|及|与|或|至)\s*|\s+)(?:(?:and|or|y|e|et|ou|und|to|和|及|以及)\s*)?`)
	// member is a number that a list leaves without its body.
	member = regexp.MustCompile(`^(R ?)?(\d{1,6}[a-z]?(?:[.\-–—]\d{1,5})*)([:：](?:19|20)\d\d)?`)
	// suffix is a part that a list leaves without its number: -2-13, .12.
	suffix = regexp.MustCompile(`^((?:[\-–]\d{1,3})+|(?:\.\d{1,3})+)([:：\-](?:19|20)\d\d)?`)
	// after is what may follow a whole number in a list.
	after = regexp.MustCompile(`^(?:\s*$|\s*[,;，、；。)）\]/~～和及与或等至]|\.(?:\s|$)|\s+(?:and|or|y|e|et|ou|und|to)\s|\s*标准)`)
	// degrees make a suffix a temperature.
	degrees  = regexp.MustCompile(`^\s?(?:°|℃|º|deg|K\b)`)
	glue     = regexp.MustCompile(`\S`)
	partMark = regexp.MustCompile(`[.\-]\d+`)
)

// listed reads the members of the list that starts with c.
func (s *standardForms) listed(text string, c citation) []citation {
	var out []citation
	for last := c; ; {
		sep := between.FindString(text[last.end:])
		if sep == "" || !glue.MatchString(sep) {
			return out
		}
		next, ok := s.nextListed(text, last, last.end+len(sep))
		if !ok {
			return out
		}
		out = append(out, next)
		last = next
	}
}

// nextListed reads the member at text[at], which follows last in its list.
func (s *standardForms) nextListed(text string, last citation, at int) (citation, bool) {
	rest := text[at:]
	c := citation{body: last.body, letters: last.letters, at: at}
	if m := suffix.FindStringSubmatchIndex(rest); m != nil {
		c.end = at + m[1]
		num, ok := withSuffix(last.num, dashes.Replace(rest[m[2]:m[3]]))
		if !ok || continues(text, c.end) || degrees.MatchString(text[c.end:]) {
			return c, false
		}
		var year string
		if m[4] >= 0 {
			year = rest[m[4]:m[5]]
		}
		return s.completed(c, num, year)
	}
	m := member.FindStringSubmatchIndex(rest)
	if m == nil || m[2] >= 0 && c.body != "UN R" {
		return c, false
	}
	num := dashes.Replace(rest[m[4]:m[5]])
	c.end = at + m[1]
	if continues(text, c.end) || !s.sameKind(last, num, text[c.end:], m[6] >= 0) {
		return c, false
	}
	var year string
	if m[6] >= 0 {
		year = rest[m[6]:m[7]]
	}
	return s.completed(c, num, year)
}

// completed is normalised for a member of a list: its first was complete, so
// that this one needs no year beside it.
func (s *standardForms) completed(c citation, num, year string) (citation, bool) {
	out, ok := s.normalised(c, num, ":2000")
	out.edition = s.editionOf(c.body, num, year)
	return out, ok
}

// sameKind reports whether num may be of the same list as last: another part
// of the same number, or a number as long, with nothing behind it that makes
// it a date or quantity.
func (s *standardForms) sameKind(last citation, num, rest string, dated bool) bool {
	stem, digits := leading.FindString(last.num), leading.FindString(num)
	if stem == digits && partMark.MatchString(num) {
		return true
	}
	if !dated && !after.MatchString(rest) {
		return false
	}
	switch last.body {
	case "UN R", "FMVSS", "CMVSS":
		return plausible(last.body, num, false)
	}
	return len(stem) >= 4 && len(digits) >= 4 && !likeYear(digits)
}

// withSuffix puts a part in the place of the last parts of a number:
// (60335-2-9, -2-13) is 60335-2-13, (60335-2-9, -13) too, (4706.1, .12) is 4706.12.
func withSuffix(num, part string) (string, bool) {
	mark := part[:1]
	stem, tail, ok := strings.Cut(num, mark)
	if !ok {
		return "", false
	}
	parts := strings.Split(tail, mark)
	more := strings.Split(part, mark)[1:]
	keep := max(0, len(parts)-len(more))
	return stem + mark + strings.Join(append(append([]string{}, parts[:keep]...), more...), mark), true
}
