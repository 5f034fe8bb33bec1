package view

import (
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// leadCases are cases and answers over which the leads are looked for.
func leadCases(t *testing.T, b *bus.Bus) {
	t.Helper()
	seq := map[string]uint64{}
	for _, c := range []trade.Case{
		{Family: "A", State: trade.CaseReleased, Exporters: 3, Exposure: 1000, Markets: []string{"BR"}, Sectors: []string{"motorcycles"}, Arguments: []string{triage.ArgumentPeriod}, Dates: []trade.Date{date(trade.DatePublished, "2026-02-01")}, Title: "Helmets"},
		{Family: "B", State: trade.CaseReleased, Exporters: 2, Exposure: 9000, Markets: []string{"EU"}, Dates: []trade.Date{date(trade.DatePublished, "2026-01-10")}, Opened: "2026-01-12T00:00:00Z"},
		{Family: "C", State: trade.CaseOpen, Exporters: 0, Exposure: 0, Markets: []string{"BR"}, Arguments: []string{triage.ArgumentPeriod}},
		{Family: "D", State: trade.CaseIrrelevant, Exporters: 5, Exposure: 7000, Markets: []string{"BR"}, Arguments: []string{triage.ArgumentTransition}},
		{Family: "E", State: trade.CaseClosed, Exporters: 1, Exposure: 10, Markets: []string{"KE"}, Opened: "2026-02-20T08:00:00Z"},
		{Family: "F", State: trade.CaseReleased, Exporters: 9, Exposure: 99999, Markets: []string{"BR"}},
	} {
		c.Symbols = []string{c.Family}
		seq[c.Family] = put(t, b.Cases, trade.FamilyKey(c.Family), c, 0)
	}
	say := func(r trade.Response, last uint64) uint64 { return put(t, b.Responses, r.Key(), r, last) }
	survey := func(family, firm string, affected, cost float64) trade.Response {
		return trade.Response{Family: family, Exporter: firm, Kind: trade.Surveyed, Survey: &trade.Survey{Affected: affected, Cost: cost, Words: "x"}}
	}
	at := say(survey("B", "1", 50, 5), 0)
	say(survey("B", "1", 300, 7), at) // in its place
	say(survey("B", "2", 200, 0), 0)
	say(trade.Response{Family: "B", Exporter: "2", Kind: trade.Commented, Reason: "y"}, 0)
	say(trade.Response{Family: "E", Exporter: "1", Kind: trade.Commented, Reason: "too short"}, 0)
	say(survey("F", "1", 0, 0), 0) // words only: no loss
	say(trade.Response{Family: "F", Exporter: "2", Kind: trade.Receipt}, 0)
}

func TestLeadsAreWhatCostsMost(t *testing.T) {
	b, v, run := open(t)
	leadCases(t, b)
	run()
	waitFor(t, "all to be read", func() bool { return v.Ready() == nil })
	for _, c := range []struct {
		name string
		q    LeadQuery
		want string // family firms/answered value cost arguments
	}{
		{"all", LeadQuery{}, "A 3/0 1000 0 [comment_period]; B 2/2 500 7 []; E 1/1 10 0 []"},
		{"a country, which a bloc's measures reach", LeadQuery{Market: "DE"}, "B 2/2 500 7 []"},
		{"a sector", LeadQuery{Sector: "motorcycles"}, "A 3/0 1000 0 [comment_period]"},
		{"since: by the day of circulation, else of opening", LeadQuery{Since: "2026-02-01"}, "A 3/0 1000 0 [comment_period]; E 1/1 10 0 []"},
		{"a part", LeadQuery{Offset: 1, Limit: 1}, "B 2/2 500 7 []"},
		{"beyond the end", LeadQuery{Offset: 9}, ""},
		{"nothing", LeadQuery{Market: "JP"}, ""},
	} {
		if c.q.Limit == 0 {
			c.q.Limit = 50
		}
		page, err := v.Leads(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range page.Rows {
			got = append(got, fmt.Sprintf("%s %d/%d %.0f %.0f %v", r.Family, r.Firms, r.Answered, r.Value, r.Cost, r.Arguments))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
	n := 0
	for r, err := range v.AllLeads(t.Context(), LeadQuery{}) {
		if err != nil || len(r.Symbols) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		n++
	}
	if page, _ := v.Leads(t.Context(), LeadQuery{Limit: 1}); n != 3 || page.Total != 3 || page.Affected != 500 || page.Rows[0].Title != "Helmets" {
		t.Errorf("%d rows, and %+v", n, page)
	}
	// A later paper joins E to A: what was said of E counts for A.
	a, err := b.Cases.Get(t.Context(), trade.FamilyKey("A"))
	if err != nil {
		t.Fatal(err)
	}
	a.Value.Symbols = []string{"A", "E"}
	put(t, b.Cases, a.Key, a.Value, a.Seq)
	waitFor(t, "the families to be joined", func() bool {
		page, err := v.Leads(t.Context(), LeadQuery{Limit: 9})
		return err == nil && page.Total == 2 && page.Rows[0].Family == "A" && page.Rows[0].Answered == 1
	})
}
