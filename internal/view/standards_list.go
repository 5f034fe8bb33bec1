package view

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// NamedBy says on which side a standard is named.
type NamedBy string

// The sides of the library.
const (
	NamedByBoth     NamedBy = "both"     // a measure names it and a product claims it
	NamedByMeasures NamedBy = "measures" // only measures name it
	NamedByProducts NamedBy = "products" // only products claim it
)

// OtherBody stands for the bodies of names that are no standard we recognise.
const OtherBody = "other"

// StandardRow is a standard in a list.
type StandardRow struct {
	Key      string           `json:"key"`
	Name     string           `json:"name" doc:"normalised: body, number and part, without year and national adoption"`
	Body     string           `json:"body" doc:"code of the issuing body; other where the name is no standard that is recognised"`
	BodyName trade.Text       `json:"body_name"`
	Measures int              `json:"measures" doc:"measures whose papers name it"`
	Products int              `json:"products" doc:"registered products that claim it"`
	Latest   *StandardMeasure `json:"latest,omitempty" doc:"the measure published last that names it"`
}

// StandardQuery asks for a part of the library. Empty fields ask for all.
type StandardQuery struct {
	Text   string // a standard in any form, with or without year, or a part of a name
	Body   string
	Named  NamedBy
	Offset int
	Limit  int
}

// StandardPage is a part of the library.
type StandardPage struct {
	Rows   []StandardRow  `json:"rows" nullable:"false"`
	Total  int            `json:"total"`
	Offset int            `json:"offset"`
	Bodies []BodyStandard `json:"bodies" nullable:"false" doc:"whose standards the whole library has"`
}

// BodyStandard is an issuing body with the number of its standards.
type BodyStandard struct {
	Body      string     `json:"body"`
	Name      trade.Text `json:"name"`
	Standards int        `json:"standards"`
}

// Standards lists the standards that measures name or products claim: those of
// both sides first, then by how many name them. It reads the bus for the
// headlines of measures that have no case.
func (v *View) Standards(ctx context.Context, q StandardQuery) (_ StandardPage, err error) {
	s := v.standards
	s.mu.RLock()
	found, bodies := s.find(q)
	s.mu.RUnlock()
	out := StandardPage{Total: len(found), Offset: max(q.Offset, 0), Bodies: bodies}
	from := min(out.Offset, len(found))
	out.Rows, err = v.standardRows(ctx, found[from:min(from+min(max(q.Limit, 1), mostRows), len(found))])
	return out, err
}

// standardRows are the rows of standards, each with its latest measure.
func (v *View) standardRows(ctx context.Context, part []*standard) ([]StandardRow, error) {
	out := make([]StandardRow, 0, len(part))
	var latest []measureRef
	v.standards.mu.RLock()
	for _, st := range part {
		out = append(out, st.row())
		latest = append(latest, v.standards.refs(st, 0, 1)...)
	}
	v.standards.mu.RUnlock()
	rows, err := v.measureRows(ctx, latest)
	if err != nil {
		return out, err
	}
	for i := range out {
		if r := &out[i]; r.Measures > 0 && len(rows) > 0 {
			r.Latest, rows = &rows[0], rows[1:]
		}
	}
	return out, nil
}

// find lists what q asks for, in order, and all bodies.
func (s *standards) find(q StandardQuery) ([]*standard, []BodyStandard) {
	wanted := wantedStandards(q.Text)
	count := map[string]int{}
	var found, near []*standard
	for _, st := range s.all {
		if !st.live() {
			continue
		}
		body := cmp.Or(st.body, OtherBody)
		count[body]++
		if q.Body != "" && q.Body != body || q.Named != "" && q.Named != st.namedBy() {
			continue
		}
		switch wanted.fits(st) {
		case fits:
			found = append(found, st)
		case fitsNearly:
			near = append(near, st)
		}
	}
	if len(found) == 0 {
		found = near
	}
	slices.SortFunc(found, func(a, b *standard) int {
		return cmp.Or(
			cmp.Compare(min(1, b.products*len(b.measures)), min(1, a.products*len(a.measures))),
			cmp.Compare(len(b.measures), len(a.measures)), cmp.Compare(b.products, a.products), cmp.Compare(a.name, b.name))
	})
	bodies := []BodyStandard{}
	for body, n := range count {
		bodies = append(bodies, BodyStandard{body, bodyName(body), n})
	}
	slices.SortFunc(bodies, func(a, b BodyStandard) int {
		return cmp.Or(cmp.Compare(b.Standards, a.Standards), cmp.Compare(a.Body, b.Body))
	})
	return found, bodies
}

// live reports whether anybody still names the standard.
func (st *standard) live() bool { return st.products > 0 || len(st.measures) > 0 }

func (st *standard) namedBy() NamedBy {
	switch {
	case st.products == 0:
		return NamedByMeasures
	case len(st.measures) == 0:
		return NamedByProducts
	}
	return NamedByBoth
}

func (st *standard) row() StandardRow {
	body := cmp.Or(st.body, OtherBody)
	return StandardRow{Key: st.key, Name: st.title(), Body: body, BodyName: bodyName(body), Measures: len(st.measures), Products: st.products}
}

// title is what the standard is called; words that are no name of a standard
// stand as they were registered.
func (st *standard) title() string {
	if st.body == "" {
		return st.forms[0]
	}
	return st.name
}

func bodyName(code string) trade.Text {
	b, ok := nomenclature.StandardBodyOf(code)
	if !ok {
		return trade.Text{ZH: "未识别的标准名称", EN: "Not recognised as a standard"}
	}
	return trade.Text{ZH: b.ZH, EN: b.EN}
}

// How well a standard fits what was typed.
const (
	fitsNot    = iota
	fitsNearly // its letters and digits stand there somewhere
	fits
)

// wanted is what was typed into the search box.
type wanted struct {
	bases []string // families of the standards that it names
	plain string   // its letters and digits
	words string   // as typed, lower case
}

// wantedStandards reads what was typed: "iec62133", "IEC 62133-2:2017".
func wantedStandards(text string) wanted {
	text = strings.TrimSpace(text)
	w := wanted{plain: compact(text), words: strings.ToLower(text)}
	for _, typed := range []string{text, strings.ToUpper(text)} {
		for _, name := range nomenclature.Standards(typed) {
			w.bases = append(w.bases, nomenclature.StandardBase(name))
		}
		if len(w.bases) > 0 {
			w.plain = compact(w.bases[0])
			break
		}
	}
	return w
}

// fits says how well the standard is what was typed. A number alone asks for
// all its parts.
func (w *wanted) fits(st *standard) int {
	if w.words == "" {
		return fits
	}
	for _, base := range w.bases {
		if rest, ok := strings.CutPrefix(st.name, base); ok && (rest == "" || strings.ContainsAny(rest[:1], "-./")) {
			return fits
		}
	}
	near := fits
	if len(w.bases) > 0 {
		near = fitsNearly
	}
	if w.plain != "" && (strings.Contains(compact(st.name), w.plain) || slices.ContainsFunc(st.forms, func(f string) bool { return strings.Contains(compact(f), w.plain) })) {
		return near
	}
	if name := bodyName(st.body); len(w.bases) == 0 && st.body != "" && strings.Contains(strings.ToLower(name.ZH+"\n"+name.EN), w.words) {
		return fits
	}
	return fitsNot
}

// compact leaves letters and digits, lower case.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
