package nomenclature

import (
	"regexp"
	"slices"
	"strings"
)

// otherForm finds standards whose name is more than letters and a number.
type otherForm struct {
	hint []string // one of them stands in every text that has one; spares the others the search
	re   *regexp.Regexp
	name func(text string, m []int) string // from the indices of a match; empty for none
}

// group is the n-th group of a match.
func group(text string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}

func prefixed(prefix string, n int) func(string, []int) string {
	return func(text string, m []int) string { return prefix + group(text, m, n) }
}

var otherForms = []otherForm{
	// Mexican standards carry the year and the issuer inside their own name.
	{[]string{"NOM-"}, mexican, mexicanName}, {[]string{"NMX-"}, mexican, mexicanName},
	// Acts of the European Union: Regulation (EU) No 168/2013, Directive 2006/42/EC.
	{[]string{"(E", "(U", "(C", "（E"}, regexp.MustCompile(`[(（](?:EU|EC|EEC|UE|CE|CEE)[)）] ?(?:[Nn]o\.? ?|[Nn]\.?[°º] ?|Nr\.? ?|第)?(\d{1,4}/\d{1,4})\b`), prefixed("EU ", 1)},
	{[]string{"/E", "/CE", "/UE"}, regexp.MustCompile(`\b(\d{2,4}/\d{1,4})/(?:EU|EC|EEC|CE|UE|CEE|Euratom)\b`), prefixed("EU ", 1)},
	{[]string{"EU ", "EC ", "欧盟"}, regexp.MustCompile(`(?:\b(?:EU|EC) (?:(?:Delegated |Implementing )?(?:Regulation|Directive|Decision) )?|欧盟(?:法规|指令|条例|决定)?\s?(?:第)?)((?:19|20)\d\d/\d{1,4}|\d{1,4}/(?:19|20)\d\d)\b`), prefixed("EU ", 1)},
	{[]string{"Regulation E"}, regexp.MustCompile(`\bRegulation (?:EU|EC|EEC) (?:No\.? ?)?(\d{1,4}/\d{4}|\d{4}/\d{1,4})\b`), prefixed("EU ", 1)},
	// The Code of Federal Regulations of the United States.
	{[]string{"CFR"}, regexp.MustCompile(`\b(\d{1,2}) ?CFR,? ?(?:[Pp]arts? ?|PARTS? ?|§+ ?|[Ss]ections? ?|第 ?)?(\d{1,4}(?:\.\d+[a-z]?)?)`), usCode},
	{[]string{"C.F.R."}, regexp.MustCompile(`\b(\d{1,2}) ?C\.F\.R\.,? ?(?:[Pp]arts? ?|§+ ?)?(\d{1,4}(?:\.\d+[a-z]?)?)`), usCode},
	{[]string{"Code of Federal Regulations"}, regexp.MustCompile(`\bTitle (\d{1,2}),? (?:of the )?Code of Federal Regulations(?: \(CFR\))?,? (?:[Pp]arts?|[Ss]ections?) (\d{1,4}(?:\.\d+[a-z]?)?)`), usCode},
	{[]string{"FCC"}, regexp.MustCompile(`\bFCC (?:Rules? )?(?:47 CFR )?[Pp]art ?(\d{1,3})\b`), prefixed("47 CFR ", 1)},
	// Recommendations of the ITU.
	{[]string{"ITU"}, regexp.MustCompile(`\bITU-?([TR]) ?(?:Rec(?:ommendation)?s?\.? ?)?([A-Z]{1,3}\.\d{1,4}(?:\.\d{1,3})*)`),
		func(text string, m []int) string { return "ITU-" + group(text, m, 1) + " " + group(text, m, 2) }},
	// Canadian electrical standards, ANSI and similar with letters in the number.
	{[]string{"C22.2"}, regexp.MustCompile(`\bC22\.2[ ,]{0,2}(?:No\.?|N°|NO\.?|#) ?(\d{1,6}(?:[.\-]\d{1,3})*?)(?:[\-:]\d\d)?(?:[^\d.\-]|[.\-]?$|[.\-][^\d])`), prefixed("CSA C22.2 No. ", 1)},
	{[]string{"ANSI/"}, regexp.MustCompile(`\bANSI/[A-Z]{2,8} ([A-Z])(\d{1,4}(?:\.\d{1,3})*)`),
		func(text string, m []int) string { return "ANSI " + group(text, m, 1) + " " + group(text, m, 2) }},
	// Chinese local and group standards: DB11/T 1234-2020, T/CAS 123-2020.
	{[]string{"DB"}, regexp.MustCompile(`\bDB ?(\d{2,4})((?: ?/ ?T)?) ?/? ?(\d{1,5}(?:\.\d{1,3})?)[\-–—](?:19|20)\d\d\b`),
		func(text string, m []int) string {
			return "DB" + group(text, m, 1) + strings.ReplaceAll(group(text, m, 2), " ", "") + " " + group(text, m, 3)
		}},
	{[]string{"T/"}, regexp.MustCompile(`(?:^|[^A-Za-z/])T/([A-Z][A-Z0-9]{1,9}) ?(\d{1,5}(?:\.\d{1,3})?)[\-–—](?:19|20)\d\d\b`),
		func(text string, m []int) string { return "T/" + group(text, m, 1) + " " + group(text, m, 2) }},
	// Brazilian ordinances.
	{[]string{"nmetro"}, inmetro, prefixed("INMETRO ", 1)}, {[]string{"NMETRO"}, inmetro, prefixed("INMETRO ", 1)},
	{[]string{"nmetro"}, inmetroFirst, prefixed("INMETRO ", 1)}, {[]string{"NMETRO"}, inmetroFirst, prefixed("INMETRO ", 1)},
	{[]string{"RDC"}, regexp.MustCompile(`\bRDC (?:(?:[Nn]o?\.?[°º]?|[Nn][úu]m(?:ero|\.)?) ?)?(\d{1,4})(?:[/\-](?:19|20)\d\d| de| of|, de|, of)\b`), prefixed("ANVISA RDC ", 1)},
}

