package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// crowd stores a measure that touches 60 firms; the first has 130 products, the
// others one.
func (r *rig) crowd() (key string) {
	t := r.t
	f := trade.Family{ID: "G/TBT/N/KEN/60", Matched: true, Roots: []string{"G/TBT/N/KEN/60"}}
	add := func(firm, product int, value float64) {
		p := trade.Product{ID: fmt.Sprintf("P%03d", product), Exporter: fmt.Sprintf("C%02d", firm), NameZH: fmt.Sprint("头盔", product), Markets: []string{"KE"}, ExportValue: value}
		put(t, r.bus.Products, p.Key(), p)
		f.Matches = append(f.Matches, trade.Match{Family: f.ID, Exporter: p.Exporter, Product: p.ID, Markets: p.Markets, Grade: trade.Direct, Score: 1, Evidence: []trade.Evidence{{Kind: trade.EvidenceTerm, Notice: "Helmets", Product: "helmet", Where: "title"}}})
	}
	for i := range 60 {
		put(t, r.bus.Exporters, registry.ExporterKey(fmt.Sprintf("C%02d", i)), trade.Exporter{ID: fmt.Sprintf("C%02d", i), Name: fmt.Sprintf("头盔厂%02d", i)})
		add(i, 0, 1000)
	}
	for i := 1; i < 130; i++ {
		add(0, i, 1000)
	}
	put(t, r.bus.Families, f.Key(), f)
	put(t, r.bus.Cases, f.Key(), trade.Case{Family: f.ID, State: trade.CaseReleased, FamilySeq: 1, HeadlineZH: "头盔", Level: "orange", Direct: 189, Exporters: 60, Release: 1})
	put(t, r.bus.Warnings, f.Key(), trade.Warning{Number: "2026-0060", Family: f.ID, Release: 1, Level: "orange", Headline: trade.Text{ZH: "头盔"}, Audience: f.Matches})
	waitFor(t, "the crowd to be seen", func() bool {
		c := r.view.Counts()
		return c.Products == 189 && c.Exporters == 60 && c.Warnings == 1 && c.Cases["released"] == 1
	})
	return f.Key()
}

func texts(doc *goquery.Document, selector string) (out []string) {
	for _, e := range doc.Find(selector).EachIter() {
		out = append(out, strings.TrimSpace(e.Text()))
	}
	return out
}

// Every firm, and every product of one, can be reached from the case and from
// the warning, and stands on one part only.
func TestAllFirmsCanBeReached(t *testing.T) {
	r := newRig(t, true, nil)
	key := r.crowd()
	for _, page := range []string{"/cases/" + key, "/warnings/" + key + "/1"} {
		doc := r.page(page, http.StatusOK)
		if n := doc.Find("details.firm").Length(); n != 20 {
			t.Errorf("%s shows %d firms", page, n)
		}
		if n := doc.Find("details.firm").First().Find("ul.evidence > li").Length(); n != 5 {
			t.Errorf("%s shows %d products of the first firm", page, n)
		}
		walk := func(from, what, selector string) (all []string) {
			for next, parts := from, 0; next != ""; parts++ {
				if parts > 5 {
					t.Fatalf("%s: the %s of %s have no end", page, what, from)
				}
				part := r.page(next, http.StatusOK)
				all = append(all, texts(part, selector)...)
				next = part.Find("p.more a").AttrOr("href", "")
			}
			return all
		}
		further := walk(doc.Find("p.more a[href*=firms]").AttrOr("href", ""), "firms", "details.firm summary strong")
		if all := trade.SortedUnique(append(texts(doc, "details.firm summary strong"), further...)); len(further) != 40 || len(all) != 60 {
			t.Errorf("%s: %d further firms, %d different ones in all", page, len(further), len(all))
		}
		products := walk(doc.Find("details.firm a[href*=exporter]").First().AttrOr("href", ""), "products", "ul.evidence > li > strong")
		if len(products) != 130 || len(trade.SortedUnique(products)) != 130 {
			t.Errorf("%s: %d products of the first firm, %d different ones", page, len(products), len(trade.SortedUnique(products)))
		}
		for path, status := range map[string]int{"?exporter=C99": http.StatusNotFound, "?offset=9999": http.StatusOK, "?offset=-1": http.StatusOK, "?offset=x": http.StatusOK, "?exporter=C00&offset=9999": http.StatusOK} {
			r.page(page+"/firms"+path, status)
		}
	}
	r.page("/cases/none/firms", http.StatusNotFound)
	r.page("/warnings/"+key+"/2/firms", http.StatusNotFound)
}

// A bulletin sums all products of a firm, however few a page shows.
func TestABulletinSumsAllProducts(t *testing.T) {
	r := newRig(t, true, nil)
	d, err := r.view.Bulletin(t.Context(), r.crowd(), triage.Internal)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d.Bulletin)
	if err != nil {
		t.Fatal(err)
	}
	_, row, found := strings.Cut(string(text), `"头盔厂00"`)
	if row = row[:min(len(row), 400)]; !found || !strings.Contains(row, `"130"`) || !strings.Contains(row, `"130,000"`) {
		t.Errorf("the bulletin says of the first firm %s", row)
	}
	if len(d.Firms) != 60 {
		t.Errorf("it knows %d firms", len(d.Firms))
	}
}
