package console

import (
	"net/http"
	"net/url"
	"strconv"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// standardsBody is the library of standards, or a part of it.
type standardsBody struct {
	Text  string
	Body  string
	Named view.NamedBy
	Sides []view.NamedBy
	Page  view.StandardPage
	Empty bool   // nobody names any standard
	Next  string // address of the next part
}

// standardBody is one standard with all that names it.
type standardBody struct {
	view.StandardDetail
	NextNaming   string
	NextClaiming string
}

var sides = []view.NamedBy{view.NamedByBoth, view.NamedByMeasures, view.NamedByProducts}

func (s *site) standards(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := standardsBody{Text: q.Get("q"), Body: q.Get("body"), Named: view.NamedBy(q.Get("named")), Sides: sides}
	var err error
	b.Page, err = s.View.Standards(r.Context(), view.StandardQuery{Text: b.Text, Body: b.Body, Named: b.Named, Offset: offset(r, "offset"), Limit: listRows})
	if err != nil {
		return err
	}
	b.Empty = len(b.Page.Bodies) == 0
	if end := b.Page.Offset + len(b.Page.Rows); end < b.Page.Total {
		b.Next = "/standards?" + url.Values{"q": {b.Text}, "body": {b.Body}, "named": {string(b.Named)}, "offset": {strconv.Itoa(end)}}.Encode()
	}
	return s.render(w, r, http.StatusOK, "standards", "nav.standards", "standards", b)
}

func (s *site) showStandard(w http.ResponseWriter, r *http.Request) error {
	d, err := s.View.Standard(r.Context(), r.PathValue("key"), view.StandardParts{Naming: offset(r, "measures"), Claiming: offset(r, "firms")})
	if err != nil {
		return err
	}
	b := standardBody{StandardDetail: d}
	part := func(naming, claiming int) string {
		return "/standards/" + d.Key + "?" + url.Values{"measures": {strconv.Itoa(naming)}, "firms": {strconv.Itoa(claiming)}}.Encode()
	}
	if end := d.NamingOffset + len(d.Naming); end < d.Measures {
		b.NextNaming = part(end, d.ClaimingOffset) + "#measures"
	}
	if end := d.ClaimingOffset + len(d.Claiming); end < d.Exporters {
		b.NextClaiming = part(d.NamingOffset, end) + "#firms"
	}
	return s.render(w, r, http.StatusOK, "standard", "standard.title", "standards", b)
}

// offset is where a part of a list begins, by number of rows.
func offset(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.URL.Query().Get(name))
	return max(n, 0)
}

// comparison is a comparison of a case with the library's entry about it.
type comparison struct {
	trade.Comparison
	Key string // of the standard, "" where the library has none
}

func (s *site) comparisons(c *trade.Case) []comparison {
	var out []comparison
	for _, row := range c.Comparisons {
		known, _ := s.View.StandardOf(row.Standard)
		out = append(out, comparison{row, known.Key})
	}
	return out
}

// compare writes down how a domestic requirement differs from a foreign one.
func (s *site) compare(w http.ResponseWriter, r *http.Request) error {
	f := r.PostFormValue
	typed := &wording{Compared: trade.Comparison{Standard: f("standard"), Domestic: f("domestic"), Foreign: f("foreign"), Gap: f("gap")}}
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Compare(r.Context(), family, seq, typed.Compared, by)
	}, "compared", typed)
}
