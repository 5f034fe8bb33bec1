package console

import (
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// auditBody is who did what, the newest first.
type auditBody struct {
	Page  view.Page[trade.Audit]
	Next  string
	Marks auth.CheckpointState
}

func (s *site) audit(w http.ResponseWriter, r *http.Request) error {
	page, err := s.View.Audit(r.Context(), before(r), listRows)
	if err != nil {
		return err
	}
	marks, err := s.Guard.Checkpoints(r.Context())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "audit", "nav.audit", "audit", auditBody{page, nextPart("/audit", page.Next, nil), marks})
}
