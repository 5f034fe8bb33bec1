package demo

import (
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed data/alerts.jsonl
var alertsFile []byte

// alert is a rapid alert of the EU's Safety Gate.
type alert struct {
	ID          int    `json:"id"`
	Reference   string `json:"reference"` // SR/03101/26
	Country     string `json:"country"`   // that notified
	CountryName string `json:"country_name"`
	Category    string `json:"category"` // ELECTRICAL_APPLIANCES …
	Specific    string `json:"specific"` // name in the language of the country
	Name        string `json:"name"`
	Description string `json:"description"`
	Risk        string `json:"risk"` // ELECTRIC_SHOCK …
	Danger      string `json:"danger"`
	Law         string `json:"law"`
	Measure     string `json:"measure"`
	Brand       string `json:"brand"`
	Model       string `json:"model"`
	Origin      string `json:"origin"`
	AgeHours    int    `json:"age_hours"`
	Wave        int    `json:"wave"`
}

// alertsPerPage is the size of the list's pages.
const alertsPerPage = 4

func (w *World) serveAlerts(mux *http.ServeMux) {
	const base = "/safety-gate/public/api/notification/"
	for _, list := range []string{"mostRecent/", "carousel/"} {
		mux.HandleFunc("POST "+base+list, w.alertList)
	}
	mux.HandleFunc("GET "+base+"{id}", w.alertDetail)
}

// alerts lists those that show, newest first.
func (w *World) alerts() []alert {
	var out []alert
	for _, a := range lines[alert]("alerts.jsonl", alertsFile) {
		if w.shows(a.Wave) {
			a.Reference = fill(a.Reference, w.now)
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b alert) int { return a.AgeHours - b.AgeHours })
	return out
}

// alertList answers as POST /notification/mostRecent/ with a body of
// {"language":"en","page":"0"}: pages count from 0, the page's number may be
// text or a number.
func (w *World) alertList(rw http.ResponseWriter, r *http.Request) {
	var ask struct {
		Language string          `json:"language"`
		Page     json.RawMessage `json:"page"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil {
		err = json.Unmarshal(body, &ask)
	}
	if err != nil {
		http.Error(rw, `{"status":400,"error":"Bad Request"}`, http.StatusBadRequest)
		return
	}
	number := number(strings.Trim(string(ask.Page), `"`))
	all := w.alerts()
	from, to := page(number+1, alertsPerPage, len(all))
	content := []any{}
	for _, a := range all[from:to] {
		content = append(content, a.json(w.now))
	}
	pages := (len(all) + alertsPerPage - 1) / alertsPerPage
	sendJSON(rw, r, map[string]any{
		"content": content, "totalElements": len(all), "totalPages": pages, "number": number, "size": alertsPerPage,
		"first": number == 0, "last": number+1 >= pages, "numberOfElements": len(content), "empty": len(content) == 0,
	})
}

func (w *World) alertDetail(rw http.ResponseWriter, r *http.Request) {
	for _, a := range w.alerts() {
		if a.ID == number(r.PathValue("id")) {
			sendJSON(rw, r, a.json(w.now))
			return
		}
	}
	http.Error(rw, `{"status":404,"error":"Not Found"}`, http.StatusNotFound)
}

// option is how Safety Gate writes what is chosen from a list.
func option(group, name string) map[string]any {
	return map[string]any{"key": group + "." + strings.ReplaceAll(strings.ToLower(name), "_", "."), "name": name}
}

func english(id int, texts map[string]any) []any {
	texts["id"] = id
	texts["language"] = map[string]any{"key": "EN", "name": "english"}
	return []any{texts}
}

// json has the depth and the names of the API's alerts.
func (a alert) json(now time.Time) map[string]any {
	at := hoursBefore(now, a.AgeHours).Format("2006-01-02T15:04:05.000Z")
	models, brands := []any{}, []any{}
	if a.Model != "" {
		models = append(models, map[string]any{"modelType": a.Model})
	}
	if a.Brand != "" {
		brands = append(brands, map[string]any{"brand": a.Brand})
	}
	return map[string]any{
		"id": a.ID, "reference": a.Reference, "corrigendum": nil,
		"notificationType": map[string]any{"code": "A12", "name": "ARTICLE_12"},
		"country":          map[string]any{"key": a.Country, "propertyKey": "country." + a.Country, "name": a.CountryName, "euCountry": true, "eeaCountry": true},
		"creationDate":     at, "publicationDate": at, "modificationDate": at,
		"product": map[string]any{
			"id": a.ID + 190_000, "productCategory": option("product.category", a.Category), "professionalProduct": false,
			"nameSpecific": a.Specific, "nameSpecificKnown": true, "brandKnown": a.Brand != "", "brands": brands, "name": nil,
			"versions": english(a.ID+190_000, map[string]any{"name": a.Name, "description": a.Description, "packageDescription": nil}),
			"barcodes": []any{}, "batchNumbers": []any{}, "modelTypes": models, "photos": []any{},
		},
		"risk": map[string]any{
			"id": a.ID, "riskType": []any{option("riskType", a.Risk)},
			"versions": english(a.ID, map[string]any{"riskDescription": a.Danger, "legalProvision": a.Law, "riskTypeOther": nil}),
		},
		"measureTaken": map[string]any{"id": a.ID, "measures": []any{map[string]any{
			"id": a.ID + 600_000, "entryIntoForceDateKnown": false, "entryIntoForceDate": nil,
			"measureCategory": option("measure.category", a.Measure), "measureType": option("measure.type", "COMPULSORY"),
		}}, "companyRecalls": []any{}},
		"traceability":      map[string]any{"countryOrigin": map[string]any{"key": a.Origin, "propertyKey": "country." + a.Origin}},
		"reactingCountries": []any{},
		"versions":          english(a.ID, map[string]any{"corrigendum": nil}),
	}
}
