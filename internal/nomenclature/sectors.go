package nomenclature

import (
	"slices"
	"strings"
	"sync"
)

// Sector is a branch of trade that a centre watches as one.
type Sector struct {
	ID, ZH, EN string
	HS         []string // prefixes of 2 to 6 digits
}

var loadSectors = sync.OnceValue(func() []Sector {
	var out []Sector
	for _, r := range readTable("sectors.txt") {
		out = append(out, Sector{ID: r.text("id"), ZH: r.text("zh"), EN: r.text("en"), HS: r.list("hs")})
	}
	return out
})

// Sectors lists the sectors in the order in which they are shown.
func Sectors() []Sector { return slices.Clone(loadSectors()) }

// SectorOf names the sector of the first HS code that belongs to one, by the
// longest prefix; empty when none does.
func SectorOf(hs []string) string {
	for _, code := range hs {
		best, id := 0, ""
		for _, s := range loadSectors() {
			for _, prefix := range s.HS {
				if len(prefix) > best && strings.HasPrefix(code, prefix) {
					best, id = len(prefix), s.ID
				}
			}
		}
		if id != "" {
			return id
		}
	}
	return ""
}
