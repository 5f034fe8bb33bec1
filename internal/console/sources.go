package console

import (
	"context"
	"net/http"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// sourcesBody is every source with how it is doing, and the latest runs.
type sourcesBody struct {
	Sources []view.SourceRow
	Runs    []bus.Run
	CanRun  bool
	Source  string // whose runs alone are shown; "" shows all
}

func (s *site) sources(w http.ResponseWriter, r *http.Request) error {
	b := sourcesBody{Sources: s.View.SourceRows(), Runs: s.View.Runs(r.URL.Query().Get("source"), 40), CanRun: s.RunSource != nil, Source: r.URL.Query().Get("source")}
	return s.render(w, r, http.StatusOK, "sources", "nav.sources", "sources", b)
}

// patience is how long a page waits for work that may take minutes before it
// says that it goes on without the reader.
const patience = 8 * time.Second

// runSource runs a source now. The run belongs to the server, not to the
// request: a reader who leaves does not stop it.
func (s *site) runSource(w http.ResponseWriter, r *http.Request) error {
	if s.RunSource == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	name, by := r.PathValue("name"), auth.Actor(r.Context()).Name
	ended := make(chan error, 1)
	go func() {
		_, err := s.RunSource(s.base(r), name, by)
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			return trade.Refusef("%s", err)
		}
		return done(w, r, "/sources", "ran")
	case <-time.After(patience):
	case <-r.Context().Done():
	}
	return done(w, r, "/sources", "running")
}

// base is the context of work that outlives its request.
func (s *site) base(r *http.Request) context.Context {
	if s.Base != nil {
		return s.Base
	}
	return context.WithoutCancel(r.Context())
}
