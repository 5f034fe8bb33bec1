package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Outside the demo the pages are shut: the token of the data folder opens them,
// nothing else does, and signing out shuts them again.
func TestBrowserSignsIn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveChild(t, data, "--config", writeConfig(t, deadProxy))
	b := newBrowser(t, s.url)
	b.expected = []string{"Failed to load resource: the server responded with a status of 401"}
	b.open("/cases?state=open")
	b.shows("登录", "token")
	if b.text("nav") != "" {
		b.Errorf("a stranger sees the menu: %s", b.text("nav"))
	}
	b.fill("input[name=token]", "tbt_wrong")
	if status := b.click("form button"); status != http.StatusUnauthorized {
		b.Errorf("a wrong token: %d", status)
	}
	b.shows("令牌不正确")
	token, err := os.ReadFile(filepath.Join(data, "token"))
	if err != nil {
		t.Fatal(err)
	}
	b.fill("input[name=token]", strings.TrimSpace(string(token)))
	b.click("form button")
	if b.path() != "/cases?state=open" {
		b.Errorf("after signing in the reader is at %s", b.path())
	}
	b.click(`nav a[href="/registry"]`)
	b.shows("tbtwatch import products")
	b.shots(map[string]string{
		"fresh-overview": "/", "fresh-cases": "/cases", "fresh-notices": "/notices", "fresh-warnings": "/warnings", "fresh-deliveries": "/deliveries",
		"fresh-registry": "/registry", "fresh-sources": "/sources", "fresh-quarantine": "/quarantine", "signin": "/sign-in",
	})
	b.open("/")
	b.click(".who form button")
	if b.path() != "/sign-in" {
		b.Errorf("after signing out the reader is at %s", b.path())
	}
	b.open("/")
	if !strings.HasPrefix(b.path(), "/sign-in") {
		b.Errorf("the pages stay open after signing out: %s", b.path())
	}
}
