package ingest

import (
	"regexp"
	"strings"

	"tbtwatch/internal/nomenclature"
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
	n.ID = plainLine(symbol)
	if n.ID == "" {
		n.ID = id
	}
	n.Area = areaOf(parsed, area)
	n.Kind = kindOf(parsed, kind)
	// In printed order, so that all rows of a joint paper name them alike.
	for _, s := range parsed {
		if code, ok := nomenclature.Market(s.Member); ok {
			n.Markets = addOnce(n.Markets, code)
		}
	}
	if code, ok := nomenclature.Market(plainLine(member)); ok {
		n.Members = []string{code}
		n.Markets = addOnce(n.Markets, code)
	}
	if len(n.Markets) == 0 {
		return trade.Refusef("no market: the notifying member %q is in no table, and symbol %q does not tell it", plainLine(member), n.ID)
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

// kindWords maps words of "Notification type" and of article lists to kinds,
// the first that occurs counts: "Addendum to Emergency Notification" is an
// addendum.
var kindWords = []struct {
	form *regexp.Regexp
	kind trade.Kind
}{
	{regexp.MustCompile(`(?i)addend|补遗`), trade.KindAddendum},
	{regexp.MustCompile(`(?i)corrigend|勘误`), trade.KindCorrigendum},
	{regexp.MustCompile(`(?i)revis|修订`), trade.KindRevision},
	{regexp.MustCompile(`(?i)supplement|unofficial translation|译文`), trade.KindSupplement},
	{regexp.MustCompile(`(?i)emergenc|urgent|紧急|\b2\.10(?:\.1)?\b|\b5\.7(?:\.1)?\b`), trade.KindUrgent},
	{regexp.MustCompile(`(?i)recall|召回`), trade.KindRecall},
	{regexp.MustCompile(`(?i)\brule\b`), trade.KindRule},
}

// kindOf tells the kind by the symbol's suffix, else by the name of the type
// or the articles notified under. A WTO paper of which neither says anything
// is a regular notification; anything else is a report.
func kindOf(symbols []trade.Symbol, said string) trade.Kind {
	if len(symbols) > 0 && len(symbols[0].Suffix) > 0 {
		return symbols[0].Kind()
	}
	for _, w := range kindWords {
		if w.form.MatchString(said) {
			return w.kind
		}
	}
	if len(symbols) > 0 || strings.Contains(strings.ToLower(said), "notification") {
		return trade.KindNew
	}
	return trade.KindReport
}
