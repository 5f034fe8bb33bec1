package nomenclature

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// standardForms is what recognises the bodies of standards.
type standardForms struct {
	forms map[byte][]string // as written, by their last byte, longest first
	body  map[string]string // as written → normalised
	dated map[string]bool   // normalised body → a year or part has to follow
}

// longestForm bounds, in bytes, how far before a number its body is looked for.
const longestForm = 96

var (
	// designation is what follows a body: number, parts, year.
	designation = regexp.MustCompile(`^(\d{1,6}[A-Za-z]?(?:[.\-–—/]\d{1,5}[A-Z]?)*)(\s?[:：]\s?(?:19|20)\d\d|\s?\((?:Part|Parte|Partie|Teil)\s?\d+\))?`)
	// division stands between body and number: "JIS C 8714", "ASTM F963".
	division = regexp.MustCompile(`[ -]([A-Z]{1,2})[ .]?$`)
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
	s := &standardForms{forms: map[byte][]string{}, body: map[string]string{}, dated: map[string]bool{}}
	for _, r := range readTable("standards.txt") {
		body := r.text("body")
		s.dated[body] = r.text("dated") == "yes"
		for _, f := range append(r.list("as"), body) {
			f = bodyKey(f)
			s.body[f] = body
			s.forms[f[len(f)-1]] = append(s.forms[f[len(f)-1]], f)
		}
	}
	for _, forms := range s.forms {
		slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	}
	return s
})

// bodyKey makes the separators inside a body alike.
func bodyKey(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\u00a0", " "), "-", " ")
}

// bodyBefore finds the longest form of a body that ends at the end of text,
// with up to two separators behind it.
func (s *standardForms) bodyBefore(text string) string {
	text = bodyKey(text)
	for range 3 {
		if text == "" {
			return ""
		}
		for _, f := range s.forms[text[len(text)-1]] {
			if rest, ok := strings.CutSuffix(text, f); ok {
				r, _ := utf8.DecodeLastRuneInString(rest)
				if rest == "" || !unicode.In(r, unicode.Latin, unicode.Cyrillic) && !unicode.IsDigit(r) && r != '/' {
					return s.body[f]
				}
			}
		}
		r, n := utf8.DecodeLastRuneInString(text)
		if !strings.ContainsRune(" –:№º°", r) {
			return ""
		}
		text = text[:len(text)-n]
	}
	return ""
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
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		if name := s.name(text, i); name != "" {
			all = append(all, found{i, name})
		}
	}
	if strings.Contains(text, "NOM-") || strings.Contains(text, "NMX-") {
		for _, m := range mexican.FindAllStringIndex(text, -1) {
			all = append(all, found{m[0], yearTail.ReplaceAllString(text[m[0]:m[1]], "")})
		}
	}
	if strings.Contains(text, "/E") || strings.Contains(text, "(E") || strings.Contains(text, "/CE") || strings.Contains(text, "/UE") {
		for _, act := range []*regexp.Regexp{euActs, euDirective} {
			for _, m := range act.FindAllStringSubmatchIndex(text, -1) {
				all = append(all, found{m[0], "EU " + text[m[2]:m[3]]})
			}
		}
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

// name normalises the standard whose number starts at text[at]; empty when none does.
func (s *standardForms) name(text string, at int) string {
	before := text[max(0, at-longestForm):at]
	body, letters := s.bodyBefore(before), ""
	if m := division.FindStringSubmatchIndex(before); body == "" && m != nil {
		body, letters = s.bodyBefore(before[:m[0]]), before[m[2]:m[3]]
	}
	m := designation.FindStringSubmatchIndex(text[at:])
	if body == "" || m == nil || at+m[1] < len(text) && letterOrDigit(text[at+m[1]]) {
		return "" // or the number runs on: a registration, a quantity
	}
	num, tail := dashes.Replace(text[at+m[2]:at+m[3]]), ""
	if m[4] >= 0 {
		tail = text[at+m[4] : at+m[5]]
	}
	part := strings.Contains(tail, "(")
	year := yearTail.MatchString(num) || tail != "" && !part
	num = yearTail.ReplaceAllString(num, "")
	if s.dated[body] && !year && !part && !strings.Contains(num, "-") {
		return ""
	}
	if part {
		num += "-" + partTail.FindString(tail)
	}
	switch {
	case body == "UN R":
		return body + strings.TrimLeft(num, "0")
	case body == "FMVSS" || body == "CMVSS":
		num = strings.ToUpper(num)
	case letters != "":
		num = letters + " " + num
	}
	return body + " " + num
}
