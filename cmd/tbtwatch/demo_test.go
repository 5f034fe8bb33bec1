package main

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// The demo as a newcomer meets it: it is killed while its first mails are
// written, started again on the same folder, looked at from all sides, killed
// again, and stopped as it asks to be.
func TestDemo(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	begun := time.Now()
	s := serveChild(t, data, "--demo")
	for _, words := range []string{"tbtwatch is running", "已启动", s.url, filepath.Join(data, "mail", "*.eml"), data, "Ctrl+C"} {
		if !strings.Contains(s.banner, words) {
			t.Errorf("the banner does not say %q:\n%s", words, s.banner)
		}
	}
	until(t, 30*time.Second, "there are five mails", func() bool { return len(mailFiles(t, data)) >= 5 })
	t.Logf("five mails after %s", time.Since(begun).Round(100*time.Millisecond))
	early := mailFiles(t, data)
	s.kill()

	s = serveChild(t, data, "--demo")
	until(t, 40*time.Second, "a follow-up has arrived", func() bool { return updates(s) > 0 })
	s.readSources()
	for name, before := range early {
		if after := mailFiles(t, data)[name]; after == nil || !os.SameFile(before, after) {
			t.Errorf("%s was written again after the kill", name)
		}
	}
	t.Run("records", s.checkRecords)
	t.Run("mails", s.checkMails)
	t.Run("quarantine", s.checkQuarantine)
	t.Run("machines", s.checkMachines)
	t.Run("pages", s.checkPages)

	counted, mails := s.counts(), mailFiles(t, data)
	s.kill()
	s = serveChild(t, data, "--demo")
	s.readSources()
	t.Run("continued", func(t *testing.T) {
		again := s.counts()
		if fmt.Sprint(again.BySource, again.Warnings, again.Cases, again.Deliveries, again.Products, again.Subscribers) !=
			fmt.Sprint(counted.BySource, counted.Warnings, counted.Cases, counted.Deliveries, counted.Products, counted.Subscribers) || again.Runs <= counted.Runs {
			t.Errorf("before the kill %+v\nafter it %+v", counted, again)
		}
		now := mailFiles(t, data)
		for name := range now {
			if mails[name] == nil || !os.SameFile(now[name], mails[name]) {
				t.Errorf("%s is new, although nothing was", name)
			}
		}
		s.checkMails(t)
	})
	if status := s.end(); status != exitDone {
		t.Errorf("SIGTERM ends it with status %d", status)
	}
}

// updates counts warnings that went out a second time.
func updates(s *served) (n int) {
	for _, w := range rows[view.WarningRow](s, "/api/v1/warnings") {
		if w.Release > 1 {
			n++
		}
	}
	return n
}

// checkRecords: notices, matches with reasons, released warnings and accepted
// deliveries are there, and every row of the sources has its outcome.
func (s *served) checkRecords(t *testing.T) {
	c := s.counts()
	if o := c.Outcomes; c.Notices < 50 || c.Exporters < 40 || c.Products < 200 || o.Rows != o.Notices+o.Duplicates+o.Unchanged+o.Quarantined+o.Refused {
		t.Errorf("counts %+v", c)
	}
	if c.Cases["open"] == 0 || c.Warnings < 10 || c.Deliveries["accepted"] < 20 || c.Deliveries["held"]+c.Deliveries["rejected"] > 0 || c.DeadLetters > 0 {
		t.Errorf("counts %+v", c)
	}
	channels := map[string]int{}
	for _, d := range rows[view.DeliveryRow](s, "/api/v1/deliveries") {
		channels[d.Channel]++
	}
	if channels["email"] == 0 || channels["webhook"] == 0 {
		t.Errorf("deliveries by channel: %v", channels)
	}
	for _, w := range rows[view.WarningRow](s, "/api/v1/warnings") {
		var got trade.Warning
		s.get(fmt.Sprintf("/api/v1/warnings/%s/%d", w.Key, w.Release), &got)
		if len(got.Audience) == 0 && !w.Lifted {
			t.Errorf("%s concerns nobody", w.Family)
		}
		for _, m := range got.Audience {
			if len(m.Evidence) == 0 {
				t.Errorf("%s names %s of %s without a reason", w.Family, m.Product, m.Exporter)
			}
		}
	}
}

