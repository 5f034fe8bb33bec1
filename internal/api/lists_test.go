package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/export"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// evil is what others may have written where lists show it.
const evil = `=HYPERLINK("http://evil.example","<script>")`

// newListRig holds one of everything, with evil words in it.
func newListRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, func(d *Deps) {
		d.StatisticsLines = func(lang string, f view.Statistics) [][]string {
			return [][]string{{"a", "b", "c", "d", "e", "f", "g", "h"}, {f.Period.From, evil, lang, "", "", "1", "", ""}}
		}
	})
	ctx, family := t.Context(), trade.FamilyKey(brazil)
	ledger(t, r.bus)
	n := trade.Notice{Source: "eping", ID: evil, Title: "\t" + evil, SeenAt: now, Kind: trade.KindNew}
	must(r.bus.Notices.Put(ctx, n.Key(), n, 0))(t)
	must(r.bus.Exporters.Put(ctx, registry.ExporterKey("E2"), trade.Exporter{ID: "E2", Name: "＝1+1", District: " @x"}, 0))(t)
	p := trade.Product{ID: "-2", Exporter: "E2", NameZH: evil, NameEN: `a "b", c; d`, HS: []string{"650610", "6506"}, Markets: []string{"BR", "EU"}, Standards: []string{"ISO 9001"}, ExportValue: 1.5}
	must(r.bus.Products.Put(ctx, p.Key(), p, 0))(t)
	must(r.bus.Quarantine.Put(ctx, "q2", trade.Quarantine{Source: "eping", Where: "row 8", Reason: evil, At: "2026-03-02T08:00:00Z"}, 0))(t)
	must(r.bus.DeadLetters.Put(ctx, "d2", bus.DeadLetter{Consumer: "matcher", Reason: evil}, 0))(t)
	e := must(r.bus.Cases.Get(ctx, family))(t)
	e.Value.HeadlineZH, e.Value.HeadlineEN = evil, evil
	must(r.bus.Cases.Put(ctx, family, e.Value, e.Seq))(t)
	if got := r.do("POST", "/api/v1/families/"+family+"/responses", `{"exporter":"E1","product":"P1","kind":"not_relevant","code":"other","reason":"@evil"}`); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	waitFor(t, "the view to have all", func() bool {
		c := r.view.Counts()
		return c.Notices == 2 && c.Products == 2 && c.Deliveries["accepted"] == 1 && c.Quarantine == 2 && c.DeadLetters == 2
	})
	return r
}

// exports are the lists with the number of their rows here.
var exports = map[string]int{
	"/notices": 2, "/cases": 1, "/cases?state=released": 0, "/warnings": 1, "/deliveries": 1, "/deliveries?state=held": 0, "/exporters": 1, "/products": 2, "/products?exporter=E2": 1,
	"/subscribers": 1, "/standards": 2, "/statistics": 1, "/families/" + trade.FamilyKey(brazil) + "/responses": 1, "/sources": 1, "/runs": 1, "/quarantine": 2, "/dead-letters": 2,
	"/notices?limit=1": 2, "/quarantine?limit=1": 2,
}

// rowsIn are the cells of an export without its titles, and the titles.
func rowsIn(t *testing.T, f export.Format, body string) (rows [][]string, titles []string) {
	t.Helper()
	switch f {
	case export.NDJSON:
		for _, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
			if line != "" && !json.Valid([]byte(line)) {
				t.Fatalf("no JSON: %s", line)
			} else if line != "" {
				rows = append(rows, []string{line})
			}
		}
		return rows, nil
	case export.CSV:
		all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return all[1:], all[0]
	}
	file, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	name := file.GetSheetName(0)
	all, err := file.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range all {
		for j := range row {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if formula, err := file.GetCellFormula(name, at); err != nil || formula != "" {
				t.Errorf("cell %s is the formula %q, %v", at, formula, err)
			}
		}
	}
	return all[1:], all[0]
}

