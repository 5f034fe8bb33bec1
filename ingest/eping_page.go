package ingest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/trade"
)

type epingPage struct {
	CurrentPage *int              `json:"currentPage"`
	PageSize    *int              `json:"pageSize"`
	TotalCount  *int              `json:"totalCount"`
	Items       []json.RawMessage `json:"items"`
}

// Parse reads one page of results and asks for the next.
func (s *epingSource) Parse(doc Document, emit func(Item) error) error {
	var page epingPage
	if err := readJSON(doc, &page); err != nil {
		return fmt.Errorf("ePing: %w", err)
	}
	if page.Items == nil {
		return trade.Refusef(`ePing: the answer has no "items"`)
	}
	asked, err := url.Parse(doc.Request.URL)
	if err != nil {
		return fmt.Errorf("ePing: %w", err)
	}
	more, err := s.checkPage(page, asked.Query())
	if err != nil {
		return fmt.Errorf("ePing: %w", err)
	}
	bad, why := 0, error(nil)
	for i, raw := range page.Items {
		n, err := s.notice(raw, asked.Query())
		item := Item{Notice: n}
		if err != nil {
			item = badItem(fmt.Sprintf("items[%d]", i), err, raw)
			bad, why = bad+1, err
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	if bad == len(page.Items) && bad > 1 {
		return fmt.Errorf("ePing: none of the %d items can be believed, the last because: %w", bad, why)
	}
	if !more {
		return nil
	}
	next := asked.Query()
	next.Set("page", strconv.Itoa(pageNumber(asked.Query())+1))
	asked.RawQuery = next.Encode()
	follow := s.request(asked.String())
	return emit(Item{Next: &follow})
}

func pageNumber(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// checkPage compares the page's own numbers with the request and each other,
// and tells whether a further page follows.
func (s *epingSource) checkPage(p epingPage, q url.Values) (more bool, err error) {
	n, number, size := len(p.Items), pageNumber(q), s.PageSize
	if asked, err := strconv.Atoi(q.Get("pageSize")); err == nil {
		size = asked
	}
	switch {
	case n == 0 && number == 1 && (p.TotalCount == nil || *p.TotalCount == 0):
		return false, ErrEmpty
	case q.Get("pageSize") != "" && n > size:
		return false, trade.Refusef("%d items on a page of %d: the filters were not heeded", n, size)
	case q.Get("page") != "" && p.CurrentPage != nil && *p.CurrentPage != number:
		return false, trade.Refusef("asked for page %d, got page %d", number, *p.CurrentPage)
	case p.TotalCount == nil:
		return n == size && q.Get("page") != "", nil
	}
	if p.PageSize != nil && *p.PageSize > 0 && *p.PageSize < size {
		size = *p.PageSize // the server gives smaller pages than asked for
	}
	if want := min(size, max(0, *p.TotalCount-(number-1)*size)); n < want {
		return false, trade.Refusef("%d items on page %d, where %d of %d belong", n, number, want, *p.TotalCount)
	}
	return number*size < *p.TotalCount, nil
}

// notHeeded names the filter that an item ignores, or "".
func notHeeded(q url.Values, published, area, member string) string {
	from, to := q.Get("distributionDateFrom"), q.Get("distributionDateTo")
	switch {
	case from != "" && published != "" && published < from, to != "" && published > to:
		return fmt.Sprintf("distributed %s, outside %s to %s", published, from, to)
	case len(q["domainIds"]) > 0 && epingAreas[area] != "" && !slices.Contains(q["domainIds"], epingAreas[area]):
		return "area " + area
	case len(q["countryIds"]) > 0 && epingMember(member) && !slices.Contains(q["countryIds"], member):
		return "member " + member
	}
	return ""
}

// epingMember tells ePing's own member ids (C156, U918) from other codes.
func epingMember(code string) bool {
	return len(code) == 4 && (code[0] == 'C' || code[0] == 'U') && strings.Trim(code[1:], "0123456789") == ""
}
