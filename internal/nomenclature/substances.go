package nomenclature

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

type substanceList struct {
	names  []string // what Substances reports
	byCAS  map[string]string
	finder *Finder
}

var loadSubstances = sync.OnceValue(func() *substanceList {
	s := &substanceList{byCAS: map[string]string{}, finder: NewFinder()}
	for i, r := range readTable("substances.txt") {
		name := r.text("en")
		s.names = append(s.names, name)
		for _, cas := range r.list("cas") {
			s.byCAS[cas] = name
		}
		for _, n := range append(append(r.list("zh"), r.list("other")...), name) {
			s.finder.Add(n, i)
		}
	}
	return s
})

var casNumber = regexp.MustCompile(`\b\d{2,7}-\d{2}-\d\b`)

// Substances lists the chemical substances that text names, in order of
// appearance and each once: those of our table by their English common name,
// whether the text gives a name or a CAS number; others that are given by CAS
// number as "CAS 50-00-0". A number whose check digit is wrong is no substance.
func Substances(text string) []string {
	s := loadSubstances()
	type found struct {
		at   int
		name string
	}
	var all []found
	for _, h := range s.finder.Find(text) {
		all = append(all, found{h.Start, s.names[h.ID]})
	}
	for _, m := range casNumber.FindAllStringIndex(text, -1) {
		cas := text[m[0]:m[1]]
		if !validCAS(cas) {
			continue
		}
		name, known := s.byCAS[cas]
		if !known {
			name = "CAS " + cas
		}
		all = append(all, found{m[0], name})
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.at - b.at })
	var out []string
	for _, f := range all {
		out = append(out, f.name)
	}
	return distinct(out)
}

// validCAS computes the check digit: the digits before it, weighted 1, 2, 3 …
// from the right, modulo ten.
func validCAS(cas string) bool {
	digits := strings.ReplaceAll(cas, "-", "")
	sum := 0
	for i := range len(digits) - 1 {
		sum += int(digits[len(digits)-2-i]-'0') * (i + 1)
	}
	return sum%10 == int(digits[len(digits)-1]-'0')
}
