package api

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// The centre reads who has not answered; nobody else does, and the table has
// what the page has.
func TestTheCentreReadsWhoHasNotAnswered(t *testing.T) {
	o := newOutside(t)
	key := trade.FamilyKey("G/TBT/N/BRA/9001")
	told := trade.Delivery{Subscriber: "S1", Exporter: "E1", Channel: "email", Family: "G/TBT/N/BRA/9001", Release: 1, State: trade.Accepted, At: "2026-01-05T09:00:00Z"}
	if _, err := o.bus.Deliveries.Put(t.Context(), trade.DeliveryKey("S1", "email", told.Family, 1), told, 0); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the delivery to be counted", func() bool {
		return strings.Contains(o.do("GET", "/api/v1/cases/"+key+"/escalation", "").body, `"told":1`)
	})
	for path, says := range map[string]string{
		"/cases/" + key + "/escalation": `"step":"department"`,
		"/escalations":                  `"open":{"firm":0,"association":0,"district":0,"department":1}`,
	} {
		if got := o.do("GET", "/api/v1"+path, ""); got.status != http.StatusOK || !strings.Contains(got.body, says) || !strings.Contains(got.body, `"working_days":{"association":5,"district":10,"department":15}`) {
			t.Errorf("GET %s: %d %s", path, got.status, got.body)
		}
		for role, token := range o.tokens {
			if got := o.do("GET", "/api/v1"+path, "", "Authorization", "Bearer "+token); got.status != http.StatusForbidden {
				t.Errorf("GET %s as %s: %d", path, role, got.status)
			}
		}
	}
	for path, want := range map[string]int{"/escalations?format=csv&lang=en": 2, "/escalations?format=csv&step=firm": 1, "/cases/" + key + "/escalation?format=csv": 2} {
		got := o.do("GET", "/api/v1"+path, "")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != want {
			t.Errorf("GET %s: %d lines, want %d: %v in %s", path, len(rows), want, err, got.body)
		}
	}
	if got := o.do("GET", "/api/v1/cases/nosuch/escalation", ""); got.status != http.StatusNotFound {
		t.Errorf("a case that there is not: %d", got.status)
	}
}

func TestDeliveryStatisticsWithAnswers(t *testing.T) {
	o := newOutside(t)
	family := "G/TBT/N/BRA/9001"
	for i, d := range []trade.Delivery{
		{Subscriber: "S1", Exporter: "E1", Channel: "email", State: trade.Accepted, At: "2026-03-02T08:00:30Z"}, {Subscriber: "A1", Channel: "slack", State: trade.Planned, At: "2026-03-02T08:00:01Z"},
		{Subscriber: "S9", Exporter: "E2", Channel: "email", State: trade.Suppressed, Reason: "unsubscribed: the recipient stopped this subscription on 2026-03-01", At: "2026-03-02T08:00:01Z"},
	} {
		d.Family, d.Release = family, 1
		if _, err := o.bus.Deliveries.Put(t.Context(), trade.DeliveryKey(d.Subscriber, d.Channel, family, 1), d, 0); err != nil {
			t.Fatal(i, err)
		}
	}
	path := "/api/v1/statistics/deliveries?by=day&from=2026-01-01"
	waitFor(t, "the deliveries to be counted", func() bool {
		return strings.Contains(o.do("GET", path, "").body, `"planned":3,"waiting":1,"accepted":1`)
	})
	for query, says := range map[string]string{
		"": `"suppressed_because":[{"reason":"unsubscribed","count":1}]`, "&kind=exporter": `"planned":2,"waiting":0`, "&kind=association": `"planned":1,"waiting":1`, "&channel=slack": `"planned":1,"waiting":1`, "&level=nosuch": `"planned":0`,
	} {
		if got := o.do("GET", path+query, ""); got.status != http.StatusOK || !strings.Contains(got.body, says) {
			t.Errorf("%q does not say %s: %d %s", query, says, got.status, got.body)
		}
	}
	got := o.do("GET", path+"&format=csv&lang=en", "")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 69 || !strings.Contains(got.body, "why suppressed,unsubscribed,unsubscribed") {
		t.Errorf("%d lines: %v in %.300s", len(rows), err, got.body)
	}
	for query, status := range map[string]int{"by=year": 422, "from=x": 422, "by=day&from=2020-01-01": 422} {
		if got := o.do("GET", "/api/v1/statistics/deliveries?"+query, ""); got.status != status {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if got := o.do("GET", path, "", "Authorization", "Bearer "+o.tokens[trade.RoleDistrict]); got.status != http.StatusForbidden {
		t.Errorf("a district reads it: %d", got.status)
	}
}
