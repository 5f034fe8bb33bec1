package ingest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

var _ = register(Kind{
	Name:  "safety-gate",
	About: "EU rapid alerts for dangerous non-food products (Safety Gate)",
	Every: 6 * time.Hour,
	Rows:  true,
	New:   newSafetyGate,
})

// safetyGate reads the JSON behind the Safety Gate site (no key): the newest
// alerts by POST /notification/mostRecent/ with {"language","page"}, page from
// 0, and each alert whole at /notification/{id}?language=.
type safetyGate struct {
	URL      string `yaml:"url"`       // of the API, up to /public/api
	Language string `yaml:"language"`  // of the texts: en, de, fr …
	Days     int    `yaml:"days"`      // window of the first run
	Overlap  int    `yaml:"overlap"`   // days asked for again
	MaxPages int    `yaml:"max_pages"` // of the list, a run
}

func newSafetyGate(options *yaml.Node) (Source, error) {
	s := &safetyGate{URL: "https://ec.europa.eu/safety-gate-alerts/public/api", Language: "en", Days: 30, Overlap: 3, MaxPages: 20}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if len(s.Language) != 2 || s.Days < 1 || s.Overlap < 0 || s.MaxPages < 1 {
		return nil, trade.Refusef("language must be two letters, days and max_pages 1 or more, overlap 0 or more")
	}
	return s, checkURL(s.URL)
}

// Plan asks for the first page of the newest alerts. The day to read back to
// goes along in the role, because the API has no condition for it.
func (s *safetyGate) Plan(state bus.SourceState, now time.Time) []Request {
	return []Request{s.list(0, since(state.Watermark, now, s.Overlap, s.Days))}
}

func (s *safetyGate) list(page int, from string) Request {
	body, err := json.Marshal(map[string]string{"language": s.Language, "page": strconv.Itoa(page)})
	if err != nil {
		panic("ingest: a map of strings always marshals: " + err.Error())
	}
	return Request{
		Method: http.MethodPost,
		URL:    s.URL + "/notification/mostRecent/",
		Header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
		Body:   body,
		Role:   fmt.Sprintf("list %d %s", page, from),
	}
}

// Parse reads a page of the list, and asks for each alert of the window and
// for the next page while the window goes on; or reads one alert.
func (s *safetyGate) Parse(doc Document, emit func(Item) error) error {
	if !strings.HasPrefix(doc.Request.Role, "list") {
		return s.parseAlert(doc, emit)
	}
	var number int
	var from string
	_, _ = fmt.Sscanf(doc.Request.Role, "list %d %s", &number, &from) // a bare "list" is page 0 without a window
	var page struct {
		Content []json.RawMessage `json:"content"`
		Last    *bool             `json:"last"`
		Number  *int              `json:"number"`
		Total   *int              `json:"totalElements"`
	}
	if err := readJSON(doc, &page); err != nil {
		return fmt.Errorf("safety-gate: %w", err)
	}
	switch {
	case page.Content == nil:
		return trade.Refusef(`safety-gate: the list has no "content"`)
	case len(page.Content) == 0 && (number == 0 || page.Total != nil && page.Last != nil && !*page.Last):
		return fmt.Errorf("safety-gate: %w", ErrEmpty)
	case page.Number != nil && *page.Number != number:
		return trade.Refusef("safety-gate: asked for page %d, got page %d", number, *page.Number)
	}
	older := len(page.Content) == 0
	for i, raw := range page.Content {
		next, old, err := s.row(raw, from)
		older = older || old
		item := Item{Next: next}
		switch {
		case err != nil:
			item = badItem(fmt.Sprintf("page %d, content[%d]", number, i), err, raw)
		case old:
			continue
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	if older || page.Last != nil && *page.Last || number+1 >= s.MaxPages {
		return nil
	}
	next := s.list(number+1, from)
	return emit(Item{Next: &next})
}

// row is the request for the alert in a row of the list; old tells that the
// row lies before the window.
func (s *safetyGate) row(raw json.RawMessage, from string) (next *Request, old bool, err error) {
	o, err := asObject(raw)
	if err != nil {
		return nil, false, err
	}
	id, day := o.text("id"), o.text("publicationDate")
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return nil, false, trade.Refusef("an alert with id %q", clip(id, 40))
	}
	if len(day) >= len(from) && day[:len(from)] < from {
		return nil, true, nil
	}
	return &Request{
		URL:    s.URL + "/notification/" + id + "?language=" + url.QueryEscape(s.Language),
		Header: http.Header{"Accept": {"application/json"}},
		Role:   "alert",
	}, false, nil
}
