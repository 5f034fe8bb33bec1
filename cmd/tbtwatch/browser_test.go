package main

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is a real chromium on a served system.
type browser struct {
	*testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	console  []chromedp.ConsoleMessage
	expected []string // beginnings of messages that the test provokes
}

// stepWithin bounds every single step in the browser.
const stepWithin = 15 * time.Second

// newBrowser starts chromium with a fresh profile; it ends with the test,
// which fails when a page said anything on the console.
func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	if !slices.ContainsFunc([]string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	}) {
		t.Fatal("chromium is not installed; `make test` installs what the tests need")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("lang", "zh-CN"))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("chromium does not start: ", err)
	}
	b := &browser{T: t, ctx: ctx, base: base}
	said := chromedp.Console(ctx)
	go func() {
		for m, err := range said {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.console = append(b.console, m)
			b.mu.Unlock()
		}
	}()
	t.Cleanup(b.quiet)
	return b
}

// quiet fails the test for every message of the console: an error, a refusal
// of the content policy, a warning.
func (b *browser) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.console {
		if !slices.ContainsFunc(b.expected, func(s string) bool { return strings.HasPrefix(m.Text, s) }) {
			b.Errorf("the console of %s says %s (%s)", m.URL, m, m.Source)
		}
	}
}

// do runs steps within a time of their own.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v\non the page: %.600s", what, err, b.text("body"))
	}
}

// open goes to a path of the system, which has to answer 200.
func (b *browser) open(path string) {
	b.Helper()
	b.load(path, chromedp.NavigateResponse(b.base+path))
}

// click presses what a CSS selector finds first, reads the page that comes and
// returns its status.
func (b *browser) click(selector string) int64 {
	b.Helper()
	return b.load("click "+selector, func(ctx context.Context, t *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	})
}

// load waits for the page that a step leads to and returns its status.
func (b *browser) load(what string, step chromedp.Action[*network.Response]) int64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	resp, err := chromedp.Run(ctx, step)
	if err != nil {
		b.Fatalf("%s: %v\non the page: %.600s", what, err, b.text("body"))
	}
	if resp == nil {
		b.Fatalf("%s leads to no page", what)
	}
	return resp.Status
}

// fill types into a field in place of what stood there.
func (b *browser) fill(selector, text string) {
	b.Helper()
	b.do("fill "+selector, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// text is what a reader sees in the first element that a selector finds, ""
// if there is none.
func (b *browser) text(selector string) string {
	return ask[string](b, "(document.querySelector("+quote(selector)+")||{}).innerText||''")
}

// path is the address without the host.
func (b *browser) path() string {
	return ask[string](b, "location.pathname+location.search")
}

// shows fails unless the page's text holds all words.
func (b *browser) shows(words ...string) {
	b.Helper()
	text := b.text("body")
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Fatalf("%s does not show %q but: %.1500s", b.path(), w, text)
		}
	}
}

// ask evaluates an expression in the page.
func ask[T any](b *browser, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// quote writes text as a string of JavaScript.
func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(text) + "'"
}
