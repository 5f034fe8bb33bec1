package demo

import (
	"fmt"
	"math/rand/v2"
)

// pattern is what generated papers are made from.
type pattern struct{ products, hs, ics, about string }

var patterns = []pattern{
	{"Motorcycles", "871120 - Motorcycles, piston engine over 50 to 250 cc", "43.140 - Motorcycles and mopeds", "brakes and emissions of motorcycles"},
	{"Electric motorcycles", "871160 - Motorcycles and cycles, electric motor", "43.140 - Motorcycles and mopeds", "range and charging of electric motorcycles"},
	{"Helmets for motorcycle riders", "650610 - Safety headgear", "13.340.20 - Head protective equipment", "impact tests of helmets"},
	{"Parts of motorcycles", "871410 - Parts of motorcycles", "43.140 - Motorcycles and mopeds", "marking of spare parts"},
	{"Tyres for motorcycles", "401140 - New tyres for motorcycles", "83.160.10 - Road vehicle tyres", "wet grip of tyres"},
	{"Portable computers", "847130 - Portable computers", "35.180 - IT terminal equipment", "standby power of portable computers"},
	{"Smartphones", "851713 - Smartphones", "33.070 - Mobile services", "support periods of smartphones"},
	{"Power adapters", "850440 - Static converters", "29.200 - Rectifiers, converters", "efficiency of power adapters"},
	{"Lithium-ion batteries", "850760 - Lithium-ion accumulators", "29.220.30 - Alkaline secondary cells", "transport tests of lithium-ion batteries"},
}

// generators are members whose markets the sample registry exports to.
var generators = []struct{ name, code string }{
	{"Brazil", "BRA"}, {"United States of America", "USA"}, {"Viet Nam", "VNM"}, {"Thailand", "THA"}, {"Philippines", "PHL"},
	{"Indonesia", "IDN"}, {"Mexico", "MEX"}, {"Colombia", "COL"}, {"Chile", "CHL"}, {"Nigeria", "NGA"}, {"Kenya", "KEN"}, {"European Union", "EU"},
}

// generatedFrom is the first running number of generated symbols: above all
// that the sample world uses, so that they never meet.
const generatedFrom = 10_000

// Generate makes n distinct TBT notices about motorcycles and electronics with
// symbols of the real form and HS codes that products of the sample registry
// have. The same n and seed give the same papers; other seeds give other texts
// under the same symbols. n may be up to 10 million.
func Generate(n int, seed uint64) []Paper {
	rnd := rand.New(rand.NewPCG(seed, uint64(n)))
	out := make([]Paper, n)
	for i := range out {
		m := generators[i%len(generators)]
		p := patterns[rnd.IntN(len(patterns))]
		number := generatedFrom + i/len(generators)
		out[i] = Paper{
			Symbols: []string{fmt.Sprintf("G/TBT/N/%s/%d", m.code, number)}, Members: []string{m.name}, Type: "Regular notification",
			Title:       fmt.Sprintf("Draft technical regulation %d on %s", number, p.about),
			Description: fmt.Sprintf("Requirements and test methods for the %s, clause %d.", p.about, 1+rnd.IntN(90)),
			Products:    p.products, HS: []string{p.hs}, ICS: []string{p.ics},
			Objectives: []string{"Protection of human health or safety (TBT)"}, CommentDays: 30 + rnd.IntN(60), Entry: "To be determined",
		}
	}
	return out
}
