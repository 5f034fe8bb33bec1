package ingest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

var _ = register(Kind{
	Name:  "page",
	About: "any HTML site, declared with CSS selectors: list, paging, detail page, fields, dates",
	Every: 6 * time.Hour,
	Rows:  true,
	New:   newPage,
})

// pageSource reads an HTML site by declaration.
type pageSource struct {
	URL      string                `yaml:"url"`
	Pages    *pageRange            `yaml:"pages"`     // further list pages by number
	Next     *pageField            `yaml:"next"`      // or: where the link to the next list page stands
	MaxPages int                   `yaml:"max_pages"` // list pages of one run, for next
	List     string                `yaml:"list"`      // selector of the rows; without it the page is one notice
	Fields   map[string]*pageField `yaml:"fields"`
	Detail   *pageDetail           `yaml:"detail"`
	CharSet  string                `yaml:"charset"` // where neither header nor page tell it right
	Further  []string              `yaml:"hosts"`   // hosts that links may lead to beside the list's own
	End      string                `yaml:"end"`     // what a whole page ends with; "none" is not looked for
	Place    place                 `yaml:",inline"`

	rows goquery.Matcher
}

// pageRange is the addresses of list pages: {page} in the template is each
// number from From to To.
type pageRange struct {
	Template string `yaml:"template"`
	From     int    `yaml:"from"`
	To       int    `yaml:"to"`
}

// pageDetail is the page of a single notice: how a row leads to it, and what
// is read there in addition.
type pageDetail struct {
	Link   *pageField            `yaml:"link"`
	Fields map[string]*pageField `yaml:"fields"`
}

func newPage(options *yaml.Node) (Source, error) {
	s := &pageSource{MaxPages: 10, End: "</html>"}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	if s.End == "none" {
		s.End = ""
	}
	for _, check := range []func() error{s.checkAddresses, s.Place.check, s.compile} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Plan asks for the first list page, or for all that the range names.
func (s *pageSource) Plan(bus.SourceState, time.Time) []Request {
	requests := []Request{{URL: s.URL, Role: "list 1", Charset: s.CharSet, Hosts: s.Further}}
	if p := s.Pages; p != nil {
		for n := p.From; n <= p.To; n++ {
			address := strings.ReplaceAll(p.Template, "{page}", strconv.Itoa(n))
			if address != s.URL {
				requests = append(requests, Request{URL: address, Role: fmt.Sprintf("list %d", n), Charset: s.CharSet})
			}
		}
	}
	return requests
}

// follow makes the request for a link of the page, which may only lead to the
// list's own host or a declared one.
func (s *pageSource) follow(address, role string, carry *trade.Notice) (*Request, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, trade.Refusef("%q is no address to follow", clip(address, 120))
	}
	own, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	if u.Host != own.Host && !slices.ContainsFunc(s.Further, func(h string) bool {
		return strings.EqualFold(u.Hostname(), h) || strings.HasSuffix(strings.ToLower(u.Hostname()), "."+strings.ToLower(h))
	}) {
		return nil, trade.Refusef("the link %s leads to %s, which is not declared; add it under hosts", clip(address, 120), u.Host)
	}
	return &Request{URL: address, Role: role, Carry: carry, Charset: s.CharSet}, nil
}
