package ingest

import (
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// place is what a declaration says of every notice of a site or feed, because
// the site itself does not.
type place struct {
	Market  string   `yaml:"market"`  // whose rules these are: a country or bloc, as code or name
	Markets []string `yaml:"markets"` // several of them
	Lang    string   `yaml:"lang"`    // BCP 47, where the document does not say
	Area    string   `yaml:"area"`    // TBT or SPS
	Kind    string   `yaml:"kind"`    // one of the kinds of notice; report if empty
}

var noticeKinds = []trade.Kind{trade.KindNew, trade.KindUrgent, trade.KindAddendum, trade.KindCorrigendum, trade.KindRevision,
	trade.KindSupplement, trade.KindRule, trade.KindRecall, trade.KindReport}

// check resolves the names and refuses what is unknown.
func (p *place) check() error {
	if p.Market != "" {
		p.Markets = append([]string{p.Market}, p.Markets...)
	}
	for i, m := range p.Markets {
		code, ok := nomenclature.Market(m)
		if !ok {
			return trade.Refusef("market %q is no country or bloc; write a code such as VN or EU", m)
		}
		p.Markets[i] = code
	}
	p.Area = strings.ToUpper(p.Area)
	switch {
	case p.Area != "" && p.Area != "TBT" && p.Area != "SPS":
		return trade.Refusef("area %q: there are TBT and SPS", p.Area)
	case p.Kind != "" && !slices.Contains(noticeKinds, trade.Kind(p.Kind)):
		return trade.Refusef("kind %q: there are %v", p.Kind, noticeKinds)
	}
	return nil
}

// apply fills in what n does not say itself: symbols from the first of the
// texts that names any, market, area, kind and language. A text that only
// mentions several measures is about none of them: taken for their notice it
// would become a revision of each.
func (p *place) apply(n *trade.Notice, texts ...string) {
	var symbols []trade.Symbol
	for i, text := range texts {
		found := trade.ParseSymbols(text)
		if len(found) > 0 && (i == 0 || len(trade.Roots([]string{text})) == 1) {
			symbols = found
			break
		}
	}
	if len(n.Symbols) == 0 {
		for _, s := range symbols {
			n.Symbols = append(n.Symbols, s.String())
			if code, ok := nomenclature.Market(s.Member); ok && len(p.Markets) == 0 {
				n.Markets = addOnce(n.Markets, code)
			}
		}
	}
	if len(n.Members) == 0 {
		n.Members = slices.Clone(p.Markets)
	}
	if len(n.Markets) == 0 {
		n.Markets = slices.Clone(p.Markets)
	}
	if n.Area == "" {
		n.Area = areaOf(symbols, p.Area)
	}
	if n.Kind == "" {
		n.Kind = trade.KindOf(symbols, p.Kind)
		if len(symbols) == 0 || len(symbols[0].Suffix) == 0 && p.Kind != "" {
			n.Kind = trade.Kind(p.Kind)
		}
		if n.Kind == "" {
			n.Kind = trade.KindReport
		}
	}
	if n.Lang == "" {
		n.Lang = p.Lang
	}
}

// complete says what keeps a notice of a declared source from being used.
func complete(n *trade.Notice) error {
	if n.ID == "" {
		return trade.Refusef("no identity: neither an id, a symbol nor a link was found")
	}
	if strings.TrimSpace(n.Title+n.Description+n.Products) == "" {
		return trade.Refusef("%s has no title, description or products", clip(n.ID, 120))
	}
	if len(n.Markets) == 0 {
		return trade.Refusef("%s names no market and the source declares none", clip(n.ID, 120))
	}
	return nil
}
