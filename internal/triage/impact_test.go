package triage

import (
	"fmt"
	"testing"

	"tbtwatch/internal/trade"
)

func TestWhatASurveyBeginsWith(t *testing.T) {
	products := map[string]trade.Product{
		"only":   {ID: "only", NameZH: "头盔", HS: []string{"650610"}, Markets: []string{"DE", "FR"}, ExportValue: 300_000},
		"more":   {ID: "more", NameZH: "手套", Markets: []string{"DE", "BR"}, ExportValue: 500_000},
		"all":    {ID: "all", Markets: []string{"*"}, ExportValue: 70_000},
		"wider":  {ID: "wider", Markets: []string{"EU"}, ExportValue: 40_000},
		"silent": {ID: "silent", Markets: []string{"DE"}},
	}
	find := func(id string) (trade.Product, bool) { p, ok := products[id]; return p, ok }
	match := func(product string, markets ...string) trade.Match {
		return trade.Match{Product: product, Markets: markets}
	}
	said := &trade.Response{Kind: trade.Surveyed, Survey: &trade.Survey{Affected: 12_345, Cost: 6}}
	for _, c := range []struct {
		name     string
		touched  []trade.Match
		previous *trade.Response
		want     string // products, value, there, affected
	}{
		{"nothing", nil, nil, "0 0 0 0"},
		{"exported to those markets only", []trade.Match{match("only", "DE", "FR")}, nil, "1 300000 300000 300000"},
		{"to others, too: no figure for these", []trade.Match{match("more", "DE")}, nil, "1 500000 0 0"},
		{"a part of its markets", []trade.Match{match("only", "DE")}, nil, "1 300000 0 0"},
		{"everywhere", []trade.Match{match("all", "DE")}, nil, "1 70000 0 0"},
		{"a bloc, of which one country asks", []trade.Match{match("wider", "DE")}, nil, "1 40000 0 0"},
		{"a bloc that asks itself", []trade.Match{match("wider", "EU")}, nil, "1 40000 40000 40000"},
		{"no value registered", []trade.Match{match("silent", "DE")}, nil, "1 0 0 0"},
		{"not registered any more", []trade.Match{match("gone", "DE")}, nil, "1 0 0 0"},
		{"several, one twice", []trade.Match{match("only", "DE", "FR"), match("more", "DE"), match("more", "DE")}, nil, "2 800000 300000 300000"},
		{"as answered before", []trade.Match{match("only", "DE", "FR")}, said, "1 300000 300000 12345"},
	} {
		k := KnownOf(c.touched, find, c.previous)
		if got := fmt.Sprintf("%d %.0f %.0f %.0f", len(k.Products), k.Value, k.There, k.Affected); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	k := KnownOf([]trade.Match{match("only", "DE", "FR"), match("more", "DE"), match("gone", "DE")}, find, nil)
	if k.Products[0].ID != "more" || k.Products[1].Name.EN != "头盔" || k.Products[2].Name.ZH != "gone" || k.Products[1].HS[0] != "650610" {
		t.Errorf("the products are %+v", k.Products)
	}
}

func TestImpactSumsUpFirms(t *testing.T) {
	survey := func(firm string, affected, cost float64, difficulties, needs []string) trade.Response {
		return trade.Response{Exporter: firm, Kind: trade.Surveyed, Survey: &trade.Survey{Affected: affected, Cost: cost, Difficulties: difficulties, Needs: needs}}
	}
	got := ImpactOf([]trade.Response{
		survey("A", 1000, 0, []string{"time", "cost"}, nil), survey("A", 100, 10, []string{"cost", "cost"}, []string{"funds"}), survey("B", 50, 5, []string{"testing", "cost"}, []string{"funds", "training"}),
		{Exporter: "B", Kind: trade.Commented, Reason: "x"}, {Exporter: "B", Kind: trade.Commented, Reason: "y"}, {Exporter: "C", Kind: trade.Receipt}, {Exporter: "D", Kind: trade.NotRelevant, Product: "1"}, {Exporter: "D", Kind: trade.NotRelevant, Product: "2"},
	})
	want := "{4 2 1 1 150 15 2 2 [{cost 2} {testing 1}] [{funds 2} {training 1}]}"
	if s := fmt.Sprint(got); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	if s := fmt.Sprint(ImpactOf(nil)); s != "{0 0 0 0 0 0 0 0 [] []}" {
		t.Errorf("of nothing: %s", s)
	}
}
