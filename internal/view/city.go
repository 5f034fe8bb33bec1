package view

import (
	"cmp"
	"iter"
	"slices"

	"tbtwatch/internal/trade"
)

// DistrictSum is how much of a district a measure touches.
type DistrictSum struct {
	District string `json:"district"`
	Firms    int    `json:"firms"`
	Direct   int    `json:"direct" doc:"products"`
	Likely   int    `json:"likely" doc:"products"`
}

// city sums matches by district, those most touched first. References do not
// count: they warn nobody.
func (v *View) city(matches iter.Seq[trade.Match]) []DistrictSum {
	by, seen := map[string]*DistrictSum{}, map[string]bool{}
	for m := range matches {
		if m.Grade != trade.Direct && m.Grade != trade.Likely {
			continue
		}
		e, _ := v.Directory.Exporter(m.Exporter)
		sum := by[e.District]
		if sum == nil {
			sum = &DistrictSum{District: e.District}
			by[e.District] = sum
		}
		if !seen[m.Exporter] {
			seen[m.Exporter] = true
			sum.Firms++
		}
		if m.Grade == trade.Direct {
			sum.Direct++
		} else {
			sum.Likely++
		}
	}
	out := make([]DistrictSum, 0, len(by))
	for _, sum := range by {
		out = append(out, *sum)
	}
	slices.SortFunc(out, func(a, b DistrictSum) int {
		return cmp.Or(cmp.Compare(b.Firms, a.Firms), cmp.Compare(a.District, b.District))
	})
	return out
}
