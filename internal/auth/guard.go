package auth

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Options are what a Guard stands on.
type Options struct {
	Bus    *bus.Bus
	Config Config
	Dir    string // data folder: holds the key that second factors are sealed with
	Token  string // the bootstrap token: LoadOrCreate
	// PublicURL is where browsers find us; with https they reach the pages over
	// TLS although a proxy may end it before us.
	PublicURL string
	// Demo opens every page to everybody, who acts as the centre's lead, or as
	// the other role that the reader chose; Stands says where those belong.
	Demo   bool
	Stands map[trade.Role]trade.Member
	HTTP   *http.Client // for the OIDC provider
	// Post hands a mail to the mail server, and fails where that did not take it;
	// nil where none is configured.
	Post   func(context.Context, trade.Letter) error
	Centre trade.Text     // who writes the mails
	Zone   *time.Location // of the times in them; nil means UTC
	Now    func() time.Time
	Log    *slog.Logger
}

// Guard stands before every route.
type Guard struct {
	config    Config
	demo      bool
	stands    map[trade.Role]trade.Member
	publicURL string
	now       func() time.Time
	log       *slog.Logger
	bus       *bus.Bus
	token     secret
	sealer    *sealer
	hasher    *hasher

	users       *kept[trade.User]
	invitations *kept[trade.Invitation]
	tokens      *kept[trade.Token]
	sessions    *sessions
	audit       *auditor
	auditKey    *auditKey
	checkpoints *checkpoints
	oidc        *oidcClient // nil without a provider

	post   func(context.Context, trade.Letter) error
	centre trade.Text
	zone   *time.Location

	tries, requests *limiter
	proxies         []netip.Prefix
	crossOrigin     *http.CrossOriginProtection
}

