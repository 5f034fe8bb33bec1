package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestGazetteHeedsConditions(t *testing.T) {
	rec := ask(t, New(noon), "GET", "/federal-register/api/v1/documents.json?per_page=2&conditions[type][]=RULE&conditions[type][]=PRORULE", "")
	var p struct {
		Count   int
		Next    string `json:"next_page_url"`
		Results []map[string]any
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Count != 4 || len(p.Results) != 2 || !strings.Contains(p.Next, "page=2") {
		t.Errorf("%d of %d documents, next %q", len(p.Results), p.Count, p.Next)
	}
	for _, d := range p.Results {
		if d["type"] == "Notice" {
			t.Errorf("%v was not asked for", d["document_number"])
		}
		one := ask(t, New(noon), "GET", fmt.Sprintf("/federal-register/api/v1/documents/%s.json", d["document_number"]), "")
		if one.Code != 200 || !strings.Contains(one.Body.String(), d["title"].(string)) {
			t.Errorf("document %v alone: %d", d["document_number"], one.Code)
		}
	}
}

func TestAlertsListAndDetail(t *testing.T) {
	w := New(noon)
	ids := 0
	for page := 0; ; page++ {
		rec := ask(t, w, "POST", "/safety-gate/public/api/notification/mostRecent/", fmt.Sprintf(`{"language":"en","page":"%d"}`, page))
		var p struct {
			Content []struct {
				ID        int
				Reference string
			}
			Last   bool
			Number int
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Number != page || len(p.Content) == 0 {
			t.Fatalf("page %d: %v, %d, %d alerts", page, err, p.Number, len(p.Content))
		}
		for _, a := range p.Content {
			ids++
			d := ask(t, w, "GET", fmt.Sprintf("/safety-gate/public/api/notification/%d?language=en", a.ID), "")
			if d.Code != 200 || !strings.Contains(d.Body.String(), a.Reference) || !strings.HasSuffix(a.Reference, "/26") {
				t.Errorf("alert %d (%s): %d", a.ID, a.Reference, d.Code)
			}
		}
		if p.Last {
			break
		}
	}
	if ids != 5 {
		t.Errorf("%d alerts, want 5 in the first portion", ids)
	}
	if rec := ask(t, w, "POST", "/safety-gate/public/api/notification/mostRecent/", "{"); rec.Code != 400 {
		t.Errorf("half a question is answered with %d", rec.Code)
	}
}
