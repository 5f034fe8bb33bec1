package demo

import (
	"encoding/xml"
	"net/http"
	"time"
)

// feedLink is what the entries link to: no real server, and the same wherever
// the world is served, so that an entry read again is unchanged.
const feedLink = "https://agency.example/news/"

func (w *World) serveFeeds(mux *http.ServeMux) {
	mux.HandleFunc("GET /feed/news.rss", w.feedRSS)
	mux.HandleFunc("GET /feed/recalls.atom", w.feedAtom)
	mux.HandleFunc("GET /feed/board.json", w.feedJSON)
}

type rssItem struct {
	XMLName xml.Name `xml:"item"`
	Title   string   `xml:"title"`
	Link    string   `xml:"link"`
	GUID    string   `xml:"guid"`
	Date    string   `xml:"pubDate"`
	Text    string   `xml:"description"`
}

// feedRSS is an RSS 2.0 feed.
func (w *World) feedRSS(rw http.ResponseWriter, r *http.Request) {
	type channel struct {
		Title string `xml:"title"`
		Link  string `xml:"link"`
		Lang  string `xml:"language"`
		Items []rssItem
	}
	c := channel{Title: "Telecom agency: news (sample)", Link: feedLink, Lang: "en"}
	for _, it := range w.items("rss") {
		c.Items = append(c.Items, rssItem{Title: it.Title, Link: feedLink + it.ID, GUID: it.ID,
			Date: hoursBefore(w.now, it.AgeHours).Format(time.RFC1123Z), Text: "<p>" + it.Text + "</p>"})
	}
	sendXML(rw, r, "application/rss+xml; charset=utf-8", struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Channel channel  `xml:"channel"`
	}{Version: "2.0", Channel: c})
}

type atomEntry struct {
	XMLName xml.Name `xml:"entry"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Link    atomLink `xml:"link"`
	Updated string   `xml:"updated"`
	Summary string   `xml:"summary"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

// feedAtom is an Atom feed.
func (w *World) feedAtom(rw http.ResponseWriter, r *http.Request) {
	var entries []atomEntry
	for _, it := range w.items("atom") {
		entries = append(entries, atomEntry{ID: "tag:sample.example," + it.ID, Title: it.Title, Link: atomLink{feedLink + it.ID},
			Updated: hoursBefore(w.now, it.AgeHours).Format(time.RFC3339), Summary: it.Text})
	}
	sendXML(rw, r, "application/atom+xml; charset=utf-8", struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Entries []atomEntry
	}{ID: "tag:sample.example,feed", Title: "Product safety institute: accidents and recalls (sample)", Updated: w.now.Format(time.RFC3339), Entries: entries})
}

// feedJSON is a JSON Feed 1.1.
func (w *World) feedJSON(rw http.ResponseWriter, r *http.Request) {
	items := []any{}
	for _, it := range w.items("json") {
		items = append(items, map[string]any{"id": it.ID, "url": feedLink + it.ID, "title": it.Title, "content_text": it.Text,
			"date_published": hoursBefore(w.now, it.AgeHours).Format(time.RFC3339)})
	}
	sendJSON(rw, r, map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": "Standards board (sample)", "language": "en", "items": items})
}

func sendXML(rw http.ResponseWriter, r *http.Request, mediaType string, v any) {
	body, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	send(rw, r, mediaType, append([]byte(xml.Header), body...))
}
