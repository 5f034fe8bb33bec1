package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// real reads a payload as an authority sent it.
func real(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../../shared/data/" + path)
	if err != nil {
		t.Skip("../shared/data is not here: " + err.Error())
	}
	return b
}

// object decodes b as a JSON object.
func object(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v in %.100s", err, b)
	}
	return m
}

// differ lists where the form of ours departs from the real one's: a field that
// the real payload does not have, or another type. Lists are compared by their
// first elements. Null and empty lists fit everything.
func differ(at string, real, ours any) []string {
	switch o := ours.(type) {
	case map[string]any:
		r, ok := real.(map[string]any)
		if !ok {
			return unlike(at, real, ours)
		}
		var out []string
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if _, known := r[name]; !known {
				out = append(out, at+"."+name+" is unknown to the real payload")
				continue
			}
			out = append(out, differ(at+"."+name, r[name], o[name])...)
		}
		return out
	case []any:
		r, ok := real.([]any)
		if !ok {
			return unlike(at, real, ours)
		}
		if len(o) == 0 || len(r) == 0 {
			return nil
		}
		return differ(at+"[0]", r[0], o[0])
	default:
		return unlike(at, real, ours)
	}
}

func unlike(at string, real, ours any) []string {
	if real == nil || ours == nil {
		return nil
	}
	a, b := kindOf(real), kindOf(ours)
	if a == b {
		return nil
	}
	return []string{at + " is " + b + ", really " + a}
}

func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "text"
	case bool:
		return "a truth value"
	default:
		return "a number"
	}
}

func TestDiffer(t *testing.T) {
	r := object(t, []byte(`{"a":1,"b":{"c":"x"},"d":[{"e":true}],"n":null}`))
	for name, c := range map[string]struct {
		ours string
		want int
	}{
		"the same":        {`{"a":2,"b":{"c":"y"},"d":[],"n":"z"}`, 0},
		"another field":   {`{"z":1}`, 1},
		"another type":    {`{"a":"1","b":{"c":5}}`, 2},
		"deep in a list":  {`{"d":[{"e":"true"}]}`, 1},
		"list, no object": {`{"d":{"e":true}}`, 1},
		"text, no object": {`{"a":{"x":1}}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := differ("", r, object(t, []byte(c.ours))); len(got) != c.want {
				t.Errorf("%d differences: %q", len(got), got)
			}
		})
	}
}

func TestAlertsHaveTheRealShape(t *testing.T) {
	r := object(t, real(t, "safety-gate/notification_10099440.json"))
	// The retyped payload has no brand to show how one is written.
	r["product"].(map[string]any)["brands"] = []any{map[string]any{"brand": "x"}}
	for _, a := range New(noon).alerts() {
		ours, err := json.Marshal(a.json(noon))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range differ("alert", r, object(t, ours)) {
			t.Errorf("%s: %s", a.Reference, d)
		}
	}
}

func TestGazetteHasTheRealShape(t *testing.T) {
	r := object(t, real(t, "federal-register/document_2026-11634.json"))
	r["agencies"].([]any)[0].(map[string]any)["raw_name"] = "NAME" // in the live API
	for _, d := range New(noon).gazette() {
		ours, err := json.Marshal(d.json(noon))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range differ("document", r, object(t, ours)) {
			t.Errorf("%s: %s", d.Number, x)
		}
	}
}

func TestSiteItemsHaveTheRealShape(t *testing.T) {
	first := object(t, real(t, "eping/azureSearch_getAll.json"))["items"].([]any)[0].(map[string]any)
	first["notificationType"], first["icsCodes"] = "Regular notification", first["hsCodes"] // in the live answer
	rec := ask(t, New(noon), "GET", "/eping-site/api/v1/azureSearch/getAll", "")
	items := object(t, rec.Body.Bytes())["items"].([]any)
	if len(items) == 0 {
		t.Fatal("the site shows nothing")
	}
	for _, it := range items {
		for _, d := range differ("item", first, it) {
			t.Error(d)
		}
		if s := it.(map[string]any)["documentSymbol"].(string); !strings.HasPrefix(s, " G/") {
			t.Errorf("symbol %q lacks ePing's leading blank", s)
		}
	}
}

func TestSheetHasTheRealColumns(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(real(t, "eping/Notification_EN_2025-06-02_to_06.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for _, name := range rows[0] {
		i := slices.Index(sheetColumns, name)
		if i <= at {
			t.Errorf("column %q is missing or out of order", name)
		}
		at = i
	}
	if more := len(sheetColumns) - len(rows[0]); more != 2 {
		t.Errorf("%d further columns, want the two with double blanks", more)
	}
}

// Members are called as ePing calls them.
func TestMembersAreCalledAsInEping(t *testing.T) {
	known := map[string]bool{}
	for line := bufio.NewScanner(bytes.NewReader(real(t, "eping/vehicle-items.jsonl"))); line.Scan(); {
		meta, _ := object(t, line.Bytes())["meta"].(map[string]any)
		name, _ := meta["Notifying member"].(string)
		known[name] = true
	}
	found := 0
	for name := range members {
		if known[name] {
			found++
		}
	}
	if found < 5 {
		t.Errorf("only %d of our members stand among ePing's %v", found, slices.Sorted(maps.Keys(known)))
	}
}
