package matcher

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
)

// describeLists carries what a word describes on to the words listed before
// it: in 摩托车、电动自行车乘员头盔 and "car and motorcycle tyres" no vehicle is
// meant. A plural in a Latin list is goods of its own: "motorcycles and car tyres".
func describeLists(all []Mention, text string) {
	for i := len(all) - 2; i >= 0; i-- {
		m, next := &all[i], &all[i+1]
		gap := text[m.End:max(m.End, next.Start)]
		if !m.Primary || m.Negated || gap == "" || !listing.MatchString(gap) || strings.TrimSpace(gap) == "" || latinPlural(m.Words) {
			continue
		}
		describesWhatFollows := !next.Primary && i+2 < len(all) && modifiesMention(next, &all[i+2], text)
		m.Primary = !describesWhatFollows && !sharesHead(m, next)
	}
}

// sharesHead reports whether the goods of the next member of a list lend their
// head to this one: "pepper and tomato seeds", 摩托车、电动自行车头盔.
func sharesHead(m, next *Mention) bool {
	if slices.Contains(m.Concept.Not, next.Concept.ID) && shortFor(m.Words, next.Concept) {
		return !strings.Contains(strings.ToLower(next.Words), strings.ToLower(m.Words)) // not "meat and meat products"
	}
	return !related(m.Concept, next.Concept) && slices.ContainsFunc(next.Concept.Wider(), func(wide string) bool {
		head, ok := nomenclature.ConceptByID(wide)
		if !ok {
			return false
		}
		c, found := nomenclature.Compound(head, m.Concept)
		return found && c.ID == next.Concept.ID && !strings.Contains(strings.ToLower(next.Words), strings.ToLower(m.Words))
	})
}

func latinPlural(words string) bool {
	last := words[len(words)-1]
	return last == 's' || last == 'S'
}

func modifiesMention(a, b *Mention, text string) bool {
	if related(a.Concept, b.Concept) {
		return false
	}
	if b.Start < a.End {
		return !index.SameHeading(a.Concept.HS, b.Concept.HS) && reachesOver(a.Start, a.End, b.Start, b.End, text)
	}
	gap := text[a.End:b.Start]
	return glue.MatchString(gap) || phrase.MatchString(gap)
}

// together are the gaps across which two words name one kind of goods. "Toys
// with batteries" are not among them.
var together = regexp.MustCompile(`(?i)^[^.;:,，。；、]*\b(for|of|para|pour|de|del|des|da|do|dos|du|destin\w+ (a|à|ao|aos|às|au|aux))\b[^.;:,，。；、]*$|^\s*[(（]\s*$|` + glue.String() + `|` + phrase.String())

// putTogether replaces goods by the closer kinds that they are together with
// what describes them: "tyres" of "passenger cars" are car tyres, 自行车及轮滑头盔
// are helmets of two kinds.
func putTogether(all []Mention, text string) []Mention {
	var more []Mention
	for j := range all {
		if !all[j].Primary || all[j].Negated {
			continue
		}
		head := all[j]
		var kinds []*nomenclature.Concept
		for _, step := range []int{1, -1} {
			for i := j + step; i >= 0 && i < len(all) && !all[i].Primary && !all[i].Negated; i += step {
				if !describes(&all[i], &head, &all[i-step], text) {
					break
				}
				if c, ok := nomenclature.Compound(head.Concept, all[i].Concept); ok && closerKind(c, head.Concept) && !slices.Contains(kinds, c) {
					kinds = append(kinds, c)
					all[j].Start, all[j].End = min(all[j].Start, all[i].Start), max(all[j].End, all[i].End)
				}
			}
		}
		for n, c := range kinds {
			all[j].Concept, all[j].Words = c, text[all[j].Start:all[j].End]
			if n+1 < len(kinds) {
				more = append(more, all[j])
			}
		}
	}
	all = append(all, more...)
	slices.SortStableFunc(all, func(a, b Mention) int { return a.Start - b.Start })
	return all
}

// closerKind reports whether all goods of c can be of the head's kind: batteries for
// motorcycles are lithium or lead, "lithium batteries for motorcycles" are not.
func closerKind(c, head *nomenclature.Concept) bool {
	return len(head.HS) == 0 || !slices.Contains(c.Wider(), head.ID) || !slices.ContainsFunc(c.HS, func(code string) bool { return !index.OfKind(head, []string{code}) })
}

// describes reports whether m says which kind of head is meant. near is the
// mention between them that does so too, or head itself.
func describes(m, head, near *Mention, text string) bool {
	from, to := min(m.End, head.End), max(m.Start, head.Start)
	if from >= to {
		return m.Start < head.Start || m.End <= head.End
	}
	if to-from > 80 {
		return false
	}
	if near.Start == head.Start && near.End == head.End {
		return to-from <= 60 && together.MatchString(text[from:to])
	}
	between := text[min(m.End, near.End):max(m.Start, near.Start, min(m.End, near.End))]
	return listing.MatchString(between) || together.MatchString(between)
}

// bracketed reports whether goods in brackets behind other goods say what
// these are of: "seeds of vegetables (tomato and pepper)".
func bracketed(before *Mention, inner *nomenclature.Concept, gap string) bool {
	if before.Negated || !bracket.MatchString(gap) || related(before.Concept, inner) {
		return false
	}
	_, ok := nomenclature.Compound(before.Concept, inner)
	return ok
}

var bracket = regexp.MustCompile(`^\s*[(（]\s*$`)

// elliptic are the words before excepted goods that stand for the goods of the
// notice: "tyres, except those for [motorcycles]", 不含摩托车用的.
var elliptic = regexp.MustCompile(`(?i)\b(those|ones|that|los|las|el|la|ceux|celles|celui|celle|os|as)\s+(for|of|intended for|used (on|in|for)|de|del|d'|des|du|da|do|dos|das|para|pour)\s*(use on |use in )?(the |los |las |les |a |o )?$`)

// longestElliptic bounds, in bytes, where they are looked for.
const longestElliptic = 120

// endOf is the end of s, about n bytes of it.
func endOf(s string, n int) string {
	at := max(0, len(s)-n)
	for at > 0 && at < len(s) && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[at:]
}

// exceptParts adds the goods that an elliptic exception leaves out: "tyres,
// except those for motorcycles" excepts motorcycle tyres.
func exceptParts(all []Mention, text string) []Mention {
	var more []Mention
	open := false
	for i := range all {
		m := &all[i]
		if !m.Negated {
			open = false
			continue
		}
		open = elliptic.MatchString(endOf(text[:m.Start], longestElliptic)) || open && i > 0 && listing.MatchString(text[min(all[i-1].End, m.Start):m.Start])
		if !open {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if c, ok := nomenclature.Compound(all[j].Concept, m.Concept); ok && all[j].Primary && !all[j].Negated {
				part := *m
				part.Concept = c
				more = append(more, part)
				break
			}
		}
	}
	all = append(all, more...)
	slices.SortStableFunc(all, func(a, b Mention) int { return a.Start - b.Start })
	return all
}
