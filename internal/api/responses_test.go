package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

func TestARecipientAnswersOnce(t *testing.T) {
	r := newRig(t, nil)
	path := "/api/v1/families/" + trade.FamilyKey("G/TBT/N/BRA/9001") + "/responses"
	no := `{"exporter":"E1","product":"P1","kind":"not_relevant","code":"other_goods","reason":"只做自行车头盔","by":"S1"}`
	var first, again trade.Response
	for _, into := range []*trade.Response{&first, &again} {
		got := r.do("POST", path, no)
		if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), into) != nil {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if first.By != "S1" || first.At != again.At || len(first.Judged) != 1 || first.Judged[0].Rules[0] != "hs" {
		t.Errorf("%+v, then %+v", first, again)
	}
	var rows []view.ResponseRow
	if got := r.do("GET", path, ""); json.Unmarshal([]byte(got.body), &rows) != nil || len(rows) != 1 || rows[0].Name != "甲头盔厂" || rows[0].Why.EN != "other goods: 只做自行车头盔" {
		t.Errorf("%d %s", got.status, got.body)
	}
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"no reason":        {path, `{"exporter":"E1","kind":"not_relevant"}`, 422},
		"no such kind":     {path, `{"exporter":"E1","kind":"maybe"}`, 422},
		"no such exporter": {path, `{"exporter":"E9","kind":"receipt"}`, 404},
		"no such product":  {path, `{"exporter":"E1","product":"P9","kind":"receipt"}`, 422},
		"no such family":   {strings.Replace(path, "families/", "families/x", 1), no, 404},
	} {
		if got := r.do("POST", c.path, c.body); got.status != c.status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	waitFor(t, "the answer to be counted", func() bool { return r.view.Precision("", "").Overall.NotRelevant == 1 })
	if got := r.do("GET", "/api/v1/precision?sector=motorcycles", ""); got.status != 200 || !strings.Contains(got.body, `"not_relevant":1,"no_answer":0,"precision":0`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := r.do("GET", "/metrics", ""); !strings.Contains(got.body, `tbtwatch_match_answers{answer="not_relevant",grade="likely",rule="hs"} 1`) {
		t.Errorf("metrics do not count it")
	}
	e := r.do("GET", "/api/v1/explain?notice=G/TBT/N/BRA/9001&exporter=E1", "")
	if !strings.Contains(e.body, "not relevant: said by S1 on 2026-03-02") {
		t.Errorf("explain does not know: %s", e.body)
	}
}

func TestASurveyIsKeptWithWhatWasKnown(t *testing.T) {
	r := newRig(t, nil)
	family := "/api/v1/families/" + trade.FamilyKey("G/TBT/N/BRA/9001")
	var known triage.Known
	if got := r.do("GET", family+"/survey?exporter=E1", ""); got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &known) != nil || len(known.Products) != 1 || known.Previous != nil {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := r.do("POST", family+"/responses", `{"exporter":"E1","kind":"survey","survey":{"affected_usd":1000,"added_cost_usd":50,"difficulties":["cost"]}}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := r.do("GET", family+"/survey?exporter=E1", ""); !strings.Contains(got.body, `"affected_usd":1000`) || !strings.Contains(got.body, `"previous":`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := r.do("GET", "/api/v1/cases/"+trade.FamilyKey("G/TBT/N/BRA/9001"), ""); !strings.Contains(got.body, `"surveys":1,"comments":0,"not_relevant":0,"affected_usd":1000,"added_cost_usd":50,"affected_firms":1,"added_cost_firms":1,"difficulties":[{"code":"cost","firms":1}]`) {
		t.Errorf("the case does not sum it up: %d %s", got.status, got.body)
	}
	for body, status := range map[string]int{`{"exporter":"E1","kind":"survey"}`: 422, `{"exporter":"E1","kind":"receipt","survey":{"added_cost_usd":5}}`: 422, `{"exporter":"E1","kind":"survey","survey":{"difficulties":["nothing"]}}`: 422} {
		if got := r.do("POST", family+"/responses", body); got.status != status {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	if got := r.do("GET", family+"/survey?exporter=E9", ""); got.status != http.StatusNotFound {
		t.Errorf("a firm that it does not touch: %d", got.status)
	}
}

func TestLeadsAreListedAndExported(t *testing.T) {
	r := newRig(t, nil)
	family := "/api/v1/families/" + trade.FamilyKey("G/TBT/N/BRA/9001")
	if got := r.do("POST", family+"/responses", `{"exporter":"E1","kind":"survey","survey":{"affected_usd":1000,"added_cost_usd":50}}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	waitFor(t, "the answer to be counted", func() bool {
		return strings.Contains(r.do("GET", "/api/v1/leads", "").body, `"affected_usd":1000,"added_cost_usd":50`)
	})
	for path, want := range map[string]int{"": 1, "?market=JP": 0, "?sector=nosuch": 0, "?since=2030-01-01": 0} {
		var page view.LeadPage
		if got := r.do("GET", "/api/v1/leads"+path, ""); got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &page) != nil || len(page.Rows) != want || page.Total != want {
			t.Errorf("%q: %d %s", path, got.status, got.body)
		}
	}
	if got := r.do("GET", "/api/v1/leads?since=yesterday", ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no day: %d %s", got.status, got.body)
	}
	if got := r.do("GET", "/api/v1/leads?format=csv&lang=en", ""); !strings.Contains(got.body, "Added cost (USD)") || !strings.Contains(got.body, "G/TBT/N/BRA/9001") || !strings.Contains(got.body, "Brazil") {
		t.Errorf("the table: %s", got.body)
	}
	if got := r.do("GET", "/api/v1/leads?format=xlsx", ""); got.status != http.StatusOK || !strings.HasPrefix(got.body, "PK") {
		t.Errorf("the workbook: %d", got.status)
	}
}