// mailFiles are the mails in the data folder by name. What is being written
// stands aside under a name that begins with a dot.
func mailFiles(t *testing.T, data string) map[string]os.FileInfo {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(data, "mail"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	out := map[string]os.FileInfo{}
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case err != nil || filepath.Ext(e.Name()) != ".eml":
			t.Fatalf("%s in the mail folder: %v", e.Name(), err)
		default:
			out[e.Name()] = info
		}
	}
	return out
}

// checkMails: one file for each Message-ID, named from it, whole; and one mail
// for each recipient and release that the ledger has by mail.
func (s *served) checkMails(t *testing.T) {
	wanted := map[string]bool{}
	told := map[string]string{} // recipient and release → delivery
	for _, d := range rows[view.DeliveryRow](s, "/api/v1/deliveries") {
		if d.Channel != "email" {
			continue
		}
		wanted[d.Key] = true
		whom := fmt.Sprintf("%s of %s, release %d", d.Subscriber, d.Family, d.Release)
		if told[whom] != "" {
			t.Errorf("%s was told twice: %s and %s", whom, told[whom], d.Key)
		}
		told[whom] = d.Key
	}
	files := mailFiles(t, s.data)
	if len(files) != len(wanted) {
		t.Errorf("%d mails, the ledger has %d", len(files), len(wanted))
	}
	for name := range files {
		id, err := readMail(filepath.Join(s.data, "mail", name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if key, _, _ := strings.Cut(id, "@"); name != id+".eml" || !wanted[key] {
			t.Errorf("%s holds Message-ID %s, in the ledger: %v", name, id, wanted[key])
		}
	}
}

// readMail reads a whole mail and returns its Message-ID without brackets.
func readMail(path string) (id string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	m, err := mail.ReadMessage(f)
	if err != nil {
		return "", err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return "", fmt.Errorf("it is %q: %w", kind, err)
	}
	var kinds []string
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("after %d parts: %w", len(kinds), err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || len(text) < 100 {
			return "", fmt.Errorf("a part of %d bytes: %w", len(text), err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		kinds = append(kinds, kind)
	}
	if !slices.Equal(kinds, []string{"text/plain", "text/html"}) {
		return "", fmt.Errorf("its parts are %v", kinds)
	}
	if m.Header.Get("To") == "" || m.Header.Get("Subject") == "" {
		return "", errors.New("it has no recipient or no subject")
	}
	return strings.Trim(m.Header.Get("Message-ID"), "<>"), nil
}

// checkQuarantine: the broken authorities' input is kept with its reason and
// told to nobody.
func (s *served) checkQuarantine(t *testing.T) {
	sources := map[string]int{}
	for _, q := range rows[view.QuarantineRow](s, "/api/v1/quarantine") {
		sources[q.Source]++
		if q.Reason == "" || q.Raw == "" {
			t.Errorf("without reason or bytes: %+v", q)
		}
	}
	for _, name := range []string{"broken-poisoned", "broken-garbled", "broken-empty", "broken-feed", "broken-error"} {
		if sources[name] == 0 {
			t.Errorf("nothing of %s is in quarantine: %v", name, sources)
		}
	}
	for name, n := range s.counts().BySource {
		if strings.HasPrefix(name, "broken-") && n > 0 {
			t.Errorf("%d notices of %s", n, name)
		}
	}
	for _, w := range rows[view.WarningRow](s, "/api/v1/warnings") {
		if strings.Contains(w.Family, "broken-") || strings.Contains(w.Headline.EN, "casino") {
			t.Errorf("a warning from the quarantine: %+v", w)
		}
	}
}

// checkMachines asks what programs ask, without a token.
func (s *served) checkMachines(t *testing.T) {
	for path, words := range map[string][]string{
		"/healthz":      {"ok"},
		"/readyz":       {`"ready":true`},
		"/metrics":      {"# TYPE ", "tbtwatch_"},
		"/openapi.json": {`"openapi":"3.1`, "/api/v1/cases/{key}/release"},
	} {
		resp, text := fetch(t, s.url+path)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %.300s", path, w, text)
			}
		}
	}
	if resp, _ := fetch(t, s.url+"/api/v1/counts"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the API answers a stranger with %d", resp.StatusCode)
	}
}

// fetch gets an address without a cookie and without following redirects.
func fetch(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return resp, string(text)
}
