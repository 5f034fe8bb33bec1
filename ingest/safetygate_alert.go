package ingest

import (
	"encoding/json"
	"fmt"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

func (s *safetyGate) parseAlert(doc Document, emit func(Item) error) error {
	var raw json.RawMessage
	if err := readJSON(doc, &raw); err != nil {
		return fmt.Errorf("safety-gate: %w", err)
	}
	o, err := asObject(raw)
	if err != nil {
		return fmt.Errorf("safety-gate: %w", err)
	}
	if len(o.m) == 0 || o.text("id") == "" {
		return fmt.Errorf("safety-gate: the alert has no id: %w", ErrEmpty)
	}
	if asked := doc.Request.URL; asked != "" && !strings.Contains(asked, "/"+o.text("id")) {
		return trade.Refusef("safety-gate: asked for %s, got alert %s", asked, o.text("id"))
	}
	n, err := s.notice(o)
	if err != nil {
		return emit(badItem("alert "+o.text("id"), err, raw))
	}
	return emit(Item{Notice: n})
}

// notice reads one alert. Brand, model, barcodes and country of origin stay in
// Fields under their own paths: product.brands.0.brand,
// product.modelTypes.0.modelType, traceability.countryOrigin.key …
func (s *safetyGate) notice(o object) (*trade.Notice, error) {
	n := &trade.Notice{ID: o.first("reference", "id"), Kind: trade.KindRecall, Members: []string{"EU"}, Markets: []string{"EU"}, Lang: s.Language}
	if code, ok := nomenclature.Market(o.object("country").text("key")); ok {
		n.Members = []string{code}
	}
	var err error
	if n.Fields, err = flatten(o.m); err != nil {
		return nil, err
	}
	product, risk := o.object("product"), o.object("risk")
	words, harm := s.version(product), s.version(risk)
	name, specific := prose.Line(words.text("name")), prose.Line(product.text("nameSpecific"))
	if name == "" {
		name, specific = specific, ""
	}
	brands := product.texts("brands", "brand")
	n.Title = strings.Join(nonEmpty(name, strings.Join(brands, ", "), strings.Join(product.texts("modelTypes", "modelType"), ", ")), " · ")
	category := readable(product.object("productCategory").text("name"))
	n.Products = strings.Join(nonEmpty(name, specific, category, prose.Plain(words.text("description"))), "\n")
	n.Description = strings.Join(nonEmpty(prose.Plain(harm.text("riskDescription")), prose.Plain(harm.text("legalProvision"))), "\n")
	for _, r := range risk.texts("riskType", "name") {
		n.Objectives = addOnce(n.Objectives, readable(r))
	}
	for _, m := range o.object("measureTaken").objects("measures") {
		n.Keywords = addOnce(n.Keywords, readable(m.object("measureCategory").text("name")))
		n.Dates = measureDate(n.Dates, m.text("entryIntoForceDate"))
	}
	n.Keywords = append(nonEmpty(category), n.Keywords...)
	n.Dates = append(addDate(nil, trade.DatePublished, o.text("publicationDate"), ""), n.Dates...)
	n.Links = addLink(n.Links, "notice", "https://ec.europa.eu/safety-gate-alerts/screen/webReport/alertDetail/"+o.text("id"))
	return n, o.err()
}

// measureDate keeps the earliest day on which a measure takes force.
func measureDate(dates []trade.Date, text string) []trade.Date {
	d := addDate(nil, trade.DateEntryIntoForce, text, "")
	if len(dates) == 0 || len(d) > 0 && d[0].From != "" && d[0].From < dates[0].From {
		return d
	}
	return dates
}

// version is the texts in the wanted language, else the first there are.
func (s *safetyGate) version(o object) object {
	all := o.objects("versions")
	for _, v := range all {
		if strings.EqualFold(v.object("language").text("key"), s.Language) {
			return v
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return object{path: o.path, wrong: o.wrong}
}

// readable turns DAMAGE_TO_SIGHT into "damage to sight".
func readable(name string) string {
	return strings.ToLower(strings.ReplaceAll(prose.Line(name), "_", " "))
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
