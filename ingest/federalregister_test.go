package ingest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func registerDoc(number, kind, day, agency string) string {
	return fmt.Sprintf(`{"document_number":%q,"title":"t","type":%q,"publication_date":%q,"agencies":[{"slug":"parent"},{"slug":%q}]}`, number, kind, day, agency)
}

func TestFederalRegisterEcho(t *testing.T) {
	const ask = "https://www.federalregister.gov/api/v1/documents.json?conditions[publication_date][gte]=2026-06-01&conditions[publication_date][lte]=2026-06-30&conditions[type][]=RULE&conditions[type][]=PRORULE&conditions[agencies][]=nhtsa&per_page=2"
	good := registerDoc("2026-1", "Rule", "2026-06-02", "nhtsa")
	cases := []struct {
		name, body string
		notices    int
		bad, err   string
		next       bool
	}{
		{"all as asked", `{"count":2,"results":[` + good + `,` + registerDoc("2026-2", "Proposed Rule", "2026-06-30", "nhtsa") + `]}`, 2, "", "", false},
		{"another day", `{"count":2,"results":[` + good + `,` + registerDoc("2026-2", "Rule", "2026-05-31", "nhtsa") + `]}`, 1, `published "2026-05-31", outside`, "", false},
		{"no day", `{"count":2,"results":[` + good + `,` + registerDoc("2026-2", "Rule", "", "nhtsa") + `]}`, 1, `published ""`, "", false},
		{"another type", `{"count":2,"results":[` + good + `,` + registerDoc("2026-2", "Notice", "2026-06-02", "nhtsa") + `]}`, 1, `type "Notice"`, "", false},
		{"another agency", `{"count":2,"results":[` + good + `,` + registerDoc("2026-2", "Rule", "2026-06-02", "epa") + `]}`, 1, "agencies", "", false},
		{"nothing of what was asked", `{"count":9,"next_page_url":"https://www.federalregister.gov/x","results":[` + registerDoc("2026-1", "Rule", "2019-01-01", "epa") + `,` + registerDoc("2026-2", "Rule", "2019-01-01", "epa") + `]}`, 0, "outside", "none of the 2 results", false},
		{"a next page", `{"count":3,"next_page_url":"https://evil.example/?page=2","results":[` + good + `,` + strings.Replace(good, "2026-1", "2026-2", 1) + `]}`, 2, "", "", true},
		{"a page that is not whole", `{"count":5,"next_page_url":"https://x","results":[` + good + `]}`, 0, "", "not whole", false},
		{"fewer than counted", `{"count":2,"results":[` + good + `]}`, 0, "", "not whole", false},
		{"more than asked for", `{"count":3,"results":[` + good + `,` + good + `,` + good + `]}`, 0, "", "not heeded", false},
		{"no results but a count", `{"count":5}`, 0, "", `no "results"`, false},
		{"a result without a number", `{"count":2,"results":[` + good + `,{"title":"x"}]}`, 1, "without a document_number", "", false},
		{"an error in JSON", `{"errors":{"conditions":"unknown"}}`, 0, "", `no "results"`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			items, err := parse(fromYAML(t, "federal-register", ""), Document{Request: Request{URL: ask, Role: "list"}, Body: strings.NewReader(c.body)})
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			notices, next, bad := 0, "", ""
			for _, i := range items {
				switch {
				case i.Notice != nil:
					notices++
				case i.Next != nil:
					next = i.Next.URL
				case i.Bad != nil:
					bad = i.Bad.Reason
				}
			}
			if notices != c.notices || (bad == "") != (c.bad == "") || !strings.Contains(bad, c.bad) || (next != "") != c.next {
				t.Errorf("%d notices, bad %q, next %q", notices, bad, next)
			}
			if u, err := url.Parse(next); c.next && (err != nil || u.Host != "www.federalregister.gov" || u.Query().Get("page") != "2" || u.Query().Get("conditions[agencies][]") != "nhtsa") {
				t.Errorf("the next page %s has lost its host, number or conditions", next)
			}
		})
	}
}

func TestFederalRegisterDetail(t *testing.T) {
	const list = "https://www.federalregister.gov/api/v1/documents.json?conditions[type][]=RULE"
	at := func(number string) Request {
		return Request{URL: "https://www.federalregister.gov/api/v1/documents/" + number + ".json", Role: "detail " + list}
	}
	s := fromYAML(t, "federal-register", "")
	items, err := parse(s, Document{Request: at("2026-1"), Body: strings.NewReader(registerDoc("2026-1", "Rule", "2026-06-02", "x"))})
	if err != nil || len(items) != 1 || items[0].Notice == nil || items[0].Notice.Kind != trade.KindRule {
		t.Errorf("%+v, %v", items, err)
	}
	items, err = parse(s, Document{Request: at("2026-1"), Body: strings.NewReader(registerDoc("2026-1", "Notice", "2026-06-02", "x"))})
	if err != nil || len(items) != 1 || items[0].Bad == nil {
		t.Errorf("a detail of a type that the list did not ask for: %+v, %v", items, err)
	}
	if _, err = parse(s, Document{Request: at("2026-9"), Body: strings.NewReader(registerDoc("2026-1", "Rule", "2026-06-02", "x"))}); err == nil {
		t.Error("another document than asked for was taken")
	}
}

func TestFederalRegisterKindsAndPlan(t *testing.T) {
	for word, want := range map[string]trade.Kind{"Rule": trade.KindRule, "Proposed Rule": trade.KindRule, "Notice": trade.KindReport, "Presidential Document": trade.KindReport} {
		items, err := parse(fromYAML(t, "federal-register", ""), Document{Request: Request{Role: "detail"}, Body: strings.NewReader(registerDoc("2026-1", word, "2026-06-02", "x"))})
		if err != nil || items[0].Notice == nil || items[0].Notice.Kind != want {
			t.Errorf("%s: %+v, %v", word, items, err)
		}
	}
	s := fromYAML(t, "federal-register", "agencies: [nhtsa, fda]\nterm: motorcycle\npage_size: 20")
	u, err := url.Parse(s.Plan(bus.SourceState{Watermark: "2026-08-14"}, fixtureDay)[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("conditions[publication_date][gte]") != "2026-08-11" || !slices.Equal(q["conditions[agencies][]"], []string{"nhtsa", "fda"}) ||
		!slices.Equal(q["conditions[type][]"], []string{"RULE", "PRORULE"}) || q.Get("conditions[term]") != "motorcycle" || q.Get("per_page") != "20" || !slices.Contains(q["fields[]"], "comments_close_on") {
		t.Errorf("asks %s", u)
	}
	for options, want := range map[string]string{"types: [RULES]": "RULES", "page_size: 0": "page_size", "days: 0": "days", "agency: x": "agencies"} {
		var c = Config{Name: "x", Kind: "federal-register"}
		if err := yamlInto(options, &c.Options); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", options, err)
		}
	}
}
