package matcher

import (
	"slices"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Assemble matches a whole family: what its papers touch, each product once
// with the best grade, the markets and the evidence of all papers. It depends
// on the papers and the registry only, not on the order in which they came. A
// revision replaces what its own measure had before it, if it says by itself
// what it is about; what other members notified of the same measure stays.
// A follow-up without codes inherits what the others touch: it adds evidence
// to that, and products only where there is nothing to inherit.
//
// Codes that a person has set stand in the place of those of its papers.
//
// notices are the family's papers by key; one that is missing is left out.
func Assemble(f *trade.Family, notices map[string]*trade.Notice, set *index.Set) {
	f.Matches, f.Packed, f.Exposure = nil, nil, 0
	f.Matched, f.Rules = true, Version
	var own, later []*trade.Notice
	for _, p := range f.Papers {
		switch n := recoded(f, notices[p.Notice]); {
		case n == nil:
		case uncodedFollowUp(n) && n.Kind != trade.KindRevision:
			later = append(later, n)
		default:
			own = append(own, n)
		}
	}
	if len(own) == 1 && len(later) == 0 {
		r := Read(own[0])
		m := Search(&r, set)
		f.Packed, f.Exposure = m.Pack(), m.Exposure()
		m.Release()
		return
	}
	var lists [][]trade.Match
	for i, n := range own {
		r := Read(n)
		lists = append(lists, Match(&r, set))
		for j := range own[:i] {
			if n.Kind == trade.KindRevision && len(lists[i]) > 0 && replaces(n, own[j]) {
				lists[j] = nil
			}
		}
	}
	found := merge(nil, lists...)
	found = followUps(found, later, set)
	f.Packed, f.Exposure = pack(found), exposure(found, set)
}

// replaces reports whether a revision speaks for every member that notified the
// older paper.
func replaces(revision, older *trade.Notice) bool {
	roots := trade.Roots(revision.Symbols)
	for _, r := range trade.Roots(older.Symbols) {
		if !in(roots)(r) {
			return false
		}
	}
	return true
}

// pack puts matches with the same verdict together.
func pack(matches []trade.Match) *trade.Packed {
	places := map[string]int{}
	var groups [][]trade.Match
	for _, m := range matches {
		v := trade.Verdict{Grade: m.Grade, Score: m.Score, Inferred: m.Inferred, Evidence: m.Evidence}
		key := string(appendVerdict([]byte(m.Notice+"\x00"), &v))
		at, known := places[key]
		if !known {
			at = len(groups)
			places[key], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], m)
	}
	return trade.PackRuns(slices.Concat(groups...))
}

// followUps adds to the matches of a family what its follow-ups without codes say.
func followUps(found []trade.Match, later []*trade.Notice, set *index.Set) []trade.Match {
	out := found
	for _, n := range later {
		r := Read(n)
		own := Match(&r, set)
		if len(found) > 0 {
			own = among(own, found)
		}
		for _, m := range found {
			own = append(own, Inherit(n, m.Notice, []trade.Match{m})...)
		}
		out = merge(out, own)
	}
	return out
}

// exposure sums the export values of the products matched directly or likely.
func exposure(matches []trade.Match, set *index.Set) float64 {
	sum := 0.0
	for _, m := range matches {
		if m.Grade != trade.Direct && m.Grade != trade.Likely {
			continue
		}
		p := trade.Product{ID: m.Product, Exporter: m.Exporter}
		sum += set.Value(p.Key())
	}
	return sum
}
