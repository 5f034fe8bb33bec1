package ingest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/trade"
)

// check tells, for every row of a page, what each declared field reads and
// what it lacks: what a declaration is mended by.
func (s *pageSource) check(doc Document) ([]Reading, []Request, error) {
	page, err := parseHTML(doc, s.End)
	if err != nil {
		return nil, nil, err
	}
	base := baseURL(doc, page)
	if strings.HasPrefix(doc.Request.Role, "detail") && s.Detail != nil {
		n, values, err := s.readDetail(doc, page, base)
		out := fieldReadings(doc, 1, values)
		if err != nil {
			return out, nil, err
		}
		return append(out, s.checkFinish(doc, 1, n)...), nil, nil
	}
	rows, err := s.findRows(page)
	if err != nil {
		return nil, nil, err
	}
	var out []Reading
	var next []Request
	for i := range rows.Nodes {
		readings, follow := s.checkRow(doc, i+1, rows.Eq(i), base)
		out, next = append(out, readings...), append(next, follow...)
	}
	readings, follow := s.checkNext(doc, page, base)
	return append(out, readings...), append(next, follow...), nil
}

func (s *pageSource) checkRow(doc Document, row int, sel *goquery.Selection, base *url.URL) ([]Reading, []Request) {
	n := &trade.Notice{Fields: map[string]string{}}
	out := fieldReadings(doc, row, readRow(n, s.Fields, sel, base))
	if s.Detail == nil {
		return append(out, s.checkFinish(doc, row, n)...), nil
	}
	link := s.Detail.Link.read("detail.link", sel, base)
	out = append(out, fieldReadings(doc, row, []fieldValue{link})...)
	if link.problem != "" {
		return out, nil
	}
	n.Links = addLink(n.Links, "notice", link.value)
	req, err := s.follow(link.value, "detail", n)
	if err != nil {
		return append(out, Reading{Document: addressOf(doc), Row: row, Field: "detail.link", Selector: s.Detail.Link.Selector, Problem: err.Error()}), nil
	}
	return out, []Request{*req}
}

// checkFinish tells what the notice of a row still lacks, and what the
// declaration makes of its kind, market and language.
func (s *pageSource) checkFinish(doc Document, row int, n *trade.Notice) []Reading {
	r := Reading{Document: addressOf(doc), Row: row, Field: "row"}
	if err := s.finish(n, doc.URL); err != nil {
		r.Problem = err.Error()
	}
	r.Value = fmt.Sprintf("%s %s of %s, %s", n.Area, n.Kind, strings.Join(n.Markets, ", "), n.ID)
	r.Value = strings.TrimSpace(r.Value)
	return []Reading{r}
}

func (s *pageSource) checkNext(doc Document, page *goquery.Document, base *url.URL) ([]Reading, []Request) {
	if s.Next == nil {
		return nil, nil
	}
	link := s.Next.read("next", page.Selection, base)
	out := fieldReadings(doc, 0, []fieldValue{link})
	var next []Request
	err := s.nextPage(doc, page, base, func(it Item) error {
		if it.Next != nil {
			next = append(next, *it.Next)
		}
		if it.Bad != nil {
			out[0].Problem = it.Bad.Reason
		}
		return nil
	})
	if err != nil {
		out[0].Problem = err.Error()
	}
	return out, next
}

func fieldReadings(doc Document, row int, values []fieldValue) []Reading {
	var out []Reading
	for _, v := range values {
		out = append(out, Reading{Document: addressOf(doc), Row: row, Field: v.name, Selector: v.field.Selector, Value: v.value, Problem: v.problem})
	}
	return out
}
