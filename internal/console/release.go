package console

import (
	"errors"
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// releaseBody is the preview of a case's next release: whom it would tell.
type releaseBody struct {
	view.Dossier
	Preview *trade.ReleasePreview // nil: there is nothing to release
	Why     string                // then why
	Reason  string                // the remark that the release would carry
}

// previewRelease says whom releasing the case would tell; nothing is written.
func (s *site) previewRelease(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil || s.PreviewRelease == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	d, err := s.View.Dossier(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	b := releaseBody{Dossier: d, Reason: short(r.URL.Query().Get("reason"), 500)}
	next, err := s.Desk.Next(r.Context(), d.Case.Family, auth.Actor(r.Context()).Name, b.Reason)
	var refused *trade.Refused
	switch {
	case errors.As(err, &refused):
		b.Why = refused.Text().In(langOf(r))
	case err != nil:
		return err
	default:
		p, err := s.PreviewRelease(r.Context(), &next)
		if err != nil {
			return err
		}
		b.Preview = &p
	}
	return s.render(w, r, http.StatusOK, "release", "release.title", "cases", b)
}

// correct releases once more what the case says now, in the place of the last
// release.
func (s *site) correct(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Correct(r.Context(), family, seq, by, r.PostFormValue("reason"))
	}, "corrected", nil)
}

// recall takes the last release back.
func (s *site) recall(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Recall(r.Context(), family, seq, by, r.PostFormValue("reason"))
	}, "recalled", nil)
}

// exercise sends a drill about the case.
func (s *site) exercise(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Exercise(r.Context(), family, seq, by, r.PostFormValue("reason"))
	}, "exercised", nil)
}
