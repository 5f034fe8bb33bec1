package demo

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

func TestGazetteDataIsWellFormed(t *testing.T) {
	number := regexp.MustCompile(`^\{year\}-\d{5}$`)
	seen := map[string]bool{}
	for _, d := range lines[rule]("gazette.jsonl", gazetteFile) {
		if !number.MatchString(d.Number) || seen[d.Number] {
			t.Errorf("number %q is malformed or stands twice", d.Number)
		}
		seen[d.Number] = true
		if d.Title == "" || d.Abstract == "" || len(d.Agencies) == 0 || d.Docket == "" || d.AgeHours < 0 || d.AgeHours > 96 {
			t.Errorf("%s lacks a text, an agency, a docket or a possible age", d.Number)
		}
		switch d.Type {
		case "Rule", "Proposed Rule", "Notice":
		default:
			t.Errorf("%s: type %q", d.Number, d.Type)
		}
		if d.Corrects != "" && !seen[d.Corrects] {
			t.Errorf("%s corrects %s, which does not stand before it", d.Number, d.Corrects)
		}
	}
}

func TestAlertDataIsWellFormed(t *testing.T) {
	reference := regexp.MustCompile(`^SR/\d{5}/\{yy\}$`)
	words := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)
	seen := map[int]bool{}
	for _, a := range lines[alert]("alerts.jsonl", alertsFile) {
		if seen[a.ID] || !reference.MatchString(a.Reference) {
			t.Errorf("%d (%s) stands twice or is malformed", a.ID, a.Reference)
		}
		seen[a.ID] = true
		for _, w := range []string{a.Category, a.Risk, a.Measure} {
			if !words.MatchString(w) {
				t.Errorf("%s: %q is not written as Safety Gate does", a.Reference, w)
			}
		}
		if len(a.Country) != 2 || len(a.Origin) != 2 || a.Name == "" || a.Danger == "" || a.AgeHours < 0 || a.AgeHours > 96 {
			t.Errorf("%s lacks a country, a name, a danger or a possible age", a.Reference)
		}
	}
}

func TestMemberIdsAreDistinct(t *testing.T) {
	form, seen := regexp.MustCompile(`^(C\d{3}|U918)$`), map[string]string{}
	for name, id := range members {
		if !form.MatchString(id) || seen[id] != "" {
			t.Errorf("%s has the id %q, as has %q", name, id, seen[id])
		}
		seen[id] = name
	}
	for name, want := range map[string]string{"Viet Nam": "C704", "European Union": "U918", "Kenya": "C404"} {
		if members[name] != want {
			t.Errorf("%s has the id %q, want %q", name, members[name], want)
		}
	}
}

func TestBrokenDataIsFoundAtOnce(t *testing.T) {
	for name, file := range map[string]string{"an unknown key": `{"symbols":["x"],"titel":"y"}`, "half an object": `{"symbols":["x"`} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), "papers.jsonl, object 1") {
					t.Errorf("recovered %v", r)
				}
			}()
			lines[Paper]("papers.jsonl", []byte(file))
		})
	}
}

func TestRegistryIsTheCallersOwn(t *testing.T) {
	p := Products()
	for i := range p {
		p[i] = 'x'
	}
	if bytes.Equal(p, Products()) {
		t.Error("who changes the bytes changes the sample")
	}
	if bytes.Contains(Subscribers("http://127.0.0.1:9"), []byte("{base}")) {
		t.Error("a placeholder stays in the subscribers")
	}
}
