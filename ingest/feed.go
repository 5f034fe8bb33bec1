package ingest

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

var _ = register(Kind{
	Name:  "feed",
	About: "any RSS, Atom or JSON Feed of a regulator",
	Every: time.Hour,
	Rows:  true,
	New:   newFeed,
})

const maxFeedItems = 5000

// feed reads RSS, Atom and JSON Feed.
type feed struct {
	URL   string `yaml:"url"`
	Place place  `yaml:",inline"`
}

func newFeed(options *yaml.Node) (Source, error) {
	s := &feed{}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	if s.URL == "" {
		return nil, trade.Refusef("a feed needs its url")
	}
	if err := checkURL(s.URL); err != nil {
		return nil, err
	}
	return s, s.Place.check()
}

// Plan asks for the feed.
func (s *feed) Plan(bus.SourceState, time.Time) []Request {
	return []Request{{URL: s.URL, Role: "feed"}}
}

var (
	xmlEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')`)
	feedEnd     = regexp.MustCompile(`(?i)(?:</(?:rss|feed|rdf:rdf|RDF)\s*>\s*(?:<!--[\s\S]*?-->\s*)*|\}\s*)$`)
)

// Parse reads the items in the order of the feed.
func (s *feed) Parse(doc Document, emit func(Item) error) error {
	body, err := readAll(doc)
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	// The client has turned the text into UTF-8; the declaration still names
	// the old encoding and would have it converted once more.
	body = xmlEncoding.ReplaceAll(body, []byte("$1"))
	// The parser takes the items before a break for the whole feed.
	if !feedEnd.Match(body[max(0, len(body)-4096):]) {
		return trade.Refusef("feed: the document does not end like a feed: cut off, or a page (begins %q)", clip(prose.Line(string(body[:min(len(body), 2048)])), 80))
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	switch {
	case err != nil:
		return fmt.Errorf("feed: %w", err)
	case len(f.Items) == 0:
		return fmt.Errorf("feed: %w", ErrEmpty)
	case len(f.Items) > maxFeedItems:
		return trade.Refusef("feed: %d items, more than %d", len(f.Items), maxFeedItems)
	}
	base, err := url.Parse(doc.URL)
	if err != nil {
		base = &url.URL{}
	}
	for i, it := range f.Items {
		n, err := s.notice(it, f.Language, base)
		item := Item{Notice: n}
		if err != nil {
			item = badItem(fmt.Sprintf("item %d", i+1), err, []byte(fmt.Sprintf("%q %q %q", it.GUID, it.Link, it.Title)))
		}
		if err := emit(item); err != nil {
			return err
		}
	}
	return nil
}

func (s *feed) notice(it *gofeed.Item, lang string, base *url.URL) (*trade.Notice, error) {
	n := &trade.Notice{Lang: lang, Fields: map[string]string{}}
	for k, v := range map[string]string{"guid": it.GUID, "link": it.Link, "title": it.Title, "description": it.Description,
		"content": it.Content, "published": it.Published, "updated": it.Updated, "categories": strings.Join(it.Categories, "; ")} {
		if v != "" {
			n.Fields[k] = strings.ToValidUTF8(v, "\uFFFD")
		}
	}
	n.Title = prose.Line(it.Title)
	n.Description = prose.Plain(it.Description)
	if n.Description == "" {
		n.Description = prose.Plain(it.Content)
	}
	for _, c := range it.Categories {
		if c = prose.Line(c); c != "" {
			n.Keywords = addOnce(n.Keywords, c)
		}
	}
	link := it.Link
	if u, err := base.Parse(strings.TrimSpace(link)); err == nil && link != "" {
		link = u.String()
	}
	n.Links = addLink(n.Links, "notice", link)
	for _, l := range it.Links {
		n.Links = addLinks(n.Links, "page", l)
	}
	for _, e := range it.Enclosures {
		n.Links = addLink(n.Links, "text", e.URL)
	}
	date := it.Published
	if date == "" {
		date = it.Updated
	}
	n.Dates = feedDate(date, it)
	n.ID = prose.Line(it.GUID)
	if n.ID == "" {
		n.ID = link
	}
	s.Place.apply(n, n.Title, n.Description)
	return n, complete(n)
}

// feedDate reads the day as the feed prints it: the parser moves moments to
// UTC, which may be another day, so its reading is only the second choice.
func feedDate(text string, it *gofeed.Item) []trade.Date {
	dates := addDate(nil, trade.DatePublished, text, "")
	parsed := it.PublishedParsed
	if it.Published == "" {
		parsed = it.UpdatedParsed
	}
	if len(dates) == 1 && dates[0].From == "" && parsed != nil {
		day := parsed.UTC().Format(trade.Day)
		dates[0].From, dates[0].To, dates[0].Basis = day, day, "as given, in UTC"
	}
	return dates
}
