package ingest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/trade"
)

// readRow reads the fields of one row into n and returns what it read, in the
// order of setters, kept fields last.
func readRow(n *trade.Notice, fields map[string]*pageField, row *goquery.Selection, base *url.URL) []fieldValue {
	var out []fieldValue
	take := func(name string, set func(*trade.Notice, *fieldValue)) {
		v := fields[name].read(name, row, base)
		if v.given != "" {
			n.Fields[strings.TrimPrefix(name, "field.")] = v.given
		}
		if v.value != "" && set != nil {
			set(n, &v)
		}
		out = append(out, v)
	}
	for _, s := range setters {
		if fields[s.name] != nil {
			take(s.name, s.set)
		}
	}
	for _, name := range sortedKeys(fields) {
		if strings.HasPrefix(name, "field.") {
			take(name, nil)
		}
	}
	return out
}

// missing names the required field that a row lacks, as an error.
func missing(values []fieldValue) error {
	for _, v := range values {
		if v.field.Required && (v.value == "" || v.problem != "") {
			return trade.Refusef("field %s (selector %q): %s", v.name, v.field.Selector, v.problem)
		}
	}
	return nil
}

// absentFields are the fields whose selectors match nothing.
func absentFields(values []fieldValue) []string {
	var out []string
	for _, v := range values {
		if v.problem == noMatch {
			out = append(out, v.name)
		}
	}
	return out
}

// finish fills in what the declaration says of every notice, and the identity.
func (s *pageSource) finish(n *trade.Notice, address string) error {
	s.Place.apply(n, strings.Join(n.Symbols, " "), n.Title)
	slices.SortStableFunc(n.Dates, func(a, b trade.Date) int { return slices.Index(dateOrder, a.What) - slices.Index(dateOrder, b.What) })
	for _, l := range n.Links {
		if n.ID == "" && l.Rel == "notice" {
			n.ID = l.URL
		}
	}
	if n.ID == "" && s.List == "" {
		n.ID = address
	}
	return complete(n)
}

var dateOrder = []string{trade.DatePublished, trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce}

// Parse reads a list page or a detail page.
func (s *pageSource) Parse(doc Document, emit func(Item) error) error {
	page, err := parseHTML(doc, s.End)
	if err != nil {
		return fmt.Errorf("page %s: %w", doc.URL, err)
	}
	base := baseURL(doc, page)
	if strings.HasPrefix(doc.Request.Role, "detail") && s.Detail != nil {
		return s.parseDetail(doc, page, base, emit)
	}
	rows, err := s.findRows(page)
	if err != nil {
		return fmt.Errorf("page %s: %w", doc.URL, err)
	}
	for i := range rows.Nodes {
		item, err := s.row(rows.Eq(i), base, doc.URL)
		if err != nil {
			item = badItem(fmt.Sprintf("row %d", i+1), err, []byte(nodeText(rows.Nodes[i])))
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	return s.nextPage(doc, page, base, emit)
}

// findRows are the rows of a list page; none is a fault of site or selector.
func (s *pageSource) findRows(page *goquery.Document) (*goquery.Selection, error) {
	if s.rows == nil {
		return page.Selection, nil
	}
	rows := page.FindMatcher(s.rows)
	if rows.Length() == 0 {
		return nil, fmt.Errorf("list: selector %q matches nothing: %w", s.List, ErrEmpty)
	}
	return rows, nil
}

// row is the notice of a list row, or the request for its detail page.
func (s *pageSource) row(row *goquery.Selection, base *url.URL, address string) (Item, error) {
	n := &trade.Notice{Fields: map[string]string{}}
	if err := missing(readRow(n, s.Fields, row, base)); err != nil {
		return Item{}, err
	}
	if s.Detail == nil {
		return Item{Notice: n}, s.finish(n, address)
	}
	link := s.Detail.Link.read("detail.link", row, base)
	if link.problem != "" {
		return Item{}, trade.Refusef("detail.link (selector %q): %s", s.Detail.Link.Selector, link.problem)
	}
	n.Links = addLink(n.Links, "notice", link.value)
	next, err := s.follow(link.value, "detail", n)
	return Item{Next: next}, err
}

func (s *pageSource) parseDetail(doc Document, page *goquery.Document, base *url.URL, emit func(Item) error) error {
	n, values, err := s.readDetail(doc, page, base)
	if err != nil {
		return fmt.Errorf("page %s: %w", doc.URL, err)
	}
	err = missing(values)
	if err == nil {
		err = s.finish(n, doc.URL)
	}
	if err != nil {
		return emit(badItem("detail page", err, []byte(nodeText(page.Nodes[0]))))
	}
	return emit(Item{Notice: n})
}

// readDetail adds what the detail page says to the list's row. A page on which
// most of the declared fields are absent is another page: signed out, moved.
func (s *pageSource) readDetail(doc Document, page *goquery.Document, base *url.URL) (*trade.Notice, []fieldValue, error) {
	n := carried(doc.Request.Carry)
	values := readRow(n, s.Detail.Fields, page.Selection, base)
	if absent := absentFields(values); 2*len(absent) > len(values) {
		return n, values, trade.Refusef("of %d declared fields %d match nothing (%s): another page, or the site has changed", len(values), len(absent), strings.Join(absent, ", "))
	}
	if !slices.ContainsFunc(n.Links, func(l trade.Link) bool { return l.Rel == "notice" }) {
		n.Links = append(addLink(nil, "notice", addressOf(doc)), n.Links...)
	}
	return n, values, nil
}

// carried is a copy of the list's row, which the request may need again.
func carried(row *trade.Notice) *trade.Notice {
	n := trade.Notice{}
	if row != nil {
		n = *row
	}
	n.Dates, n.Links = slices.Clone(n.Dates), slices.Clone(n.Links)
	if n.Fields = maps.Clone(n.Fields); n.Fields == nil {
		n.Fields = map[string]string{}
	}
	return &n
}

// nextPage follows the link to the next list page while there is one.
func (s *pageSource) nextPage(doc Document, page *goquery.Document, base *url.URL, emit func(Item) error) error {
	number := 1
	_, _ = fmt.Sscanf(doc.Request.Role, "list %d", &number) // a bare "list" is the first
	if s.Next == nil || number >= s.MaxPages {
		return nil
	}
	link := s.Next.read("next", page.Selection, base)
	if link.value == "" || link.value == doc.URL || link.value == doc.Request.URL {
		return nil // the last page
	}
	next, err := s.follow(link.value, fmt.Sprintf("list %d", number+1), nil)
	if err != nil {
		return emit(badItem("next page", err, []byte(link.value)))
	}
	return emit(Item{Next: next})
}
