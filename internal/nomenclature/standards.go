package nomenclature

import (
	"regexp"
	"slices"
	"strings"
)

// longestForm bounds, in bytes, how far before a number its body is looked for.
const longestForm = 96

var (
	// designation is what follows a body: number, parts, year.
	designation = regexp.MustCompile(`^(\d{1,6}[A-Za-z]?(?:[.\-–—/]\d{1,5}[A-Za-z]?)*)(\s?[:：]\s?(?:19|20)\d\d|\s?\((?:Part|Parte|Partie|Teil)\s?\d+\))?`)
	// spaced is the number of an ETSI deliverable: EN 301 489-1.
	spaced = regexp.MustCompile(`^(\d{3}[ \x{a0}]\d{3}(?:-\d{1,2})*)`)
	// division stands between body and number: "JIS C 8714", "ASTM F963".
	division  = regexp.MustCompile(`^[ -]([A-Z]{1,2})[ .]?$`)
	yearTail  = regexp.MustCompile(`-(?:19|20)\d\d$`)
	slashTail = regexp.MustCompile(`/(?:19|20)\d\d$`)
	thaiTail  = regexp.MustCompile(`-25\d\d$`)
	shortTail = regexp.MustCompile(`-\d\d[a-z]?$`)
	dashes    = strings.NewReplacer("–", "-", "—", "-")
	another   = regexp.MustCompile(`/\d{5}`) // the next member of a list
	partTail  = regexp.MustCompile(`\d+`)
	leading   = regexp.MustCompile(`^\d+`)
)

// longestDivision is how many bytes a division with what stands around it has.
const longestDivision = 4

// citation is a standard that a text cites.
type citation struct {
	body, letters, num string
	at, end            int // where its number stands
	name               string
	edition            int // see Edition
}

// Standards lists the standards and technical regulations that text cites, in
// order of appearance, each once and in a form that can be compared: body,
// number and part, without the year ("GB/T 1234.5-2020" is "GB/T 1234.5",
// "ECE R22" and "UN Regulation No. 22" are "UN R22", "Regulation (EU) No
// 168/2013" is "EU 168/2013"). Numbers that a list leaves without their body
// have that of the first: "GB 4706.1, 4706.12 和 4706.15", "IEC 60335-2-9/-2-13".
func Standards(text string) []string {
	var out []string
	for _, c := range citations(text) {
		out = append(out, c.name)
	}
	return distinct(out)
}

// citations lists what text cites, in order of appearance.
func citations(text string) []citation {
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	s := loadStandards()
	var all []citation
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		if c, ok := s.cited(text, i); ok {
			all = append(append(all, c), s.listed(text, c)...)
		}
	}
	all = append(all, namedOtherwise(text)...)
	slices.SortStableFunc(all, func(a, b citation) int { return a.at - b.at })
	return all
}

// cited reads the standard whose number starts at text[at].
func (s *standardForms) cited(text string, at int) (citation, bool) {
	before := text[max(0, at-longestForm):at]
	c := citation{body: s.bodyBefore(before), at: at}
	if c.body == "" {
		c.body, c.letters = s.dividedBefore(before)
	}
	if c.body == "" {
		return c, false
	}
	if s.spacedNumbers(c.body) {
		if m := spaced.FindString(text[at:]); m != "" && !continues(text, at+len(m)) && (strings.HasPrefix(c.body, "ETSI") || m[0] == '3') {
			c.num, c.end = strings.ReplaceAll(m, "\u00a0", " "), at+len(m)
			if c.body == "EN" {
				c.body = "ETSI EN"
			}
			c.name = c.body + " " + c.num
			return c, true
		}
	}
	m := designation.FindStringSubmatchIndex(text[at:])
	if m == nil || continues(text, at+m[1]) {
		return c, false // the number runs on: a registration, a quantity
	}
	tail := ""
	if cut := another.FindStringIndex(text[at+m[2] : at+m[3]]); cut != nil {
		m[1], m[3], m[4] = m[2]+cut[0], m[2]+cut[0], -1
	}
	if m[4] >= 0 {
		tail = text[at+m[4] : at+m[5]]
	}
	c.end = at + m[1]
	return s.normalised(c, dashes.Replace(text[at+m[2]:at+m[3]]), tail)
}

// dividedBefore finds the body and the division at the end of text.
func (s *standardForms) dividedBefore(text string) (body, letters string) {
	for at := max(0, len(text)-longestDivision); at < len(text); at++ {
		if m := division.FindStringSubmatch(text[at:]); m != nil {
			return s.bodyBefore(text[:at]), m[1]
		}
	}
	return "", ""
}

// spacedNumbers reports whether a body's numbers may have a blank inside.
func (s *standardForms) spacedNumbers(body string) bool {
	return strings.HasPrefix(body, "ETSI") || body == "EN" || strings.HasSuffix(body, " EN")
}

// continues reports whether what starts at text[i] belongs to the word or
// number before it, or makes that a quantity.
func continues(text string, i int) bool {
	return i < len(text) && (letterOrDigit(text[i]) || text[i] == '%')
}

// normalised takes the year off a number and decides whether body and number
// together are a standard.
func (s *standardForms) normalised(c citation, num, tail string) (citation, bool) {
	part := strings.Contains(tail, "(")
	year := yearTail.MatchString(num) || tail != "" && !part
	c.edition = s.editionOf(c.body, num, tail)
	num = yearTail.ReplaceAllString(num, "")
	switch {
	case s.slash[c.body] && slashTail.MatchString(num):
		num, year = slashTail.ReplaceAllString(num, ""), true
	case c.body == "TIS":
		num = thaiTail.ReplaceAllString(num, "")
	case c.body == "ASTM":
		num = shortTail.ReplaceAllString(num, "")
	case c.body == "UL" && strings.HasPrefix(num, "94V"):
		num = "94"
	}
	if strings.HasSuffix(c.body, "CSA") && c.letters == "C" && strings.HasPrefix(num, "22.2") {
		return c, false // "C22.2 No. 60335-1" is one name, see otherForms
	}
	if !s.enough(c, num, year || part) || !plausible(c.body, num, year || part) {
		return c, false
	}
	if part {
		num += "-" + partTail.FindString(tail)
	}
	c.num = num
	switch {
	case c.body == "UN R":
		c.num = strings.TrimLeft(num, "0")
		c.name = c.body + c.num
	case c.body == "FMVSS" || c.body == "CMVSS":
		c.name = c.body + " " + strings.ToUpper(num)
	case c.letters != "":
		c.name = c.body + " " + c.letters + " " + num
	default:
		c.name = c.body + " " + num
	}
	return c, true
}
