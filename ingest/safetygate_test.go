package ingest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
)

func TestSafetyGatePlan(t *testing.T) {
	plan := fromYAML(t, "safety-gate", "language: de\noverlap: 5").Plan(bus.SourceState{Watermark: "2026-08-14"}, fixtureDay)
	if len(plan) != 1 || plan[0].Method != "POST" || plan[0].Role != "list 0 2026-08-09" || string(plan[0].Body) != `{"language":"de","page":"0"}` {
		t.Fatalf("asks %+v", plan)
	}
	if plan[0].URL != "https://ec.europa.eu/safety-gate-alerts/public/api/notification/mostRecent/" || plan[0].Header.Get("Content-Type") != "application/json" {
		t.Errorf("asks %s with %v", plan[0].URL, plan[0].Header)
	}
	for _, options := range []string{"language: english", "max_pages: 0", "days: 0", "overlap: -1"} {
		var c = Config{Name: "x", Kind: "safety-gate"}
		if err := yamlInto(options, &c.Options); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Open(); err == nil {
			t.Errorf("%q is taken", options)
		}
	}
}

func safetyRow(id int, day string) string {
	return fmt.Sprintf(`{"id":%d,"publicationDate":"%sT09:00:00Z"}`, id, day)
}

func TestSafetyGateList(t *testing.T) {
	page := func(number, last string, rows ...string) string {
		return `{"content":[` + strings.Join(rows, ",") + `],"number":` + number + `,"totalElements":99,"last":` + last + `}`
	}
	cases := []struct {
		name, role, body string
		alerts           int
		bad, err, next   string
	}{
		{"all within the window", "list 0 2026-06-01", page("0", "false", safetyRow(2, "2026-06-03"), safetyRow(1, "2026-06-02")), 2, "", "", "list 1 2026-06-01"},
		{"the window ends on this page", "list 3 2026-06-02", page("3", "false", safetyRow(2, "2026-06-02"), safetyRow(1, "2026-06-01")), 1, "", "", ""},
		{"the list ends on this page", "list 3 2026-06-01", page("3", "true", safetyRow(2, "2026-06-02")), 1, "", "", ""},
		{"the last page of a run", "list 19 2026-06-01", page("19", "false", safetyRow(2, "2026-06-02")), 1, "", "", ""},
		{"a later page that is empty", "list 3 2026-06-01", `{"content":[]}`, 0, "", "", ""},
		{"a later page that is empty, but not the last", "list 3 2026-06-01", page("3", "false"), 0, "", "empty", ""},
		{"another page than asked for", "list 2 2026-06-01", page("1", "false", safetyRow(2, "2026-06-02")), 0, "", "asked for page 2, got page 1", ""},
		{"an id that leads elsewhere", "list 0 2026-06-01", page("0", "true", `{"id":"../../x","publicationDate":"2026-06-02"}`, safetyRow(1, "2026-06-02")), 1, `id "../../x"`, "", ""},
		{"a row that is no object", "list 0 2026-06-01", page("0", "true", `7`, safetyRow(1, "2026-06-02")), 1, "expected an object", "", ""},
		{"a list without content", "list 0 2026-06-01", `{"error":"x"}`, 0, "", `no "content"`, ""},
		{"no window: everything", "list", page("0", "true", safetyRow(1, "2001-01-01")), 1, "", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			items, err := parse(fromYAML(t, "safety-gate", ""), Document{Request: Request{Role: c.role}, Body: strings.NewReader(c.body)})
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			alerts, bad, next := 0, "", ""
			for _, i := range items {
				switch {
				case i.Bad != nil:
					bad = i.Bad.Reason
				case i.Next != nil && i.Next.Role == "alert":
					alerts++
				case i.Next != nil:
					next = i.Next.Role
				}
			}
			if alerts != c.alerts || next != c.next || (bad == "") != (c.bad == "") || !strings.Contains(bad, c.bad) {
				t.Errorf("%d alerts, bad %q, next %q; want %d, %q, %q", alerts, bad, next, c.alerts, c.bad, c.next)
			}
		})
	}
}

func TestSafetyGateAlert(t *testing.T) {
	alert := map[string]any{
		"id": 7, "publicationDate": "2026-07-01T23:46:08Z", "country": map[string]any{"key": "ES"},
		"product": map[string]any{"nameSpecific": "Casco", "versions": []any{map[string]any{"language": map[string]any{"key": "ES"}, "name": "Casco de moto", "description": "Casco integral"}}},
		"risk":    map[string]any{"riskType": []any{}},
	}
	read := func(s Source) (Item, error) {
		b, err := json.Marshal(alert)
		if err != nil {
			t.Fatal(err)
		}
		items, err := parse(s, Document{Request: Request{URL: "https://x/notification/7?language=en", Role: "alert"}, Body: strings.NewReader(string(b))})
		if len(items) != 1 {
			return Item{}, err
		}
		return items[0], err
	}
	s := fromYAML(t, "safety-gate", "")
	it, err := read(s)
	if err != nil || it.Notice == nil {
		t.Fatalf("%+v, %v", it, err)
	}
	n := it.Notice
	if n.ID != "7" || n.Title != "Casco de moto" || !slices.Equal(n.Markets, []string{"EU"}) || !slices.Equal(n.Members, []string{"ES"}) || n.PublishedDay() != "2026-07-01" {
		t.Errorf("without an English version or reference it was read as %+v", n)
	}
	alert["product"] = "none"
	if it, err = read(s); err != nil || it.Bad == nil || !strings.Contains(it.Bad.Reason, "product is not an object") {
		t.Errorf("a product that is text: %+v, %v", it, err)
	}
	alert["id"] = 8
	if _, err = read(s); err == nil {
		t.Error("another alert than asked for was taken")
	}
}
