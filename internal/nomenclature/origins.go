package nomenclature

import (
	"regexp"
	"slices"
	"strings"
)

var (
	everyOrigin = regexp.MustCompile(`(?i)all (?:trading )?partners|all (?:other )?(?:countries|members|origins)|any (?:country|origin)|tous les (?:partenaires|pays|membres)|todos los (?:interlocutores|países|miembros)|todos os (?:parceiros|países|membros)|(?:所有|全部|各)(?:的|其他)?(?:贸易伙伴|貿易夥伴|贸易夥伴|国家|國家|成员|成員)`)
	// exceptTail names, to its end, what is excepted; exceptHan stands around it.
	exceptTail = regexp.MustCompile(`(?i)(?:\bother than|\bexcept(?:ing)?\b(?: for| from)?|\bexcluding|\bwith the exception of|\bapart from|\bbut not|\bexcepto|\bsalvo|\bcon excepción de|\bdistintos de|\bsauf|\bhormis|à l['’]exception (?:de la|de l['’]|du|des|de)|\bexceto|\bcom exceção d[eoa]s?)\s*:?\s*(?:the )?([^;；\n)）]+)`)
	exceptHan  = regexp.MustCompile(`除(?:了)?([^;；\n，。除]+?)(?:以?之?外)(?:的)?|([^;；\n，。（(）)]+?)除外`)
	// originEnds are words behind a bloc or a list that are no part of its name.
	originEnds = regexp.MustCompile(`(?i)\s*(?:member states|member countries|countries|origins?|成员国|成員國|各国|国家|原产|来源)\s*$`)
)

// maxOrigins bounds, in bytes, a box that can be read; all countries of the
// world in four languages are shorter.
const maxOrigins = 16 << 10

// Origins reads the box of an SPS notice that names the regions or countries
// likely to be affected. affected is empty where all are; excepted are those
// that it names as not meant ("other than Japan", 除日本外). A region is told by
// its country ("Brazil, Rio Grande do Sul"). Where a name of those affected is
// unknown all are: a warning too many is better than an origin shut out by a
// name that we cannot read. So they are where the box is too long to be one.
func Origins(text string) (affected, excepted []string) {
	if len(text) > maxOrigins {
		return nil, nil
	}
	rest := exceptHan.ReplaceAllStringFunc(text, func(s string) string {
		m := exceptHan.FindStringSubmatch(s)
		excepted = append(excepted, namedOrigins(m[1]+m[2])...)
		return " "
	})
	rest = exceptTail.ReplaceAllStringFunc(rest, func(s string) string {
		excepted = append(excepted, namedOrigins(exceptTail.FindStringSubmatch(s)[1])...)
		return " "
	})
	excepted = slices.DeleteFunc(distinct(excepted), func(c string) bool { return c == Everywhere })
	if strings.Trim(rest, " \n\t()（）,，;；.。") == "" || everyOrigin.MatchString(rest) {
		return nil, excepted
	}
	for entry := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune(";\n；、", r) }) {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		codes, ok := originsIn(entry)
		if !ok || slices.Contains(codes, Everywhere) {
			return nil, excepted
		}
		affected = append(affected, codes...)
	}
	return distinct(affected), excepted
}

// distinct are the distinct elements as they stand.
func distinct(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(e string) bool {
		again := seen[e]
		seen[e] = true
		return again
	})
}

// namedOrigins is what a list names, without what is unknown in it.
func namedOrigins(list string) []string {
	var out []string
	for entry := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(";；、", r) }) {
		codes, _ := originsIn(entry)
		out = append(out, codes...)
	}
	return out
}

// originBreak may part two names, or stand within one: "Korea, Republic of",
// "Trinidad and Tobago".
var originBreak = regexp.MustCompile(`(?i)\s*,\s*(?:and\s+)?|\s+(?:and|or|&|y|e|et|und)\s+|[，和与與及]`)

// originsIn resolves names, the longest first. What follows a country and is
// none is its region; a list that does not begin with a country is not
// understood.
func originsIn(entry string) (codes []string, ok bool) {
	breaks := originBreak.FindAllStringIndex(entry, -1)
	starts, ends := []int{0}, []int{}
	for _, b := range breaks {
		ends, starts = append(ends, b[0]), append(starts, b[1])
	}
	ends = append(ends, len(entry))
	for i := 0; i < len(starts); {
		taken := 0
		for j := min(len(ends), i+5); j > i && taken == 0; j-- {
			if code, found := origin(entry[starts[i]:ends[j-1]]); found {
				codes, taken = append(codes, code), j-i
			}
		}
		switch {
		case taken > 0:
			i += taken
		case strings.TrimSpace(entry[starts[i]:ends[i]]) == "" || len(codes) > 0:
			i++
		default:
			return nil, false
		}
	}
	return codes, true
}

func origin(name string) (string, bool) {
	name = strings.Trim(name, " .。()（）")
	if code, ok := Market(name); ok {
		return code, true
	}
	return Market(originEnds.ReplaceAllString(name, ""))
}
