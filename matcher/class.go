package matcher

import (
	"regexp"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
)

// ofClass are the gaps by which a narrower kind says which goods of the wider
// one are meant: "frutos frescos de cítricos", "citrus fruit (oranges)",
// "active substance glyphosate in herbicides".
var ofClass = regexp.MustCompile(`(?i)^\s*(of|de|del|du|des|da|do|d'|\(|（)\s*$|^ [^.;:,，。；、()]{0,30}\b(in|en|dans|em)\s*$`)

func classOf(wide, narrow *nomenclature.Concept, gap string) bool {
	return ofClass.MatchString(gap) && slices.Contains(narrow.Wider(), wide.ID)
}

// classAfter reports whether a wider kind only closes the name of a narrower
// one: "pear fruit", "Pyrus bretschneideri and Pyrus pyrifolia fruit".
func classAfter(narrow, wide nomenclature.ConceptHit, gap string) bool {
	if len(gap) > 60 || wide.Start < narrow.End || !slices.Contains(narrow.Concept.Wider(), wide.Concept.ID) || narrow.Negated != wide.Negated {
		return false
	}
	trimmed := strings.TrimSpace(gap)
	if trimmed == "" {
		return true
	}
	again := nomenclature.FindConcepts(trimmed)
	return len(again) == 1 && again[0].Concept.ID == narrow.Concept.ID && again[0].End == len(trimmed)
}

// within are the gaps between a substance and the goods that it is in:
// "phthalates (DEHP) in [toys]".
var within = regexp.MustCompile(`(?i)^\s*(\([^()]*\)\s*)?(in|on|en|dans|em|sur|sobre)( or on)?\s+((the|los|las|el|la|les|des|os|as)\s+)?$`)

// holds reports whether before is a substance and what follows gap the goods
// in which it is regulated: these are what the notice is about.
func holds(before *Mention, gap string) bool {
	return before.Primary && !before.Negated && within.MatchString(gap) && substance(before)
}

// substance reports whether a mention is a substance and nothing else: its
// codes lie in the chapters of chemicals, or the list of substances has it.
func substance(m *Mention) bool {
	chemicals := func(code string) bool { return strings.HasPrefix(code, "28") || strings.HasPrefix(code, "29") }
	return len(m.Concept.HS) > 0 && !slices.ContainsFunc(m.Concept.HS, func(code string) bool { return !chemicals(code) }) ||
		len(nomenclature.Substances(m.Words)) > 0
}
