package nomenclature

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// standardForms is what recognises standards: one expression for all bodies.
type standardForms struct {
	find  *regexp.Regexp
	body  map[string]string // as written, folded → normalised
	dated map[string]bool   // normalised body → a year or part has to follow
}

// number is the rest of a designation behind its body: division letters
// ("JIS C", "ASTM F"), number, parts, year.
const number = `(?:[ \x{a0}\-–]([A-Z]{1,2})[ .]?|[ \x{a0}\-–:№º°]{0,2})(\d{1,6}[A-Za-z]?(?:[.\-–—/]\d{1,5}[A-Z]?)*)(\s?[:：]\s?(?:19|20)\d\d|\s?\((?:Part|Parte|Partie|Teil)\s?\d+\))?`

var (
	yearTail = regexp.MustCompile(`-(?:19|20)\d\d$`)
	dashes   = strings.NewReplacer("–", "-", "—", "-")
	partTail = regexp.MustCompile(`\d+`)
	// Mexican standards carry the year and the issuer inside their own name.
	mexican = regexp.MustCompile(`\b(NOM|NMX)-([A-Z]{1,2}-)?(\d{1,4})(?:/(\d{1,2}))?-([A-Z]{2,8}\d?(?:/[A-Z]{2,8}\d?)*)(?:-\d{4})?\b`)
	// Acts of the European Union: Regulation (EU) No 168/2013, Directive 2006/42/EC.
	euActs      = regexp.MustCompile(`\((?:EU|EC|EEC)\) ?(?:No\.? ?|n° ?)?(\d{1,4}/\d{1,4})\b`)
	euDirective = regexp.MustCompile(`\b(\d{2,4}/\d{1,4})/(EU|EC|EEC|CE|UE)\b`)
)

var loadStandards = sync.OnceValue(func() *standardForms {
	s := &standardForms{body: map[string]string{}, dated: map[string]bool{}}
	var forms []string
	for _, r := range readTable("standards.txt") {
		body := r.text("body")
		s.dated[body] = r.text("dated") == "yes"
		for _, f := range append(r.list("as"), body) {
			s.body[bodyKey(f)] = body
			forms = append(forms, strings.ReplaceAll(regexp.QuoteMeta(f), " ", `[ \x{a0}-]`))
		}
	}
	// The longest form first: Go's expressions prefer the earlier alternative.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	s.find = regexp.MustCompile(`(?:^|[^\p{Latin}\p{Cyrillic}\pN/])(` + strings.Join(forms, "|") + `)` + number)
	return s
})

func bodyKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u00a0' || r == '-' {
			return ' '
		}
		return r
	}, s)
}

// Standards lists the standards and technical regulations that text cites, in
// order of appearance, each once and in a form that can be compared: body,
// number and part, without the year ("GB/T 1234.5-2020" is "GB/T 1234.5",
// "ECE R22" and "UN Regulation No. 22" are "UN R22", "Regulation (EU) No
// 168/2013" is "EU 168/2013").
func Standards(text string) []string {
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	s := loadStandards()
	type found struct {
		at   int
		name string
	}
	var all []found
	for _, m := range s.find.FindAllStringSubmatchIndex(text, -1) {
		if name := s.name(text, m); name != "" {
			all = append(all, found{m[2], name})
		}
	}
	for _, m := range mexican.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, found{m[0], yearTail.ReplaceAllString(text[m[0]:m[1]], "")})
	}
	for _, m := range euActs.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, found{m[0], "EU " + text[m[2]:m[3]]})
	}
	for _, m := range euDirective.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, found{m[0], "EU " + text[m[2]:m[3]]})
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.at - b.at })
	var out []string
	for _, f := range all {
		if !slices.Contains(out, f.name) {
			out = append(out, f.name)
		}
	}
	return out
}

// name normalises one match of the expression; empty when it is no standard.
func (s *standardForms) name(text string, m []int) string {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	body, division, num, tail := s.body[bodyKey(group(1))], group(2), group(3), group(4)
	if m[1] < len(text) && letterOrDigit(text[m[1]]) {
		return "" // the number runs on: a registration or a quantity
	}
	num = dashes.Replace(num)
	year := yearTail.MatchString(num) || strings.ContainsAny(tail, ":：")
	num = yearTail.ReplaceAllString(num, "")
	part := strings.Contains(tail, "(")
	if s.dated[body] && !year && !part && !strings.Contains(num, "-") {
		return ""
	}
	if part {
		num += "-" + partTail.FindString(tail)
	}
	switch body {
	case "UN R":
		if division != "" && division != "R" {
			return ""
		}
		return body + strings.TrimLeft(num, "0")
	case "FMVSS", "CMVSS":
		return body + " " + strings.ToUpper(num)
	}
	if division != "" {
		return body + " " + division + " " + num
	}
	return body + " " + num
}
