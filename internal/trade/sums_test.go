package trade

import (
	"math"
	"math/rand/v2"
	"testing"
)

// From the bands before and after one firm changed, its change is never known
// closer than by a factor of two.
func TestBandsHideAChange(t *testing.T) {
	for usd, want := range map[float64]Band{0: {}, 1: {0, 10_000}, 10_000: {10_000, 20_000}, 49_999: {20_000, 50_000}, 1e6: {1e6, 2e6}, 3e6: {2e6, 5e6}, 9.9e6: {5e6, 10e6}} {
		if got := BandOf(usd); got != want {
			t.Errorf("BandOf(%v) = %v, want %v", usd, got, want)
		}
	}
	r := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		before, change := math.Pow(10, 3+6*r.Float64()), math.Pow(10, 3+6*r.Float64())
		a, b := BandOf(before), BandOf(before+change)
		low, high := max(0, b.From-a.To), b.To-a.From
		if change < low || change > high {
			t.Fatalf("%.0f and %.0f more: bands %v and %v are wrong", before, change, a, b)
		}
		if high < 2*low {
			t.Fatalf("%.0f and %.0f more: bands %v and %v say %.0f to %.0f", before, change, a, b, low, high)
		}
	}
}
