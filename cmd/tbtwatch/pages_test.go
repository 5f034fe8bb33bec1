package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

const (
	mostPages = 300 // looked at in one language
	mostAlike = 18  // of them with addresses of one form
)

// checkPages walks all pages in both languages by the links that they show,
// breadth first: none is broken, asks for a sign-in, or shows a word in the
// other language.
func (s *served) checkPages(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		seen, alike, files := map[string]bool{"/": true}, map[string]int{}, 0
		for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
			resp, text := patient(t, s.url+withLang(queue[0], lang))
			kind := resp.Header.Get("Content-Type")
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s answers %d", queue[0], resp.StatusCode)
			}
			if !strings.HasPrefix(kind, "text/html") || strings.HasPrefix(queue[0], "/raw/") {
				files++
				continue
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			checkWords(t, queue[0], lang, doc)
			for _, link := range links(t, queue[0], doc) {
				if form := shape(link); !seen[link] && len(seen) < mostPages && alike[form] < mostAlike {
					seen[link] = true
					alike[form]++
					queue = append(queue, link)
				}
			}
		}
		for _, form := range []string{"/cases/*", "/notices/*", "/warnings/*", "/deliveries/*", "/quarantine/*", "/raw/*", "/registry", "/standards", "/standards/*", "/sources", "/explain", "/cases", "/static/style.css", "/metrics"} {
			if alike[form] == 0 {
				t.Errorf("no page leads to %s: %v", form, alike)
			}
		}
		t.Logf("%s: %d addresses, %d of them files", lang, len(seen), files)
	}
}

// patient fetches as often as it is told to come again later: a walk asks for more
// pages than a person, and on a fast machine for more than the limit lets pass.
func patient(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	for {
		resp, text := fetch(t, address)
		later, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if resp.StatusCode != http.StatusTooManyRequests || err != nil {
			return resp, text
		}
		<-time.After(time.Duration(later) * time.Second)
	}
}

// withLang adds the language to an address.
func withLang(link, lang string) string {
	if strings.Contains(link, "?") {
		return link + "&lang=" + lang
	}
	return link + "?lang=" + lang
}

// links are the addresses of this site that a page leads to or is made of.
func links(t *testing.T, page string, doc *goquery.Document) (out []string) {
	t.Helper()
	doc.Find("[href],[src],form[method=get]").Each(func(_ int, e *goquery.Selection) {
		link := e.AttrOr("href", e.AttrOr("src", e.AttrOr("action", "")))
		u, err := url.Parse(link)
		switch {
		case err != nil || link == "":
			t.Errorf("%s leads to %q", page, link)
		case u.Host != "" && u.Scheme != "https" && !strings.HasPrefix(u.Host, "127.0.0.1"):
			t.Errorf("%s leads to %s", page, link)
		case u.Host != "": // an authority's
		case u.Path == "" && u.Fragment != "":
			if doc.Find("#"+u.Fragment).Length() == 0 {
				t.Errorf("%s has no place %s", page, link)
			}
		case u.Query().Get("lang") == "": // the other language has its own walk
			u.Fragment = ""
			out = append(out, u.String())
		}
	})
	return out
}

// shape is an address with its identities taken out.
func shape(link string) string {
	path, _, _ := strings.Cut(link, "?")
	parts := strings.Split(path, "/")
	for i := 2; i < len(parts); i++ {
		if parts[1] != "static" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts[:min(3, len(parts))], "/")
}

var han = regexp.MustCompile(`\p{Han}`)

// ours are the elements whose text is the program's own, not a record's.
const ours = "nav[aria-label] a, h2, thead th, td button, main form button, .empty, .lead, .grade, .level, .page-head .chip, td .chip, dl.facts dt, footer a, .card span, .card small, .tally"

// checkWords fails for a label that nobody wrote and for one in the other
// language.
func checkWords(t *testing.T, page, lang string, doc *goquery.Document) {
	t.Helper()
	if strings.Contains(doc.Text(), "⟦") {
		t.Errorf("%s shows a label that nobody wrote: %s", page, regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(doc.Text()))
	}
	if doc.Find("h1").Length() != 1 || doc.Find("input[name=token]").Length() > 0 {
		t.Errorf("%s is no page of the demo: %.200s", page, doc.Text())
	}
	doc.Find("code, small.mono, dd").Remove()
	doc.Find("main").Find(ours).AddSelection(doc.Find("nav a, footer a")).Each(func(_ int, e *goquery.Selection) {
		text := strings.TrimSpace(e.Text())
		if e.Closest("[lang]").Is("p, blockquote, .original") || strings.HasPrefix(page, "/registry?") && e.Is("h2") || e.Is("dt") && strings.HasPrefix(page, "/notices/") {
			return
		}
		if lang == "en" && han.MatchString(text) || lang == "zh" && regexp.MustCompile(`[a-z]{3}`).MatchString(text) && !han.MatchString(text) && !neutral[text] {
			t.Errorf("%s in %s shows %q", page, lang, text)
		}
	})
}

// neutral are words that stand in both languages.
var neutral = map[string]bool{".eml": true, "Message-ID": true}
