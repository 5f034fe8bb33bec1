package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// ErrSignIn means that a sign-in was refused; it does not say whether the
// person exists.
var ErrSignIn = errors.New("these do not open a session")

// TooMany means that too many sign-ins failed from one address or for one
// person.
type TooMany struct{ Wait time.Duration }

func (t *TooMany) Error() string { return fmt.Sprintf("too many sign-ins; wait %s", t.Wait) }

// Credentials are what a sign-in brings: the bootstrap token, or address,
// password and code.
type Credentials struct{ Token, Mail, Password, Code string }

// SignIn begins a session and sets its cookie. Errors: ErrSignIn, *TooMany.
func (g *Guard) SignIn(w http.ResponseWriter, r *http.Request, c Credentials) error {
	now, from := g.now(), client(r)
	address := strings.ToLower(strings.TrimSpace(c.Mail))
	clients := []string{from}
	if address != "" {
		clients = append(clients, "mail "+sum(address))
	}
	for _, x := range clients {
		if wait := g.tries.wait(x, now); wait > 0 {
			return &TooMany{wait}
		}
	}
	user, err := g.proven(r.Context(), address, c)
	if errors.Is(err, ErrSignIn) {
		for _, x := range clients {
			g.tries.take(x, now)
		}
		g.Audit(r.Context(), Person{Name: short(address, 80)}, trade.Audit{Action: "sign-in", Target: "refused", From: from, Result: http.StatusUnauthorized})
	}
	if err != nil {
		return err
	}
	return g.begin(w, r, user)
}

// proven is the id of the user whom the credentials belong to, "" for the
// bootstrap token.
func (g *Guard) proven(ctx context.Context, address string, c Credentials) (string, error) {
	if address == "" {
		if !g.token.is(strings.TrimSpace(c.Token)) {
			return "", ErrSignIn
		}
		return "", nil
	}
	u, _ := g.byMail(address) // where there is nobody, the comparison takes as long
	err := g.verify(ctx, u, c.Password, c.Code)
	if errors.Is(err, ErrPassword) {
		err = ErrSignIn
	}
	return u.ID, err
}

// begin starts a session; the one that the browser had ends.
func (g *Guard) begin(w http.ResponseWriter, r *http.Request, user string) error {
	g.SignOut(w, r)
	id, err := g.sessions.start(r.Context(), user, r)
	if err != nil {
		return err
	}
	http.SetCookie(w, g.cookie(r, id, int(sessionWhole.Seconds())))
	p, _ := g.signedIn(r.Context(), id)
	g.Audit(r.Context(), p, trade.Audit{Action: "sign-in", Target: "session", From: client(r), Result: http.StatusOK})
	return nil
}

// SignOut ends the request's session.
func (g *Guard) SignOut(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie(g.cookieName(r))
	if err != nil {
		return
	}
	if p, ok := g.signedIn(r.Context(), c.Value); ok {
		if err := g.sessions.end(r.Context(), p.ID, p.Session); err != nil {
			g.log.Error("auth: a session could not be ended", "err", err)
		}
		g.Audit(r.Context(), p, trade.Audit{Action: "sign-out", Target: "session", From: client(r), Result: http.StatusOK})
	}
	http.SetCookie(w, g.cookie(r, "", -1))
}

// cookieName has the prefix that binds a cookie to this host, where browsers
// allow it: over TLS.
func (g *Guard) cookieName(r *http.Request) string {
	if g.tls(r) {
		return "__Host-tbtwatch"
	}
	return "tbtwatch"
}

func (g *Guard) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: g.cookieName(r), Value: value, Path: "/", MaxAge: maxAge,
		Secure: g.tls(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
