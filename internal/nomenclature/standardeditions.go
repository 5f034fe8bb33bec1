package nomenclature

import (
	"regexp"
	"strconv"
)

// Edition is a standard as a text cites it: its name, as Standards gives it but
// without the series of amendments of a UN Regulation, and which edition is
// meant.
type Edition struct {
	Name  string
	Issue int // the year, or the number of the series: "ISO 9001:2015" has 2015, "UN R22.06" has 6; 0 where the text does not say
}

// Editions lists the standards that text cites with their editions, in order
// of appearance, each once.
func Editions(text string) []Edition {
	var out []Edition
	seen := map[Edition]bool{}
	for _, c := range citations(text) {
		e := Edition{Name: c.name, Issue: c.edition}
		if m := series.FindStringSubmatch(c.name); m != nil {
			e.Name, e.Issue = m[1], trailing(c.name)
		}
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}

var (
	yearWritten = regexp.MustCompile(`(?:19|20)\d\d`)
	yearLast    = regexp.MustCompile(`[\-–—](?:19|20)\d\d$`)
	digitsAtEnd = regexp.MustCompile(`\d+$`)
)

const (
	buddhistEra = 543 // what the years of Thailand are ahead by
	lastCentury = 50  // from here on two digits are a year of the 20th
)

// editionOf is the year that a number, or what stands behind it, ends with; 0
// for none.
func (s *standardForms) editionOf(body, num, tail string) int {
	switch {
	case yearWritten.MatchString(tail):
		return trailing(yearWritten.FindString(tail))
	case yearTail.MatchString(num), s.slash[body] && slashTail.MatchString(num):
		return trailing(num)
	case body == "TIS" && thaiTail.MatchString(num):
		return trailing(num) - buddhistEra
	case body == "ASTM" && shortTail.MatchString(num):
		n, _ := strconv.Atoi(partTail.FindString(shortTail.FindString(num)))
		if n >= lastCentury {
			return 1900 + n
		}
		return 2000 + n
	}
	return 0
}

// yearAtEnd is the year that a designation ends with: NOM-086-SCT2-2023.
func yearAtEnd(name string) int {
	if !yearLast.MatchString(name) {
		return 0
	}
	return trailing(name)
}

func trailing(text string) int {
	n, _ := strconv.Atoi(digitsAtEnd.FindString(text))
	return n
}
