package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options are what a Guard stands on.
type Options struct {
	Token string // the bootstrap token: LoadOrCreate
	Demo  bool   // every page is open to everybody, who acts as the centre's lead
	// Secure says that browsers reach the pages over TLS although a proxy
	// ends it before us.
	Secure bool
	Now    func() time.Time
}

// Guard stands before every route.
type Guard struct {
	demo     bool
	secure   bool
	now      func() time.Time
	token    secret
	sessions *sessions
	limiter  *limiter
	origin   *http.CrossOriginProtection
}

// New makes a guard.
func New(o Options) (*Guard, error) {
	token, err := keep(o.Token)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	g := &Guard{demo: o.Demo, secure: o.Secure, now: o.Now, token: token, sessions: newSessions(o.Now), limiter: newLimiter(), origin: http.NewCrossOriginProtection()}
	g.origin.SetDenyHandler(http.HandlerFunc(refuseOrigin))
	return g, nil
}

// Demo reports whether everybody is let in to the pages.
func (g *Guard) Demo() bool { return g.demo }

// Wrap stands around the whole server: it refuses writes that another site
// makes a browser send, and sets the headers that every answer carries.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	inner := g.origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if g.tls(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		inner.ServeHTTP(w, r)
	})
}

// Bearer finds out which program sends the request, by its Authorization
// header alone: cookies count for nothing here.
func (g *Guard) Bearer(r *http.Request) (Person, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !g.token.is(strings.TrimSpace(token)) {
		return Person{}, false
	}
	return Person{Name: "token " + g.token.id, Role: RoleLead}, true
}

// API lets programs with a token pass; refuse answers the others.
func (g *Guard) API(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := g.Bearer(r)
		if !ok {
			w.Header().Set("WWW-Authenticate", `Bearer realm="tbtwatch"`)
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(With(r.Context(), p)))
	})
}

// Pages lets people with a session pass, and in the demo everybody. Others are
// sent to the sign-in page, which brings them back.
func (g *Guard) Pages(next http.Handler) http.Handler {
	return g.browser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := g.person(r)
		if ok {
			next.ServeHTTP(w, r.WithContext(With(r.Context(), p)))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "登录已过期，请重新登录后再试。\nYour session has ended: sign in and try again.", http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	}))
}

// Open lets everybody pass, but knows people with a session; for the sign-in
// page itself.
func (g *Guard) Open(next http.Handler) http.Handler {
	return g.browser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, ok := g.person(r); ok {
			r = r.WithContext(With(r.Context(), p))
		}
		next.ServeHTTP(w, r)
	}))
}

// browser refuses writes that do not say where they come from. The protection
// of Wrap takes them for programs; on the pages there are none, and a cookie,
// or the demo, would act for whoever sent them.
func (g *Guard) browser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
		if !safe && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
			refuseOrigin(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *Guard) person(r *http.Request) (Person, bool) {
	if c, err := r.Cookie(g.cookieName(r)); err == nil {
		if p, ok := g.sessions.find(c.Value); ok {
			return p, true
		}
	}
	return demoLead, g.demo
}

func refuseOrigin(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "已拒绝：该请求不是从本站页面发出的。\nRefused: the request was not sent from a page of this site.", http.StatusForbidden)
}

// ErrToken means that a sign-in was refused.
var ErrToken = errors.New("this is not the token")

// TooMany means that too many sign-ins failed from one address.
type TooMany struct{ Wait time.Duration }

func (t *TooMany) Error() string { return fmt.Sprintf("too many sign-ins; wait %s", t.Wait) }

// SignIn begins a session for whoever knows the token and sets its cookie.
// Errors: ErrToken, *TooMany.
func (g *Guard) SignIn(w http.ResponseWriter, r *http.Request, token string) error {
	now, from := g.now(), client(r)
	if wait := g.limiter.wait(from, now); wait > 0 {
		return &TooMany{wait}
	}
	if !g.token.is(strings.TrimSpace(token)) {
		g.limiter.failed(from, now)
		return ErrToken
	}
	if c, err := r.Cookie(g.cookieName(r)); err == nil {
		g.sessions.end(c.Value)
	}
	id := g.sessions.start(Person{Name: "token " + g.token.id, Role: RoleLead})
	http.SetCookie(w, g.cookie(r, id, int(sessionWhole.Seconds())))
	return nil
}

// SignOut ends the request's session.
func (g *Guard) SignOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(g.cookieName(r)); err == nil {
		g.sessions.end(c.Value)
	}
	http.SetCookie(w, g.cookie(r, "", -1))
}

func (g *Guard) tls(r *http.Request) bool { return g.secure || r.TLS != nil }

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
