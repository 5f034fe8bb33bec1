package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
)

func TestEpingPlan(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(secret, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, options, watermark string
		address, key             string
		query                    map[string]string
	}{
		{"site, first run", ``, "", "https://eping.wto.org/api/v1/azureSearch/getAll", "",
			map[string]string{"distributionDateFrom": "2026-07-19", "distributionDateTo": "2026-08-19", "page": "1", "pageSize": "100", "language": "1", "domainIds": ""}},
		{"official, later run", `key: sesame`, "2026-08-17", "https://api.wto.org/eping/notifications/search", "sesame",
			map[string]string{"distributionDateFrom": "2026-08-14"}},
		{"key in a file", `key: "file:` + secret + `"`, "2026-08-17", "https://api.wto.org/eping/notifications/search", "from-a-file", nil},
		{"own address, filters", "url: http://127.0.0.1:9/x/\nareas: [SPS]\nmembers: [C156, U918]\nlanguage: 3\npage_size: 20\noverlap: 0", "2026-08-17",
			"http://127.0.0.1:9/x/api/v1/azureSearch/getAll", "", map[string]string{"domainIds": "2", "countryIds": "C156 U918", "language": "3", "pageSize": "20", "distributionDateFrom": "2026-08-17"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan := fromYAML(t, "eping", c.options).Plan(bus.SourceState{Watermark: c.watermark}, fixtureDay)
			if len(plan) != 1 {
				t.Fatalf("%d requests", len(plan))
			}
			u, err := url.Parse(plan[0].URL)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.Scheme + "://" + u.Host + u.Path; got != c.address {
				t.Errorf("asks %s, want %s", got, c.address)
			}
			for k, want := range c.query {
				if got := strings.Join(u.Query()[k], " "); got != want {
					t.Errorf("%s is %q, want %q", k, got, want)
				}
			}
			if got := plan[0].Header.Get("Ocp-Apim-Subscription-Key"); got != c.key || plan[0].Header.Get("Accept") != "application/json" {
				t.Errorf("headers %v, want key %q", plan[0].Header, c.key)
			}
		})
	}
}

func TestEpingRefusesOptions(t *testing.T) {
	for options, want := range map[string]string{
		"language: 4":          "1 is English",
		"areas: [TBT, GATS]":   "GATS",
		"page_size: 500":       "1 to 100",
		"days: 0":              "days",
		"key: file:/no/such":   "secret",
		"pagesize: 5":          "page_size",
		"key_fil: x":           "key",
		"members: {a: b}":      "",
		"url: http://[::1":     "url",
		"overlap: -1":          "overlap",
		"days: 3\ndays: 4":     "",
		"language: \"German\"": "",
	} {
		c := Config{Name: "x", Kind: "eping"}
		if err := yamlInto(options, &c.Options); err != nil {
			continue // refused by YAML itself
		}
		if _, _, err := c.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want a word of %q", options, err, want)
		}
	}
}

// epingAnswer is a page with n items, distributed on that day.
func epingAnswer(page, size, total, n int, day string) string {
	var items []map[string]any
	for i := range n {
		items = append(items, map[string]any{"id": 1000*page + i, "documentSymbol": fmt.Sprintf(" G/TBT/N/USA/%d", 1000*page+i), "area": "TBT",
			"notifyingMember": "United States of America", "notifyingMemberCode": "C840", "title": "t", "distributionDate": day + "T00:00:00+00:00"})
	}
	answer := map[string]any{"items": items}
	if items == nil {
		answer["items"] = []any{}
	}
	if total >= 0 {
		answer["currentPage"], answer["pageSize"], answer["totalCount"] = page, size, total
	}
	b, _ := json.Marshal(answer)
	return string(b)
}

