package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

var (
	colour  = regexp.MustCompile(`^#[0-9a-fA-F]{3,8}$|^[a-z]{3,20}$`)
	levelID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
)

// stylesheet is our CSS with the colours of the configured levels, which
// cannot stand in the pages: their policy forbids style attributes.
func (s *site) stylesheet() string {
	css, err := files.ReadFile("static/style.css")
	if err != nil {
		panic("console: " + err.Error())
	}
	var b strings.Builder
	b.Write(css)
	for _, id := range append(s.View.Policy.LevelIDs(), "lifted") {
		if l := s.View.Policy.Level(id); levelID.MatchString(id) && colour.MatchString(l.Color) {
			fmt.Fprintf(&b, ".level-%s{--level:%s}\n", id, l.Color)
		}
	}
	return b.String()
}

type asset struct{ body, kind, tag string }

func (s *site) makeAssets() map[string]asset {
	read := func(name string) string {
		b, err := files.ReadFile("static/" + name)
		if err != nil {
			panic("console: " + err.Error())
		}
		return string(b)
	}
	all := map[string]asset{
		"style.css": {body: s.stylesheet(), kind: "text/css; charset=utf-8"},
		"icon.svg":  {body: read("icon.svg"), kind: "image/svg+xml"},
		"keys.js":   {body: read("keys.js"), kind: "text/javascript; charset=utf-8"},
	}
	for name, a := range all {
		sum := sha256.Sum256([]byte(a.body))
		a.tag = `"` + hex.EncodeToString(sum[:8]) + `"`
		all[name] = a
	}
	return all
}

// static serves the embedded assets; browsers keep them and ask again.
func (s *site) static(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets[strings.TrimPrefix(r.URL.Path, "/static/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("ETag", a.tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", a.kind)
	h.Set("Content-Security-Policy", "default-src 'none'")
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(a.body))
}
