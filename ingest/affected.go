package ingest

import (
	"regexp"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
)

var everyone = regexp.MustCompile(`(?i)all trading partners|all countries|all members|tous les partenaires|todos los interlocutores|所有贸易伙伴`)

// affected reads the regions or countries named as likely affected: empty
// means all. A region is told by its country ("Brazil, Rio Grande do Sul").
// Where any name is unknown all are affected: a warning too many is better
// than an origin shut out by a name that we cannot read.
func affected(cell string) []string {
	cell = prose.Plain(cell)
	if cell == "" || everyone.MatchString(cell) {
		return nil
	}
	var out []string
	for entry := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '；' || r == '、' }) {
		codes, ok := countries(strings.Split(entry, ","))
		if !ok {
			return nil
		}
		for _, c := range codes {
			if c == "*" {
				return nil
			}
			out = addOnce(out, c)
		}
	}
	return out
}

// countries resolves comma-separated names, longest first because names hold
// commas ("Korea, Republic of"). What follows a country and is none is its
// region; a list that does not begin with a country is not understood.
func countries(parts []string) (codes []string, ok bool) {
	for i := 0; i < len(parts); {
		taken := 0
		for end := len(parts); end > i; end-- {
			if code, found := nomenclature.Market(strings.TrimSpace(strings.Join(parts[i:end], ","))); found {
				codes, taken = append(codes, code), end-i
				break
			}
		}
		switch {
		case taken > 0:
			i += taken
		case strings.TrimSpace(parts[i]) == "" || len(codes) > 0:
			i++
		default:
			return nil, false
		}
	}
	return codes, true
}
