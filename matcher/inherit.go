package matcher

import (
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// inheritedScore is what is left of a parent's score in its follow-up.
const inheritedScore = 0.95

// Inherit hands the matches of a parent paper down to a follow-up that has no
// codes of its own. Grade and kind of knowledge stay; the score is a little
// less; the evidence names the parent. A product whose markets the follow-up
// does not reach is left out.
func Inherit(child *trade.Notice, parentID string, parent []trade.Match) []trade.Match {
	var out []trade.Match
	for _, m := range parent {
		markets := m.Markets
		if len(child.Markets) > 0 {
			markets = index.CommonMarkets(child.Markets, m.Markets)
		}
		if len(markets) == 0 || m.Grade == trade.NoGrade {
			continue
		}
		why := trade.Evidence{Kind: trade.EvidenceParent, Notice: parentID, Where: parentID}
		if len(m.Evidence) > 0 {
			e := m.Evidence[0]
			why.Product = e.Product
			if e.Kind != trade.EvidenceParent {
				why.Notice += ": " + e.Notice
			}
		}
		m.Notice, m.Markets, m.Evidence = child.ID, markets, []trade.Evidence{why}
		m.Score = math.Round(m.Score*inheritedScore*1000) / 1000
		out = append(out, m)
	}
	return out
}

// merge joins a paper's own matches with inherited ones: for each product the
// better one, with the evidence of both.
func merge(own []trade.Match, inherited ...[]trade.Match) []trade.Match {
	type product struct{ exporter, id string }
	at := map[product]int{}
	var out []trade.Match
	for _, matches := range append([][]trade.Match{own}, inherited...) {
		for _, m := range matches {
			i, known := at[product{m.Exporter, m.Product}]
			if !known {
				at[product{m.Exporter, m.Product}] = len(out)
				out = append(out, m)
				continue
			}
			out[i] = combine(out[i], m)
		}
	}
	Sort(out)
	return out
}

// combine keeps the better of two matches of one product with the markets and
// the evidence of both.
func combine(a, b trade.Match) trade.Match {
	if b.Grade.Rank() > a.Grade.Rank() || b.Grade == a.Grade && b.Score > a.Score {
		a, b = b, a
	}
	a.Markets = uniteMarkets(a.Markets, b.Markets)
	a.Evidence = slices.Clone(a.Evidence)
	for _, e := range b.Evidence {
		if !slices.Contains(a.Evidence, e) {
			a.Evidence = append(a.Evidence, e)
		}
	}
	return a
}

// uniteMarkets lists the markets of both, without those that lie in another:
// Germany and the European Union are the European Union.
func uniteMarkets(a, b []string) []string {
	out := appendNew(slices.Clone(a), b)
	inOther := func(m string) bool {
		return slices.ContainsFunc(out, func(o string) bool {
			return o != m && slices.Equal(nomenclature.Common([]string{o}, []string{m}), []string{m})
		})
	}
	all := slices.Clone(out)
	return slices.DeleteFunc(all, inOther)
}

func joinLines(s []string) string { return strings.Join(s, "\n") }
