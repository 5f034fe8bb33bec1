package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pageForms = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// site is a regulator's HTML site: a list in pages of perPage and a page for
// each entry, in an old encoding.
type site struct {
	name    string // zh or pt: below /page/, and in items.jsonl
	prefix  string // of the detail pages' names
	perPage int
	enc     encoding.Encoding
	header  string // Content-Type as sent
	day     string // layout of days
}

var sites = []site{
	// The meta tag says gb2312 where the bytes are GB18030, and the header says
	// nothing of the encoding: both are usual.
	{"zh", "note-", 3, simplifiedchinese.GB18030, "text/html", "2006-01-02"},
	// The header lies: the bytes are ISO 8859-1, as the meta tag says.
	{"pt", "", 2, charmap.ISO8859_1, "text/html; charset=utf-8", "02/01/2006"},
}

// entry is what the templates show.
type entry struct {
	item
	Day string
}

func (w *World) servePages(mux *http.ServeMux) {
	for _, s := range sites {
		mux.HandleFunc("GET /page/"+s.name+"/", func(rw http.ResponseWriter, r *http.Request) {
			w.servePage(s, rw, r)
		})
	}
}

// servePage answers with a list page (index.html, list_2.html …) or an entry.
func (w *World) servePage(s site, rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/page/"+s.name+"/"), ".html")
	all := w.items(s.name)
	number := number(strings.TrimPrefix(name, "list_"))
	switch name {
	case "", "index", "list":
		number = 1
	}
	if from, to := page(number, s.perPage, len(all)); number > 0 && from < to {
		next := ""
		if to < len(all) {
			next = fmt.Sprintf("/page/%s/list_%d.html", s.name, number+1)
		}
		var entries []entry
		for _, it := range all[from:to] {
			entries = append(entries, w.entry(s, it))
		}
		s.send(rw, r, "list", struct {
			Items []entry
			Next  string
		}{entries, next})
		return
	}
	for _, it := range all {
		if s.prefix+it.ID == name {
			s.send(rw, r, "detail", w.entry(s, it))
			return
		}
	}
	http.NotFound(rw, r)
}

func (w *World) entry(s site, it item) entry {
	return entry{it, hoursBefore(w.now, it.AgeHours).Format(s.day)}
}

// send writes the template in the site's encoding.
func (s site) send(rw http.ResponseWriter, r *http.Request, form string, data any) {
	var page bytes.Buffer
	err := pageForms.ExecuteTemplate(&page, s.name+"-"+form+".html", data)
	if err == nil {
		var body []byte
		if body, err = s.enc.NewEncoder().Bytes(page.Bytes()); err == nil {
			send(rw, r, s.header, body)
			return
		}
	}
	http.Error(rw, err.Error(), http.StatusInternalServerError)
}

// today is the day that the broken pages show.
func (w *World) today() string { return w.now.Format(time.DateOnly) }
