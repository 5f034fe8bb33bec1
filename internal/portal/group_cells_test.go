package portal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// recoverable looks for what the sums give away: in the row space of the sums
// over products it looks for a combination that speaks of one or two firms
// only. It reduces the rows with the columns of all other firms first; what is
// then left without a column of theirs is such a combination.
func recoverable(sums [][]int32, products int, firm func(int32) int32, firms int) (who []int, found bool) {
	for a := range firms {
		for b := a; b < firms; b++ {
			mine := func(p int) bool { f := int(firm(int32(p))); return f == a || f == b }
			var order []int
			for p := range products {
				if !mine(p) {
					order = append(order, p)
				}
			}
			others := len(order)
			for p := range products {
				if mine(p) {
					order = append(order, p)
				}
			}
			if leaks(matrix(sums, order), others) {
				return []int{a, b}, true
			}
		}
	}
	return nil, false
}

// matrix has a row for each sum and a column for each product, in that order.
func matrix(sums [][]int32, order []int) [][]float64 {
	at := map[int32]int{}
	for i, p := range order {
		at[int32(p)] = i
	}
	rows := make([][]float64, len(sums))
	for i, s := range sums {
		rows[i] = make([]float64, len(order))
		for _, p := range s {
			rows[i][at[p]] = 1
		}
	}
	return rows
}

// leaks eliminates column by column and reports whether a pivot falls behind
// the first columns: a combination without them.
func leaks(rows [][]float64, first int) bool {
	r := 0
	for c := 0; r < len(rows) && c < len(rows[0]); c++ {
		best := r
		for i := r; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > math.Abs(rows[best][c]) {
				best = i
			}
		}
		if math.Abs(rows[best][c]) < 1e-9 {
			continue
		}
		if c >= first {
			return true
		}
		rows[r], rows[best] = rows[best], rows[r]
		for i := r + 1; i < len(rows); i++ {
			f := rows[i][c] / rows[r][c]
			for k := c; k < len(rows[i]); k++ {
				rows[i][k] -= f * rows[r][k]
			}
		}
		r++
	}
	return false
}

// Whatever measures come, in whatever order, no combination of the sums that
// are admitted speaks of one or two firms, even if the sums were told exactly.
func TestNoSumsGiveAwayAFirm(t *testing.T) {
	const firms, products = 9, 18
	firm := func(p int32) int32 { return p / 2 }
	naive, admitted := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		value := func(p int32) float64 { return float64(1000 + p) }
		c := newCells(firm, value)
		var told, large [][]int32
		var together []int32
		for range 7 {
			var touched []int32
			base := r.IntN(3)
			for p := range int32(products) {
				// Measures of one kind touch about the same products.
				if r.IntN(10) < 2 || int(p)/6 == base && r.IntN(10) < 9 {
					touched = append(touched, p)
				}
			}
			together = append(together, touched...)
			for _, s := range [][]int32{touched, slices.Compact(slices.Sorted(slices.Values(together)))} {
				if newCells(firm, value).enough(s) {
					large = append(large, s)
				}
				if c.admit(s) {
					told = append(told, s)
				}
			}
		}
		admitted += len(told)
		if who, found := recoverable(told, products, firm, firms); found {
			t.Fatalf("seed %d: the sums %v give away firms %v", seed, told, who)
		}
		if _, found := recoverable(large, products, firm, firms); found {
			naive++
		}
	}
	if naive == 0 {
		t.Error("sums of three firms each never gave a firm away: this test cannot fail")
	}
	if admitted < 150 {
		t.Errorf("%d sums were admitted in 150 worlds: the rule says next to nothing", admitted)
	}
	t.Logf("%d sums told; sums of three firms each without the rule give a firm away in %d of 150 worlds", admitted, naive)
}

func TestCells(t *testing.T) {
	firm := func(p int32) int32 { return p / 10 }
	for _, c := range []struct {
		name   string
		value  map[int32]float64 // 1 if absent
		before [][]int32
		sum    []int32
		want   bool
	}{
		{"nothing", nil, nil, nil, false},
		{"two firms", nil, nil, []int32{10, 20, 21, 22}, false},
		{"three firms", nil, nil, []int32{10, 20, 30}, true},
		{"three firms of which one exports", map[int32]float64{10: 0, 20: 0}, nil, []int32{10, 20, 30}, false},
		{"three firms of which none exports", map[int32]float64{10: 0, 20: 0, 30: 0}, nil, []int32{10, 20, 30}, true},
		{"the same again", nil, [][]int32{{10, 20, 30}}, []int32{30, 20, 10, 10}, true},
		{"one firm more", nil, [][]int32{{10, 20, 30}}, []int32{10, 20, 30, 40}, false},
		{"three firms more", nil, [][]int32{{10, 20, 30}}, []int32{10, 20, 30, 40, 50, 60}, true},
		{"one firm less", nil, [][]int32{{10, 20, 30, 40}}, []int32{10, 20, 30}, false},
		{"another product of a firm that is in", nil, [][]int32{{10, 20, 30}}, []int32{10, 11, 20, 30}, false},
		{"apart", nil, [][]int32{{10, 20, 30}}, []int32{40, 50, 60}, true},
		{"a row after the total and the other row", nil, [][]int32{{10, 20, 30, 40, 50}, {10, 20, 30}}, []int32{40, 50}, false},
	} {
		cells := newCells(firm, func(p int32) float64 {
			if v, ok := c.value[p]; ok {
				return v
			}
			return 1
		})
		for _, s := range c.before {
			cells.admit(s)
		}
		if got := cells.admit(c.sum); got != c.want {
			t.Errorf("%s: admitted %v, want %v", c.name, got, c.want)
		}
	}
}
