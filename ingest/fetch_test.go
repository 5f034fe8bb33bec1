package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

// fastClient may reach loopback and does not dawdle.
func fastClient(t testing.TB, edit func(*ClientConfig)) *Client {
	t.Helper()
	cfg := DefaultClient()
	cfg.AllowNetworks = []string{"127.0.0.0/8"}
	cfg.Pace, cfg.Burst = 1e6, 1000
	cfg.Idle = config.Duration(100 * time.Millisecond)
	cfg.TimeoutTotal = config.Duration(5 * time.Second)
	cfg.MaxWire, cfg.MaxInflated = 2<<20, 8<<20
	if edit != nil {
		edit(&cfg)
	}
	c, err := NewClient(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// get fetches url as a source would that plans it.
func get(t testing.TB, c *Client, req Request, edit func(*fetchRules)) (*fetched, error) {
	t.Helper()
	rules := fetchRules{hosts: newHostRule([]Request{req}, nil), limits: c.cfg.limits(SourceOverride{})}
	if edit != nil {
		edit(&rules)
	}
	f, err := c.fetch(context.Background(), req, rules)
	if f != nil && f.Body != nil {
		t.Cleanup(func() { f.Body.Close() })
	}
	return f, err
}

// site answers every path but /robots.txt with h.
func site(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// raw writes a whole HTTP answer by hand and hangs up.
func raw(w http.ResponseWriter, answer string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, answer)
	_ = conn.Close()
}

// Every kind of bad input has an error that names what is wrong with it.
func TestFetchBadInput(t *testing.T) {
	html := "<!DOCTYPE html><html><title>Access denied</title>"
	whole := string(gzipped([]byte(strings.Repeat("row of the list\n", 1000))))
	for _, c := range []struct {
		name      string
		path      string
		accept    string
		answer    http.HandlerFunc
		want      string
		permanent bool
	}{
		{"HTML error page with 200 for JSON", "/", "application/json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, html) }, `HTML page came with status 200 where JSON was asked for, titled "Access denied"`, false},
		{"HTML error page with 200 for XLSX", "/bulk.xlsx", "", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, " \n"+html) }, "where a spreadsheet (XLSX) was asked for", false},
		{"HTML for a feed", "/x", "application/rss+xml", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!-- a --><HTML>") }, "where a feed was asked for", false},
		{"empty", "/", "", func(http.ResponseWriter, *http.Request) {}, "the document is empty", false},
		{"no content", "/", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "204 No Content, which is no document", false},
		{"short of its Content-Length", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a page")
		}, "did not arrive whole: unexpected EOF", false},
		{"cut chunked", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
		}, "did not arrive whole: unexpected EOF", false},
		{"cut gzip", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, whole[:len(whole)-9])
		}, "did not arrive whole: unexpected EOF", false},
		{"gzip with a broken sum", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, whole[:len(whole)-8]+"\x00\x00\x00\x00"+whole[len(whole)-4:])
		}, "did not arrive whole: gzip: invalid checksum", false},
		{"gzip that is none", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, html)
		}, "did not arrive whole: gzip: gzip: invalid header", false},
		{"gzip bomb", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped(make([]byte, 6<<20)))
		}, "grows more than 100 times when decompressed (limit max_ratio)", true},
		{"larger than allowed when decompressed", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped(grainy(9 << 20)))
		}, "is larger than 8 MiB when decompressed (limit max_inflated)", true},
		{"larger than allowed", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			for range 50 {
				_, _ = w.Write(make([]byte, 64<<10))
			}
		}, "is larger than 2 MiB as sent (limit max_wire)", true},
		{"announces 1 GB", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nx")
		}, "announces 1 GiB, limit max_wire is 2 MiB", true},
		{"1 GB line", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < 1<<30 && w != nil; i += 1 << 20 {
				if _, err := w.Write(bytes.Repeat([]byte{'x'}, 1<<20)); err != nil {
					return
				}
			}
		}, "limit max_wire", true},
		{"slow drip", "/", "", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "first")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "no byte for 100ms (limit idle)", false},
		{"unknown compression", "/", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
		}, `Content-Encoding "br"`, true},
		{"gone", "/", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, "410 Gone", true},
		{"not found", "/", "", http.NotFound, "404 Not Found", true},
		{"server error", "/", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "503 Service Unavailable", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := site(t, c.answer)
			req := Request{URL: s.URL + c.path, Header: http.Header{}}
			if c.accept != "" {
				req.Header.Set("Accept", c.accept)
			}
			_, err := get(t, fastClient(t, nil), req, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || trade.IsPermanent(err) != c.permanent {
				t.Errorf("%v (permanent %v); want %q (%v)", err, trade.IsPermanent(err), c.want, c.permanent)
			}
		})
	}
}

// grainy compresses about twentyfold.
func grainy(n int) []byte {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		if i%1024 < 90 {
			b[i] = byte(x >> 24)
		}
	}
	return b
}

// A page that is cut at any byte is never taken for a page.
func TestFetchCutAnywhere(t *testing.T) {
	page := gzipped([]byte(`{"items":[{"id":1,"title":"helmets"},{"id":2,"title":"tyres"}]}`))
	cutAt := 0
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		raw(w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(page), page[:cutAt]))
	})
	c := fastClient(t, nil)
	for ; cutAt < len(page); cutAt++ {
		if _, err := get(t, c, Request{URL: s.URL}, nil); err == nil || trade.IsPermanent(err) {
			t.Errorf("cut at byte %d of %d: %v", cutAt, len(page), err)
		}
	}
	if f, err := get(t, c, Request{URL: s.URL}, nil); err != nil || f.Body.size != 63 {
		t.Errorf("whole: %v", err)
	}
}

