package console

import (
	"maps"
	"net/http"
	"slices"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/triage"
)

// rulesBody is what the system goes by: levels, grading, release, sectors,
// districts. They are data; the page says where each is changed.
type rulesBody struct {
	Policy    triage.Config
	Sectors   []nomenclature.Sector
	Districts []districtRow
}

// districtRow is a district and how many firms are registered there.
type districtRow struct {
	Name  string
	Firms int
}

func (s *site) rules(w http.ResponseWriter, r *http.Request) error {
	b := rulesBody{Policy: s.View.Policy, Sectors: nomenclature.Sectors()}
	sizes := s.View.Directory.DistrictSizes()
	for _, d := range slices.Sorted(maps.Keys(sizes)) {
		b.Districts = append(b.Districts, districtRow{d, sizes[d]})
	}
	return s.render(w, r, http.StatusOK, "rules", "nav.rules", "rules", b)
}
