package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
)

// signInBody is the form for the token.
type signInBody struct {
	Next  string // where to go afterwards, on this site
	Wrong bool
	Wait  int // seconds, when too many tries failed
}

func (s *site) signInForm(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "signin", "signin.title", "", signInBody{Next: local(r.URL.Query().Get("next"))})
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	b := signInBody{Next: local(r.PostFormValue("next"))}
	err := s.Guard.SignIn(w, r, r.PostFormValue("token"))
	var many *auth.TooMany
	switch {
	case errors.As(err, &many):
		b.Wait = max(1, int(many.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(b.Wait))
		s.Log.Warn("console: sign-in refused, too many failures", "from", r.RemoteAddr)
		return s.render(w, r, http.StatusTooManyRequests, "signin", "signin.title", "", b)
	case err != nil:
		b.Wrong = true
		return s.render(w, r, http.StatusUnauthorized, "signin", "signin.title", "", b)
	}
	http.Redirect(w, r, b.Next, http.StatusSeeOther)
	return nil
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	s.Guard.SignOut(w, r)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// local accepts a path of this site and nothing that a browser could take for
// another one.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
