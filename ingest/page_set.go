package ingest

import (
	"fmt"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// setters put a field's value into the notice and name a problem, or "". They
// run in this order: dates are told from the day of publication, the kind from
// the symbol.
var setters = []struct {
	name string
	set  func(n *trade.Notice, v *fieldValue)
}{
	{"symbol", setSymbol},
	{"id", func(n *trade.Notice, v *fieldValue) { n.ID = prose.Line(v.value) }},
	{"title", func(n *trade.Notice, v *fieldValue) { n.Title = prose.Line(v.value) }},
	{"description", func(n *trade.Notice, v *fieldValue) { n.Description = prose.Plain(v.value) }},
	{"products", func(n *trade.Notice, v *fieldValue) { n.Products = prose.Plain(v.value) }},
	{"hs", func(n *trade.Notice, v *fieldValue) { n.HS = hsCodes(v.value); v.need(len(n.HS), "HS code") }},
	{"ics", func(n *trade.Notice, v *fieldValue) { n.ICS = icsCodes(v.value); v.need(len(n.ICS), "ICS code") }},
	{"keywords", func(n *trade.Notice, v *fieldValue) { n.Keywords = words(v.value) }},
	{"objectives", func(n *trade.Notice, v *fieldValue) { n.Objectives = words(v.value) }},
	{"member", setMember},
	{"market", setMarket},
	{"affected", func(n *trade.Notice, v *fieldValue) {
		n.Affected, n.Excepted = nomenclature.Origins(prose.Plain(v.value))
	}},
	{"area", func(n *trade.Notice, v *fieldValue) { n.Area = areaOf(nil, v.value) }},
	{"lang", func(n *trade.Notice, v *fieldValue) { n.Lang = prose.Line(v.value) }},
	{"kind", func(n *trade.Notice, v *fieldValue) {
		n.Kind = trade.KindOf(trade.ParseSymbols(strings.Join(n.Symbols, " ")), v.value)
	}},
	{"published", setDate(trade.DatePublished)},
	{"comment_deadline", setDate(trade.DateCommentDeadline)},
	{"adoption", setDate(trade.DateAdoption)},
	{"entry_into_force", setDate(trade.DateEntryIntoForce)},
	{"link", setLinks("notice")},
	{"text", setLinks("text")},
}

func fieldNames() []string {
	var out []string
	for _, s := range setters {
		out = append(out, s.name)
	}
	return out
}

func knownField(name string) bool {
	return slices.Contains(fieldNames(), name) || strings.HasPrefix(name, "field.") && len(name) > len("field.")
}

func (v *fieldValue) need(n int, what string) {
	if n == 0 {
		v.problem = fmt.Sprintf("no %s in %q", what, clip(v.value, 60))
	}
}

func setSymbol(n *trade.Notice, v *fieldValue) {
	n.Symbols = trade.SymbolStrings(v.value)
	n.ID = prose.Line(v.value)
	v.need(len(n.Symbols), "WTO symbol")
	for _, s := range trade.ParseSymbols(v.value) {
		n.Area = s.Area
		if code, ok := nomenclature.Market(s.Member); ok {
			n.Markets = addOnce(n.Markets, code)
		}
	}
}

func setMember(n *trade.Notice, v *fieldValue) {
	code, ok := nomenclature.Market(prose.Line(v.value))
	if !ok {
		v.problem = fmt.Sprintf("%q is no member, country or bloc", clip(v.value, 60))
		return
	}
	n.Members = []string{code}
	n.Markets = addOnce(n.Markets, code)
}

func setMarket(n *trade.Notice, v *fieldValue) {
	var codes []string
	for _, w := range words(v.value) {
		if code, ok := nomenclature.Market(w); ok {
			codes = addOnce(codes, code)
		}
	}
	v.need(len(codes), "country or bloc")
	if len(codes) > 0 {
		n.Markets = codes
	}
}

func setDate(what string) func(*trade.Notice, *fieldValue) {
	return func(n *trade.Notice, v *fieldValue) {
		n.Dates = slices.DeleteFunc(n.Dates, func(d trade.Date) bool { return d.What == what })
		n.Dates = append(n.Dates, v.date(what, n.PublishedDay())...)
	}
}

func setLinks(rel string) func(*trade.Notice, *fieldValue) {
	return func(n *trade.Notice, v *fieldValue) {
		before := len(n.Links)
		for line := range strings.SplitSeq(v.value, "\n") {
			n.Links = addLink(n.Links, rel, line)
		}
		v.need(len(n.Links)-before, "new address")
	}
}
