package demo

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBrokenAuthorities(t *testing.T) {
	w := New(noon)
	for name, c := range map[string]struct {
		path  string
		holds func(text string) bool
	}{
		"an error page with status 200": {"/page-broken/error.html", func(s string) bool { return strings.Contains(s, "unavailable") && !strings.Contains(s, "<li") }},
		"a list without a row":          {"/page-broken/empty.html", func(s string) bool { return strings.Contains(s, "<ul") && !strings.Contains(s, "<li") }},
		"a list full of spam":           {"/page-broken/poisoned.html", func(s string) bool { return strings.Count(s, "casino bonus") == 3 }},
		"a list in a wrong encoding": {"/page-broken/garbled.html", func(s string) bool {
			return utf8.ValidString(s) && strings.Contains(s, "Ã¦") && !strings.Contains(s, "摩托车")
		}},
		"a feed that is cut off":      {"/feed-broken/cut.rss", func(s string) bool { return strings.Contains(s, "<item>") && !strings.Contains(s, "</item>") }},
		"HTML where JSON belongs":     {"/eping-broken/api/v1/azureSearch/getAll", func(s string) bool { return !json.Valid([]byte(s)) && strings.HasPrefix(s, "<!DOCTYPE html>") }},
		"the same at the API's place": {"/eping-broken/notifications/search", func(s string) bool { return !json.Valid([]byte(s)) }},
	} {
		t.Run(name, func(t *testing.T) {
			rec := ask(t, w, "GET", c.path, "")
			if rec.Code != 200 || !c.holds(rec.Body.String()) {
				t.Errorf("%d: %.300s", rec.Code, rec.Body)
			}
		})
	}
}

func TestGarbleCanBeUndone(t *testing.T) {
	text := garble("头盔 é")
	for range 2 {
		var b []byte
		for _, r := range text {
			b = append(b, byte(r))
		}
		text = string(b)
	}
	if text != "头盔 é" {
		t.Errorf("got %q back", text)
	}
}

func TestSourcesAreDistinctAndWhole(t *testing.T) {
	seen, broken := map[string]bool{}, 0
	for _, s := range Sources("http://127.0.0.1:5/") {
		if seen[s.Name] || strings.Contains(s.Options, "{base}") || strings.Contains(s.Options, "{page}") ||
			!strings.HasPrefix(s.Options, "url: http://127.0.0.1:5/") || !strings.HasSuffix(s.Options, "\n") {
			t.Errorf("source %s: twice, or options %q", s.Name, s.Options)
		}
		seen[s.Name] = true
		if s.Broken {
			broken++
		}
		if s.Broken != strings.HasPrefix(s.Name, "broken-") {
			t.Errorf("source %s: broken is %v", s.Name, s.Broken)
		}
	}
	if len(seen) < 14 || broken < 4 {
		t.Errorf("%d sources, %d of them broken", len(seen), broken)
	}
}
