package ingest

import (
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// identify fills in what a WTO paper says of itself by its symbols, its
// member and the name of its type. symbol is as given, and may hold none, one
// or the several symbols of a joint paper; id stands in where it is empty.
// A paper that no market can be told of is refused: it would never match and
// nobody would notice.
func identify(n *trade.Notice, symbol, id, member, area, kind string) error {
	parsed := trade.ParseSymbols(symbol)
	n.Symbols = nil
	for _, s := range parsed {
		n.Symbols = append(n.Symbols, s.String())
	}
	n.ID = prose.Line(symbol)
	if n.ID == "" {
		n.ID = id
	}
	n.Area = areaOf(parsed, area)
	n.Kind = trade.KindOf(parsed, kind)
	// In printed order, so that all rows of a joint paper name them alike.
	for _, s := range parsed {
		if code, ok := nomenclature.Market(s.Member); ok {
			n.Markets = addOnce(n.Markets, code)
		}
	}
	if code, ok := nomenclature.Market(prose.Line(member)); ok {
		n.Members = []string{code}
		n.Markets = addOnce(n.Markets, code)
	}
	if len(n.Markets) == 0 {
		return trade.Refusef("no market: the notifying member %q is in no table, and symbol %q does not tell it", prose.Line(member), n.ID)
	}
	return nil
}

func areaOf(symbols []trade.Symbol, said string) string {
	if len(symbols) > 0 {
		return symbols[0].Area
	}
	for _, a := range []string{"TBT", "SPS"} {
		if strings.Contains(strings.ToUpper(said), a) {
			return a
		}
	}
	return ""
}
