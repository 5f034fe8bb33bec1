package matcher

import (
	"cmp"
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Match grades all candidates of the set and returns the matches, best grade
// first, then by score, exporter and product. What is contradicted (none) is
// left out; Explain tells it. The family is left empty: the caller knows it.
func Match(r *Reading, set *index.Set) []trade.Match {
	candidates, hits := set.Candidates(r.Query())
	var out []trade.Match
	for _, p := range candidates {
		if m, ok := Judge(r, p, hits); ok && m.Grade != trade.NoGrade {
			out = append(out, m)
		}
	}
	Sort(out)
	return out
}

// Sort orders matches: grade, score, exporter, product.
func Sort(matches []trade.Match) {
	slices.SortFunc(matches, func(a, b trade.Match) int {
		return cmp.Or(cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.Product, b.Product))
	})
}
