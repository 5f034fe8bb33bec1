package notify

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// No mail is wider than a phone's screen, whatever it holds.
func TestMailsFitAPhone(t *testing.T) {
	server := httptest.NewServer(http.FileServer(http.Dir("testdata/golden")))
	t.Cleanup(server.Close)
	mails, err := filepath.Glob("testdata/golden/*.html")
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("no-proxy-server", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	browser, end := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	defer end()
	if err := chromedp.Do(browser, chromedp.EmulateViewport(390, 900)); err != nil {
		t.Fatal("chromium does not start (make needs installs it): ", err)
	}
	for _, mail := range mails {
		within, cancel := context.WithTimeout(browser, 30*time.Second)
		if err := chromedp.Do(within, chromedp.Navigate(server.URL+"/"+filepath.Base(mail))); err != nil {
			t.Fatalf("%s: %v", mail, err)
		}
		wide, err := chromedp.Run(within, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
		if cancel(); err != nil || wide > 390 {
			t.Errorf("%s is %d px wide on a screen of 390: %v", mail, wide, err)
		}
	}
}
