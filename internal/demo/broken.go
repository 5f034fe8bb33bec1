package demo

import (
	"fmt"
	"net/http"
	"strings"
)

// The broken authorities: what goes wrong at real ones, each at a path of its
// own so that the others stay whole.
//
//	/page-broken/error.html     an error page with status 200
//	/page-broken/empty.html     a list without a row
//	/page-broken/poisoned.html  a list whose titles were overwritten by spam
//	/page-broken/garbled.html   a list in the wrong encoding, twice over
//	/feed-broken/cut.rss        a feed that ends in the middle
//	/eping-broken/…             an HTML page where JSON belongs, status 200
func (w *World) serveBroken(mux *http.ServeMux) {
	html := func(path, body string) {
		mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, r *http.Request) {
			send(rw, r, "text/html; charset=utf-8", []byte(body))
		})
	}
	html("/page-broken/error.html", brokenError)
	html("/page-broken/empty.html", brokenList("", w.today()))
	html("/page-broken/poisoned.html", brokenList(poison, w.today(), "1001", "1002", "1003"))
	html("/page-broken/garbled.html", brokenList(garble("摩托车头盔强制认证"), w.today(), "2001", "2002"))
	html("/eping-broken/notifications/search", brokenError)
	html("/eping-broken/api/v1/azureSearch/getAll", brokenError)
	mux.HandleFunc("GET /feed-broken/cut.rss", func(rw http.ResponseWriter, r *http.Request) {
		send(rw, r, "application/rss+xml", []byte(`<?xml version="1.0"?><rss version="2.0"><channel><title>Sample</title><item><title>Motorcycle helmets: recall`))
	})
}

const (
	brokenError = "<!DOCTYPE html>\n<html><head><title>Service temporarily unavailable</title></head><body><h1>We will be back soon</h1></body></html>"
	poison      = "Helmets rule: online casino, casino bonus, free spins and no deposit, sportsbook with best odds"
)

// brokenList is a list in the form of the Portuguese site, with one entry for
// each id.
func brokenList(title, day string, ids ...string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Notices (sample)</title></head><body><ul id=\"legislacao\">\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "<li class=\"ato\" id=\"notice-%s\"><a class=\"ementa\" href=\"/page-broken/%s.html\">%s</a> <span class=\"data\">%s</span></li>\n", id, id, title, day)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

// garble reads UTF-8 bytes as Latin-1, twice: "摩" ends as "Ã¦Â\u0091Â©".
func garble(text string) string {
	for range 2 {
		var b strings.Builder
		for _, c := range []byte(text) {
			b.WriteRune(rune(c))
		}
		text = b.String()
	}
	return text
}
