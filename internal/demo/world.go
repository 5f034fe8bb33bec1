package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// World is the simulated authorities. It is safe for concurrent use.
type World struct {
	now time.Time // the moment it was opened at; all dates count from it

	mu      sync.RWMutex
	wave    int             // portions that show: 1, then 2
	papers  []Paper         // in order of appearance, dates filled in
	rows    map[string]rows // ePing's JSON by via
	nextID  int             // of the next ePing row
	sheet   []byte          // the daily sheet, while nothing changed
	fetches map[string]int  // requests served, by first path element
}

// New opens the world at now: nothing later reads a clock.
func New(now time.Time) *World {
	w := &World{now: now.UTC(), rows: map[string]rows{}, nextID: firstID, fetches: map[string]int{}}
	w.show(1)
	return w
}

// Now is the moment that the world was opened at.
func (w *World) Now() time.Time { return w.now }

// Advance lets the second portion appear: addenda, a correction, a revision, a
// withdrawal and an urgent notice of today. Calls after the first do nothing.
func (w *World) Advance() { w.show(2) }

func (w *World) show(wave int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if wave <= w.wave {
		return
	}
	for _, p := range Papers() {
		if max(p.Wave, 1) == wave {
			w.add(p)
		}
	}
	w.wave = wave
}

// Publish shows a further paper, from the next fetch on. Its Wave is ignored.
func (w *World) Publish(papers ...Paper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range papers {
		w.add(p)
	}
}

func (w *World) add(p Paper) {
	p = p.at(w.now)
	w.papers = append(w.papers, p)
	w.sheet = nil
	w.addRows(p)
}

// Papers are those that show, in order of appearance, their dates filled in.
func (w *World) Papers() []Paper {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]Paper(nil), w.papers...)
}

// shows reports whether what belongs to that portion can be seen.
func (w *World) shows(wave int) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return max(wave, 1) <= w.wave
}

// Fetches counts the requests that were served below a prefix such as
// "eping-api".
func (w *World) Fetches(prefix string) int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.fetches[prefix]
}

// Handler serves all authorities, each below its own prefix and from there at
// the paths of the real one.
func (w *World) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", robots)
	w.serveEping(mux)
	w.serveGazette(mux)
	w.serveAlerts(mux)
	w.serveFeeds(mux)
	w.servePages(mux)
	w.serveBroken(mux)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		prefix, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		w.mu.Lock()
		w.fetches[prefix]++
		w.mu.Unlock()
		mux.ServeHTTP(rw, r)
	})
}

func robots(rw http.ResponseWriter, r *http.Request) {
	send(rw, r, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /private/\n"))
}

// send answers with body under an ETag made from it, or with 304 where the
// client has it already.
func send(rw http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	rw.Header().Set("ETag", tag)
	if r.Method != http.MethodPost && strings.Contains(r.Header.Get("If-None-Match"), tag) {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	rw.Header().Set("Content-Type", mediaType)
	_, _ = rw.Write(body) // a client that left is its own affair
}

// sendJSON answers with v.
func sendJSON(rw http.ResponseWriter, r *http.Request, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	send(rw, r, "application/json; charset=utf-8", body)
}

// page reads a page of size elements out of n; number counts from 1.
func page(number, size, n int) (from, to int) {
	from = min(max(number-1, 0)*size, n)
	return from, min(from+size, n)
}
