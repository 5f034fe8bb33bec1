package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
)

// Reading is one line of what a source reads in documents: shown to whoever
// declares it, before it goes live.
type Reading struct {
	Document string `json:"document"`           // its address
	Row      int    `json:"row"`                // within the document, from 1; 0 is the document itself
	Field    string `json:"field"`              // title, published …; "row" and "document" are faults of the whole
	Selector string `json:"selector,omitempty"` // where a declaration looks for it
	Value    string `json:"value,omitempty"`
	Problem  string `json:"problem,omitempty"` // "matches nothing", "date not understood: …"
}

// checker is a source that can tell more of its reading than the notices.
type checker interface {
	check(doc Document) ([]Reading, []Request, error)
}

// Check reads the documents as s would and tells field by field what it found,
// and which requests would follow (next pages, detail pages). It publishes
// nothing. A document that cannot be believed is one Reading with a Problem;
// the error is only for a source without documents.
func Check(s Source, docs ...Document) ([]Reading, []Request, error) {
	if len(docs) == 0 {
		return nil, nil, errors.New("nothing to check: no document was fetched")
	}
	var out []Reading
	var next []Request
	for _, doc := range docs {
		read := checkNotices
		if c, ok := s.(checker); ok {
			read = func(_ Source, doc Document) ([]Reading, []Request, error) { return c.check(doc) }
		}
		readings, follow, err := read(s, doc)
		out, next = append(out, readings...), append(next, follow...)
		if err != nil {
			out = append(out, Reading{Document: addressOf(doc), Field: "document", Problem: err.Error()})
		}
	}
	return out, next, nil
}

func addressOf(doc Document) string { return cmp.Or(doc.URL, doc.Request.URL) }

// checkNotices tells the fields of each notice that Parse emits.
func checkNotices(s Source, doc Document) ([]Reading, []Request, error) {
	var out []Reading
	var next []Request
	row := 0
	err := s.Parse(doc, func(it Item) error {
		row++
		switch {
		case it.Notice != nil:
			out = append(out, noticeReadings(addressOf(doc), row, it.Notice)...)
		case it.Bad != nil:
			out = append(out, Reading{Document: addressOf(doc), Row: row, Field: "row", Value: clip(string(it.Bad.Bytes), 200), Problem: it.Bad.Where + ": " + it.Bad.Reason})
		case it.Next != nil:
			row--
			next = append(next, *it.Next)
		}
		return nil
	})
	return out, next, err
}

// noticeReadings lists what n holds, in the order in which a person reads it.
func noticeReadings(address string, row int, n *trade.Notice) []Reading {
	fields := []struct{ name, value string }{
		{"id", n.ID}, {"symbols", strings.Join(n.Symbols, ", ")}, {"kind", string(n.Kind)}, {"area", n.Area},
		{"members", strings.Join(n.Members, ", ")}, {"markets", strings.Join(n.Markets, ", ")}, {"affected", strings.Join(n.Affected, ", ")}, {"excepted", strings.Join(n.Excepted, ", ")},
		{"lang", n.Lang}, {"title", n.Title}, {"description", n.Description}, {"products", n.Products},
		{"hs", strings.Join(n.HS, ", ")}, {"ics", strings.Join(n.ICS, ", ")},
		{"keywords", strings.Join(n.Keywords, "; ")}, {"objectives", strings.Join(n.Objectives, "; ")},
	}
	var out []Reading
	for _, f := range fields {
		if f.value != "" {
			out = append(out, Reading{Document: address, Row: row, Field: f.name, Value: f.value})
		}
	}
	for _, d := range n.Dates {
		r := Reading{Document: address, Row: row, Field: d.What, Value: fmt.Sprintf("%s (%s, from %q)", d.From, d.Basis, d.Text)}
		if d.From != d.To {
			r.Value = fmt.Sprintf("%s to %s (%s, from %q)", d.From, d.To, d.Basis, d.Text)
		}
		if d.From == "" {
			r.Value, r.Problem = d.Text, "date not understood: "+d.Basis
		}
		out = append(out, r)
	}
	for _, l := range n.Links {
		out = append(out, Reading{Document: address, Row: row, Field: "link (" + l.Rel + ")", Value: l.URL})
	}
	return out
}
