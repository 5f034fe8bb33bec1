package console

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// firmsBody is a part of the firms that a measure touches, or whom a release of
// its warning concerns; or one of them with its products.
type firmsBody struct {
	view.FirmPage
	Headline trade.Text
	Back     string // the page it belongs to
	Path     string // its own
	One      bool   // one firm was asked for
	From     int    // products, or firms, before those of the part
	Next     string
}

// What a part shows.
var (
	firmParts    = view.FirmQuery{Firms: 50, Products: 5}
	productParts = view.FirmQuery{Firms: 1, Products: 100}
)

func (s *site) caseFirms(w http.ResponseWriter, r *http.Request) error {
	d, err := s.View.Dossier(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	return s.firms(w, r, "cases", "/cases/"+d.Row.Key, d.Row.Headline, d.Family.All())
}

func (s *site) warningFirms(w http.ResponseWriter, r *http.Request) error {
	release, err := strconv.Atoi(r.PathValue("release"))
	if err != nil {
		return errNoPage
	}
	e, err := s.View.Release(r.Context(), r.PathValue("key"), release)
	if err != nil {
		return err
	}
	return s.firms(w, r, "warnings", "/warnings/"+e.Key+"/"+strconv.Itoa(release), e.Value.Headline, slices.Values(e.Value.Audience))
}

func (s *site) firms(w http.ResponseWriter, r *http.Request, nav, back string, headline trade.Text, matches iter.Seq[trade.Match]) (err error) {
	q := r.URL.Query()
	b := firmsBody{Headline: headline, Back: back, Path: back + "/firms", One: q.Has("exporter")}
	b.From, _ = strconv.Atoi(q.Get("offset")) // what is no number is the beginning
	b.From = max(b.From, 0)
	part, with := firmParts, url.Values{}
	if b.One {
		part = productParts
		part.Exporter, part.From = q.Get("exporter"), b.From
		with.Set("exporter", part.Exporter)
	} else {
		part.Offset = b.From
	}
	if b.FirmPage, err = s.View.Firms(r.Context(), matches, part); err != nil {
		return err
	}
	shown, all := len(b.Firms), b.Total
	if b.One && len(b.Firms) == 0 {
		return trade.ErrNotFound
	}
	if b.One {
		shown, all = len(b.Firms[0].Products), b.Firms[0].Touched
	}
	if next := b.From + shown; shown > 0 && next < all {
		with.Set("offset", strconv.Itoa(next))
		b.Next = b.Path + "?" + with.Encode()
	}
	return s.render(w, r, http.StatusOK, "firms", "firms.title", nav, b)
}
