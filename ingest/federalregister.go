package ingest

import (
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
	Name:  "federal-register",
	About: "rules, proposed rules and notices of US agencies from the Federal Register",
	Every: 6 * time.Hour,
	Rows:  true,
	New:   newFederalRegister,
})

// federalRegister reads the API of federalregister.gov (no key). The API
// ignores conditions that it does not know and then answers with everything,
// so each document is compared with what was asked for.
type federalRegister struct {
	URL      string   `yaml:"url"`       // of the API, up to /api/v1
	Agencies []string `yaml:"agencies"`  // slugs such as national-highway-traffic-safety-administration; all if empty
	Types    []string `yaml:"types"`     // RULE, PRORULE, NOTICE; the first two if empty
	Term     string   `yaml:"term"`      // full-text condition; cannot be checked against the answer
	PageSize int      `yaml:"page_size"` // 1 to 1000
	Days     int      `yaml:"days"`      // window of the first run
	Overlap  int      `yaml:"overlap"`   // days asked for again
}

// registerTypes maps the codes of conditions[type][] to the words in answers.
var registerTypes = map[string]string{"RULE": "Rule", "PRORULE": "Proposed Rule", "NOTICE": "Notice", "PRESDOCU": "Presidential Document"}

var registerFields = []string{"document_number", "title", "abstract", "type", "action", "publication_date", "effective_on",
	"comments_close_on", "html_url", "pdf_url", "citation", "agencies", "docket_ids", "regulation_id_numbers", "topics",
	"cfr_references", "correction_of", "significant"}

func newFederalRegister(options *yaml.Node) (Source, error) {
	s := &federalRegister{URL: "https://www.federalregister.gov/api/v1", Types: []string{"RULE", "PRORULE"}, PageSize: 100, Days: 30, Overlap: 3}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	for _, t := range s.Types {
		if registerTypes[t] == "" {
			return nil, trade.Refusef("type %q: there are RULE, PRORULE, NOTICE and PRESDOCU", t)
		}
	}
	if s.PageSize < 1 || s.PageSize > 1000 || s.Days < 1 || s.Overlap < 0 {
		return nil, trade.Refusef("page_size must be 1 to 1000, days 1 or more, overlap 0 or more")
	}
	return s, checkURL(s.URL)
}

// Plan asks for the documents published since the watermark, less the overlap.
func (s *federalRegister) Plan(state bus.SourceState, now time.Time) []Request {
	q := url.Values{
		"conditions[publication_date][gte]": {since(state.Watermark, now, s.Overlap, s.Days)},
		"conditions[publication_date][lte]": {now.UTC().AddDate(0, 0, 1).Format(trade.Day)},
		"conditions[type][]":                s.Types,
		"conditions[agencies][]":            s.Agencies,
		"fields[]":                          registerFields,
		"order":                             {"newest"},
		"per_page":                          {strconv.Itoa(s.PageSize)},
	}
	if s.Term != "" {
		q.Set("conditions[term]", s.Term)
	}
	return []Request{{URL: s.URL + "/documents.json?" + q.Encode(), Role: "list"}}
}
