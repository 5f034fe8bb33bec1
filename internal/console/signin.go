package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
)

// signInBody is the form to sign in with.
type signInBody struct {
	Next  string // where to go afterwards, on this site
	Mail  string
	OIDC  string // name of the provider; "" for none
	Wrong bool
	Wait  int // seconds, when too many tries failed
}

func (s *site) signInForm(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "signin", "signin.title", "", signInBody{Next: local(r.URL.Query().Get("next")), OIDC: s.Guard.OIDC()})
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	c := auth.Credentials{Token: r.PostFormValue("token"), Mail: r.PostFormValue("mail"), Password: r.PostFormValue("password"), Code: r.PostFormValue("code")}
	b := signInBody{Next: local(r.PostFormValue("next")), Mail: c.Mail, OIDC: s.Guard.OIDC()}
	err := s.Guard.SignIn(w, r, c)
	var many *auth.TooMany
	switch {
	case errors.As(err, &many):
		b.Wait = max(1, int(many.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(b.Wait))
		s.Log.Warn("console: sign-in refused, too many failures", "from", auth.Client(r))
		return s.render(w, r, http.StatusTooManyRequests, "signin", "signin.title", "", b)
	case errors.Is(err, auth.ErrSignIn):
		b.Wrong = true
		return s.render(w, r, http.StatusUnauthorized, "signin", "signin.title", "", b)
	case err != nil:
		return err
	}
	http.Redirect(w, r, b.Next, http.StatusSeeOther)
	return nil
}

func (s *site) toProvider(w http.ResponseWriter, r *http.Request) error {
	return s.Guard.ToProvider(w, r, local(r.PostFormValue("next")), "", nil)
}

func (s *site) fromProvider(w http.ResponseWriter, r *http.Request) error {
	next, err := s.Guard.FromProvider(w, r)
	if errors.Is(err, auth.ErrSignIn) {
		return s.render(w, r, http.StatusUnauthorized, "signin", "signin.title", "", signInBody{Next: "/", OIDC: s.Guard.OIDC(), Wrong: true})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, local(next), http.StatusSeeOther)
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
