package portal

import "tbtwatch/internal/triage"

// cells decides which sums over products a reader may be shown, who must not
// learn what one firm exports.
//
// The rule. All sums that were ever shown to a reader part the products into
// cells: two products are in one cell when the same sums hold both. Whatever
// is reckoned from sums, such as a total less its rows, one filter less
// another, this month less the last, is reckoned from whole cells. So a sum is
// admitted only if afterwards every cell holds products of at least three
// firms, and, where a cell has any export value, value of at least three. A
// sum that would split off fewer is withheld, however large it is itself.
//
// Sums are tried in the order in which their warnings were released, those of
// the past before those of today: what was admitted stays admitted, whatever
// comes later, and no choice of the reader (market, period, order) takes part.
// The sums of all releases count, also of measures that are no longer listed,
// because the reader has seen them.
//
// The registry changes, and a value that follows it would show what one firm
// changed. So amounts are told as a trade.Band; see there.
type cells struct {
	firm  func(product int32) int32
	value func(product int32) float64
	of    map[int32]int // the product's cell; absent: no sum holds it
	in    map[int][]int32
	last  int
}

func newCells(firm func(int32) int32, value func(int32) float64) *cells {
	return &cells{firm: firm, value: value, of: map[int32]int{}, in: map[int][]int32{}}
}

// admit reports whether the sum over these products may be shown, and if so
// counts it as shown.
func (c *cells) admit(products []int32) bool {
	set, parts := map[int32]bool{}, map[int][]int32{}
	for _, p := range products {
		if !set[p] {
			set[p] = true
			parts[c.of[p]] = append(parts[c.of[p]], p)
		}
	}
	rests := map[int][]int32{}
	for cell, inside := range parts {
		if !c.enough(inside) {
			return false
		}
		for _, p := range c.in[cell] {
			if !set[p] {
				rests[cell] = append(rests[cell], p)
			}
		}
		if len(rests[cell]) > 0 && !c.enough(rests[cell]) {
			return false
		}
	}
	for cell, inside := range parts {
		if cell != 0 && len(rests[cell]) == 0 {
			continue
		}
		c.last++
		for _, p := range inside {
			c.of[p] = c.last
		}
		c.in[c.last] = inside
		if cell != 0 {
			c.in[cell] = rests[cell]
		}
	}
	return len(set) > 0
}

// enough reports whether the products are of three firms or more, and so is
// what they are worth.
func (c *cells) enough(products []int32) bool {
	firms, valued := map[int32]bool{}, map[int32]bool{}
	for _, p := range products {
		firms[c.firm(p)] = true
		if c.value(p) > 0 {
			valued[c.firm(p)] = true
		}
	}
	return len(firms) >= triage.FewestFirms && (len(valued) == 0 || len(valued) >= triage.FewestFirms)
}
