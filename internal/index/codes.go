package index

import (
	"slices"
	"strings"
	"sync"

	"tbtwatch/internal/nomenclature"
)

// WorldDigits is how many digits of an HS code mean the same in every tariff.
const WorldDigits = 6

// HSAgree returns how many digits of two HS codes agree, counting whole codes
// to six digits: 4 when one is the heading of the other, 6 for the same
// subheading, 2 or 3 when one code says no more than the chapter, 0 when they
// are about different goods. siblings is set when the codes are different
// subheadings of one heading (digits is 0 then).
func HSAgree(a, b string) (digits int, siblings bool) {
	a, b = a[:min(len(a), WorldDigits)], b[:min(len(b), WorldDigits)]
	n := min(len(a), len(b))
	if n < 2 {
		return 0, false
	}
	if a[:n] == b[:n] {
		return n, false
	}
	return 0, n > 4 && a[:4] == b[:4]
}

// ICSAgree returns how many levels of two ICS codes agree: 1 field, 2 group, 3
// subgroup, counting as far as the shorter code goes; 0 when they differ.
func ICSAgree(a, b string) int {
	for n := 1; ; n++ {
		x, restA, moreA := strings.Cut(a, ".")
		y, restB, moreB := strings.Cut(b, ".")
		switch {
		case x != y:
			return 0
		case !moreA || !moreB:
			return n
		}
		a, b = restA, restB
	}
}

// hsKeys are the posting keys of a product's HS code: its heading when it has
// one, else the code itself, and its chapter.
func hsKeys(code string) []string {
	switch {
	case len(code) < 2:
		return nil
	case len(code) >= 4:
		return []string{"h" + code[:4], "h" + code[:2]}
	}
	return []string{"s" + code[:2], "h" + code[:2]}
}

// hsProbes are the posting keys under which all products lie that HSAgree, or
// siblings, finds for a notice's code: the heading and the products coded only
// by chapter, or the whole chapter for a short code.
func hsProbes(code string) []string {
	switch {
	case len(code) < 2:
		return nil
	case len(code) >= 4:
		return []string{"h" + code[:4], "s" + code[:2]}
	}
	return []string{"h" + code[:2]}
}

// icsKeys are the posting keys of a product's ICS code; icsProbes those for a
// notice's: groups among groups, fields among all.
func icsKeys(code string) []string {
	p := strings.Split(code, ".")
	if p[0] == "" {
		return nil
	}
	if len(p) == 1 {
		return []string{"j" + p[0], "i" + p[0]}
	}
	return []string{"i" + p[0] + "." + p[1], "i" + p[0]}
}

func icsProbes(code string) []string {
	p := strings.Split(code, ".")
	if p[0] == "" {
		return nil
	}
	if len(p) == 1 {
		return []string{"i" + p[0]}
	}
	return []string{"i" + p[0] + "." + p[1], "j" + p[0]}
}

// conceptsByHeading indexes the vocabulary by the headings of its codes.
var conceptsByHeading = sync.OnceValue(func() map[string][]*nomenclature.Concept {
	out := map[string][]*nomenclature.Concept{}
	for _, c := range nomenclature.Concepts() {
		known, _ := nomenclature.ConceptByID(c.ID)
		done := map[string]bool{}
		for _, code := range c.HS {
			if len(code) >= 4 && !done[code[:4]] {
				done[code[:4]] = true
				out[code[:4]] = append(out[code[:4]], known)
			}
		}
	}
	return out
})

// conceptsOfHS lists the concepts whose goods code names, see OfKind.
func conceptsOfHS(code string) []*nomenclature.Concept {
	if len(code) < 4 {
		return nil
	}
	var out []*nomenclature.Concept
	for _, c := range conceptsByHeading()[code[:4]] {
		if OfKind(c, []string{code}) {
			out = append(out, c)
		}
	}
	return out
}

// OfKind reports whether goods of these HS codes can be of the concept. A
// concept lists its typical codes first: where a subheading stands before its
// heading, the subheading is meant, and the heading is only what notices often
// give instead.
func OfKind(c *nomenclature.Concept, codes []string) bool {
	for i, own := range c.HS {
		if len(own) < 4 || len(own) == 4 && slices.ContainsFunc(c.HS[:i], func(s string) bool { return len(s) > 4 && s[:4] == own }) {
			continue
		}
		for _, code := range codes {
			if n, _ := HSAgree(own, code); n >= 4 {
				return true
			}
		}
	}
	return false
}

// SameHeading reports whether two lists of HS codes share a heading.
func SameHeading(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if len(x) >= 4 && len(y) >= 4 && x[:4] == y[:4] {
				return true
			}
		}
	}
	return false
}
