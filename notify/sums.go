package notify

import "tbtwatch/internal/triage"

// Sums is what recipients may know who must not know the firms. One sum for
// everything, never one for each market: from a total and its parts a reader
// could work out the part that was withheld.
type Sums struct {
	Few         bool    `json:"fewer_than_three_firms,omitempty"` // then all numbers are withheld
	Firms       int     `json:"firms,omitempty"`
	Products    int     `json:"products,omitempty"`
	ExportValue float64 `json:"export_value_usd,omitempty"` // US dollars a year, all markets of the concerned products
}

func sum(hits []hit) *Sums {
	firms, products := map[string]bool{}, map[string]bool{}
	s := Sums{}
	for _, h := range hits {
		firms[h.exporter.ID] = true
		if key := h.product.Key(); !products[key] {
			products[key] = true
			s.ExportValue += h.product.ExportValue
		}
	}
	if len(firms) < triage.FewestFirms {
		return &Sums{Few: true}
	}
	s.Firms, s.Products = len(firms), len(products)
	return &s
}
