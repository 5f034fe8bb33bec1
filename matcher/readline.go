package matcher

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// importSource is the source of notices that come as lines.
const importSource = "import"

// ReadLine reads a notice from a line of JSON:
//
//	{"symbol", "member", "area", "kind", "lang", "title", "description",
//	 "products", "hs", "ics", "affected", "keywords", "published",
//	 "comment_deadline", "proposed_adoption", "proposed_entry_into_force"}
//
// or by ePing's names for these (see lineKeys); case, blanks and underscores of
// a key do not matter. All but the symbol are optional; hs and ics are lists or texts; member is a
// WTO member's name or a market code, several separated by ";". An identifier
// that is no WTO symbol is kept. Every key is kept in Fields. Anything else
// than such a line is a trade.Refused that says what is wrong.
func ReadLine(line []byte) (trade.Notice, error) {
	if !utf8.Valid(line) {
		return trade.Notice{}, trade.Refusef("not UTF-8: save the file as UTF-8 (without a byte that is none) and send it again")
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return trade.Notice{}, trade.Refusef(`not a JSON object: %s; a line is one, such as {"symbol":"G/TBT/N/EU/1","title":"…"}`, jsonFault(err))
	}
	if key, twice := keyTwice(line); twice {
		return trade.Notice{}, trade.Refusef("key %q stands twice: keep one of them", key)
	}
	l := newLineReader(raw)
	n := trade.Notice{
		Source: importSource, ID: strings.TrimSpace(l.text("symbol")), Lang: l.text("lang"), Area: strings.ToUpper(l.text("area")),
		Title: prose.Line(l.text("title")), Description: prose.Plain(l.text("description")), Products: prose.Plain(l.text("products")),
		HS: cleanHS(l.codes("hs")), ICS: cleanICS(l.codes("ics")), Keywords: l.list("keywords"),
	}
	members, whole, affected, kind := l.list("member"), l.text0("member"), l.list("affected"), l.text("kind")
	stated := map[string]string{}
	for _, what := range dateKinds {
		stated[what] = l.text(what)
	}
	if l.err != nil {
		return trade.Notice{}, l.err
	}
	if n.ID == "" {
		return trade.Notice{}, trade.Refusef(`no "symbol": each line needs one, a WTO document symbol or any other identifier`)
	}
	n.Fields = l.fields()
	fillSymbols(&n, kind)
	fillMarkets(&n, members, whole)
	n.Affected, n.Excepted = nomenclature.Origins(prose.Plain(strings.Join(affected, ";")))
	for _, what := range dateKinds {
		n.Dates = trade.AddDate(n.Dates, what, stated[what])
	}
	fillYear(&n)
	trade.AddTextDates(&n)
	return n, nil
}

// fillSymbols reads symbols from the identity, and kind and area from them
// where the line does not say.
func fillSymbols(n *trade.Notice, kind string) {
	symbols := trade.ParseSymbols(n.ID)
	for _, s := range symbols {
		n.Symbols = append(n.Symbols, s.String())
	}
	n.Kind = trade.KindOf(symbols, kind)
	if n.Area == "" && len(symbols) > 0 {
		n.Area = symbols[0].Area
	}
}

// fillYear takes the year of publication from a document's file name, or from
// a symbol of the years before 2000, where the line does not tell the day.
func fillYear(n *trade.Notice) {
	symbols := trade.ParseSymbols(n.ID)
	if len(symbols) == 0 || symbols[0].Year == 0 || n.PublishedDay() != "" {
		return
	}
	d := trade.ResolveDate(trade.DatePublished, strconv.Itoa(symbols[0].Year), "")
	d.Text = n.ID
	n.Dates = append([]trade.Date{d}, n.Dates...)
}

// fillMarkets resolves who notified: the member as given; the symbols' members
// too where there is none or the paper is joint, as a joint paper holds in each
// of its members. A name that is not known stays in Fields only.
func fillMarkets(n *trade.Notice, members []string, whole string) {
	if code, ok := nomenclature.Market(whole); ok {
		n.Members = []string{code}
	} else {
		n.Members = marketsNamed(members)
	}
	if len(n.Members) == 0 {
		n.Members = marketsNamed(strings.FieldsFunc(whole, func(r rune) bool { return r == ',' || r == '，' || r == '/' }))
	}
	symbols := trade.ParseSymbols(n.ID)
	if len(n.Members) == 0 || len(symbols) > 1 {
		var codes []string
		for _, s := range symbols {
			codes = append(codes, s.Member)
		}
		n.Members = appendNew(n.Members, marketsNamed(codes))
	}
	n.Markets = n.Members
}

func marketsNamed(names []string) []string {
	var out []string
	for _, name := range names {
		if code, ok := nomenclature.Market(strings.TrimSpace(name)); ok {
			out = appendNew(out, []string{code})
		}
	}
	return out
}

func appendNew(list, more []string) []string {
	for _, m := range more {
		if !in(list)(m) {
			list = append(list, m)
		}
	}
	return list
}
