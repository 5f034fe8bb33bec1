package demo

import (
	"bytes"
	"encoding/csv"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const productHead = "exporter_id,exporter_name,district,product_id,name_zh,name_en,hs,ics,terms,standards,substances,markets,export_value_usd"
const subscriberHead = "subscriber_id,kind,name,exporter_id,district,sector,markets,language,channel,address,cadence,lowest_level"

var (
	hsForm     = regexp.MustCompile(`^\d{2,10}$`)
	icsForm    = regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
	marketForm = regexp.MustCompile(`^(\*|[A-Z]{2}|GCC|ASEAN|EAC|EAEU)$`)
	exporterID = regexp.MustCompile(`^EX\d{3}$`)
)

// table reads an embedded CSV file as maps by column name.
func table(t *testing.T, file []byte, head string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != head {
		t.Fatalf("columns are %q, want %q", got, head)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

func list(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ';' })
}

// official reads the first column that is called so of a table in ../shared/data.
func official(t *testing.T, path, column string) map[string]bool {
	t.Helper()
	f, err := os.Open("../../../shared/data/nomenclature/" + path)
	if err != nil {
		t.Skip("../shared/data is not here: " + err.Error())
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, r := range rows[1:] {
		out[r[slices.Index(rows[0], column)]] = true
	}
	return out
}

func TestProductsAreWellFormed(t *testing.T) {
	rows := table(t, Products(), productHead)
	exporters, seen, districts, names := map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, r := range rows {
		where := "line " + strconv.Itoa(i+2) + " (" + r["exporter_id"] + " " + r["product_id"] + ")"
		if !exporterID.MatchString(r["exporter_id"]) || seen[r["exporter_id"]+"/"+r["product_id"]] {
			t.Errorf("%s: the identity is malformed or stands twice", where)
		}
		seen[r["exporter_id"]+"/"+r["product_id"]] = true
		if !strings.HasPrefix(r["exporter_name"], "示例") || !strings.HasPrefix(r["district"], "示例") {
			t.Errorf("%s: %q in %q does not look made up", where, r["exporter_name"], r["district"])
		}
		if name, ok := exporters[r["exporter_id"]]; ok && name != r["exporter_name"] {
			t.Errorf("%s: the exporter has two names", where)
		}
		exporters[r["exporter_id"]], districts[r["district"]], names[r["exporter_name"]] = r["exporter_name"], true, true
		if r["name_zh"] == "" || r["name_en"] == "" || r["hs"] == "" || r["markets"] == "" {
			t.Errorf("%s: a name, code or market is missing", where)
		}
		for column, form := range map[string]*regexp.Regexp{"hs": hsForm, "ics": icsForm, "markets": marketForm} {
			for _, v := range list(r[column]) {
				if !form.MatchString(v) {
					t.Errorf("%s: %s %q", where, column, v)
				}
			}
		}
		if v, err := strconv.ParseFloat(r["export_value_usd"], 64); err != nil || v <= 0 {
			t.Errorf("%s: export value %q", where, r["export_value_usd"])
		}
	}
	if len(rows) < 200 || len(exporters) < 40 || len(names) != len(exporters) || len(districts) != 3 {
		t.Errorf("%d products of %d exporters (%d names) in %d districts, want 200 of 40 in 3", len(rows), len(exporters), len(names), len(districts))
	}
}

// The range of goods and of markets is all there.
func TestProductsCoverTheRange(t *testing.T) {
	codes, markets, terms := map[string]bool{}, map[string]bool{}, ""
	for _, r := range table(t, Products(), productHead) {
		for _, c := range list(r["hs"]) {
			codes[c] = true
		}
		for _, m := range list(r["markets"]) {
			markets[m] = true
		}
		terms += r["terms"] + r["substances"] + r["standards"]
	}
	for _, want := range []string{"871120", "871130", "871140", "871160", "871410", "650610", "401140", "847130", "851713", "851762", "852852",
		"854232", "850440", "851660", "841451", "841510", "841810", "845011", "853952", "850760", "850710", "840212", "842620", "841370",
		"850231", "080521", "080510", "080550", "090210", "090421", "090422", "070960", "020329", "160249", "950300", "040900", "151590"} {
		if !codes[want] {
			t.Errorf("no product with HS %s", want)
		}
	}
	for _, want := range strings.Fields("US EU DE BR VN TH ID PH NG KE TZ UG SA AE MX CO CL JP KR CA GB AU * GCC ASEAN") {
		if !markets[want] {
			t.Errorf("no product for %s", want)
		}
	}
	for _, want := range []string{"motocicleta", "capacete", "batterie", "毒死蜱", "GB ", "UN R", "IEC "} {
		if !strings.Contains(terms, want) {
			t.Errorf("no product names %q", want)
		}
	}
}

func TestSubscribersAreWellFormed(t *testing.T) {
	exporters := map[string]bool{}
	for _, r := range table(t, Products(), productHead) {
		exporters[r["exporter_id"]] = true
	}
	allowed := map[string][]string{
		"sector":       {"", "motorcycles", "vehicles", "electronics", "appliances", "batteries", "machinery", "agrifood", "toys", "textiles", "chemicals"},
		"language":     {"zh", "en"},
		"channel":      {"email", "slack", "webhook"},
		"cadence":      {"immediate", "daily", "weekly"},
		"lowest_level": {"", "red", "orange", "yellow", "blue"},
	}
	kinds, ids := map[string]int{}, map[string]bool{}
	for _, r := range table(t, Subscribers("http://127.0.0.1:9"), subscriberHead) {
		id := r["subscriber_id"]
		if ids[id] {
			t.Errorf("%s stands twice", id)
		}
		ids[id] = true
		kinds[r["kind"]]++
		for column, words := range allowed {
			if !slices.Contains(words, r[column]) {
				t.Errorf("%s: %s %q is none of %q", id, column, r[column], words)
			}
		}
		if r["kind"] == "exporter" {
			if !exporters[r["exporter_id"]] {
				t.Errorf("%s: there is no exporter %q", id, r["exporter_id"])
			}
			delete(exporters, r["exporter_id"])
		}
		switch r["channel"] {
		case "email":
			if a, err := mail.ParseAddress(r["address"]); err != nil || !strings.HasSuffix(a.Address, ".example") {
				t.Errorf("%s: address %q is none under .example", id, r["address"])
			}
		case "webhook":
			if r["address"] != "http://127.0.0.1:9/webhook/"+id {
				t.Errorf("%s: address %q", id, r["address"])
			}
		}
	}
	if len(exporters) > 0 {
		t.Errorf("nobody subscribed for %v", exporters)
	}
	if kinds["association"] != 4 || kinds["district"] != 3 || kinds["department"] != 1 || kinds["machine"] != 1 {
		t.Errorf("kinds of subscribers: %v", kinds)
	}
}

func TestCodesAreOfficial(t *testing.T) {
	hs, ics := official(t, "hs2022.csv", "hscode"), official(t, "ics7.csv", "code")
	check := func(where string, have map[string]bool, code string) {
		if !have[code] {
			t.Errorf("%s: %s does not exist", where, code)
		}
	}
	for _, r := range table(t, Products(), productHead) {
		for _, c := range list(r["hs"]) {
			check(r["name_en"], hs, c[:min(6, len(c))])
		}
		for _, c := range list(r["ics"]) {
			check(r["name_en"], ics, c)
		}
	}
	for _, p := range append(Papers(), Generate(50, 1)...) {
		for _, c := range p.HS {
			check(p.Symbols[0], hs, code(c))
		}
		for _, c := range p.ICS {
			check(p.Symbols[0], ics, code(c))
		}
	}
}
