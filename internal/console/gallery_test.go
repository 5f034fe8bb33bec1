package console

import (
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// galleryStates are the states of a page, in the order in which a sheet shows them.
var galleryStates = []string{"empty", "one", "many", "long", "hostile"}

// gallery serves every page in every state at /page/LANG/STATE/PAGE, and at
// /sheet/LANG/PAGE all states of a page, wide and on a phone.
func gallery(t *testing.T) (base string, pages []string) {
	t.Helper()
	s, states := bareSite(), pageStates()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/", s.static)
	mux.HandleFunc("GET /page/{lang}/{state}/{page}", func(w http.ResponseWriter, r *http.Request) {
		lang, name := r.PathValue("lang"), r.PathValue("page")
		person := auth.Person{Name: "李明", Role: trade.RoleLead}
		page, err := s.execute(lang, name, frame{Lang: lang, Title: "nav.overview", Nav: name, Person: person, Menu: menuOf(person), Version: "test", Here: "/x?", Body: states[r.PathValue("state")][name]})
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /sheet/{lang}/{page}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, sheet(r.PathValue("lang"), r.PathValue("page")))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, slices.Sorted(maps.Keys(s.pages["zh"]))
}

// sheet is a page of frames, in each of which a state is shown smaller.
func sheet(lang, page string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><style>body{margin:0;display:flex;flex-wrap:wrap;font:14px sans-serif}div{overflow:hidden;margin:2px;border:1px solid}iframe{border:0;transform-origin:0 0}</style>`)
	for _, screen := range []struct {
		width, height int
		scale         float64
	}{{1280, 1250, 0.49}, {400, 1250, 0.62}} {
		for _, state := range galleryStates {
			w, h := float64(screen.width)*screen.scale, float64(screen.height)*screen.scale
			_, _ = fmt.Fprintf(&b, `<div style="width:%.0fpx;height:%.0fpx"><iframe src="/page/%s/%s/%s" style="width:%dpx;height:%dpx;transform:scale(%g)"></iframe></div>`,
				w, h, html.EscapeString(lang), state, html.EscapeString(page), screen.width, screen.height, screen.scale)
		}
	}
	return b.String()
}

// No page is wider than a phone's screen, in whatever state: what is wide within
// it scrolls by itself. With a folder in TBTWATCH_SHOTS it also saves a picture of
// each page in all its states and both languages, for people to look at.
func TestPagesFitAPhone(t *testing.T) {
	base, pages := gallery(t)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("no-proxy-server", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, end := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	defer end()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("chromium does not start (make needs installs it): ", err)
	}
	step := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		within, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if err := chromedp.Do(within, steps...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	step("a phone", chromedp.EmulateViewport(400, 900))
	for _, page := range pages {
		for _, state := range galleryStates {
			for _, lang := range languages {
				if lang == "en" && state != "long" {
					continue // Chinese is as wide at least
				}
				path := "/page/" + lang + "/" + state + "/" + page
				step(path, chromedp.Navigate(base+path))
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
				if err != nil || wide > 400 {
					t.Errorf("%s is %d px wide on a screen of 400: %v", path, wide, err)
				}
			}
		}
	}
	folder := os.Getenv("TBTWATCH_SHOTS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	step("a desk", chromedp.EmulateViewport(1900, 2020))
	for _, page := range pages {
		for _, lang := range languages {
			step(page, chromedp.Navigate(base+"/sheet/"+lang+"/"+page))
			picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, page+"-"+lang+".png"), picture, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