// New makes a guard that knows everybody; Run keeps it so.
func New(ctx context.Context, o Options) (*Guard, error) {
	token, err := keep(o.Token)
	if err != nil {
		return nil, err
	}
	if o.Config.Requests == 0 {
		o.Config = DefaultConfig()
	}
	proxies, err := o.Config.proxies()
	if err != nil {
		return nil, err
	}
	sealer, err := newSealer(o.Config.SealKey.Reveal(), o.Dir)
	if err != nil {
		return nil, err
	}
	auditKey, err := newAuditKey(o.Config.AuditKey.Reveal(), o.Dir, o.PublicURL)
	if err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	g := &Guard{
		config: o.Config, demo: o.Demo, stands: o.Stands, publicURL: o.PublicURL, now: o.Now, log: o.Log, bus: o.Bus, token: token, sealer: sealer, hasher: newHasher(),
		users: newKept(o.Bus.Users, nil), invitations: newKept(o.Bus.Invitations, nil), tokens: newKept(o.Bus.Tokens, nil), sessions: newSessions(o.Bus, o.Now),
		audit: &auditor{table: o.Bus.Audit}, auditKey: auditKey, checkpoints: &checkpoints{table: o.Bus.Checkpoints}, oidc: newOIDC(o),
		post: o.Post, centre: o.Centre, zone: o.Zone,
		tries: newLimiter(tryEvery, triesAtOnce), requests: newLimiter(time.Second/time.Duration(o.Config.Requests), 4*o.Config.Requests),
		proxies: proxies, crossOrigin: http.NewCrossOriginProtection(),
	}
	g.crossOrigin.SetDenyHandler(http.HandlerFunc(refuseOrigin))
	for _, load := range []func(context.Context) error{g.users.load, g.invitations.load, g.tokens.load, g.sessions.load} {
		if err := load(ctx); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Run follows what other processes write, until ctx ends.
func (g *Guard) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for name, follow := range map[string]func(context.Context) error{
		"users": g.users.follow, "invitations": g.invitations.follow, "tokens": g.tokens.follow, "sessions": g.sessions.follow,
	} {
		wg.Go(func() { _ = g.bus.Keep(ctx, "auth: "+name, follow) })
	}
	wg.Wait()
	return nil
}

// Demo reports whether everybody is let in to the pages.
func (g *Guard) Demo() bool { return g.demo }

// Wrap stands around the whole server: it refuses writes that another site
// makes a browser send and clients that ask too often, and sets the headers
// that every answer carries.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	inner := g.crossOrigin.Handler(next)
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
		from, now := g.origin(r), g.now()
		if wait := g.requests.wait(from, now); wait > 0 {
			h.Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			http.Error(w, "请求过于频繁，请稍后再试。\nToo many requests: wait a moment.", http.StatusTooManyRequests)
			return
		}
		g.requests.take(from, now)
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, from)))
	})
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
		p, ok := g.person(w, r)
		if ok {
			next.ServeHTTP(w, r.WithContext(With(r.Context(), p)))
			return
		}
		if !safe(r) {
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
		if p, ok := g.person(w, r); ok {
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
		if !safe(r) && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
			refuseOrigin(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// person is who the browser's session belongs to, as that user stands now; in
// the demo everybody is somebody.
func (g *Guard) person(w http.ResponseWriter, r *http.Request) (Person, bool) {
	if c, err := r.Cookie(g.cookieName(r)); err == nil {
		if p, ok := g.signedIn(r.Context(), c.Value); ok {
			return p, true
		}
	}
	if g.demo {
		return g.demoPerson(w, r), true
	}
	return Person{}, false
}

func (g *Guard) signedIn(ctx context.Context, cookie string) (Person, bool) {
	user, place, ok := g.sessions.find(ctx, cookie)
	if !ok {
		return Person{}, false
	}
	p := g.bootstrap()
	if user != "" {
		u, ok := g.users.get(user)
		if !ok || u.Disabled {
			return Person{}, false
		}
		p = of(u)
	}
	p.Session = place
	return p, true
}

// demoPerson is the lead, or whom the reader of the demo chose to be with
// ?as=ROLE; a cookie keeps the choice. It opens nothing: in the demo everybody
// may be everybody.
func (g *Guard) demoPerson(w http.ResponseWriter, r *http.Request) Person {
	role := trade.Role(r.URL.Query().Get("as"))
	if _, ok := g.demoRole(role); ok {
		http.SetCookie(w, &http.Cookie{Name: "as", Value: string(role), Path: "/", Secure: g.tls(r), HttpOnly: true, SameSite: http.SameSiteLaxMode})
	} else if c, err := r.Cookie("as"); err == nil {
		role = trade.Role(c.Value)
	}
	if p, ok := g.demoRole(role); ok {
		return p
	}
	p, _ := g.demoRole(trade.RoleLead)
	p.anybody = true
	return p
}

// fit is the person for a page of that action. Who has chosen no role in the
// demo takes the one that the page is for, so that each can be read without a
// cookie.
func (g *Guard) fit(p Person, a Action) Person {
	if !p.anybody || p.Can(a) {
		return p
	}
	for _, role := range g.DemoRoles() {
		if other, _ := g.demoRole(role); other.Can(a) {
			return other
		}
	}
	return p
}

func (g *Guard) demoRole(role trade.Role) (Person, bool) {
	m, ok := g.stands[role]
	return Person{Name: "演示 " + string(role), Role: role, Member: m, Demo: true}, ok || role.Centre()
}

// DemoRoles are the roles that a reader of the demo may take; none without it.
func (g *Guard) DemoRoles() []trade.Role {
	if !g.demo {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(trade.Roles), func(r trade.Role) bool { _, ok := g.demoRole(r); return !ok })
}

func refuseOrigin(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "已拒绝：该请求不是从本站页面发出的。\nRefused: the request was not sent from a page of this site.", http.StatusForbidden)
}

func (g *Guard) tls(r *http.Request) bool {
	return strings.HasPrefix(g.publicURL, "https://") || r.TLS != nil
}
