package trade

// Sums is what a measure means to a group of firms, or that it may not be told.
// Pages and messages tell the same: whoever has both learns no more.
type Sums struct {
	Few   bool `json:"withheld,omitempty" doc:"it would tell about fewer than three firms, by itself or beside other sums; the numbers are then absent"`
	Firms int  `json:"firms,omitempty" doc:"whose products the measure touches"`
	Value Band `json:"export_value_usd,omitzero" doc:"between what and what they export a year, all markets; 0 to 0: nothing is registered"`
}

// Band is a range of US dollars a year in the steps 1, 2, 5. When the registry
// changes under a sum, what one firm changed can be bounded from the bands
// before and after, never closer than by a factor of two: with the bands [a,b)
// and [c,d) it lies between c-b and d-a, and d is at least twice c.
type Band struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// leastBand is the upper end of the lowest band.
const leastBand = 10_000

// BandOf is the band that holds so many US dollars.
func BandOf(usd float64) Band {
	if usd <= 0 {
		return Band{}
	}
	from, to, step := 0.0, float64(leastBand), 0
	for usd >= to && to < 1e18 {
		from, to = to, to*[]float64{2, 2.5, 2}[step]
		step = (step + 1) % 3
	}
	return Band{from, to}
}
