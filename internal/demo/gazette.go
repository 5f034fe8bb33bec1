package demo

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

//go:embed data/gazette.jsonl
var gazetteFile []byte

// rule is a document of the US Federal Register.
type rule struct {
	Number        string   `json:"number"`
	Type          string   `json:"type"` // Rule, Proposed Rule, Notice
	Action        string   `json:"action"`
	Title         string   `json:"title"`
	Abstract      string   `json:"abstract"`
	Agencies      []string `json:"agencies"`
	Docket        string   `json:"docket"`
	RIN           string   `json:"rin"`
	AgeHours      int      `json:"age_hours"`
	CommentDays   int      `json:"comment_days"`
	EffectiveDays int      `json:"effective_days"`
	Corrects      string   `json:"corrects"` // number of an earlier document
	Wave          int      `json:"wave"`
}

const gazetteBase = "/federal-register/api/v1"

func (w *World) serveGazette(mux *http.ServeMux) {
	mux.HandleFunc("GET "+gazetteBase+"/documents.json", w.gazetteList)
	mux.HandleFunc("GET "+gazetteBase+"/documents/{file}", w.gazetteDocument)
}

// gazette lists the documents that show, newest first.
func (w *World) gazette() []rule {
	var out []rule
	for _, d := range lines[rule]("gazette.jsonl", gazetteFile) {
		if !w.shows(d.Wave) {
			continue
		}
		for _, text := range []*string{&d.Number, &d.Abstract, &d.Docket, &d.Corrects} {
			*text = fill(*text, w.now)
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b rule) int { return a.AgeHours - b.AgeHours })
	return out
}

// gazetteList answers as /api/v1/documents.json: the conditions on days, types
// and agencies are heeded, and like the real one it ignores those it does not
// know. It gives all fields, whatever fields[] asks for.
func (w *World) gazetteList(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var found []rule
	for _, d := range w.gazette() {
		if d.fits(q, w.now) {
			found = append(found, d)
		}
	}
	number, size := integer(q.Get("page"), 1), min(integer(q.Get("per_page"), 20), 1000)
	from, to := page(number, size, len(found))
	results := []any{}
	for _, d := range found[from:to] {
		results = append(results, d.json(w.now))
	}
	answer := map[string]any{"count": len(found), "description": "Documents published " + gazetteSince(q), "total_pages": (len(found) + size - 1) / size, "results": results}
	if to < len(found) {
		q.Set("page", fmt.Sprint(number+1))
		answer["next_page_url"] = "http://" + r.Host + gazetteBase + "/documents.json?" + q.Encode()
	}
	sendJSON(rw, r, answer)
}

// gazetteSince is the echo of the condition on days, month first.
func gazetteSince(q url.Values) string {
	day, err := time.Parse(time.DateOnly, q.Get("conditions[publication_date][gte]"))
	if err != nil {
		return "on any day"
	}
	return "on or after " + day.Format("01/02/2006")
}

func (d rule) fits(q url.Values, now time.Time) bool {
	day := hoursBefore(now, d.AgeHours).Format(time.DateOnly)
	from, to := q.Get("conditions[publication_date][gte]"), q.Get("conditions[publication_date][lte]")
	kind := map[string]string{"Rule": "RULE", "Proposed Rule": "PRORULE", "Notice": "NOTICE"}[d.Type]
	agencies := q["conditions[agencies][]"]
	switch {
	case from != "" && day < from, to != "" && day > to:
		return false
	case len(q["conditions[type][]"]) > 0 && !slices.Contains(q["conditions[type][]"], kind):
		return false
	case len(agencies) > 0 && !slices.ContainsFunc(d.Agencies, func(a string) bool { return slices.Contains(agencies, slug(a)) }):
		return false
	}
	return true
}

func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

func (w *World) gazetteDocument(rw http.ResponseWriter, r *http.Request) {
	for _, d := range w.gazette() {
		if d.Number+".json" == r.PathValue("file") {
			sendJSON(rw, r, d.json(w.now))
			return
		}
	}
	http.Error(rw, `{"errors":{"id":"not found"}}`, http.StatusNotFound)
}

// json has the fields of the API's documents.
func (d rule) json(now time.Time) map[string]any {
	day := midnight(hoursBefore(now, d.AgeHours))
	later := func(days int) any {
		if days == 0 {
			return nil
		}
		return day.AddDate(0, 0, days).Format(time.DateOnly)
	}
	agencies := []any{}
	for _, a := range d.Agencies {
		agencies = append(agencies, map[string]any{"name": a, "slug": slug(a), "raw_name": strings.ToUpper(a)})
	}
	out := map[string]any{
		"document_number": d.Number, "title": d.Title, "abstract": d.Abstract, "type": d.Type, "action": d.Action,
		"publication_date": day.Format(time.DateOnly), "effective_on": later(d.EffectiveDays), "comments_close_on": later(d.CommentDays),
		"html_url": "https://www.federalregister.gov/documents/" + day.Format("2006/01/02/") + d.Number + "/example",
		"pdf_url":  "https://www.govinfo.gov/content/pkg/FR-" + day.Format(time.DateOnly) + "/pdf/" + d.Number + ".pdf",
		"agencies": agencies, "docket_ids": []string{"Docket No. " + d.Docket}, "regulation_id_numbers": []string{}, "correction_of": nil,
	}
	if d.RIN != "" {
		out["regulation_id_numbers"] = []string{d.RIN}
	}
	if d.Corrects != "" {
		out["correction_of"] = "https://www.federalregister.gov/api/v1/documents/" + d.Corrects
	}
	return out
}
