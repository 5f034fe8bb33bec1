package nomenclature

import "sync"

type codeNames map[string]map[string]string // code → language → name

func readCodes(rows []row) codeNames {
	out := codeNames{}
	for _, r := range rows {
		out[r.text("code")] = map[string]string{"zh": r.text("zh"), "en": r.text("en")}
	}
	return out
}

var (
	hsNames  = sync.OnceValue(func() codeNames { return readCodes(append(readTable("hs-chapters.txt"), readFolder("headings")...)) })
	icsNames = sync.OnceValue(func() codeNames { return readCodes(readTable("ics.txt")) })
)

// HSName is our short name for an HS chapter (2 digits), heading (4 digits) or
// subheading (6 digits) in "zh" or "en"; empty when the code is not among
// those we name.
func HSName(code, lang string) string { return hsNames()[code][lang] }

// NearestHSName is HSName of the code or, when that has none, of the narrowest
// wider code that has one: a tariff line of eight digits has the name of its
// subheading or heading.
func NearestHSName(code, lang string) string {
	for n := len(code); n >= 2; n-- {
		if name := HSName(code[:n], lang); name != "" {
			return name
		}
	}
	return ""
}

// ICSName is our short name for an ICS field, group or subgroup, in "zh" or "en"; empty
// when the code is not among those we name.
func ICSName(code, lang string) string { return icsNames()[code][lang] }
