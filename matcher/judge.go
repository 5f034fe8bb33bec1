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
// it holds for each of them.
func (p *pair) judge() (v trade.Verdict, ok bool) {
	all := findings(p)
	grade, kept := weigh(p.r, p.p, all)
	if !slices.ContainsFunc(all, func(f finding) bool { return f.force == supports || f.named }) {
		return trade.Verdict{}, false
	}
	v = trade.Verdict{Notice: p.r.ID, Evidence: make([]trade.Evidence, 0, len(kept)), Grade: grade, Score: score(grade, kept)}
	v.Inferred = grade != trade.NoGrade && !slices.ContainsFunc(kept, func(f finding) bool { return f.code && f.force == supports })
	for _, f := range kept {
		v.Evidence = append(v.Evidence, f.Evidence)
	}
	return v, true
}

// findings asks all rules and orders what they bring: by what it supports and
// weighs, what speaks against it last.
func findings(p *pair) []finding {
	out := p.room[:0]
	for _, find := range rules {
		out = append(out, find(p)...)
	}
	p.room = out
	slices.SortStableFunc(out, func(a, b finding) int {
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
	return out
}

// weigh decides the grade and which findings show it. In words:
//
//   - what is forbidden is none;
//   - a heading that agrees is direct, unless the text excepts the product:
//     then a person looks; or names other goods of the heading only: then it is
//     a reference, or a person looks where the whole subheading agrees or the
//     product's name says nothing;
//   - a term of the product in title or products is direct with a code that
//     agrees in chapter or ICS group, else likely;
//   - when the notice's codes name other goods, a long term may still be likely
//     (outside the product's chapter), the kind of goods a reference, and
//     everything vaguer is none;
//   - else the best finding counts.
func weigh(r *Reading, p *index.Profile, all []finding) (trade.Grade, []finding) {
	var best trade.Grade = trade.NoGrade
	var coded, exact, direct, whole, doubted bool
	for _, f := range all {
		switch f.force {
		case forbids:
			return trade.NoGrade, all
		case doubts:
			doubted = doubted || f.Where != whereHS
		case supports:
			if f.grade.Rank() > best.Rank() {
				best = f.grade
			}
			coded, exact = coded || f.code, exact || f.exact
			direct, whole = direct || f.grade == trade.Direct, whole || f.whole
		}
	}
	against := conflictOf(r, p)
	switch {
	case direct && doubted:
		return trade.Likely, all
	case direct && !exact && otherGoodsOfHeading(r, p):
		if whole || !hasNamed(p) {
			return trade.Likely, all // the code says yes, the words no
		}
		return trade.Reference, all
	case against != noConflict:
		return underConflict(against, all)
	case exact && coded:
		return trade.Direct, all
	case doubted && best == trade.Likely && !exact:
		return trade.Reference, all
	}
	return best, all
}

// underConflict grades what is left when the notice's codes name other goods.
func underConflict(against conflict, all []finding) (trade.Grade, []finding) {
	grade := trade.NoGrade
	for _, f := range all {
		if f.force != supports {
			continue
		}
		g := trade.NoGrade
		switch {
		case f.exact && (against == siblings || against == otherChapter && f.long):
			g = trade.Likely
		case f.strong && f.Kind == trade.EvidenceConcept && against == siblings:
			g = trade.Likely
		case f.exact, f.strong && f.Kind == trade.EvidenceConcept, against == siblings:
			g = trade.Reference
		case f.Kind == trade.EvidenceStandard || f.Kind == trade.EvidenceSubstance:
			if against == otherChapter {
				g = trade.Reference
			}
		}
		if g.Rank() > grade.Rank() {
			grade = g
		}
	}
	return grade, all
}

// otherGoodsOfHeading reports whether the text says which goods of the heading
// are meant, and the product is none of them: a notice on microwave ovens with
// heading 8516, and a kettle.
func otherGoodsOfHeading(r *Reading, p *index.Profile) bool {
	others := false
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Negated || !m.Prominent() || broad(m.Concept) || !index.SameHeading(m.Concept.HS, p.HS) {
			continue // it says nothing about which goods of the heading
		}
		if means(m, p) {
			return false
		}
		others = true
	}
	return others
}

// means reports whether the goods of a mention may be the product: its own
// kind or a wider one, or a kind narrower than the product's name that its
// code allows.
func means(m *Mention, p *index.Profile) bool {
	named := hasNamed(p)
	return slices.ContainsFunc(p.Concepts, func(own index.ProductConcept) bool {
		return m.Concept.ID == own.Concept.ID || slices.Contains(own.Concept.Wider(), m.Concept.ID) ||
			(own.Named || !named) && slices.Contains(m.Concept.Wider(), own.Concept.ID) && fits(m.Concept, p)
	})
}

// The score says how sure we are within a grade: the grade gives the range,
// and 1-Π(1-weight) over the findings that support it the place in the range,
// which comes near the upper end and never reaches it.
var scoreRange = map[trade.Grade][2]float64{
	trade.Direct: {0.8, 1}, trade.Likely: {0.45, 0.8}, trade.Reference: {0.05, 0.4},
}

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
		if f.force == doubts {
			left = 1 - (1-left)*0.7
		}
	}
	return math.Round((limits[0]+(limits[1]-limits[0])*min(1-left, 0.98))*1000) / 1000
}
