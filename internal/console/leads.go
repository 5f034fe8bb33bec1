package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tbtwatch/internal/export"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// leadsBody is the list of measures that may be worth a specific trade concern.
type leadsBody struct {
	Page    view.LeadPage
	Markets []choice
	Sectors []choice
	Since   string
	Next    string
	CSV     string
	XLSX    string
}

// leadQuery reads the filters of an address.
func leadQuery(r *http.Request) (view.LeadQuery, error) {
	f := r.URL.Query().Get
	q := view.LeadQuery{Market: f("market"), Sector: f("sector"), Since: f("since"), Limit: listRows}
	if _, err := time.Parse(trade.Day, q.Since); q.Since != "" && err != nil {
		return q, trade.Refusef("%q is no day: write it as 2026-02-15; 日期应写作 2026-02-15", q.Since)
	}
	q.Offset, _ = strconv.Atoi(f("offset"))
	q.Offset = max(0, q.Offset)
	return q, nil
}

func (s *site) leads(w http.ResponseWriter, r *http.Request) error {
	q, err := leadQuery(r)
	if err != nil {
		return err
	}
	page, err := s.View.Leads(r.Context(), q)
	if err != nil {
		return err
	}
	lang := langOf(r)
	filters := url.Values{"market": {q.Market}, "sector": {q.Sector}, "since": {q.Since}}
	b := leadsBody{Page: page, Since: q.Since, Markets: leadMarkets(lang, q.Market), CSV: "/leads.csv?" + filters.Encode(), XLSX: "/leads.xlsx?" + filters.Encode()}
	b.Sectors = []choice{{"", label(lang, "all"), q.Sector == ""}}
	for _, x := range nomenclature.Sectors() {
		b.Sectors = append(b.Sectors, choice{x.ID, trade.Text{ZH: x.ZH, EN: x.EN}.In(lang), q.Sector == x.ID})
	}
	if q.Offset+len(page.Rows) < page.Total && len(page.Rows) > 0 {
		filters.Set("offset", strconv.Itoa(q.Offset+len(page.Rows)))
		b.Next = "/leads?" + filters.Encode()
	}
	return s.render(w, r, http.StatusOK, "leads", "nav.leads", "leads", b)
}

// leadMarkets are all markets by name, blocs among them.
func leadMarkets(lang, chosen string) []choice {
	out := []choice{{"", label(lang, "all"), chosen == ""}}
	listed := chosen == ""
	for _, code := range append(nomenclature.Blocs(), nomenclature.Markets()...) {
		listed = listed || code == chosen
		out = append(out, choice{code, marketName(code, lang) + " (" + code + ")", code == chosen})
	}
	if !listed {
		out = append(out, choice{chosen, chosen, true})
	}
	return out
}

func (s *site) leadsCSV(w http.ResponseWriter, r *http.Request) error {
	return s.leadsFile(w, r, export.CSV)
}

func (s *site) leadsXLSX(w http.ResponseWriter, r *http.Request) error {
	return s.leadsFile(w, r, export.XLSX)
}

func (s *site) leadsFile(w http.ResponseWriter, r *http.Request, f export.Format) error {
	q, err := leadQuery(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), fileWithin)
	defer cancel()
	t := view.LeadTable(s.View.Policy.Level)
	attach(w, f.MediaType(), t.Name+"."+string(f))
	_, err = export.Write(ctx, w, f, langOf(r), t, s.View.AllLeads(ctx, q))
	return err
}
