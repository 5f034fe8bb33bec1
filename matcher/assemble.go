package matcher

import (
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Assemble matches a whole family: what its papers touch, each product once
// with the best grade, the markets and the evidence of all papers. It depends
// on the papers and the registry only, not on the order in which they came. A
// revision replaces what was before it, if it says by itself what it is about.
// A follow-up without codes inherits what the others touch: it adds evidence
// to that, and products only where there is nothing to inherit.
//
// notices are the family's papers by key; one that is missing is left out.
func Assemble(f *trade.Family, notices map[string]*trade.Notice, set *index.Set) {
	var found []trade.Match
	var later []*trade.Notice
	for _, p := range f.Papers {
		n := notices[p.Notice]
		switch {
		case n == nil:
		case uncodedFollowUp(n) && n.Kind != trade.KindRevision:
			later = append(later, n)
		default:
			r := Read(n)
			own := Match(&r, set)
			if n.Kind == trade.KindRevision && len(own) > 0 {
				found = nil
			}
			found = merge(found, own)
		}
	}
	f.Matches = followUps(found, later, set)
	for i := range f.Matches {
		f.Matches[i].Family = f.ID
	}
	f.Matched, f.Rules, f.Exposure = true, Version, exposure(f.Matches, set)
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
		if known, ok := set.Get(p.Key()); ok {
			sum += known.ExportValue
		}
	}
	return sum
}
