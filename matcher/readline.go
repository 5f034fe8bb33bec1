package matcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// importSource is the source of notices that come as lines.
const importSource = "import"

// ReadLine reads a notice from a line of JSON:
//
//	{"symbol", "member", "area", "kind", "lang", "title", "description",
//	 "products", "hs", "ics", "published", "comment_deadline"}
//
// All but the symbol are optional; hs and ics are lists or texts; member is a
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
	l := lineReader{raw: raw}
	n := trade.Notice{
		Source: importSource, ID: strings.TrimSpace(l.text("symbol", "id")), Lang: l.text("lang"), Area: strings.ToUpper(l.text("area")),
		Title: l.text("title"), Description: l.text("description"), Products: l.text("products"),
		HS: cleanHS(l.codes("hs")), ICS: cleanICS(l.codes("ics")), Keywords: l.list("keywords"),
	}
	members, affected, kind := l.list("member"), l.list("affected"), l.text("kind")
	published, deadline := l.text("published", "date"), l.text("comment_deadline")
	if l.err != nil {
		return trade.Notice{}, l.err
	}
	if n.ID == "" {
		return trade.Notice{}, trade.Refusef(`no "symbol": each line needs one, a WTO document symbol or any other identifier`)
	}
	n.Fields = l.fields()
	fillSymbols(&n, kind)
	fillMarkets(&n, members)
	n.Affected = marketsNamed(affected)
	fillDate(&n, trade.DatePublished, published, "")
	fillDate(&n, trade.DateCommentDeadline, deadline, n.PublishedDay())
	return n, nil
}

// jsonFault puts a decoder's complaint in words that name the place.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s, at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind):
		return "its JSON is of another kind (" + kind.Value + ")"
	}
	return err.Error()
}

// keyTwice finds a key that a valid JSON object has twice. A decoder would take
// the last value and let the other vanish.
func keyTwice(line []byte) (string, bool) {
	dec := json.NewDecoder(bytes.NewReader(line))
	seen := map[string]bool{}
	for depth, isKey := 0, false; ; {
		tok, err := dec.Token()
		if err != nil {
			return "", false
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			isKey = depth == 1
			continue
		case string:
			if depth == 1 && isKey {
				if seen[t] {
					return t, true
				}
				seen[t], isKey = true, false
				continue
			}
		}
		isKey = depth == 1
	}
}

// lineReader takes typed values out of a JSON object; the first error sticks.
type lineReader struct {
	raw map[string]json.RawMessage
	err error
}

// text reads a text (or number) under the first key that is there.
func (l *lineReader) text(keys ...string) string {
	for _, k := range keys {
		if v, ok := l.raw[k]; ok {
			return l.scalar(k, v)
		}
	}
	return ""
}

func (l *lineReader) scalar(key string, v json.RawMessage) string {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || string(v) == "null" {
		return ""
	}
	var s string
	switch c := v[0]; {
	case c == '"':
		if err := json.Unmarshal(v, &s); err == nil {
			return s
		}
	case c == '-' || c >= '0' && c <= '9':
		return string(v)
	}
	if l.err == nil {
		l.err = trade.Refusef("%q should be a text", key)
	}
	return ""
}

// list reads a list of texts or numbers, or one text whose parts are separated
// by ";" or line ends.
func (l *lineReader) list(key string) []string {
	v := bytes.TrimSpace(l.raw[key])
	if len(v) == 0 || v[0] != '[' {
		return nonBlank(strings.FieldsFunc(l.text(key), func(r rune) bool { return strings.ContainsRune(";；、\n", r) }))
	}
	var items []json.RawMessage
	if err := json.Unmarshal(v, &items); err != nil && l.err == nil {
		l.err = trade.Refusef("%q: %s", key, jsonFault(err))
	}
	var out []string
	for _, item := range items {
		out = append(out, l.scalar(key, item))
	}
	return nonBlank(out)
}

// codes reads codes that stand alone or before their names.
func (l *lineReader) codes(key string) []string {
	var out []string
	for _, part := range l.list(key) {
		if raw := string(bytes.TrimSpace(l.raw[key])); raw == part || l.numbers(key, part) {
			part = leadingZero(part)
		}
		out = append(out, splitCodes(part)...)
	}
	return out
}

// numbers reports whether part stands without quotation marks in the list key.
func (l *lineReader) numbers(key, part string) bool {
	var items []json.RawMessage
	return json.Unmarshal(l.raw[key], &items) == nil && slices.ContainsFunc(items, func(i json.RawMessage) bool { return string(i) == part })
}

// leadingZero gives back the zero that an HS code of the chapters 01 to 09
// loses as a number: 902 was 0902. 72106 names no heading with it and stays.
func leadingZero(code string) string {
	whole, _, _ := strings.Cut(code, ".")
	if len(whole)%2 == 1 && len(whole) >= 3 && nomenclature.HSName("0"+whole[:3], "en") != "" {
		return "0" + code
	}
	return code
}

func nonBlank(in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// fields keeps every key as given: texts as they are, the rest as JSON.
func (l *lineReader) fields() map[string]string {
	out := make(map[string]string, len(l.raw))
	for k, v := range l.raw {
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = string(v)
		}
		out[k] = s
	}
	return out
}

// kindWords are the words for kinds in the lines of other programs.
var kindWords = map[string]trade.Kind{
	"new": trade.KindNew, "regular": trade.KindNew, "regular notification": trade.KindNew, "notification": trade.KindNew, "新通报": trade.KindNew, "常规通报": trade.KindNew,
	"urgent": trade.KindUrgent, "emergency": trade.KindUrgent, "emergency measures": trade.KindUrgent, "紧急": trade.KindUrgent, "紧急通报": trade.KindUrgent,
	"addendum": trade.KindAddendum, "add": trade.KindAddendum, "补遗": trade.KindAddendum, "增补": trade.KindAddendum,
	"corrigendum": trade.KindCorrigendum, "corr": trade.KindCorrigendum, "勘误": trade.KindCorrigendum,
	"revision": trade.KindRevision, "rev": trade.KindRevision, "修订": trade.KindRevision,
	"supplement": trade.KindSupplement, "suppl": trade.KindSupplement, "补充": trade.KindSupplement,
	"rule": trade.KindRule, "recall": trade.KindRecall, "report": trade.KindReport,
}

// fillSymbols reads symbols from the identity, and kind and area from them
// where the line does not say.
func fillSymbols(n *trade.Notice, kind string) {
	symbols := trade.ParseSymbols(n.ID)
	for _, s := range symbols {
		n.Symbols = append(n.Symbols, s.String())
	}
	n.Kind = kindWords[strings.ToLower(strings.TrimSpace(kind))]
	switch {
	case len(symbols) == 0:
		if n.Kind == "" {
			n.Kind = trade.KindReport
		}
		return
	case n.Kind == "" || n.Kind == trade.KindNew && len(symbols[0].Suffix) > 0:
		n.Kind = symbols[0].Kind() // the suffix is the surer word
	}
	if n.Area == "" {
		n.Area = symbols[0].Area
	}
}

// fillMarkets resolves who notified: the member as given; the symbols' members
// too where there is none or the paper is joint, as a joint paper holds in each
// of its members. A name that is not known stays in Fields only.
func fillMarkets(n *trade.Notice, members []string) {
	whole := n.Fields["member"]
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

func fillDate(n *trade.Notice, what, text, published string) {
	if text != "" {
		n.Dates = append(n.Dates, trade.ResolveDate(what, text, published))
	}
}
