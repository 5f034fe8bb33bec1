package matcher

import (
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Assemble matches a whole family: what its papers touch, each product once
// with the best evidence of any paper. It depends on the papers and the
// registry only, not on the order in which they came. A revision replaces what
// was before it, if it says by itself what it is about; a follow-up without
// words or codes of its own adds nothing and so inherits everything.
//
// notices are the family's papers by key; one that is missing is left out.
func Assemble(f *trade.Family, notices map[string]*trade.Notice, set *index.Set) {
	f.Matches = nil
	for _, p := range f.Papers {
		n := notices[p.Notice]
		if n == nil {
			continue
		}
		r := Read(n)
		own := Match(&r, set)
		if n.Kind == trade.KindRevision && len(own) > 0 {
			f.Matches = nil
		}
		f.Matches = merge(f.Matches, own)
	}
	for i := range f.Matches {
		f.Matches[i].Family = f.ID
	}
	f.Matched, f.Rules, f.Exposure = true, Version, exposure(f.Matches, set)
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
