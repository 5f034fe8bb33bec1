package ingest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"tbtwatch/internal/trade"
)

type registerPage struct {
	Count   *int              `json:"count"`
	Next    string            `json:"next_page_url"`
	Results []json.RawMessage `json:"results"`
}

// Parse reads a page of results or one document. Where results hold no more
// than document numbers each document is asked for by itself.
func (s *federalRegister) Parse(doc Document, emit func(Item) error) error {
	if strings.HasPrefix(doc.Request.Role, "detail") {
		return s.parseDetail(doc, emit)
	}
	var page registerPage
	if err := readJSON(doc, &page); err != nil {
		return fmt.Errorf("federal-register: %w", err)
	}
	switch {
	case page.Results == nil && (page.Count == nil || *page.Count > 0):
		return trade.Refusef(`federal-register: the answer has no "results"`)
	case len(page.Results) == 0 && (page.Count == nil || *page.Count == 0):
		return fmt.Errorf("federal-register: %w", ErrEmpty)
	}
	asked, err := url.Parse(doc.Request.URL)
	if err != nil {
		return fmt.Errorf("federal-register: %w", err)
	}
	if err := checkRegisterPage(page, asked.Query()); err != nil {
		return fmt.Errorf("federal-register: %w", err)
	}
	bad, why := 0, error(nil)
	for i, raw := range page.Results {
		item, err := s.result(raw, asked.Query(), doc.Request.URL)
		if err != nil {
			item = badItem(fmt.Sprintf("results[%d]", i), err, raw)
			bad, why = bad+1, err
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	if bad == len(page.Results) && bad > 1 {
		return fmt.Errorf("federal-register: none of the %d results can be believed, the last because: %w", bad, why)
	}
	if page.Next == "" {
		return nil
	}
	// Our own address with the next number, and not next_page_url, so that the
	// conditions to compare with cannot get lost on the way.
	q := asked.Query()
	q.Set("page", strconv.Itoa(pageNumber(q)+1))
	asked.RawQuery = q.Encode()
	return emit(Item{Next: &Request{URL: asked.String(), Role: "list"}})
}

// checkRegisterPage compares the number of results with count, per_page and
// the presence of a next page.
func checkRegisterPage(p registerPage, q url.Values) error {
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || p.Count == nil {
		return nil
	}
	number := pageNumber(q)
	switch rest := *p.Count - (number-1)*size; {
	case len(p.Results) > size:
		return trade.Refusef("%d results on a page of %d: the conditions were not heeded", len(p.Results), size)
	case p.Next != "" && len(p.Results) < size, p.Next == "" && rest > len(p.Results) && number*size < 10_000:
		return trade.Refusef("%d results on page %d of %d in all: the page is not whole", len(p.Results), number, *p.Count)
	}
	return nil
}