var (
	mexican      = regexp.MustCompile(`\b(NOM|NMX)-([A-Z]{1,2}-)?(\d{1,4})((?:/\d{1,3})?(?:-\d{1,2})*)-([A-Z]{2,8}\d?(?:/[A-Z]{2,8}\d?)*)(?:-\d{4})?\b`)
	inmetro      = regexp.MustCompile(`(?:Portaria|PORTARIA|Ordinance|ORDINANCE) (?:do |DO )?(?:Inmetro|INMETRO) ?(?:[Nn]o?\.?[°º]? ?|NO\. ?)?(\d{1,4})\b`)
	inmetroFirst = regexp.MustCompile(`(?:Inmetro|INMETRO)(?:'s)? (?:Ordinance|Portaria|ORDINANCE|PORTARIA) ?(?:[Nn]o?\.?[°º]? ?|NO\. ?)?(\d{1,4})\b`)
)

func mexicanName(text string, m []int) string { return yearTail.ReplaceAllString(text[m[0]:m[1]], "") }

// usCode names a part or section of a title; the motor vehicle safety
// standards are sections of part 571.
func usCode(text string, m []int) string {
	return group(text, m, 1) + " CFR " + group(text, m, 2)
}

// morePart is a further part of the same title: "16 CFR parts 1112 and 1231".
var morePart = regexp.MustCompile(`^(?:, (?:and )?| and |、|和| & )(\d{2,4}(?:\.\d+[a-z]?)?)(?:$|[,;.)、。 ])`)

// namedOtherwise lists the standards in text whose names have a form of their own.
func namedOtherwise(text string) []citation {
	var out []citation
	for _, f := range otherForms {
		if !slices.ContainsFunc(f.hint, func(h string) bool { return strings.Contains(text, h) }) {
			continue
		}
		for _, m := range f.re.FindAllStringSubmatchIndex(text, -1) {
			name := f.name(text, m)
			if name == "" || continues(text, m[1]) && f.hint[0] != "C22.2" {
				continue
			}
			out = append(out, citation{at: m[0], name: name, edition: yearAtEnd(text[m[0]:m[1]])})
			if title, part, ok := strings.Cut(name, " CFR "); ok && !strings.Contains(part, ".") {
				for end := m[1]; ; {
					more := morePart.FindStringSubmatchIndex(text[end:])
					if more == nil || likeYear(text[end+more[2]:end+more[3]]) {
						break
					}
					out = append(out, citation{at: end + more[2], name: title + " CFR " + text[end+more[2]:end+more[3]]})
					end += more[3]
				}
			}
		}
	}
	return out
}
