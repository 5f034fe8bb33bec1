package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// warningsBody lists warnings by their last release.
type warningsBody struct {
	Page      view.Page[view.WarningRow]
	Next      string
	Precision view.Precision
}

func (s *site) warnings(w http.ResponseWriter, r *http.Request) error {
	var b warningsBody
	var err error
	if b.Page, err = s.View.Warnings(r.Context(), before(r), listRows); err != nil {
		return err
	}
	b.Precision = s.View.Precision("", "")
	b.Next = nextPart("/warnings", b.Page.Next, url.Values{})
	return s.render(w, r, http.StatusOK, "warnings", "nav.warnings", "warnings", b)
}

// warningBody is one release as it went out.
type warningBody struct {
	Key        string
	Warning    trade.Warning
	Firms      []view.Firm
	More       int
	Releases   []int
	Deliveries []view.DeliveryRow // of this release
}

func (s *site) showWarning(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("key")
	release, err := strconv.Atoi(r.PathValue("release"))
	if err != nil {
		return errNoPage
	}
	e, err := s.View.Release(ctx, key, release)
	if err != nil {
		return err
	}
	b := warningBody{Key: key, Warning: e.Value}
	all, err := s.View.ReleaseRows(ctx, key)
	if err != nil {
		return err
	}
	for _, row := range all {
		b.Releases = append(b.Releases, row.Release)
	}
	touched, err := s.View.Firms(ctx, slices.Values(b.Warning.Audience), view.CaseFirms)
	if err != nil {
		return err
	}
	b.Firms, b.More = touched.Firms, touched.More(view.CaseFirms)
	told, err := s.View.DeliveriesOf(ctx, b.Warning.Family, 200)
	if err != nil {
		return err
	}
	for _, d := range told.Rows {
		if d.Release == release {
			b.Deliveries = append(b.Deliveries, d)
		}
	}
	return s.render(w, r, http.StatusOK, "warning", "warning.title", "warnings", b)
}
