package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

const testToken = "tbt_abcdefgh_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// rig is a running site over a real bus, and a browser.
type rig struct {
	t       *testing.T
	bus     *bus.Bus
	view    *view.View
	url     string
	browser *http.Client
}

func newRig(t *testing.T, demo bool, change func(*Deps)) *rig {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, cancel := context.WithCancel(context.Background())
	b, err := bus.Open(ctx, bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, log)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := registry.NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	policy := triage.DefaultConfig()
	v := view.New(view.Options{Bus: b, Directory: directory, Policy: policy, Now: clock, Log: log, Sources: []view.Source{{Name: "eping", Kind: "eping", Every: time.Hour}}})
	done := make(chan struct{})
	go func() { defer close(done); _ = v.Run(ctx) }()
	go func() { _ = directory.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; b.Close() })
	guard, err := auth.New(ctx, auth.Options{Bus: b, Dir: t.TempDir(), Log: log, Token: testToken, Demo: demo, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Bus: b, View: v, Guard: guard, Log: log, Version: "test", Running: []string{"ingest", "matcher"}, Desk: &triage.Desk{Bus: b, Config: policy, Now: clock, Log: log}}
	if change != nil {
		change(&d)
	}
	mux := http.NewServeMux()
	Register(mux, d)
	server := httptest.NewServer(guard.Wrap(mux))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the view to be ready", func() bool { return v.Ready() == nil })
	return &rig{t, b, v, server.URL, &http.Client{Jar: jar}}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("waited 20 s for %s", what)
		case <-tick.C:
		}
	}
}

func put[T any](t *testing.T, table *bus.Table[T], key string, v T) {
	t.Helper()
	if _, err := table.Put(t.Context(), key, v, 0); err != nil {
		t.Fatal(err)
	}
}

const family = "G/TBT/N/BRA/9001"

// seed stores a case with all that belongs to it; one product is directly
// touched.
func (r *rig) seed() (caseKey, noticeKey string) {
	t := r.t
	sha, err := r.bus.Raw.PutBytes(t.Context(), []byte("<html>raw</html>"))
	if err != nil {
		t.Fatal(err)
	}
	n := trade.Notice{
		Source: "eping", ID: family, Symbols: []string{family}, Kind: trade.KindNew, Markets: []string{"BR"}, Title: "Helmets for <b>riders</b>", Raw: sha, SeenAt: now,
		Dates: []trade.Date{{What: trade.DateCommentDeadline, Text: "60 days", From: "2026-03-09", To: "2026-03-09", Basis: "60 days from 2026-01-08"}}, Fields: map[string]string{"Distribution date": "46025"},
	}
	put(t, r.bus.Notices, n.Key(), n)
	put(t, r.bus.Exporters, registry.ExporterKey("E1"), trade.Exporter{ID: "E1", Name: "甲头盔厂", District: "江北"})
	p := trade.Product{ID: "P1", Exporter: "E1", NameZH: "摩托车头盔", Markets: []string{"BR"}, ExportValue: 900_000}
	put(t, r.bus.Products, p.Key(), p)
	put(t, r.bus.Subscribers, registry.SubscriberKey("S1"), trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Name: "甲厂信箱", Exporter: "E1", Channel: "email"})
	f := trade.Family{
		ID: family, Matched: true, Roots: n.Symbols, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID, Symbols: n.Symbols, Kind: n.Kind, Title: n.Title, Dates: n.Dates, Published: "2026-01-08"}},
		Matches: []trade.Match{{Notice: family, Family: family, Exporter: "E1", Product: "P1", Markets: []string{"BR"}, Grade: trade.Direct, Score: 1, Evidence: []trade.Evidence{{Kind: trade.EvidenceTerm, Notice: "Helmets", Product: "helmet", Where: "title"}}}},
	}
	put(t, r.bus.Families, f.Key(), f)
	put(t, r.bus.Cases, f.Key(), trade.Case{Family: family, State: trade.CaseOpen, FamilySeq: 1, Kind: n.Kind, Markets: n.Markets, HeadlineZH: "巴西新措施：头盔", HeadlineEN: "Brazil: helmets", SummaryZH: "摘要", Level: "orange", LevelWhy: trade.Text{ZH: "橙色：8分", EN: "Orange: 8 points"}, Dates: n.Dates, Direct: 1, Exporters: 1, Opened: now.Format(time.RFC3339), Link: "https://example.org/n"})
	put(t, r.bus.Quarantine, "q1", trade.Quarantine{Source: "eping", Where: "row 7", Reason: "cut off", Bytes: []byte("{\"a\":<script>"), At: now.Format(time.RFC3339)})
	if _, err := r.bus.Runs.Append(t.Context(), "eping", bus.Run{Source: "eping", Started: now.Format(time.RFC3339), Trigger: "schedule", Tally: trade.Tally{Rows: 2, Notices: 1, Quarantined: 1}}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the seed to be seen", func() bool {
		c := r.view.Counts()
		return c.Notices == 1 && c.Cases["open"] == 1 && c.Products == 1 && c.Exporters == 1 && c.Subscribers == 1 && c.Quarantine == 1 && c.Runs == 1
	})
	return f.Key(), n.Key()
}