func TestFetchConditional(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "yesterday" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		fmt.Fprint(w, r.UserAgent())
	})
	c := fastClient(t, func(c *ClientConfig) { c.Contact = "desk@example.org" })
	f, err := get(t, c, Request{URL: s.URL}, nil)
	if err != nil || f.Unchanged || string(f.Body.Head(99)) != "tbtwatch/1.0 (+desk@example.org)" || f.Header.Get("ETag") != `"v1"` {
		t.Fatalf("%+v, %v", f, err)
	}
	f, err = get(t, c, Request{URL: s.URL}, func(r *fetchRules) { r.etag, r.lastModified = `"v1"`, "yesterday" })
	if err != nil || !f.Unchanged || f.Body != nil {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 6, 10, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		code   int
		header string
		want   time.Duration
	}{
		{429, "120", 2 * time.Minute}, {429, "", retryUsual}, {429, "soon", retryUsual}, {429, "-5", retryUsual},
		{429, "0", time.Second}, {503, "7", 7 * time.Second}, {503, "", 0}, {503, "garbage", 0}, {500, "", 0},
		{429, "315360000", retryCap}, {429, "99999999999999999999999", retryCap},
		{429, "Tue, 10 Jun 2025 08:10:00 GMT", 10 * time.Minute}, {429, "Tue, 10 Jun 2025 07:00:00 GMT", time.Second},
		{429, "Thu, 10 Jun 2055 08:00:00 GMT", retryCap}, {403, "", retryShut}, {401, "5", retryShut}, {403, "7200", 2 * time.Hour},
	} {
		resp := &http.Response{StatusCode: c.code, Header: http.Header{"Retry-After": {c.header}}}
		err := statusError(resp, now)
		if d, _ := trade.RetryDelay(err); err == nil || d != c.want || trade.IsPermanent(err) {
			t.Errorf("%d with Retry-After %q: %v in %v, want %v", c.code, c.header, err, d, c.want)
		}
	}
}

func TestRedirects(t *testing.T) {
	mux := http.NewServeMux()
	s := site(t, mux.ServeHTTP)
	elsewhere := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	to := func(path, target string, code int) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, code) })
	}
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, b, r.Header.Get("X-Api-Key"))
	})
	to("/found", "/end", 302)
	to("/kept", "/end", 307)
	to("/loop", "/loop", 301)
	to("/private", "http://10.0.0.1/", 302)
	to("/metadata", "http://169.254.169.254/latest", 302)
	to("/elsewhere", elsewhere+"/end", 302)
	to("/file", "file:///etc/passwd", 302)
	mux.HandleFunc("/nowhere", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) })
	c := fastClient(t, nil)
	for _, x := range []struct{ path, body, want string }{
		{"/found", "GET  ", ""}, {"/kept", "POST q ", ""}, {"/end", "POST q secret", ""},
		{"/loop", "", "more than 5 times (limit max_redirects)"}, {"/private", "", "10.0.0.1:80 may not be reached: its range is private"},
		{"/metadata", "", "its range is link-local"}, {"/elsewhere", "", "localhost is none of the source's hosts"},
		{"/file", "", `scheme "file"`}, {"/nowhere", "", "which is no address"},
	} {
		f, err := get(t, c, Request{Method: "POST", Body: []byte("q"), URL: s.URL + x.path, Header: http.Header{"X-Api-Key": {"secret"}}}, nil)
		if x.want == "" {
			if err != nil || string(f.Body.Head(99)) != x.body || !strings.HasSuffix(f.URL, "/end") {
				t.Errorf("%s: %v", x.path, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), x.want) || !trade.IsPermanent(err) {
			t.Errorf("%s: %v, want %q", x.path, err, x.want)
		}
	}
	secure, _ := url.Parse("https://example.org/a")
	if _, err := redirect(secure, &http.Response{StatusCode: 302, Header: http.Header{"Location": {"http://example.org/a"}}}); err == nil || !strings.Contains(err.Error(), "from https to http") {
		t.Errorf("downgrade: %v", err)
	}
	f, err := get(t, c, Request{URL: s.URL + "/elsewhere"}, func(r *fetchRules) { r.hosts.added = []string{"localhost"} })
	if err != nil || f.Body.size == 0 {
		t.Errorf("an added host: %v", err)
	}
}

func TestHostRule(t *testing.T) {
	r := newHostRule([]Request{{URL: "https://api.wto.org/x"}, {URL: "https://www.food.gov.uk/"}, {URL: "http://192.0.2.7/"}}, []string{"docs.example"})
	for host, ok := range map[string]bool{
		"api.wto.org": true, "docs.wto.org": true, "WTO.org.": true, "evilwto.org": false, "wto.org.evil.com": false,
		"food.gov.uk": true, "hse.gov.uk": false, "gov.uk": false, "192.0.2.7": true, "192.0.2.8": false,
		"docs.example": true, "a.docs.example": true, "example": false, "xdocs.example": false,
	} {
		u := &url.URL{Scheme: "https", Host: host}
		if err := r.check(u); (err == nil) != ok {
			t.Errorf("%s: %v, want ok %v", host, err, ok)
		}
	}
}

func TestGuardWithoutAllowedNetworks(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	c := fastClient(t, func(c *ClientConfig) { c.AllowNetworks = nil })
	for _, u := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)} {
		if _, err := get(t, c, Request{URL: u}, nil); err == nil || !trade.IsPermanent(err) || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", u, err)
		}
	}
}
