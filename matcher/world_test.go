package matcher

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"tbtwatch/internal/trade"
)

// A made-up world of products and notices for tests that compare two ways of
// getting the same answer. The seed makes it the same every time.
var (
	worldHS      = []string{"8711", "871120", "87112010", "871150", "87", "8714", "871410", "650610", "6506", "85", "854232", "8517", "851713", "0805", "080521", "0902", "0203", "9503", "850760", "8703"}
	worldICS     = []string{"43.140", "43", "33.050.10", "33.050", "33", "13.340.20", "67.080.10"}
	worldWords   = []string{"motorcycle", "motorcycles", "摩托车", "motocicletas", "motorcycle helmet", "helmets", "hard hats", "tyres", "motorcycle tyres", "smartphones", "智能手机", "memory chips", "green tea", "tea", "柑橘", "citrus fruit", "pork", "猪肉", "toys", "lithium-ion batteries", "锂离子电池", "passenger cars", "widget", "blue widget", "widget press", "brakes", "摩托车头盔"}
	worldMarkets = []string{"EU", "DE", "FR", "US", "BR", "KE", "EAC", "GCC", "SA", "KR", "JP", "*"}
	worldFrames  = []string{"%s - Specification", "Requirements for %s", "%s and %s", "%s except %s", "Labelling of %s for %s", "除%s外的%s", "%s、%s安全要求", "%s, excluding %s"}
)

func some(r *rand.Rand, from []string, most int) []string {
	var out []string
	for range r.IntN(most + 1) {
		out = append(out, from[r.IntN(len(from))])
	}
	return trade.SortedUnique(out)
}

func madeProduct(r *rand.Rand, n int) trade.Product {
	return trade.Product{
		ID: fmt.Sprintf("P%d", n), Exporter: fmt.Sprintf("E%d", n/4),
		NameEN: worldWords[r.IntN(len(worldWords))], NameZH: worldWords[r.IntN(len(worldWords))],
		HS: some(r, worldHS, 2), ICS: some(r, worldICS, 2), Terms: some(r, worldWords, 2),
		Standards: some(r, []string{"IEC 62133-2", "GB 14622"}, 1), Substances: some(r, []string{"chlorpyrifos", "lead"}, 1),
		Markets: some(r, worldMarkets, 3), ExportValue: 1000,
	}
}

func madeText(r *rand.Rand) string {
	frame := worldFrames[r.IntN(len(worldFrames))]
	for strings.Contains(frame, "%s") {
		frame = strings.Replace(frame, "%s", worldWords[r.IntN(len(worldWords))], 1)
	}
	return frame
}

func madeNotice(r *rand.Rand, n int) trade.Notice {
	notice := trade.Notice{Source: importSource, ID: fmt.Sprintf("G/TBT/N/USA/%d", n+1), Kind: trade.KindNew, Markets: some(r, worldMarkets, 2), HS: some(r, worldHS, 2), ICS: some(r, worldICS, 1)}
	notice.Symbols = []string{notice.ID}
	if r.IntN(3) > 0 {
		notice.Title = madeText(r)
	}
	if r.IntN(2) > 0 {
		notice.Products = madeText(r)
	}
	if r.IntN(2) > 0 {
		notice.Description = madeText(r) + ". IEC 62133-2; chlorpyrifos."
	}
	if r.IntN(4) == 0 {
		notice.Keywords = some(r, worldWords, 2)
	}
	if r.IntN(6) == 0 {
		notice.Affected = some(r, []string{"CN", "DE", "PL"}, 2)
	}
	return notice
}
