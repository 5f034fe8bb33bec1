package matcher

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Judge grades one product against a reading. hits are the product terms found
// in the reading's fields, as index.Set.Search or Profile.FindTerms gives
// them. ok is false when no market is common or nothing speaks for the match;
// what speaks for it and is contradicted has the grade none.
func Judge(r *Reading, p *index.Profile, hits index.TermHits) (m trade.Match, ok bool) {
	markets := index.CommonMarkets(r.Markets, p.Markets)
	if len(markets) == 0 {
		return trade.Match{}, false
	}
	v, ok := (&pair{r: r, p: p, hits: hits}).judge()
	if !ok {
		return trade.Match{}, false
	}
	return trade.Match{Notice: r.ID, Exporter: p.Exporter, Product: p.ID, Markets: markets,
		Grade: v.Grade, Score: v.Score, Inferred: v.Inferred, Evidence: v.Evidence}, true
}

// judge is Judge for a product that has a market in common. The verdict does
// not depend on what else the product has than what a group of products shares:
// it holds for each of them. Its evidence stays until the pair is judged again.
func (p *pair) judge() (v trade.Verdict, ok bool) {
	all := findings(p)
	grade, kept := weigh(p.r, p.p, all)
	if !slices.ContainsFunc(all, func(f finding) bool { return f.force == supports || f.named }) {
		return trade.Verdict{}, false
	}
	v = trade.Verdict{Notice: p.r.ID, Evidence: p.evidence[:0], Grade: grade, Score: score(grade, kept)}
	v.Inferred = grade != trade.NoGrade && !slices.ContainsFunc(kept, func(f finding) bool { return f.code && f.force == supports })
	for _, f := range kept {
		v.Evidence = append(v.Evidence, f.Evidence)
	}
	p.evidence = v.Evidence
	return v, true
}

// findings asks all rules and orders what they bring: by what it supports and
// weighs, what speaks against it last.
func findings(p *pair) []finding {
	p.found = p.found[:0]
	for _, find := range rules {
		find(p)
	}
	slices.SortStableFunc(p.found, func(a, b finding) int {
		switch {
		case a.force != b.force:
			return int(a.force) - int(b.force)
		case a.grade != b.grade:
			return b.grade.Rank() - a.grade.Rank()
		case a.weight != b.weight:
			return int(math.Copysign(1, b.weight-a.weight))
		}
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Notice, b.Notice), strings.Compare(a.tie, b.tie), strings.Compare(a.Where, b.Where))
	})
	return p.found
}

// weigh decides the grade and which findings show it. In words:
//
//   - what is forbidden is none;
//   - a heading that agrees is direct, unless the words say something else: see
//     underDoubt;
//   - a term of the product in title or products is direct with a code that
//     agrees in chapter or ICS group, else likely;
//   - when the notice's codes name other goods, a term may still be likely, the
//     kind of goods a reference, and everything vaguer is none;
//   - else the best finding counts.
func weigh(r *Reading, p *index.Profile, all []finding) (trade.Grade, []finding) {
	s := summarise(all)
	if s.forbidden {
		return trade.NoGrade, all
	}
	against := conflictOf(r, p)
	switch {
	case s.direct && s.doubted:
		return trade.Likely, all
	case s.direct && !s.exact:
		return underDoubt(p, s), all
	case against != noConflict:
		return underConflict(r, p, against, s, all), all
	case s.exact && s.coded:
		return trade.Direct, all
	case s.doubted && s.best == trade.Likely && !s.exact:
		return trade.Reference, all
	}
	return s.best, all
}

// summary is what the findings say together.
type summary struct {
	best      trade.Grade
	says      words // of the goods that the text names instead of the product
	forbidden bool
	doubted   bool // an exception speaks against the product
	coded     bool // a code agrees, at least in chapter or ICS group
	exact     bool // a term of the product stands where the notice says what it is about
	direct    bool // a heading agrees
	whole     bool // even a subheading
}

func summarise(all []finding) summary {
	s := summary{best: trade.NoGrade}
	for _, f := range all {
		switch f.force {
		case forbids:
			s.forbidden = true
		case doubts:
			s.says = max(s.says, f.says)
			s.doubted = s.doubted || f.Where != whereHS && f.says == wordsSilent
		case supports:
			if f.grade.Rank() > s.best.Rank() {
				s.best = f.grade
			}
			s.coded, s.exact = s.coded || f.code, s.exact || f.exact
			s.direct, s.whole = s.direct || f.grade == trade.Direct, s.whole || f.whole
		}
	}
	return s
}

// underDoubt grades a heading that agrees, without a term of the product, by
// what the words say. Other goods of the heading are not the product; where
// the whole subheading agrees they are a reference, and where the product's
// name says nothing a person looks. So does a person where the words name
// goods of other headings only, or where a heading of many kinds stands beside
// a title that we cannot read.
func underDoubt(p *index.Profile, s summary) trade.Grade {
	switch {
	case s.says == wordsOther && !hasNamed(p):
		return trade.Likely
	case s.says == wordsOther && s.whole:
		return trade.Reference
	case s.says == wordsOther:
		return trade.NoGrade
	case s.says > wordsAgree && !s.whole:
		return trade.Likely
	}
	return trade.Direct
}

// underConflict grades what is left when the notice's codes name other goods.
// A code may be wrong where the words name the product itself. One short word
// alone may be a brand, and a substance is in many goods.
func underConflict(r *Reading, p *index.Profile, against conflict, s summary, all []finding) trade.Grade {
	if !s.exact && (s.says == wordsOther || against == siblings && codePicks(r, p)) {
		return trade.NoGrade
	}
	kind := slices.ContainsFunc(all, func(f finding) bool { return f.force == supports && f.strong && f.Kind == trade.EvidenceConcept })
	grade := trade.NoGrade
	for _, f := range all {
		if f.force != supports {
			continue
		}
		g := trade.NoGrade
		concept := f.strong && f.Kind == trade.EvidenceConcept
		switch {
		case f.exact && (kind || against == siblings || against == otherChapter && f.long):
			g = trade.Likely
		case concept && against == siblings:
			g = trade.Likely
		case f.exact && f.long, concept, against == siblings:
			g = trade.Reference
		case f.Kind == trade.EvidenceStandard || f.Kind == trade.EvidenceSubstance && !r.subject:
			if against == otherChapter {
				g = trade.Reference
			}
		}
		if g.Rank() > grade.Rank() {
			grade = g
		}
	}
	return grade
}

// The score says how probable it is that an analyst would say yes: the grade
// gives the range, and 1-Π(1-weight) over the findings that support it the place
// in the range, which comes near the upper end and never reaches it. What speaks
// against the product takes part of that away. TestScoresAreCalibrated holds it.
var scoreRange = map[trade.Grade][2]float64{
	trade.Direct: {0.9, 1}, trade.Likely: {0.5, 0.9}, trade.Reference: {0.02, 0.3},
}

const doubtful = 0.5 // of the place in the range is left by each finding against

func score(g trade.Grade, found []finding) float64 {
	limits, ok := scoreRange[g]
	if !ok {
		return 0
	}
	left := 1.0
	for _, f := range found {
		if f.force == supports {
			left *= 1 - f.weight
		}
	}
	place := min(1-left, 0.98)
	for _, f := range found {
		if f.force == doubts {
			place *= doubtful
		}
	}
	return math.Round((limits[0]+(limits[1]-limits[0])*place)*1000) / 1000
}
