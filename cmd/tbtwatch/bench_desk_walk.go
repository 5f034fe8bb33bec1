package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/console"
	"tbtwatch/internal/trade"
)

// deskPages are the ways in which each page is asked for: queries, and "" for
// none. {name} stands for one of the store's keys, as in the page's pattern.
var deskPages = map[string][]string{
	"/{$}":                            {""},
	"/cases":                          {"", "?offset=1200", "?level=orange", "?sector={sector}", "?market={market}", "?grade=direct&kind=new", "?who=-", "?q={word}", "?q={symbol}", "?state=released", "?state=irrelevant&offset=60"},
	"/cases/bulk":                     {"?do=dismiss&reason=x&case={key}&case={key2}", "?do=release&case={key}&case={key2}"},
	"/cases/{key}":                    {"", "?lang=en"},
	"/cases/{key}/codes":              {""},
	"/cases/{key}/firms":              {"", "?offset=50"},
	"/cases/{key}/opinion":            {""},
	"/cases/{key}/opinion.docx":       {""},
	"/cases/{key}/release":            {""},
	"/cases/{key}/survey":             nil, // of a firm that the case touches: the walk knows cases and firms, not which goes with which
	"/cases/{key}/bulletin":           {"", "?audience=public"},
	"/cases/{key}/bulletin.docx":      {""},
	"/notices":                        {"", "?q={word}", "?q=zzzzqqqq", "?source={source}", "?q={symbol}", "?before={seq}"},
	"/notices/{key}":                  {""},
	"/warnings":                       {""},
	"/warnings/{key}/{release}":       {""},
	"/deliveries":                     {"", "?state=accepted", "?state=held"},
	"/deliveries/{key}":               {""},
	"/deliveries/{key}/mail":          {""},
	"/statistics":                     {"", "?month={month}", "?market={market}", "?sector={sector}", "?market={market}&sector={sector}", "?lang=en"},
	"/statistics.csv":                 {"", "?month={month}"},
	"/sources":                        {""},
	"/quarantine":                     {""},
	"/quarantine/{key}":               {""},
	"/registry":                       {"", "?q={word}", "?q={firm}", "?exporter={exporter}", "?offset=50000"},
	"/explain":                        {"", "?notice={symbol}&exporter={exporter}"},
	"/raw/{sha}":                      {""},
	"/standards":                      {"", "?q={standard}", "?q=safety", "?body=IEC", "?named=both"},
	"/standards/{key}":                {""},
	"/warnings/{key}/{release}/firms": {""},
	"/bulletins/{key}/{release}":      {""},
	"/search":                         {"", "?q={word}", "?q={symbol}"},
	"/sign-in":                        {""},
	"/account":                        {""},
	"/people":                         {""},
	"/people/{id}":                    nil, // the store knows nobody but who holds the token of its folder
	"/audit":                          {""},
	"/rules":                          {""},
	"/scorecard":                      {""},
	"/statistics/deliveries":          {"", "?by=day", "?by=week&channel=email"},
	"/statistics/deliveries.csv":      {""},
	"/leads":                          {"", "?sector={sector}", "?market={market}", "?since=2026-01-01"},
	"/leads.csv":                      {"?market={market}&since=2026-01-01"},
	"/leads.xlsx":                     {"?market={market}&since=2026-01-01"},
	"/waiting":                        {"", "?case={key}"},
	"/waiting.csv":                    {"?case={key}"},
}

// deskPage is one way to ask for a page.
type deskPage struct{ pattern, query string }

