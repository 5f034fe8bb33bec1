package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tbtwatch/internal/console"
)

const (
	axeFile = "tools/axe/node_modules/axe-core/axe.min.js" // `make needs` puts it there
	axeSum  = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
)

// axe is the accessibility checker, as it was published.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, axeFile))
	if err != nil {
		t.Fatalf("%v; run make needs", err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != axeSum {
		t.Fatalf("%s is not the version that was looked at; run make needs", axeFile)
	}
	return string(text)
}

// axeRun begins to look for what keeps somebody from using the page.
const axeRun = `window.findings=undefined;axe.run(document,{resultTypes:["violations"]}).then(r=>{window.findings=r.violations
.filter(v=>v.impact==="serious"||v.impact==="critical")
.map(v=>v.impact+" "+v.id+": "+v.help+" at "+v.nodes.slice(0,3).map(n=>n.target.join(" ")+" "+n.html.slice(0,160)).join(" | "))},e=>{window.findings=["axe failed: "+e]});true`

// sound checks each page on a wide and on a narrow screen: no serious finding.
func (b *browser) sound(script string, pages []string) {
	b.Helper()
	for _, width := range []int64{1280, 400} {
		b.do("screen", chromedp.EmulateViewport(width, 900))
		for _, page := range pages {
			b.open(page)
			ask[bool](b, script+";"+axeRun)
			until(b.T, stepWithin, "axe has looked at "+page, func() bool { return ask[bool](b, "window.findings!==undefined") })
			for _, finding := range ask[[]string](b, "window.findings") {
				b.Errorf("%s at %d px: %s", page, width, finding)
			}
		}
	}
}

// Every page of the demo, those for the other roles included, is sound for
// keyboards and screen readers, as far as axe-core can tell.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	script := axe(t)
	s := serveChild(t, t.TempDir(), "--demo")
	until(t, 30*time.Second, "the first notices have arrived", func() bool {
		c := s.counts()
		return c.Cases["open"] > 3 && c.Deliveries["accepted"] > 5 && s.settled()
	})
	b := newBrowser(t, s.url)
	pages := []string{"/?lang=en", "/cases?lang=zh", "/sign-in"}
	for pattern := range console.Routes() {
		path, isPage := strings.CutPrefix(pattern, "GET ")
		switch {
		case !isPage || strings.Contains(path, "{") || strings.Contains(path, ".") || path == "/cases/bulk":
		default:
			pages = append(pages, path)
		}
	}
	slices.Sort(pages)
	for _, list := range []string{"/cases", "/notices", "/warnings", "/deliveries", "/quarantine", "/standards"} {
		pages = append(pages, b.first(list))
	}
	pages = append(pages, b.first("/cases")+"/bulletin", b.first("/cases")+"/codes", "/explain?notice=G/TBT/N/VNM/349&exporter=EX014", "/registry?exporter=EX001")
	b.sound(script, pages)
	t.Logf("%d pages", len(pages))
}
