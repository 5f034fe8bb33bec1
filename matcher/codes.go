package matcher

import (
	"regexp"
	"strings"
	"sync"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Codes that stand in the text of "products covered": "HS8517", "(HS code(s):
// 8711, 8714.10); (ICS code(s): 43.140)".
var (
	hsInText  = regexp.MustCompile(`(?i)\bHS ?(?:codes?(?:\(s\))?|headings?|编码|编号)? ?:? ?((?:\d{4}(?:\.?\d{2}){0,3}|\d{2}\b)(?:\s*[,;、]\s*(?:\d{4}(?:\.?\d{2}){0,3}|\d{2}\b))*)`)
	icsInText = regexp.MustCompile(`(?i)\bICS ?(?:codes?(?:\(s\))?)? ?:? ?(\d{2}(?:\.\d{3}(?:\.\d{2})?)?(?:\s*[,;、]\s*\d{2}(?:\.\d{3}(?:\.\d{2})?)?)*)`)
	codeBreak = regexp.MustCompile(`[^0-9.]+`)
	codeFirst = regexp.MustCompile(`^(?i:HS|ICS)? ?(\d[\d.]*) ?(?:[-–—:(（]|$)`)
	icsForm   = regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
	grouped   = regexp.MustCompile(`\b\d{4}(?:[ \x{a0}]\d{2}){1,3}\b`) // as tariffs print it: 8711 20 10
	blanks    = strings.NewReplacer(" ", "", "\u00a0", "")

	blanksAndPoints = strings.NewReplacer(".", "", " ", "", "\u00a0", "")
)

// codesOf lists the codes that a notice gives, in its fields or else in the
// text of its products.
func codesOf(n *trade.Notice) (hs, ics []string) {
	hs, ics = cleanHS(n.HS), cleanICS(n.ICS)
	if len(hs) == 0 {
		hs = cleanHS(found(hsInText, n.Products))
	}
	if len(ics) == 0 {
		ics = cleanICS(found(icsInText, n.Products))
	}
	return hs, ics
}

// splitCodes reads "8711, 8714.10" or "8711 - Motorcycles, of more than 50 cc":
// figures inside a name are no codes.
func splitCodes(text string) []string {
	text = grouped.ReplaceAllStringFunc(text, func(code string) string { return blanks.Replace(code) })
	if strings.Trim(text, "0123456789., ，\u00a0") == "" {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", ，\u00a0", r) })
	}
	if m := codeFirst.FindStringSubmatch(text); m != nil {
		return []string{m[1]}
	}
	return nil
}

func found(form *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range form.FindAllStringSubmatch(text, -1) {
		out = append(out, codeBreak.Split(m[1], -1)...)
	}
	return out
}

// cleanHS keeps what can be an HS code: 2 to 10 digits of chapters 01 to 99,
// points and blanks removed, each once.
func cleanHS(codes []string) []string {
	var out []string
	for _, c := range codes {
		c = blanksAndPoints.Replace(c)
		if len(c) < 2 || len(c) > 10 || strings.Trim(c, "0123456789") != "" || c[:2] == "00" {
			continue
		}
		out = append(out, c)
	}
	return trade.Distinct(out)
}

// cleanICS keeps what can be an ICS code, each once.
func cleanICS(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c = strings.Trim(strings.TrimSpace(c), "."); icsForm.MatchString(c) {
			out = append(out, c)
		}
	}
	return trade.Distinct(out)
}

// conceptsByICS indexes the vocabulary by the ICS group of each concept's most
// typical code.
var conceptsByICS = sync.OnceValue(func() map[string][]*nomenclature.Concept {
	out := map[string][]*nomenclature.Concept{}
	for _, c := range nomenclature.Concepts() {
		if known, ok := nomenclature.ConceptByID(c.ID); ok && len(c.ICS) > 0 && len(c.ICS[0]) >= icsGroup {
			out[c.ICS[0][:icsGroup]] = append(out[c.ICS[0][:icsGroup]], known)
		}
	}
	return out
})

// icsGroup is the length of the code of an ICS group.
const icsGroup = len("43.140")

// conceptsOfICS lists the concepts that a group or subgroup of ICS is about;
// none for a field, or for a group whose goods lie in so many headings that it
// says little.
func conceptsOfICS(code string) []*nomenclature.Concept {
	const many = 6
	if len(code) < icsGroup {
		return nil
	}
	var out []*nomenclature.Concept
	headings := map[string]bool{}
	for _, c := range conceptsByICS()[code[:icsGroup]] {
		if index.ICSAgree(c.ICS[0], code) < 2 {
			continue
		}
		out = append(out, c)
		if len(c.HS) > 0 {
			headings[c.HS[0][:min(4, len(c.HS[0]))]] = true
		}
	}
	if len(headings) > many {
		return nil
	}
	return out
}
