package ingest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// result is the notice that a list row holds, or the request for it. What was
// asked for goes along as the role, to be compared with the document.
func (s *federalRegister) result(raw json.RawMessage, q url.Values, list string) (Item, error) {
	o, err := asObject(raw)
	if err != nil {
		return Item{}, err
	}
	number := o.text("document_number")
	switch {
	case number == "":
		return Item{}, trade.Refusef("a result without a document_number")
	case len(o.m) <= 2 && o.text("title") == "":
		return Item{Next: &Request{URL: s.URL + "/documents/" + url.PathEscape(number) + ".json", Role: "detail " + list}}, nil
	}
	n, err := registerNotice(o, q)
	return Item{Notice: n}, err
}

func (s *federalRegister) parseDetail(doc Document, emit func(Item) error) error {
	var raw json.RawMessage
	if err := readJSON(doc, &raw); err != nil {
		return fmt.Errorf("federal-register: %w", err)
	}
	o, err := asObject(raw)
	if err != nil {
		return fmt.Errorf("federal-register: %w", err)
	}
	if number := o.text("document_number"); number == "" || doc.Request.URL != "" && !strings.Contains(doc.Request.URL, number) {
		return trade.Refusef("federal-register: asked for %s, got document %q", doc.Request.URL, number)
	}
	q := url.Values{}
	if list, err := url.Parse(strings.TrimPrefix(doc.Request.Role, "detail ")); err == nil {
		q = list.Query()
	}
	n, err := registerNotice(o, q)
	if err != nil {
		return emit(badItem("document", err, raw))
	}
	return emit(Item{Notice: n})
}

// registerNotice reads one document and compares it with the conditions.
func registerNotice(o object, q url.Values) (*trade.Notice, error) {
	n := &trade.Notice{ID: o.text("document_number"), Members: []string{"US"}, Markets: []string{"US"}, Lang: "en"}
	var err error
	if n.Fields, err = flatten(o.m); err != nil {
		return nil, err
	}
	n.Kind = trade.KindReport
	if kind := o.text("type"); kind == "Rule" || kind == "Proposed Rule" {
		n.Kind = trade.KindRule
	}
	n.Title = prose.Line(o.text("title"))
	n.Description = prose.Plain(strings.TrimSpace(o.text("action") + "\n" + o.text("abstract")))
	if topics, ok := o.m["topics"].([]any); ok {
		for _, t := range topics {
			if s, ok := t.(string); ok {
				n.Keywords = addOnce(n.Keywords, prose.Line(s))
			}
		}
	}
	n.Dates = addDate(n.Dates, trade.DatePublished, o.text("publication_date"), "")
	n.Dates = addDate(n.Dates, trade.DateCommentDeadline, o.text("comments_close_on"), "")
	n.Dates = addDate(n.Dates, trade.DateEntryIntoForce, o.text("effective_on"), "")
	n.Links = addLink(n.Links, "notice", o.text("html_url"))
	n.Links = addLink(n.Links, "text", o.text("pdf_url"))
	if why := registerEcho(o, n.PublishedDay(), q); why != "" {
		return nil, trade.Refusef("not asked for: %s", why)
	}
	return n, o.err()
}

// registerEcho names the condition that a document ignores, or "".
func registerEcho(o object, published string, q url.Values) string {
	from, to := q.Get("conditions[publication_date][gte]"), q.Get("conditions[publication_date][lte]")
	if from != "" && published < from || to != "" && published > to {
		return fmt.Sprintf("published %q, outside %s to %s", published, from, to)
	}
	if types := q["conditions[type][]"]; len(types) > 0 &&
		!slices.ContainsFunc(types, func(t string) bool { return registerTypes[t] == o.text("type") }) {
		return fmt.Sprintf("type %q", o.text("type"))
	}
	asked := q["conditions[agencies][]"]
	if len(asked) == 0 {
		return ""
	}
	var slugs []string
	for _, a := range o.objects("agencies") {
		slugs = append(slugs, a.text("slug"))
	}
	if !slices.ContainsFunc(slugs, func(s string) bool { return slices.Contains(asked, s) }) {
		return fmt.Sprintf("agencies %q", slugs)
	}
	return ""
}
