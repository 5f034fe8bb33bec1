package nomenclature

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// withPart is a number whose part shows that it is one: "SI 900-2-9", not "SS 304-316".
var withPart = regexp.MustCompile(`^\d{3,}[A-Za-z]?(?:-\d{1,2})+$`)

// enough reports whether what the table wants beside a body stands there.
func (s *standardForms) enough(c citation, num string, dated bool) bool {
	need := s.need[c.body]
	switch {
	case need == "" || dated:
		return true
	case c.body == "KS" && c.letters != "": // Korean ones have a division, Kenyan ones a year
		return true
	case need == "/" && strings.Contains(num, "/"):
		return true
	case need == "year" || need == "/":
		return withPart.MatchString(num)
	}
	digits := leading.FindString(num)
	return strconv.Itoa(len(digits)) >= need && !likeYear(digits)
}

func likeYear(digits string) bool {
	return len(digits) == 4 && (strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20"))
}

// yearFollows are bodies after whose names years often stand: "ISO 2024 congress".
var yearFollows = []string{"EN", "ISO", "IEC", "IEEE", "ANSI", "ASTM", "NTP", "NTC", "CSA", "SAE", "DIN", "UNE", "UNI", "NFPA", "ASHRAE", "IRAM", "JIS", "SNI", "GSO", "SASO", "NCh", "API"}

// memory sizes: "8 GB 256 GB" has no standard in it.
var memory = []string{"1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024"}

// plausible reports whether a number may be one of that body's standards.
func plausible(body, num string, dated bool) bool {
	digits := leading.FindString(num)
	n, _ := strconv.Atoi(digits)
	bare := digits == num && !dated
	switch body {
	case "UN R":
		return n <= 200
	case "UN GTR", "ISPM":
		return n <= 60
	case "FMVSS", "CMVSS":
		return len(digits) == 3 || len(digits) == 4 && n > 1000 && !likeYear(digits)
	case "OECD TG":
		return n >= 100 && n < 600
	case "GB":
		return !bare || !slices.Contains(memory, num)
	case "EN": // also a Spanish word: "PUBLICADO EN 2023", "CONTENIDO EN 100 G"
		if bare && (likeYear(digits) || len(digits) == 3 && n%100 == 0) {
			return false
		}
		return !bare || len(digits) > 2 || n == 54 || n == 71 || n == 81
	}
	return !bare || !slices.Contains(yearFollows, body) || n < 2010 || n > 2035
}