// page gets an address and checks the page as the render tests do.
func (r *rig) page(path string, status int) *goquery.Document {
	r.t.Helper()
	resp, err := r.browser.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read("GET "+path, resp, status)
}

// submit posts a form as a browser does.
func (r *rig) submit(path string, form url.Values, status int) *goquery.Document {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", r.url)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := r.browser.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read("POST "+path, resp, status)
}

func (r *rig) read(what string, resp *http.Response, status int) *goquery.Document {
	r.t.Helper()
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if resp.StatusCode != status {
		r.t.Fatalf("%s: %d, want %d\n%s", what, resp.StatusCode, status, text)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		checkPage(r.t, what+" (empty allowed)", text)
		if resp.Header.Get("Content-Security-Policy") != contentPolicy {
			r.t.Errorf("%s: policy %q", what, resp.Header.Get("Content-Security-Policy"))
		}
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	return doc
}

func (r *rig) shows(path string, words ...string) {
	r.t.Helper()
	text := r.page(path, http.StatusOK).Find("body").Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			r.t.Errorf("%s does not show %q", path, w)
		}
	}
}

// In the demo every page is read without signing in, empty and filled, in both
// languages.
func TestEveryPageIsReadInTheDemo(t *testing.T) {
	r := newRig(t, true, nil)
	lists := []string{"/", "/cases", "/cases?state=released&level=red&q=x", "/notices", "/notices?q=x", "/warnings", "/deliveries", "/deliveries?state=held", "/statistics", "/statistics?month=2026-02&market=BR&sector=toys", "/sources", "/quarantine", "/registry", "/registry?q=x", "/search", "/search?q=x&kind=notices&offset=30", "/standards", "/standards?q=x&body=GB&named=both", "/explain", "/sign-in"}
	for _, lang := range []string{"zh", "en"} {
		for _, p := range lists {
			sep := "?"
			if strings.Contains(p, "?") {
				sep = "&"
			}
			if got := r.page(p+sep+"lang="+lang, http.StatusOK).Find("html").AttrOr("lang", ""); !strings.HasPrefix(got, lang) {
				t.Errorf("%s in %s says it is in %q", p, lang, got)
			}
		}
	}
	r.page("/?lang=zh", http.StatusOK)
	r.shows("/", "tbtwatch import products", "没有登记出口企业", "采集")
	caseKey, noticeKey := r.seed()
	for path, words := range map[string][]string{
		"/":                     {"巴西新措施：头盔", "收到 2 = 新增 1", "2026-03-09", "Helmets for <b>riders</b>", "演示"},
		"/cases":                {"马上到期", "还有 7 天", "橙色"},
		"/cases/" + caseKey:     {"首次出现", "甲头盔厂", "写到“Helmets”", "橙色：8分", "自 2026-01-08 起 60 天", "发布预警", "60 days"},
		"/notices":              {"Helmets for <b>riders</b>"},
		"/notices/" + noticeKey: {"Distribution date", "46025", "直接 1 项"},
		"/quarantine":           {"cut off", "row 7"},
		"/quarantine/q1":        {`{"a":<script>`},
		"/registry":             {"甲头盔厂", "甲厂信箱"},
		"/registry?exporter=E1": {"摩托车头盔", "US$900,000"},
		"/sources":              {"eping", "尚未运行", "收到 2 = 新增 1"},
		"/explain?notice=" + url.QueryEscape(family) + "&exporter=E1": {"未通知该企业", "预警尚未发布"},
	} {
		r.shows(path, words...)
	}
	r.page("/explain?notice=x&exporter=y", http.StatusNotFound)
	for _, p := range []string{"/nothing", "/cases/none", "/notices/none", "/warnings/none/1", "/warnings/none/x", "/deliveries/none", "/quarantine/none", "/registry?exporter=none", "/raw/xyz", "/deliveries/none/mail"} {
		r.page(p, http.StatusNotFound)
	}
}

