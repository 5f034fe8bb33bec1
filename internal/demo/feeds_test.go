package demo

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

func TestRSSItems(t *testing.T) {
	w := New(noon)
	read := func() (titles []string) {
		var f struct {
			Version string `xml:"version,attr"`
			Items   []struct {
				Title string `xml:"title"`
				Date  string `xml:"pubDate"`
				GUID  string `xml:"guid"`
			} `xml:"channel>item"`
		}
		if err := xml.Unmarshal(ask(t, w, "GET", "/feed/news.rss", "").Body.Bytes(), &f); err != nil || f.Version != "2.0" {
			t.Fatalf("%v, version %q", err, f.Version)
		}
		last := noon.Add(time.Hour)
		for _, it := range f.Items {
			at, err := time.Parse(time.RFC1123Z, it.Date)
			if err != nil || at.After(last) || it.GUID == "" {
				t.Errorf("%s of %s is malformed or out of order: %v", it.GUID, it.Date, err)
			}
			last, titles = at, append(titles, it.Title)
		}
		return titles
	}
	before := read()
	w.Advance()
	if after := read(); len(before) != 3 || len(after) != 4 || !strings.HasPrefix(after[0], "Security requirements") {
		t.Errorf("items %q, then %q", before, after)
	}
}

func TestAtomEntries(t *testing.T) {
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entries []struct {
			ID      string `xml:"id"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(ask(t, New(noon), "GET", "/feed/recalls.atom", "").Body.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	for _, e := range f.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || !strings.HasPrefix(e.ID, "tag:") || !strings.HasPrefix(e.Link.Href, feedLink) {
			t.Errorf("entry %+v: %v", e, err)
		}
	}
	if len(f.Entries) != 2 {
		t.Errorf("%d entries", len(f.Entries))
	}
}

func TestJSONFeed(t *testing.T) {
	var f struct {
		Version string
		Items   []struct {
			ID   string
			Text string `json:"content_text"`
			Date string `json:"date_published"`
		}
	}
	if err := json.Unmarshal(ask(t, New(noon), "GET", "/feed/board.json", "").Body.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Version, "jsonfeed.org") || len(f.Items) != 2 || f.Items[0].Text == "" || f.Items[0].Date <= f.Items[1].Date {
		t.Errorf("feed %+v", f)
	}
}

// What a feed's entries say does not depend on where the world is served.
func TestFeedsAreTheSameAtAnyHost(t *testing.T) {
	for _, path := range []string{"/feed/news.rss", "/feed/recalls.atom", "/feed/board.json"} {
		if text := ask(t, New(noon), "GET", path, "").Body.String(); strings.Contains(text, "world.example") {
			t.Errorf("%s names its host", path)
		}
	}
}

func TestItemsAreWellFormed(t *testing.T) {
	sites := map[string]int{}
	seen := map[string]bool{}
	for _, it := range lines[item]("items.jsonl", itemsFile) {
		sites[it.Site]++
		if seen[it.ID] || it.Title == "" || it.Text == "" || it.AgeHours < 0 || it.AgeHours > 96 {
			t.Errorf("%s: twice, without title or text, or not of the last four days", it.ID)
		}
		seen[it.ID] = true
		if filled := fill(it.Adopt+it.Deadline, noon); strings.Contains(filled, "{") {
			t.Errorf("%s: a date stays open: %s", it.ID, filled)
		}
	}
	for _, site := range []string{"rss", "atom", "json", "zh", "pt"} {
		if sites[site] == 0 {
			t.Errorf("site %s has no items", site)
		}
	}
}
