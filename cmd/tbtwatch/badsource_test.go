package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"tbtwatch/ingest"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// badSource is a source whose server answers every request with the same.
type badSource struct {
	name, kind, options string // {url} in options is the address
	contentType, coding string
	input               string // of badInputs
	said                []string
	kept                bool // the bytes are kept with the quarantined document
}

var badSources = []badSource{
	{"cut-json", "eping", "url: {url}", "application/json", "", "cut-off JSON", []string{"is in quarantine", "after the JSON, at byte 80, more follows"}, true},
	{"html-page", "eping", "url: {url}", "text/html", "", "an HTML error page", []string{"is in quarantine", "an HTML page came with status 200 where JSON was asked for", "503 Service Unavailable", "an error or sign-in page"}, true},
	{"html-as-json", "eping", "url: {url}", "application/json", "", "an HTML error page", []string{"is in quarantine", "an HTML page came with status 200 where JSON was asked for", "503 Service Unavailable"}, true},
	{"empty-list", "eping", "url: {url}", "application/json", "", "an empty list", []string{"is in quarantine", "another shape", "of type array"}, true},
	{"no-rows", "eping", "url: {url}", "application/json", "", "an answer without rows", []string{"is in quarantine", "empty"}, true},
	{"empty", "eping", "url: {url}", "application/json", "", "an empty file", []string{"is in quarantine", "the document is empty"}, false},
	{"junk", "eping", "url: {url}", "application/json", "", "binary junk", []string{"is in quarantine", "broken after 0 bytes"}, true},
	{"deep", "eping", "url: {url}", "application/json", "", "JSON nested 10,000 deep", []string{"is in quarantine", "exceeded max depth"}, true},
	{"bomb", "eping", "url: {url}", "application/json", "gzip", "a gzip bomb", []string{"is in quarantine", "grows more than 100 times when decompressed (limit max_ratio)", "a decompression bomb"}, false},
	{"no-workbook", "eping-bulk", "url: {url}/a.xlsx", "application/octet-stream", "", "a workbook that is none", []string{"is in quarantine", "not a whole .xlsx workbook"}, true},
	{"workbook-bomb", "eping-bulk", "url: {url}/a.xlsx", "application/octet-stream", "", "a zip bomb", []string{"is in quarantine", "sheet1.xml unpacks from", "refused as a zip bomb"}, true},
	{"html-workbook", "eping-bulk", "url: {url}/a.xlsx", "text/html", "", "an HTML error page", []string{"is in quarantine", "an HTML page came with status 200 where a spreadsheet (XLSX) was asked for"}, true},
	{"long-line", "feed", "url: {url}/a.rss\nmarket: CL\n", "application/rss+xml", "", "a line of 128 MiB", []string{"is in quarantine", "is larger than 32 MiB as sent (limit max_wire)"}, false},
	{"no-feed", "feed", "url: {url}/a.rss\nmarket: CL\n", "application/rss+xml", "", "cut-off JSON", []string{"is in quarantine", "does not end like a feed", "cut off, or a page"}, true},
	{"cut-feed", "feed", "url: {url}/a.rss\nmarket: CL\n", "application/rss+xml", "", "a cut-off feed", []string{"is in quarantine", "does not end like a feed", "cut off, or a page"}, true},
	{"no-table", "page", "url: {url}/a.html\nmarket: CL\nlang: es\nlist: table tr\nfields:\n  title: {selector: a, required: true}\n", "text/html", "", "an HTML error page", []string{"is in quarantine", `"table tr" matches nothing`, "the list is empty where rows are expected"}, true},
}

func TestBadSources(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range badSources {
			if !strings.HasPrefix(r.URL.Path, "/"+c.name+"/") {
				continue
			}
			w.Header().Set("Content-Type", c.contentType)
			if c.coding != "" {
				w.Header().Set("Content-Encoding", c.coding)
			}
			_ = badInputs[c.input](w) // the client may hang up on it
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	s, err := newStand(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	s.cfg.Only, s.cfg.Sources = []string{"matcher", "triage", "notify"}, nil
	for _, c := range badSources {
		source := ingest.Config{Name: c.name, Kind: c.kind}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(strings.ReplaceAll(c.options, "{url}", server.URL+"/"+c.name)), &doc); err != nil {
			t.Fatal(err)
		}
		source.Options = *doc.Content[0]
		s.cfg.Sources = append(s.cfg.Sources, source)
	}
	sys, stop, err := s.start(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error("stopping:", err)
		}
	})
	stand := &importStand{&timeline{t, s, sys}, s.cfg.Data}
	// All at once: a page that may be gone in a moment is asked for again, seconds later.
	runs, errs := make([]bus.Run, len(badSources)), make([]error, len(badSources))
	var wg sync.WaitGroup
	for i, c := range badSources {
		wg.Go(func() { runs[i], errs[i] = sys.runner.Run(t.Context(), c.name, "person") })
	}
	wg.Wait()
	for i, c := range badSources {
		t.Run(c.kind+"/"+c.name, func(t *testing.T) { c.check(t, sys, runs[i], errs[i]) })
	}
	stand.settle()
	stand.silent()
	stand.queue()
	if n := len(current(t, sys.bus.Notices)); n > 0 {
		t.Errorf("%d notices were believed", n)
	}
}

// check looks at what became of the source's run: the words, one outcome
// counted, one record in quarantine, and its bytes.
func (c badSource) check(t *testing.T, sys *System, run bus.Run, err error) {
	if err == nil || run.Error == "" {
		t.Fatalf("the run ended well: %+v", run)
	}
	inOrder(t, run.Error, c.said)
	if want := (trade.Tally{Rows: 1, Quarantined: 1}); run.Tally != want {
		t.Errorf("tally %+v, want %+v", run.Tally, want)
	}
	var records []trade.Quarantine
	for _, q := range current(t, sys.bus.Quarantine) {
		if q.Source == c.name {
			records = append(records, q)
		}
	}
	if len(records) != 1 || !records[0].Whole || !strings.Contains(records[0].Where, "/"+c.name) {
		t.Fatalf("in quarantine: %+v", records)
	}
	inOrder(t, records[0].Reason, c.said[1:])
	if kept := records[0].Raw != ""; kept != c.kept {
		t.Errorf("the bytes are kept: %v, want %v", kept, c.kept)
	}
	if !c.kept {
		return
	}
	raw, err := sys.bus.Raw.Get(t.Context(), records[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	got, err := io.ReadAll(raw)
	var want bytes.Buffer
	if err := errors.Join(err, badInputs[c.input](&want)); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%d bytes are kept of %d, %v", len(got), want.Len(), err)
	}
}