// Without the demo every page sends strangers to the sign-in page, and none
// shows anything.
func TestPagesAreShutWithoutASession(t *testing.T) {
	r := newRig(t, false, nil)
	caseKey, _ := r.seed()
	s := &site{}
	stranger := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for pattern := range s.routes() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{key}", caseKey, "{release}", "1", "{name}", "eping", "{sha}", "x", "{part}", "brief").Replace(path)
		req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Authorization", "Bearer "+testToken) // opens the API, not the pages
		resp, err := stranger.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		want := http.StatusSeeOther
		if method == http.MethodPost {
			want = http.StatusUnauthorized
		}
		if resp.StatusCode != want || strings.Contains(string(body), "头盔") {
			t.Errorf("%s: %d, want %d", pattern, resp.StatusCode, want)
		}
	}
	e, err := r.bus.Cases.Get(t.Context(), caseKey)
	if err != nil || e.Value.State != trade.CaseOpen {
		t.Errorf("a stranger changed the case: %+v, %v", e.Value, err)
	}
}

func TestSigningIn(t *testing.T) {
	r := newRig(t, false, nil)
	r.seed()
	if doc := r.page("/cases?state=open", http.StatusOK); doc.Find("input[name=next]").AttrOr("value", "") != "/cases?state=open" {
		t.Error("the sign-in page forgot where its reader wanted to go")
	}
	r.submit("/sign-in", url.Values{"token": {"wrong"}, "next": {"/"}}, http.StatusUnauthorized)
	doc := r.submit("/sign-in", url.Values{"token": {testToken}, "next": {"/cases?state=open"}}, http.StatusOK)
	if !strings.Contains(doc.Text(), "巴西新措施") {
		t.Error("after signing in the reader is not where they wanted to go")
	}
	r.submit("/sign-out", nil, http.StatusOK)
	if doc := r.page("/cases", http.StatusOK); strings.Contains(doc.Text(), "巴西新措施") {
		t.Error("the pages stay open after signing out")
	}
	for range 4 {
		r.submit("/sign-in", url.Values{"token": {"wrong"}}, http.StatusUnauthorized)
	}
	if doc := r.submit("/sign-in", url.Values{"token": {testToken}}, http.StatusTooManyRequests); !strings.Contains(doc.Text(), "秒后再试") {
		t.Error("too many tries are not explained")
	}
}

func TestTheLanguageIsRemembered(t *testing.T) {
	r := newRig(t, true, nil)
	r.shows("/", "总览")
	r.page("/cases?lang=en", http.StatusOK)
	r.shows("/notices", "Notices", "中文")
	if href := r.page("/notices?q=a&lang=en", http.StatusOK).Find(".who a").AttrOr("href", ""); href != "/notices?q=a&lang=zh" {
		t.Errorf("the switch leads to %q", href)
	}
}

func TestAssets(t *testing.T) {
	r := newRig(t, false, nil)
	for _, name := range []string{"style.css", "icon.svg"} {
		resp, err := r.browser.Get(r.url + "/static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		req, _ := http.NewRequestWithContext(t.Context(), "GET", r.url+"/static/"+name, nil)
		req.Header.Set("If-None-Match", resp.Header.Get("ETag"))
		again, err := r.browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = again.Body.Close()
		if resp.StatusCode != 200 || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d, then %d", name, resp.StatusCode, again.StatusCode)
		}
	}
	r.page("/static/register.go", http.StatusNotFound)
}

var errFetch = errors.New("server answers 503")
