package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Key is the subscription key that the sample of ePing's official API takes.
const Key = "demo"

// epingSearch answers as https://api.wto.org/eping/notifications/search: the
// key in Ocp-Apim-Subscription-Key, at most 100 items a page, the filters on
// area, member, symbol and days of distribution heeded.
func (w *World) epingSearch(rw http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Ocp-Apim-Subscription-Key") != Key {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(rw, `{"statusCode":401,"message":"Access denied: the subscription key is missing or not valid."}`)
		return
	}
	w.mu.RLock()
	found := w.rows[ViaAPI].filter(r.URL.Query())
	w.mu.RUnlock()
	items := make([]json.RawMessage, len(found))
	for i, f := range found {
		items[i] = f.api
	}
	epingPage(rw, r, items)
}

// epingSite answers as the JSON of ePing's own site, which needs no key.
func (w *World) epingSite(rw http.ResponseWriter, r *http.Request) {
	w.mu.RLock()
	found := w.rows[ViaSite].filter(r.URL.Query())
	w.mu.RUnlock()
	items := make([]json.RawMessage, len(found))
	for i, f := range found {
		items[i] = f.site
	}
	epingPage(rw, r, items)
}

func epingPage(rw http.ResponseWriter, r *http.Request, items []json.RawMessage) {
	q := r.URL.Query()
	number, size := integer(q.Get("page"), 1), min(integer(q.Get("pageSize"), 10), 100)
	from, to := page(number, size, len(items))
	sendJSON(rw, r, map[string]any{"currentPage": number, "pageSize": size, "totalCount": len(items), "items": items[from:to]})
}

// integer is s as a positive number, else other.
func integer(s string, other int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return other
	}
	return n
}

// filter gives the rows that the query asks for.
func (all rows) filter(q url.Values) rows {
	from, to, symbol := q.Get("distributionDateFrom"), q.Get("distributionDateTo"), q.Get("documentSymbol")
	var out rows
	for _, r := range all {
		area := map[string]string{"TBT": "1", "SPS": "2"}[r.area]
		switch {
		case from != "" && r.day < from, to != "" && r.day > to:
		case chosen(q, "domainIds") && !slices.Contains(q["domainIds"], area):
		case chosen(q, "countryIds") && !slices.Contains(q["countryIds"], r.member):
		case symbol != "" && !strings.Contains(r.symbol, symbol):
		default:
			out = append(out, r)
		}
	}
	return out
}

func chosen(q url.Values, name string) bool {
	return slices.ContainsFunc(q[name], func(v string) bool { return v != "" })
}
