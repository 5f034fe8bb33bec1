package console

import (
	"net/http"
	"net/url"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// quarantineBody lists what was not believed, and what no stage could handle.
type quarantineBody struct {
	Page view.Page[view.QuarantineRow]
	Next string
	Dead view.Page[view.DeadLetterRow]
}

func (s *site) quarantine(w http.ResponseWriter, r *http.Request) error {
	var b quarantineBody
	var err error
	if b.Page, err = s.View.Quarantined(r.Context(), before(r), listRows); err != nil {
		return err
	}
	if b.Dead, err = s.View.DeadLetters(r.Context(), 0, 20); err != nil {
		return err
	}
	b.Next = nextPart("/quarantine", b.Page.Next, url.Values{})
	return s.render(w, r, http.StatusOK, "quarantine", "nav.quarantine", "quarantine", b)
}

// quarantinedBody is one input that was not believed, with its bytes as text.
type quarantinedBody struct {
	Key       string
	Item      trade.Quarantine
	CanReplay bool
}

func (s *site) showQuarantine(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Bus.Quarantine.Get(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "quarantined", "quarantine.title", "quarantine", quarantinedBody{e.Key, e.Value, s.Replay != nil})
}

func (s *site) replay(w http.ResponseWriter, r *http.Request) error {
	if s.Replay == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	if _, err := s.Replay(r.Context(), r.PathValue("key"), auth.Actor(r.Context()).Name, r.PostFormValue("force") != ""); err != nil {
		return err
	}
	return done(w, r, "/quarantine", "replayed")
}
