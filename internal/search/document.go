package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Kind is what was found.
type Kind string

// The kinds.
const (
	Notice  Kind = "notice"  // key: the notice's
	Case    Kind = "case"    // key: the family's
	Warning Kind = "warning" // key: the family's; its last release
)

// Kinds lists them.
var Kinds = []Kind{Case, Notice, Warning}

// document is what can be found of one record.
type document struct {
	titles  []string
	texts   []string // everything else, in the order in which a reader would look
	symbols []string
	codes   []string
}

// What one document may hold: a record that somebody made up to hurt us is
// found by its beginning.
const (
	mostText    = 60_000 // bytes of all texts
	mostSymbols = 60
	mostCodes   = 300
	mostMarkets = 60
)

// fields is the document as bleve takes it.
func (d *document) fields(k Kind) map[string]any {
	left := mostText
	var texts []string
	for _, t := range slices.Concat(d.titles, d.texts) {
		if t = narrow(strings.ToValidUTF8(t[:min(len(t), left)], "")); strings.TrimSpace(t) != "" {
			texts = append(texts, t)
			left -= len(t)
		}
	}
	var symbols, whole, codes []string
	for _, s := range d.symbols[:min(len(d.symbols), mostSymbols)] {
		symbols, whole = append(symbols, symbolTerms(s)...), append(whole, plainSymbol(s))
	}
	for _, c := range d.codes[:min(len(d.codes), mostCodes)] {
		codes = append(codes, codeTerms(c)...)
	}
	return map[string]any{
		fieldKind: string(k), fieldText: texts, fieldTitle: d.titles,
		fieldSymbol: trade.Distinct(symbols), fieldWhole: trade.Distinct(whole), fieldCode: trade.Distinct(codes),
	}
}

// narrow writes full-width letters and digits as everybody else does: "８Ｋ" is
// one word only then.
func narrow(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r >= '\uff00' && r <= '\uffef' }) {
		return width.Fold.String(text)
	}
	return text
}

// ofNotice is what can be found of a notice.
func ofNotice(n *trade.Notice) document {
	d := document{titles: []string{n.Title}, symbols: append([]string{n.ID}, n.Symbols...), codes: slices.Concat(n.HS, n.ICS)}
	d.texts = append(d.texts, n.Products, n.Description, strings.Join(n.Keywords, "; "))
	d.texts = append(d.texts, chinese(n.Fields, n.Title, n.Products, n.Description)...)
	for _, j := range n.Joint {
		d.texts = append(d.texts, chinese(j.Fields)...)
	}
	d.texts = append(d.texts, strings.Join(n.Symbols, " "), n.ID, markets(n.Members, n.Markets), codeNames(n.HS, n.ICS))
	return d
}

// ofCase is what can be found of a case: its own words, those of its papers,
// and what people wrote about it.
func ofCase(c *trade.Case, papers []*trade.Notice) document {
	d := document{titles: []string{c.HeadlineZH, c.HeadlineEN}, symbols: append([]string{c.Family}, c.Symbols...)}
	d.texts = []string{c.Title, c.SummaryZH, c.SummaryEN, c.Number, c.Assignee}
	for _, h := range c.History {
		if h.By != "rule" {
			d.texts = append(d.texts, h.Reason.ZH)
		}
	}
	for _, o := range c.Overrides {
		d.texts = append(d.texts, o.Text)
	}
	for _, o := range c.Comparisons {
		d.texts = append(d.texts, o.Standard, o.Domestic, o.Foreign, o.Gap)
	}
	for _, n := range papers {
		p := ofNotice(n)
		d.texts = append(append(d.texts, p.titles...), p.texts...)
		d.symbols, d.codes = append(d.symbols, p.symbols...), append(d.codes, p.codes...)
	}
	d.texts = append(d.texts, strings.Join(c.Symbols, " "), markets(c.Markets))
	return d
}

// ofWarning is what can be found of a warning's last release.
func ofWarning(w *trade.Warning) document {
	d := document{titles: []string{w.Headline.ZH, w.Headline.EN}, symbols: append([]string{w.Family}, w.Symbols...)}
	d.texts = []string{w.Number, w.Title, w.Summary.ZH, w.Summary.EN, w.Original}
	for _, c := range w.Changed {
		d.texts = append(d.texts, c.ZH, c.EN)
	}
	for _, p := range w.Papers {
		d.texts = append(d.texts, p.Title, p.Products, codeNames(p.HS, p.ICS))
		d.codes = slices.Concat(d.codes, p.HS, p.ICS)
	}
	d.texts = append(d.texts, strings.Join(w.Symbols, " "), markets(w.Markets))
	return d
}

// chinese are the fields of a source that hold Chinese and do not stand in
// what was read already.
func chinese(fields map[string]string, known ...string) []string {
	var out []string
	for name, value := range fields {
		seen := func(k string) bool { return strings.Contains(k, value) }
		if !strings.HasPrefix(name, "=") && strings.ContainsFunc(value, isHan) && !slices.ContainsFunc(known, seen) {
			out = append(out, value)
		}
	}
	slices.Sort(out)
	return out
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// markets names markets in both languages.
func markets(lists ...[]string) string {
	var out []string
	all := trade.Distinct(slices.Concat(lists...))
	for _, code := range all[:min(len(all), mostMarkets)] {
		out = append(out, nomenclature.MarketName(code, "zh")+" "+nomenclature.MarketName(code, "en"))
	}
	return strings.Join(out, "; ")
}

// codeNames are codes with their names, so that 摩托车 finds a notice in English
// that gives heading 8711.
func codeNames(hs, ics []string) string {
	var out []string
	for _, c := range hs[:min(len(hs), mostCodes)] {
		out = append(out, "HS "+c+" "+nomenclature.NearestHSName(c, "zh")+" "+nomenclature.NearestHSName(c, "en"))
	}
	for _, c := range ics[:min(len(ics), mostCodes)] {
		out = append(out, "ICS "+c+" "+nomenclature.ICSName(c, "zh")+" "+nomenclature.ICSName(c, "en"))
	}
	return strings.Join(out, "; ")
}
