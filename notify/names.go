package notify

import "tbtwatch/internal/nomenclature"

// The names and codes that messages and filters need, each from the one table
// that knows it.
var (
	marketName    = nomenclature.MarketName
	sectorOf      = nomenclature.SectorOf
	commonMarkets = nomenclature.Common
)

func sectorName(id, lang string) string {
	for _, s := range nomenclature.Sectors() {
		if s.ID == id {
			return in(lang, s.ZH, s.EN)
		}
	}
	return id
}