// knownPages lists the ways to ask for every page that the centre's lead may
// see; one that the table does not know is an error, so that none is forgotten.
func knownPages() (out []deskPage, err error) {
	paths := []string{"/bulletins/{key}/{release}", "/sign-in"} // without signing in
	for pattern, action := range console.Routes() {
		if path, ok := strings.CutPrefix(pattern, "GET "); ok && auth.May(trade.RoleLead, action) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, pattern := range paths {
		queries, ok := deskPages[pattern]
		if !ok {
			return nil, fmt.Errorf("the bench does not know how to ask for the page %s: add it to deskPages", pattern)
		}
		for _, q := range queries {
			out = append(out, deskPage{pattern, q})
		}
	}
	return out, nil
}

// pageTimes is how long the answers to one way of asking took.
type pageTimes struct {
	name   string
	took   []time.Duration // sorted in the end
	bytes  int             // of the largest answer
	failed string          // the first answer that was none
}

func (p *pageTimes) at(q float64) time.Duration {
	if len(p.took) == 0 {
		return 0
	}
	return p.took[min(len(p.took)-1, int(q*float64(len(p.took))))]
}

// walk asks for pages as a signed-in browser does.
type walk struct {
	base  string
	http  *http.Client
	keys  deskKeys
	rnd   *rand.Rand
	pages []deskPage
	limit time.Duration
	begin time.Time
	mu    sync.Mutex
	times map[deskPage]*pageTimes
	late  []int // answers that took longer than the limit, by the lateSpan in which they were due
}

const lateSpan = 10 * time.Second

// answerable says which ways of asking the store has no keys for.
func answerable(keys deskKeys) error {
	pages, err := knownPages()
	w, errs := &walk{keys: keys, rnd: rand.New(rand.NewPCG(1, 2))}, []error{err}
	for _, p := range pages {
		_, err := w.address(p)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// newWalk signs in with the token of the data folder.
func newWalk(ctx context.Context, base, data string, keys deskKeys) (*walk, error) {
	pages, err := knownPages()
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	w := &walk{base: base, keys: keys, rnd: rand.New(rand.NewPCG(1, 2)), pages: pages, times: map[deskPage]*pageTimes{}}
	w.http = &http.Client{Jar: jar, Transport: &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 64}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	token, err := os.ReadFile(filepath.Join(data, "token"))
	if err != nil {
		return nil, err
	}
	form := url.Values{"token": {strings.TrimSpace(string(token))}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", base)
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in: the server answers %s", resp.Status)
	}
	return w, nil
}

// run asks for one page after the other at that rate, each in its turn,
// whether the answers before have come or not: what waits in a queue counts.
func (w *walk) run(ctx context.Context, rate int, span time.Duration) ([]pageTimes, error) {
	var asking sync.WaitGroup
	w.begin = time.Now()
	for i := 0; time.Since(w.begin) < span || i < len(w.pages); i++ {
		due := w.begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Until(due)):
		}
		p := w.pages[i%len(w.pages)]
		address, err := w.address(p)
		if err != nil {
			return nil, err
		}
		asking.Go(func() { w.ask(ctx, p, address, due) })
	}
	asking.Wait()
	var out []pageTimes
	for _, t := range w.times {
		slices.Sort(t.took)
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b pageTimes) int {
		return cmp.Or(cmp.Compare(b.at(0.95), a.at(0.95)), cmp.Compare(a.name, b.name))
	})
	return out, ctx.Err()
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// address fills real keys in. A kind of key that the store lacks is an error:
// a page about nothing would be measured in place of the page.
func (w *walk) address(p deskPage) (string, error) {
	var missing error
	text := placeholder.ReplaceAllStringFunc(p.pattern+p.query, func(name string) string {
		v, ok := w.value(p.pattern, name)
		if !ok {
			missing = fmt.Errorf("%s%s: the store has no %s", p.pattern, p.query, name)
		}
		return url.QueryEscape(v)
	})
	return w.base + text, missing
}

// value is one of the store's keys of that name.
func (w *walk) value(pattern, name string) (string, bool) {
	k := &w.keys
	switch name {
	case "{$}":
		return "", true
	case "{release}":
		return "1", true
	case "{seq}":
		return fmt.Sprint(k.Sizes.Notices/2 + 1 + w.rnd.IntN(max(1, k.Sizes.Notices/2))), true
	case "{month}":
		return time.Now().AddDate(0, -w.rnd.IntN(12), 0).Format("2006-01"), true
	}
	path, kind, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	key := map[string][]string{"cases": k.Cases, "notices": k.Notices, "deliveries": k.Deliveries, "quarantine": k.Quarantine, "standards": k.Standards, "warnings": k.Released, "bulletins": k.Public, "waiting": k.Released, "waiting.csv": k.Released}[path]
	if strings.HasSuffix(kind, "/mail") {
		key = k.Mails
	}
	of := map[string][]string{
		"{key}": key, "{key2}": key, "{sha}": k.Raw, "{sector}": k.Sectors, "{market}": k.Markets, "{word}": k.Words, "{symbol}": k.Symbols,
		"{source}": k.Sources, "{firm}": k.Exporters, "{exporter}": k.Exporters, "{standard}": k.Named,
	}[name]
	if len(of) == 0 {
		return "", false
	}
	return of[w.rnd.IntN(len(of))], true
}

// ask reads the whole answer; it took as long as it was due.
func (w *walk) ask(ctx context.Context, p deskPage, address string, due time.Time) {
	size, err := w.fetch(ctx, address)
	took := time.Since(due)
	w.mu.Lock()
	defer w.mu.Unlock()
	if took > w.limit {
		at := int(due.Sub(w.begin) / lateSpan)
		w.late = append(w.late, make([]int, max(0, at+1-len(w.late)))...)
		w.late[at]++
	}
	t := w.times[p]
	if t == nil {
		t = &pageTimes{name: p.pattern + p.query}
		w.times[p] = t
	}
	t.took, t.bytes = append(t.took, took), max(t.bytes, size)
	if err != nil && t.failed == "" {
		t.failed = err.Error()
	}
}

func (w *walk) fetch(ctx context.Context, address string) (size int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, resp.Status)
	}
	return int(n), err
}
