package ingest

import (
	"net/url"
	"regexp"
	"strings"

	"tbtwatch/internal/trade"
)

var urlStart = regexp.MustCompile(`https?://`)

// addLinks appends the addresses in text, which holds several by comma, line
// end or nothing between them, with that relation; each once.
func addLinks(links []trade.Link, rel, text string) []trade.Link {
	for _, at := range urlStart.FindAllStringIndex(text, 64) {
		raw := text[at[0]:]
		if next := urlStart.FindStringIndex(raw[1:]); next != nil {
			raw = raw[:next[0]+1]
		}
		if end := strings.IndexAny(raw, " \t\r\n\"'<>|\u00a0\u3000，；）"); end >= 0 {
			raw = raw[:end]
		}
		links = addLink(links, rel, strings.TrimRight(raw, ".,;:)]"))
	}
	return links
}

// addLink appends one address if it is one; blanks in it are escaped.
func addLink(links []trade.Link, rel, raw string) []trade.Link {
	u, err := url.Parse(strings.ReplaceAll(strings.TrimSpace(raw), " ", "%20"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return links
	}
	link := trade.Link{Rel: rel, URL: u.String()}
	for _, have := range links {
		if have.URL == link.URL {
			return links
		}
	}
	return append(links, link)
}
