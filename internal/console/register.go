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
	"net/http"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

//go:embed templates/*.html static/*
var files embed.FS

// Deps is what the pages stand on. A function that is nil belongs to a stage
// that this process does not run; its buttons are not shown.
type Deps struct {
	Base     context.Context // ends with the server: work that outlives its request
	Bus      *bus.Bus
	View     *view.View
	Desk     *triage.Desk
	Guard    *auth.Guard
	Log      *slog.Logger
	Version  string
	Location *time.Location // of the times that are shown; nil means UTC
	Running  []string       // the stages that this process runs, by name

	// RunSource runs a source once and returns when it is done.
	RunSource func(ctx context.Context, name, by string) (bus.Run, error)
	// Replay reads a quarantined input again; force believes it as it is.
	Replay func(ctx context.Context, key, by string, force bool) (bus.Run, error)
	// Guesses are the codes that a notice gives, then those that its words imply.
	Guesses func(n *trade.Notice) (hs, ics []trade.CodeGuess)
	// Recode says how other codes change whom a family touches, and with save
	// makes it so.
	Recode func(ctx context.Context, family string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error)
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
	for pattern, h := range s.routes() {
		signedIn.Handle(pattern, s.serve(h))
	}
	signedIn.Handle("/", s.serve(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	mux.Handle("/", d.Guard.Pages(signedIn))
	open := http.NewServeMux()
	open.Handle("GET /sign-in", s.serve(s.signInForm))
	open.Handle("POST /sign-in", s.serve(s.signIn))
	open.Handle("POST /sign-out", s.serve(s.signOut))
	mux.Handle("/sign-in", d.Guard.Open(open))
	mux.Handle("/sign-out", d.Guard.Open(open))
	public := http.NewServeMux() // read without signing in
	public.Handle("GET /bulletins/{key}/{release}", s.serve(s.published))
	public.Handle("/", s.serve(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	mux.Handle("/bulletins/", d.Guard.Open(public))
	mux.Handle("GET /static/", http.HandlerFunc(s.static))
}

// routes is the table of the pages.
func (s *site) routes() map[string]handler {
	return map[string]handler{
		"GET /{$}":                                  s.overview,
		"GET /cases":                                s.cases,
		"POST /cases/views":                         s.saveView,
		"GET /cases/bulk":                           s.bulkPreview,
		"POST /cases/bulk":                          s.bulk,
		"GET /cases/{key}":                          s.showCase,
		"POST /cases/{key}/assign":                  s.assign,
		"POST /cases/{key}/grade":                   s.grade,
		"POST /cases/{key}/undo":                    s.undo,
		"POST /cases/{key}/comment":                 s.comment,
		"GET /cases/{key}/codes":                    s.codes,
		"POST /cases/{key}/codes":                   s.recode,
		"POST /cases/{key}/release":                 s.release,
		"POST /cases/{key}/dismiss":                 s.dismiss,
		"POST /cases/{key}/reopen":                  s.reopen,
		"POST /cases/{key}/review":                  s.review,
		"POST /cases/{key}/edit":                    s.edit,
		"POST /cases/{key}/respond":                 s.respond,
		"GET /cases/{key}/bulletin":                 s.bulletin,
		"GET /cases/{key}/bulletin.docx":            s.bulletinFile,
		"POST /cases/{key}/bulletin/publish":        s.publish,
		"POST /cases/{key}/bulletin/withdraw":       s.withdraw,
		"POST /cases/{key}/bulletin/{part}":         s.rewrite,
		"POST /cases/{key}/bulletin/{part}/restore": s.restore,
		"GET /search":                               s.search,
		"GET /notices":                              s.notices,
		"GET /notices/{key}":                        s.showNotice,
		"GET /warnings":                             s.warnings,
		"GET /warnings/{key}/{release}":             s.showWarning,
		"GET /deliveries":                           s.deliveries,
		"GET /deliveries/{key}":                     s.showDelivery,
		"GET /deliveries/{key}/mail":                s.mail,
		"GET /statistics":                           s.statistics,
		"GET /statistics.csv":                       s.statisticsCSV,
		"GET /sources":                              s.sources,
		"POST /sources/{name}/run":                  s.runSource,
		"GET /quarantine":                           s.quarantine,
		"GET /quarantine/{key}":                     s.showQuarantine,
		"POST /quarantine/{key}/replay":             s.replay,
		"GET /registry":                             s.registry,
		"GET /explain":                              s.explain,
		"GET /raw/{sha}":                            s.raw,
		"POST /cases/{key}/compare":                 s.compare,
		"GET /standards":                            s.standards,
		"GET /standards/{key}":                      s.showStandard,
	}
}
