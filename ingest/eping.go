package ingest

import (
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
	Name:  "eping",
	About: "WTO TBT and SPS notifications from ePing: the official API with a key, the site's own JSON without",
	Every: 30 * time.Minute,
	Rows:  true,
	New:   newEping,
})

// epingSource reads ePing's search, page by page. The official API answers at
// /notifications/search with {currentPage, pageSize, totalCount, items}; the
// site's own JSON has the same items at /api/v1/azureSearch/getAll. Both know
// more filters than they heed, so what comes back is compared with what was
// asked for.
type epingSource struct {
	URL      string        `yaml:"url"`       // overrides the address of the API or site
	Key      config.Secret `yaml:"key"`       // subscription key of the official API; "file:PATH" reads it from a file
	Language int           `yaml:"language"`  // of the answer: 1 English, 2 French, 3 Spanish
	Areas    []string      `yaml:"areas"`     // TBT, SPS; both if empty
	Members  []string      `yaml:"members"`   // ePing ids of notifying members: C156, U918; all if empty
	PageSize int           `yaml:"page_size"` // 1 to 100
	Days     int           `yaml:"days"`      // window of the first run
	Overlap  int           `yaml:"overlap"`   // days asked for again: papers circulate late
}

var (
	epingAreas = map[string]string{"TBT": "1", "SPS": "2"} // domainIds
	epingLangs = map[int]string{1: "en", 2: "fr", 3: "es"}
)

func newEping(options *yaml.Node) (Source, error) {
	s := &epingSource{Language: 1, PageSize: 100, Days: 30, Overlap: 3}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	if s.URL == "" {
		s.URL = "https://eping.wto.org"
		if s.Key != "" {
			s.URL = "https://api.wto.org/eping"
		}
	}
	s.URL = strings.TrimRight(s.URL, "/")
	switch {
	case checkURL(s.URL) != nil:
		return nil, checkURL(s.URL)
	case epingLangs[s.Language] == "":
		return nil, trade.Refusef("language %d: 1 is English, 2 French, 3 Spanish", s.Language)
	case s.PageSize < 1 || s.PageSize > 100:
		return nil, trade.Refusef("page_size %d: the API takes 1 to 100", s.PageSize)
	case s.Days < 1 || s.Overlap < 0:
		return nil, trade.Refusef("days must be 1 or more and overlap 0 or more, not %d and %d", s.Days, s.Overlap)
	}
	for _, a := range s.Areas {
		if epingAreas[a] == "" {
			return nil, trade.Refusef("area %q: there are TBT and SPS", a)
		}
	}
	return s, nil
}

// checkURL refuses what is no whole http(s) address.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return trade.Refusef("url %q: write a whole address such as https://www.example.org/list", raw)
	}
	return nil
}

// Plan asks for the papers distributed since the watermark, less the overlap.
func (s *epingSource) Plan(state bus.SourceState, now time.Time) []Request {
	q := url.Values{
		"language":             {strconv.Itoa(s.Language)},
		"distributionDateFrom": {since(state.Watermark, now, s.Overlap, s.Days)},
		"distributionDateTo":   {now.UTC().AddDate(0, 0, 1).Format(trade.Day)},
		"sortBy":               {"distributionDate"},
		"sortDirection":        {"desc"},
		"pageSize":             {strconv.Itoa(s.PageSize)},
		"page":                 {"1"},
		"countryIds":           s.Members,
	}
	for _, a := range s.Areas {
		q.Add("domainIds", epingAreas[a])
	}
	path := "/api/v1/azureSearch/getAll"
	if s.Key != "" {
		path = "/notifications/search"
	}
	return []Request{s.request(s.URL + path + "?" + q.Encode())}
}

func (s *epingSource) request(address string) Request {
	h := http.Header{"Accept": {"application/json"}}
	if s.Key != "" {
		h.Set("Ocp-Apim-Subscription-Key", s.Key.Reveal())
	}
	return Request{URL: address, Header: h, Role: "list"}
}
