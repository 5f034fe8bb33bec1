package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
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
	Key            string
	Warning        trade.Warning
	Firms          []view.Firm
	More           int
	Releases       []int
	Deliveries     []view.DeliveryRow // of this release, the latest
	MoreDeliveries bool               // than are listed
	Own            trade.CentreDay    // the centre's own last day for comments
	Late           trade.Text         // that it has come or passed while comments are still open
	Braked         view.Braked        // what of it waits for the lead
	MayPass        bool               // the reader may let it go
	Refused        string             // why the last decision was not done
	Reason         string             // that was typed for it
}

func (s *site) showWarning(w http.ResponseWriter, r *http.Request) error {
	return s.renderWarning(w, r, http.StatusOK, warningBody{})
}

func (s *site) renderWarning(w http.ResponseWriter, r *http.Request, status int, b warningBody) error {
	ctx, key := r.Context(), r.PathValue("key")
	release, err := strconv.Atoi(r.PathValue("release"))
	if err != nil {
		return errNoPage
	}
	e, err := s.View.Release(ctx, key, release)
	if err != nil {
		return err
	}
	b.Key, b.Warning, b.Own = key, e.Value, triage.CentreOf(&e.Value, s.View.Policy)
	b.Late = triage.LateText(b.Own, s.View.Today())
	if b.Braked, err = s.View.Braked(ctx, b.Warning.Family, release); err != nil {
		return err
	}
	b.MayPass = s.PassRelease != nil && auth.Actor(ctx).Can(auth.Pass)
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
	if b.Deliveries, b.MoreDeliveries, err = s.View.DeliveriesOfRelease(ctx, b.Warning.Family, release, deliveryRows); err != nil {
		return err
	}
	return s.render(w, r, status, "warning", "warning.title", "warnings", b)
}

// passRelease lets go what the brake holds of a release, or gives it up. What
// was begun is ended even if the reader leaves.
func (s *site) passRelease(w http.ResponseWriter, r *http.Request) error {
	do, said := s.PassRelease, "passed"
	if r.PostFormValue("do") == "give_up" {
		do, said = s.DropRelease, "dropped"
	}
	if do == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	key, reason := r.PathValue("key"), r.PostFormValue("reason")
	release, err := strconv.Atoi(r.PathValue("release"))
	if err != nil {
		return errNoPage
	}
	e, err := s.View.Release(r.Context(), key, release)
	if err != nil {
		return err
	}
	_, err = do(context.WithoutCancel(r.Context()), e.Value.Family, release, auth.Actor(r.Context()).Name, reason)
	var refused *trade.Refused
	if errors.As(err, &refused) {
		return s.renderWarning(w, r, http.StatusUnprocessableEntity, warningBody{Refused: refused.Text().In(langOf(r)), Reason: reason})
	}
	if err != nil {
		return err
	}
	return done(w, r, fmt.Sprintf("/warnings/%s/%d", key, release), said)
}
