// Package console is the pages for people: rendered by the server, in Chinese
// and English; they work without scripts. It imports no other stage; what it needs
// from them it is given as functions.
//
// A page is one file: a struct with exactly what it shows, the handler that
// fills it, and a template of the same name.
package console

import (
	"context"
	"embed"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

//go:embed templates/*.html static/*
var files embed.FS

// Deps is what the pages stand on. A function that is nil belongs to a stage
// that this process does not run; its buttons are not shown.
type Deps struct {
	Base    context.Context // ends with the server: work that outlives its request
	Bus     *bus.Bus
	View    *view.View
	Desk    *triage.Desk
	Guard   *auth.Guard
	Portal  *portal.Portal // what readers from outside the centre see
	Log     *slog.Logger
	Version string
	// Channels are what people can be written to over.
	Channels []string
	// PublicURL is where browsers find these pages; "" when only the request
	// tells.
	PublicURL string
	Location  *time.Location // of the times that are shown; nil means UTC
	Running   []string       // the stages that this process runs, by name

	// RunSource runs a source once and returns when it is done.
	RunSource func(ctx context.Context, name, by string) (bus.Run, error)
	// Replay reads a quarantined input again; force believes it as it is.
	Replay func(ctx context.Context, key, by string, force bool) (bus.Run, error)
	// Guesses are the codes that a notice gives, then those that its words imply.
	Guesses func(n *trade.Notice) (hs, ics []trade.CodeGuess)
	// Recode says how other codes change whom a family touches, and with save
	// makes it so.
	Recode func(ctx context.Context, family string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error)
	// PreviewRelease says whom a release would be sent to; nothing is written.
	PreviewRelease func(ctx context.Context, w *trade.Warning) (trade.ReleasePreview, error)
	// PassRelease lets go what the brake holds of a release, DropRelease gives it
	// up; both say how many deliveries that were.
	PassRelease, DropRelease func(ctx context.Context, family string, release int, by, reason string) (int, error)
	// DecideDelivery does what a person decides about a delivery as it stood at
	// the sequence seq.
	DecideDelivery func(ctx context.Context, key string, seq uint64, a trade.DeliveryAction, by, reason string) error
	// Mail opens the mail of a delivery where mails are kept as files, or
	// returns trade.ErrNotFound.
	Mail func(ctx context.Context, key string) (io.ReadCloser, error)
}

// site is the pages being made.
type site struct {
	Deps
	pages  map[string]map[string]*page // by language and name
	assets map[string]asset            // by name
}

// handler makes a page; its error becomes one.
type handler func(w http.ResponseWriter, r *http.Request) error

// Register adds all pages to mux. It panics when a template is broken: they
// are part of the program.
func Register(mux *http.ServeMux, d Deps) {
	if d.Location == nil {
		d.Location = time.UTC
	}
	s := &site{Deps: d}
	s.pages, s.assets = parsePages(s), s.makeAssets()
	signedIn := http.NewServeMux()
	for pattern, r := range s.all() {
		signedIn.Handle(pattern, d.Guard.Allow(r.action, pattern, s.serve(r.handle), s.serve(forbidden)))
	}
	signedIn.Handle("/", s.serve(noPage))
	mux.Handle("/", d.Guard.Pages(signedIn))
	open := http.NewServeMux()
	for pattern, h := range s.openRoutes() {
		open.Handle(pattern, s.serve(h))
	}
	open.Handle("/", s.serve(noPage))
	for _, prefix := range []string{"/sign-in", "/sign-in/", "/sign-out", "/join/"} {
		mux.Handle(prefix, d.Guard.Open(open))
	}
	public := http.NewServeMux() // read without signing in
	public.Handle("GET /bulletins/{key}/{release}", s.serve(s.published))
	public.Handle("/", s.serve(noPage))
	mux.Handle("/bulletins/", d.Guard.Open(public))
	for pattern, h := range (tenants{s.Portal, s.render, s.origin}).feedRoutes() {
		public.Handle(pattern, s.serve(h))
	}
	mux.Handle("/feeds/", d.Guard.Open(public))
	// The address is all the right that its reader needs: no cookie counts here,
	// and mail providers, which are no browsers, may write.
	links := http.NewServeMux()
	for pattern, h := range (tenants{s.Portal, s.render, s.origin}).linkRoutes(s.auditLink) {
		links.Handle(pattern, s.serve(h))
	}
	links.Handle("/", s.serve(noPage))
	mux.Handle(portal.StopPath, links)
	mux.Handle(portal.ReceiptPath, links)
	mux.Handle("GET /static/", http.HandlerFunc(s.static))
}

// auditLink writes down what a link did; its reader is known as the recipient
// that it was sent to, and no further.
func (s *site) auditLink(r *http.Request, did, recipient string) {
	s.Guard.Audit(r.Context(), auth.Person{Name: "link"}, trade.Audit{Action: did, Target: recipient, Result: http.StatusOK, From: auth.Client(r)})
}

// openRoutes are the pages for who has not signed in yet.
func (s *site) openRoutes() map[string]handler {
	return map[string]handler{
		"GET /sign-in":             s.signInForm,
		"POST /sign-in":            s.signIn,
		"POST /sign-in/oidc":       s.toProvider,
		"GET " + auth.OIDCPath:     s.fromProvider,
		"POST /sign-out":           s.signOut,
		"GET /join/{secret}":       s.joinForm,
		"POST /join/{secret}":      s.join,
		"POST /join/{secret}/oidc": s.joinByProvider,
	}
}

// noPage answers where there is none.
func noPage(http.ResponseWriter, *http.Request) error { return errNoPage }

// forbidden answers who may not see a page. To people from outside the centre
// it does not say that there is one.
func forbidden(_ http.ResponseWriter, r *http.Request) error {
	if auth.Actor(r.Context()).Role.Centre() {
		return errForbidden
	}
	return errNoPage
}

// Routes are the pages behind the sign-in, by pattern, and what each does as
// far as permission goes.
func Routes() map[string]auth.Action {
	out := map[string]auth.Action{}
	for pattern, r := range (&site{}).all() {
		out[pattern] = r.action
	}
	return out
}

// all are the routes of the centre's pages and of the portal's.
func (s *site) all() map[string]route {
	out := s.routes()
	p := tenants{s.Portal, s.render, s.origin}
	maps.Copy(out, p.exporterRoutes())
	maps.Copy(out, p.groupRoutes())
	return out
}

// home is the first page of the reader's side.
func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	p := auth.Actor(r.Context())
	if p.Can(auth.See) {
		return s.overview(w, r)
	}
	for _, e := range menu {
		if p.Can(e.Action) {
			to := e.Path
			if as := r.URL.Query().Get("as"); as != "" { // for readers of the demo without cookies
				to += "?as=" + url.QueryEscape(as)
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
	}
	return errNoPage
}

// route is a page: what it does, as far as permission goes, and how.
type route struct {
	action auth.Action
	handle handler
}

func see(h handler) route     { return route{auth.See, h} }
func judge(h handler) route   { return route{auth.Judge, h} }
func oversee(h handler) route { return route{auth.Oversee, h} }
func operate(h handler) route { return route{auth.Operate, h} }
func manage(h handler) route  { return route{auth.Manage, h} }
func anybody(h handler) route { return route{auth.Account, h} } // who signed in

// routes is the table of the pages behind the sign-in.
func (s *site) routes() map[string]route {
	all := s.caseRoutes()
	maps.Copy(all, map[string]route{
		"GET /{$}":                            anybody(s.home),
		"GET /search":                         see(s.search),
		"GET /notices":                        see(s.notices),
		"GET /notices/{key}":                  see(s.showNotice),
		"GET /warnings":                       see(s.warnings),
		"GET /warnings/{key}/{release}":       see(s.showWarning),
		"GET /warnings/{key}/{release}/firms": see(s.warningFirms),
		"POST /warnings/{key}/{release}/pass": {auth.Pass, s.passRelease},
		"GET /deliveries":                     see(s.deliveries),
		"GET /deliveries/{key}":               see(s.showDelivery),
		"POST /deliveries/{key}":              judge(s.decideDelivery),
		"GET /deliveries/{key}/mail":          see(s.mail),
		"GET /statistics":                     see(s.statistics),
		"GET /statistics.csv":                 see(s.statisticsCSV),
		"GET /sources":                        see(s.sources),
		"POST /sources/{name}/run":            operate(s.runSource),
		"GET /quarantine":                     see(s.quarantine),
		"GET /quarantine/{key}":               see(s.showQuarantine),
		"POST /quarantine/{key}/replay":       operate(s.replay),
		"GET /registry":                       see(s.registry),
		"GET /explain":                        see(s.explain),
		"GET /raw/{sha}":                      see(s.raw),
		"GET /standards":                      see(s.standards),
		"GET /standards/{key}":                see(s.showStandard),
		"GET /account":                        anybody(s.account),
		"POST /account/password":              anybody(s.changePassword),
		"POST /account/consents":              anybody(s.changeConsents),
		"POST /account/sessions/{place}/end":  anybody(s.endSession),
		"POST /account/tokens":                anybody(s.newToken),
		"POST /account/tokens/{id}/revoke":    anybody(s.revokeToken),
		"GET /people":                         manage(s.people),
		"POST /people":                        manage(s.invite),
		"GET /people/{id}":                    manage(s.showPerson),
		"POST /people/{id}":                   manage(s.changePerson),
		"POST /people/{id}/invite":            manage(s.inviteAgain),
		"POST /people/{id}/withdraw":          manage(s.withdrawInvitation),
		"GET /audit":                          manage(s.audit),
		"GET /rules":                          see(s.rules),
		"GET /scorecard":                      see(s.scorecard),
		"GET /statistics/deliveries":          see(s.flow),
		"GET /statistics/deliveries.csv":      see(s.flowCSV),
		"GET /leads":                          see(s.leads),
		"GET /leads.csv":                      see(s.leadsCSV),
		"GET /leads.xlsx":                     see(s.leadsXLSX),
		"GET /waiting":                        see(s.waiting),
		"GET /waiting.csv":                    see(s.waitingCSV),
	})
	return all
}

// caseRoutes are the pages of cases.
func (s *site) caseRoutes() map[string]route {
	return map[string]route{
		"GET /cases":                                see(s.cases),
		"POST /cases/views":                         judge(s.saveView),
		"GET /cases/bulk":                           judge(s.bulkPreview),
		"POST /cases/bulk":                          judge(s.bulk),
		"GET /cases/{key}":                          see(s.showCase),
		"GET /cases/{key}/firms":                    see(s.caseFirms),
		"POST /cases/{key}/assign":                  judge(s.assign),
		"POST /cases/{key}/grade":                   judge(s.grade),
		"POST /cases/{key}/undo":                    judge(s.undo),
		"POST /cases/{key}/comment":                 judge(s.comment),
		"GET /cases/{key}/codes":                    see(s.codes),
		"POST /cases/{key}/codes":                   judge(s.recode),
		"GET /cases/{key}/release":                  see(s.previewRelease),
		"POST /cases/{key}/release":                 judge(s.release),
		"POST /cases/{key}/correct":                 judge(s.correct),
		"POST /cases/{key}/recall":                  judge(s.recall),
		"POST /cases/{key}/exercise":                oversee(s.exercise),
		"POST /cases/{key}/dismiss":                 judge(s.dismiss),
		"POST /cases/{key}/reopen":                  judge(s.reopen),
		"POST /cases/{key}/review":                  judge(s.review),
		"POST /cases/{key}/edit":                    judge(s.edit),
		"POST /cases/{key}/respond":                 judge(s.respond),
		"GET /cases/{key}/survey":                   judge(s.survey),
		"POST /cases/{key}/survey":                  judge(s.saveSurvey),
		"GET /cases/{key}/bulletin":                 see(s.bulletin),
		"GET /cases/{key}/bulletin.docx":            see(s.bulletinFile),
		"GET /cases/{key}/opinion":                  see(s.opinion),
		"GET /cases/{key}/opinion.docx":             see(s.opinionFile),
		"POST /cases/{key}/bulletin/publish":        oversee(s.publish),
		"POST /cases/{key}/bulletin/withdraw":       oversee(s.withdraw),
		"POST /cases/{key}/bulletin/{part}":         judge(s.rewrite),
		"POST /cases/{key}/bulletin/{part}/restore": judge(s.restore),
		"POST /cases/{key}/compare":                 judge(s.compare),
	}
}
