package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

type searchPage struct {
	CurrentPage, PageSize, TotalCount int
	Items                             []epingItem
}

func search(t testing.TB, w *World, query string) searchPage {
	t.Helper()
	rec := ask(t, w, "GET", "/eping-api/notifications/search?"+query, "", "Ocp-Apim-Subscription-Key", Key)
	var p searchPage
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != 200 {
		t.Fatalf("%d: %v in %.200s", rec.Code, err, rec.Body)
	}
	return p
}

func TestEpingAsksForTheKey(t *testing.T) {
	for _, key := range []string{"", "other"} {
		if rec := ask(t, New(noon), "GET", "/eping-api/notifications/search", "", "Ocp-Apim-Subscription-Key", key); rec.Code != 401 {
			t.Errorf("key %q is answered with %d, want 401", key, rec.Code)
		}
	}
}

func TestEpingPagesAddUp(t *testing.T) {
	w := New(noon)
	seen, last := map[int]bool{}, "9999"
	for page := 1; ; page++ {
		p := search(t, w, fmt.Sprintf("pageSize=7&page=%d", page))
		if p.CurrentPage != page || p.PageSize != 7 {
			t.Fatalf("asked for page %d of 7, got %d of %d", page, p.CurrentPage, p.PageSize)
		}
		for _, it := range p.Items {
			if seen[it.ID] || it.DistributionDate > last {
				t.Errorf("item %d of %s comes twice or out of order", it.ID, it.DistributionDate)
			}
			seen[it.ID], last = true, it.DistributionDate
		}
		if len(p.Items) == 0 {
			if len(seen) != p.TotalCount || len(seen) < 50 {
				t.Errorf("%d items on %d pages, %d in all", len(seen), page, p.TotalCount)
			}
			return
		}
	}
}

func TestEpingFilters(t *testing.T) {
	w := New(noon)
	for name, c := range map[string]struct {
		query string
		holds func(epingItem) bool
	}{
		"days":   {"distributionDateFrom=2026-11-22&distributionDateTo=2026-11-22", func(it epingItem) bool { return strings.HasPrefix(it.DistributionDate, "2026-11-22") }},
		"area":   {"domainIds=2", func(it epingItem) bool { return it.Area == "SPS" }},
		"member": {"countryIds=C704", func(it epingItem) bool { return it.NotifyingMember == "Viet Nam" }},
		"symbol": {"documentSymbol=G/TBT/N/IND/431", func(it epingItem) bool { return it.DocumentSymbol == " G/TBT/N/IND/431" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := search(t, w, c.query+"&pageSize=100")
			if len(p.Items) == 0 {
				t.Fatal("nothing is found")
			}
			for _, it := range p.Items {
				if !c.holds(it) {
					t.Errorf("%s of %s does not fit", it.DocumentSymbol, it.DistributionDate)
				}
			}
		})
	}
}

func TestJointPaperIsOneItemForEachMember(t *testing.T) {
	p := search(t, New(noon), "documentSymbol=G/TBT/N/SAU/1446")
	names := map[string]bool{}
	for _, it := range p.Items {
		names[it.NotifyingMember] = true
		if len(trade.SymbolStrings(it.DocumentSymbol)) != 7 {
			t.Errorf("%q does not list seven symbols", it.DocumentSymbol)
		}
	}
	if len(names) != 7 {
		t.Errorf("items of %v, want seven members", names)
	}
}

func TestPublishIsSeenByTheNextFetch(t *testing.T) {
	w := New(noon)
	w.Publish(Generate(3, 1)...)
	p := search(t, w, "documentSymbol=G/TBT/N/BRA/10000&distributionDateFrom=2026-11-23")
	if len(p.Items) != 1 || *p.Items[0].CommentDeadlineDate < "2026-12-20" {
		t.Errorf("found %+v", p.Items)
	}
	if w.Fetches("eping-api") != 1 {
		t.Errorf("%d fetches are counted", w.Fetches("eping-api"))
	}
}

func TestPageBounds(t *testing.T) {
	for name, c := range map[string]struct{ number, size, n, from, to int }{
		"first":       {1, 10, 25, 0, 10},
		"last":        {3, 10, 25, 20, 25},
		"beyond":      {4, 10, 25, 25, 25},
		"below one":   {-1, 10, 25, 0, 10},
		"nothing":     {1, 10, 0, 0, 0},
		"exact bound": {2, 10, 20, 10, 20},
	} {
		if from, to := page(c.number, c.size, c.n); from != c.from || to != c.to {
			t.Errorf("%s: %d to %d, want %d to %d", name, from, to, c.from, c.to)
		}
	}
}

func TestEpingBoundsThePage(t *testing.T) {
	w := New(noon)
	w.Publish(Generate(300, 1)...)
	for query, want := range map[string]int{"pageSize=500": 100, "pageSize=x": 10, "": 10, "pageSize=-3": 10} {
		if p := search(t, w, query); len(p.Items) != want {
			t.Errorf("%q gives %d items, want %d", query, len(p.Items), want)
		}
	}
}

// Papers may be published while others read.
func TestPublishWhileReading(t *testing.T) {
	w := New(noon)
	before := search(t, w, "").TotalCount
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, p := range Generate(200, 2) {
			w.Publish(p)
		}
	}()
	last := before
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		n := search(t, w, "pageSize=100").TotalCount
		if n < last {
			t.Fatalf("%d items after %d", n, last)
		}
		last = n
	}
	if last != before+200 || len(w.Papers()) < 200 {
		t.Errorf("%d items in the end, %d before", last, before)
	}
}
