package matcher

import (
	"regexp"
	"slices"
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
	icsForm   = regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
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
		c = strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(c)
		if len(c) < 2 || len(c) > 10 || strings.Trim(c, "0123456789") != "" || c[:2] == "00" || slices.Contains(out, c) {
			continue
		}
		out = append(out, c)
	}
	return out
}

// cleanICS keeps what can be an ICS code, each once.
func cleanICS(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c = strings.Trim(strings.TrimSpace(c), "."); icsForm.MatchString(c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// conceptsByICS indexes the vocabulary by ICS group.
var conceptsByICS = sync.OnceValue(func() map[string][]*nomenclature.Concept {
	out := map[string][]*nomenclature.Concept{}
	for _, c := range nomenclature.Concepts() {
		known, _ := nomenclature.ConceptByID(c.ID)
		for _, code := range c.ICS {
			if len(code) >= len("43.140") {
				if g := code[:len("43.140")]; !slices.Contains(out[g], known) {
					out[g] = append(out[g], known)
				}
			}
		}
	}
	return out
})

// conceptsOfICS lists the concepts that a group or subgroup of ICS is about;
// none for a field, or for a group of so many concepts that it says little.
func conceptsOfICS(code string) []*nomenclature.Concept {
	const many = 8
	if len(code) < len("43.140") {
		return nil
	}
	var out []*nomenclature.Concept
	for _, c := range conceptsByICS()[code[:len("43.140")]] {
		if slices.ContainsFunc(c.ICS, func(own string) bool { return index.ICSAgree(own, code) >= 2 }) {
			out = append(out, c)
		}
	}
	if len(out) > many {
		return nil
	}
	return out
}
