package auth

import (
	"net/http"

	"tbtwatch/internal/trade"
)

// Allow lets those pass who may do the action; refuse answers the others. What
// they change, or would have, is written into the audit: every route that
// writes goes through here, so none is forgotten.
func (g *Guard) Allow(a Action, pattern string, next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, h := g.fit(Actor(r.Context()), a), next
		if !p.Can(a) {
			h = refuse
		}
		r = r.WithContext(With(r.Context(), p))
		if safe(r) {
			h.ServeHTTP(w, r)
			return
		}
		seen := &status{ResponseWriter: w}
		h.ServeHTTP(seen, r)
		reason := ""
		if r.PostForm != nil {
			reason = r.PostForm.Get("reason")
		}
		g.Audit(r.Context(), p, trade.Audit{Action: pattern, Target: r.URL.Path, Reason: reason, Result: seen.code(), From: client(r)})
	})
}

func safe(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

// status remembers what was answered.
type status struct {
	http.ResponseWriter
	first int
}

func (s *status) WriteHeader(code int) {
	if s.first == 0 {
		s.first = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap is for http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *status) code() int {
	if s.first == 0 {
		return http.StatusOK
	}
	return s.first
}
