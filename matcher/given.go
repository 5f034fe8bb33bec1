package matcher

import "tbtwatch/internal/nomenclature"

// Given is an HS code of a notice, and what it is in HS 2022.
type Given struct {
	Words   string   // as given
	Code    string   // the same, or with its zero again
	Codes   []string // of HS 2022: the same, or what it became
	Edition string   // of an older HS: the last one that had the code
	Loss    string   // see nomenclature.FormerHS
	Remark  string   // in English, for those who look at what was read
}

// readGiven reads the codes of a notice.
func readGiven(codes []string) []Given {
	var out []Given
	for _, c := range codes {
		out = append(out, readCode(c))
	}
	return out
}

// readCode repairs what a spreadsheet took away, and converts what HS 2022 no
// longer has. What neither knows stays as it is.
func readCode(code string) Given {
	if repaired, ok := nomenclature.LostZero(code); ok {
		return Given{Words: code, Code: repaired, Codes: []string{repaired}, Remark: "given as " + code + "; a leading zero was lost"}
	}
	g := Given{Words: code, Code: code, Codes: []string{code}}
	if f, ok := nomenclature.Former(code); ok {
		g.Codes, g.Edition, g.Loss = f.Became, f.Edition, f.Loss
		g.Remark = "HS 2022 no longer has it; converted by our own table"
		return g
	}
	if len(code) >= 4 && !nomenclature.HSExists(code) {
		g.Remark = "not a code of HS 2022, and not known from an older edition"
	}
	return g
}

// givenCodes are the codes of HS 2022 that the given ones stand for, each once,
// and for those that were converted the code that the notice gives.
func givenCodes(given []Given) (codes []string, former map[string]string) {
	seen := map[string]bool{}
	for _, g := range given {
		for _, c := range g.Codes {
			if seen[c] {
				continue
			}
			seen[c] = true
			codes = append(codes, c)
			if g.Edition != "" {
				if former == nil {
					former = map[string]string{}
				}
				former[c] = g.Code
			}
		}
	}
	return codes, former
}