func TestEpingPagesAndFilters(t *testing.T) {
	const ask = "https://api.wto.org/eping/notifications/search?distributionDateFrom=2026-06-01&distributionDateTo=2026-06-08&pageSize=3&page=%d%s"
	cases := []struct {
		name, body, extra string
		page              int
		notices, bad      int
		next              string // a word of the next request's address, "" for none
		err               string
	}{
		{"first of two", epingAnswer(1, 3, 5, 3, "2026-06-02"), "", 1, 3, 0, "page=2", ""},
		{"last of two", epingAnswer(2, 3, 5, 2, "2026-06-02"), "", 2, 2, 0, "", ""},
		{"exactly full and last", epingAnswer(1, 3, 3, 3, "2026-06-02"), "", 1, 3, 0, "", ""},
		{"a page that is not whole", epingAnswer(1, 3, 5, 2, "2026-06-02"), "", 1, 0, 0, "", "2 items on page 1, where 3 of 5 belong"},
		{"a later page that is empty", epingAnswer(2, 3, 5, 0, "2026-06-02"), "", 2, 0, 0, "", "0 items on page 2"},
		{"another page than asked for", epingAnswer(1, 3, 9, 3, "2026-06-02"), "", 2, 0, 0, "", "asked for page 2, got page 1"},
		{"more than asked for", epingAnswer(1, 3, 9, 4, "2026-06-02"), "", 1, 0, 0, "", "not heeded"},
		{"smaller pages than asked for", epingAnswer(1, 2, 5, 2, "2026-06-02"), "", 1, 2, 0, "page=2", ""},
		{"a window that is not heeded", epingAnswer(1, 3, 3, 3, "2019-01-01"), "", 1, 0, 3, "", "outside 2026-06-01"},
		{"one item outside the window", epingAnswer(1, 3, 1, 1, "2026-06-09"), "", 1, 0, 1, "", ""},
		{"an area that is not heeded", epingAnswer(1, 3, 1, 1, "2026-06-02"), "&domainIds=2", 1, 0, 1, "", ""},
		{"a member that is not heeded", epingAnswer(1, 3, 1, 1, "2026-06-02"), "&countryIds=C156", 1, 0, 1, "", ""},
		{"the asked member", epingAnswer(1, 3, 1, 1, "2026-06-02"), "&countryIds=C156&countryIds=C840", 1, 1, 0, "", ""},
		{"without numbers: full", epingAnswer(1, 3, -1, 3, "2026-06-02"), "", 1, 3, 0, "page=2", ""},
		{"without numbers: not full", epingAnswer(1, 3, -1, 2, "2026-06-02"), "", 1, 2, 0, "", ""},
		{"without numbers: nothing on a later page", epingAnswer(2, 3, -1, 0, "2026-06-02"), "", 2, 0, 0, "", ""},
		{"no items at all", `{"totalCount":0}`, "", 1, 0, 0, "", `no "items"`},
		{"an error in JSON", `{"statusCode":401,"message":"Access denied due to missing subscription key."}`, "", 1, 0, 0, "", `no "items"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			address := fmt.Sprintf(ask, c.page, c.extra)
			items, err := parse(fromYAML(t, "eping", "key: k"), Document{Request: Request{URL: address, Role: "list"}, URL: address, Body: strings.NewReader(c.body)})
			notices, bad, next := 0, 0, ""
			for _, i := range items {
				switch {
				case i.Notice != nil:
					notices++
				case i.Bad != nil:
					bad++
				case i.Next != nil:
					next = i.Next.URL
					if i.Next.Header.Get("Ocp-Apim-Subscription-Key") != "k" {
						t.Error("the next page is asked for without the key")
					}
				}
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if notices != c.notices || bad != c.bad || (next == "") != (c.next == "") || !strings.Contains(next, c.next) {
				t.Errorf("%d notices, %d bad, next %q; want %d, %d, %q", notices, bad, next, c.notices, c.bad, c.next)
			}
		})
	}
}

func TestEpingItemsThatAreBroken(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)
	cases := []struct{ name, item, want string }{
		{"no object", `"x"`, "expected an object"},
		{"a title that is a list", `{"id":1,"documentSymbol":"G/TBT/N/USA/1","title":["x"]}`, "title is not text"},
		{"codes that are text", `{"id":1,"documentSymbol":"G/TBT/N/USA/1","title":"x","hsCodes":"8711"}`, "hsCodes is not a list"},
		{"a code that is a number in a list of texts", `{"id":1,"documentSymbol":"G/TBT/N/USA/1","title":"x","hsCodes":["8711"]}`, "hsCodes.0 is not an object"},
		{"nobody", `{"id":1,"title":"x"}`, "no market"},
		{"nested deep", `{"id":1,"documentSymbol":"G/TBT/N/USA/1","x":` + deep + `}`, "nested deeper"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			items, err := parse(fromYAML(t, "eping", ""), Document{Body: strings.NewReader(`{"items":[` + c.item + `]}`)})
			if err != nil || len(items) != 1 || items[0].Bad == nil || !strings.Contains(items[0].Bad.Reason, c.want) {
				t.Fatalf("%+v, %v, want a bad item that says %q", items, err, c.want)
			}
			if items[0].Bad.Where != "items[0]" || string(items[0].Bad.Bytes) != c.item {
				t.Errorf("the bad item is kept as %q at %s", items[0].Bad.Bytes, items[0].Bad.Where)
			}
		})
	}
}

func TestReadErrorsArePassedOn(t *testing.T) {
	broken := errors.New("connection reset")
	eachFixture(t, func(t *testing.T, f fixture) {
		doc := f.document(nil)
		doc.Body = failing{broken}
		if _, err := parse(f.source(t), doc); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
