package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// accountBody is a person's own: password, sessions, consents, tokens.
type accountBody struct {
	User     *trade.User // nil for who has no account: the bootstrap token, the demo
	Sessions []auth.SessionRow
	Tokens   []trade.Token
	Scopes   []auth.Action // that a token may have
	Channels []string
	Fresh    string // a token that was just made: shown once
	Problem  string
}

func (s *site) account(w http.ResponseWriter, r *http.Request) error {
	return s.showAccount(w, r, http.StatusOK, "", "")
}

func (s *site) showAccount(w http.ResponseWriter, r *http.Request, status int, fresh, problem string) error {
	p := auth.Actor(r.Context())
	b := accountBody{Channels: s.Channels, Fresh: fresh, Problem: problem}
	if u, err := s.Guard.User(p.ID); err == nil {
		b.User, b.Tokens = &u, s.Guard.Tokens(p.ID)
	}
	if p.Session != "" {
		b.Sessions = s.Guard.Sessions(p)
	}
	for _, a := range auth.RoleActions(p.Role) {
		if a != auth.Account {
			b.Scopes = append(b.Scopes, a)
		}
	}
	return s.render(w, r, status, "account", "account.title", "account", b)
}

// settle leads back after a change, or shows why there was none.
func (s *site) settle(w http.ResponseWriter, r *http.Request, err error, key string) error {
	reason, refused := refusal(err, langOf(r))
	switch {
	case refused:
		return s.showAccount(w, r, http.StatusUnprocessableEntity, "", reason)
	case errors.Is(err, auth.ErrPassword):
		return s.showAccount(w, r, http.StatusUnprocessableEntity, "", label(langOf(r), "account.wrong"))
	case err != nil:
		return err
	}
	return done(w, r, "/account", key)
}

func (s *site) changePassword(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if r.PostFormValue("fresh") != r.PostFormValue("again") {
		return s.showAccount(w, r, http.StatusUnprocessableEntity, "", label(langOf(r), "join.differ"))
	}
	err := s.Guard.SetPassword(r.Context(), auth.Actor(r.Context()), r.PostFormValue("present"), r.PostFormValue("code"), r.PostFormValue("fresh"))
	return s.settle(w, r, err, "password")
}

func (s *site) changeConsents(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	_ = r.ParseForm()
	return s.settle(w, r, s.Guard.SetConsents(r.Context(), auth.Actor(r.Context()).ID, chosen(r.PostForm["consent"], s.Channels)), "consented")
}

func (s *site) endSession(w http.ResponseWriter, r *http.Request) error {
	return s.settle(w, r, s.Guard.EndSession(r.Context(), auth.Actor(r.Context()), r.PathValue("place")), "ended")
}

func (s *site) newToken(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	_ = r.ParseForm()
	days, _ := strconv.Atoi(r.PostFormValue("days"))
	t := trade.Token{Name: r.PostFormValue("name"), Scopes: r.PostForm["scope"], From: strings.Fields(r.PostFormValue("from")), Expires: s.View.Now().Add(time.Duration(days) * 24 * time.Hour).UTC()}
	token, err := s.Guard.NewToken(r.Context(), auth.Actor(r.Context()), t)
	if err != nil {
		return s.settle(w, r, err, "")
	}
	return s.showAccount(w, r, http.StatusOK, token, "")
}

func (s *site) revokeToken(w http.ResponseWriter, r *http.Request) error {
	return s.settle(w, r, s.Guard.RevokeToken(r.Context(), auth.Actor(r.Context()).ID, r.PathValue("id")), "revoked")
}