func TestEveryListIsATableToo(t *testing.T) {
	r := newListRig(t)
	for path, want := range exports {
		for _, f := range []export.Format{export.NDJSON, export.CSV, export.XLSX} {
			name := fmt.Sprintf("%s as %s", path, f)
			mark := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
			got := r.do("GET", "/api/v1"+path+mark+"lang=en&format="+string(f), "")
			byAccept := r.do("GET", "/api/v1"+path+mark+"lang=en", "", "Accept", f.MediaType()+", */*;q=0.1")
			if got.status != 200 || got.header.Get("Content-Type") != f.MediaType() || byAccept.header.Get("Content-Type") != f.MediaType() {
				t.Errorf("%s: %d %s, by Accept %s: %.200s", name, got.status, got.header.Get("Content-Type"), byAccept.header.Get("Content-Type"), got.body)
				continue
			}
			if got.trailer.Get(trailerWhole) != "true" || got.trailer.Get(trailerRows) != fmt.Sprint(want) {
				t.Errorf("%s: the trailers are %v, want %d rows", name, got.trailer, want)
			}
			rows, titles := rowsIn(t, f, got.body)
			if len(rows) != want {
				t.Errorf("%s: %d rows, want %d: %.300s", name, len(rows), want, rows)
			}
			if f == export.CSV {
				for _, row := range append(rows, titles) {
					for _, cell := range row {
						if export.Harmless(cell) != cell && !strings.HasPrefix(cell, "'") {
							t.Errorf("%s: a spreadsheet runs %q", name, cell)
						}
					}
				}
				_, zh := rowsIn(t, f, r.do("GET", "/api/v1"+path+mark+"format=csv", "").body)
				if len(zh) != len(titles) || slices.Equal(zh, titles) && path != "/statistics" {
					t.Errorf("%s: titles in Chinese %q, in English %q", name, zh, titles)
				}
			}
		}
		if got := r.do("GET", "/api/v1"+path, "", "Accept", "text/html, image/png"); got.header.Get("Content-Type") != "application/json" || !json.Valid([]byte(got.body)) {
			t.Errorf("%s for a browser: %s %.200s", path, got.header.Get("Content-Type"), got.body)
		}
	}
	checkProblem(t, "no such format", r.do("GET", "/api/v1/notices?format=pdf", ""), http.StatusUnprocessableEntity)
	checkProblem(t, "no such family", r.do("GET", "/api/v1/families/nothing/responses?format=csv", ""), http.StatusNotFound)
}

// What was exported can be imported: nothing changes.
func TestTheRegistryComesBack(t *testing.T) {
	r := newListRig(t)
	for _, f := range []export.Format{export.CSV, export.XLSX} {
		for _, lang := range []string{"zh", "en"} {
			got := r.do("GET", "/api/v1/products?lang="+lang+"&format="+string(f), "")
			sheet, err := registry.Open(bytes.NewReader([]byte(got.body)), registry.Products)
			if err != nil {
				t.Fatalf("%s, %s: %v", f, lang, err)
			}
			items := registry.ParseProducts(sheet)
			items.OnBad = func(e registry.RowError) { t.Errorf("%s, %s: %v", f, lang, e) }
			summary, err := registry.Import(t.Context(), r.bus, items, nil)
			if err != nil || summary.Rows != 2 || summary.Unchanged != 2 {
				t.Errorf("%s, %s: %+v, %v; want 2 rows that change nothing", f, lang, summary, err)
			}
			_ = sheet.Close()
		}
	}
}

// An export by a text says where the text was not looked for everywhere: this
// process has no index of full texts.
func TestAnExportSaysWhatWasNotLookedThrough(t *testing.T) {
	r := newListRig(t)
	for path, whole := range map[string]bool{
		"/cases?": true, "/cases?q=helmets&": false, "/notices?source=eping&": true, "/notices?q=helmets&": false, "/standards?q=ISO&": true,
	} {
		for _, f := range []string{"csv", "ndjson"} {
			got := r.do("GET", "/api/v1"+path+"lang=en&format="+f, "")
			said := strings.Contains(got.body, "full-text index is being built")
			if got.trailer.Get(trailerWhole) != fmt.Sprint(whole) || said == whole || got.status != http.StatusOK {
				t.Errorf("%s as %s: whole is %s, want %v: %.300s", path, f, got.trailer.Get(trailerWhole), whole, got.body)
			}
		}
	}
}

// A list that is written while it is read has every row once.
func TestRowsThatMoveAreNeitherLostNorDoubled(t *testing.T) {
	type row struct{ key string }
	list := []row{{"f"}, {"e"}, {"d"}, {"c"}, {"b"}, {"a"}}
	seq := map[string]uint64{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}
	var got []string
	moved := false
	for r, err := range newestFirst(t.Context(), func(r *row) string { return r.key }, func(_ context.Context, before uint64, _ int) (view.Page[row], error) {
		p := view.Page[row]{}
		for _, r := range list {
			if before == 0 || seq[r.key] < before {
				p.Rows = append(p.Rows, r)
			}
		}
		if len(p.Rows) > 2 {
			p.Rows, p.Next = p.Rows[:2], seq[p.Rows[1].key]
		}
		return p, nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, r.key); !moved && r.key == "e" { // a was not read yet, f was
			moved = true
			seq["a"], seq["f"], seq["e"] = 7, 8, 9 // a whole part of rows that were read stands before it
			list = []row{{"e"}, {"f"}, {"a"}, {"d"}, {"c"}, {"b"}}
		}
	}
	slices.Sort(got)
	if strings.Join(got, "") != "abcdef" {
		t.Errorf("the rows are %q, want each once", got)
	}
}
