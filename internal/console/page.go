package console

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// page is a parsed template in one language.
type page struct{ template *template.Template }

// frame is what the layout shows around every page.
type frame struct {
	Lang    string
	Title   string
	Nav     string // the menu's entry that is current
	Person  auth.Person
	Menu    []entry
	As      []stand // in the demo: whom the reader may be
	Version string
	Here    string // path and query without lang, for the language switch
	Done    string // key of the sentence that confirms the last action
	Body    any
}

// stand is a role that a reader of the demo may take, and its first page.
type stand struct {
	Role trade.Role
	Path string
}

func stands(roles []trade.Role) []stand {
	var out []stand
	for _, r := range roles {
		out = append(out, stand{r, menuOf(auth.Person{Role: r})[0].Path})
	}
	return out
}

var languages = []string{"zh", "en"}

// parsePages reads the layout with each page's template, once for each
// language, so that a label's language is settled before a request comes.
func parsePages(s *site) map[string]map[string]*page {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		panic("console: " + err.Error())
	}
	out := map[string]map[string]*page{}
	for _, lang := range languages {
		out[lang] = map[string]*page{}
		base := template.Must(template.New("layout").Funcs(s.funcs(lang)).ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/charts.html"))
		for _, file := range names {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if name == "layout" || name == "parts" || name == "charts" {
				continue
			}
			t := template.Must(template.Must(base.Clone()).ParseFS(files, file))
			out[lang][name] = &page{t}
		}
	}
	return out
}

// langOf is the reader's language: the address's, the cookie's, or Chinese.
func langOf(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); l == "zh" || l == "en" {
		return l
	}
	if c, err := r.Cookie("lang"); err == nil && c.Value == "en" {
		return "en"
	}
	return "zh"
}

// render writes the page. Nothing is sent before the whole of it is made.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, name, title, nav string, body any) error {
	lang, person := langOf(r), auth.Actor(r.Context())
	f := frame{
		Lang: lang, Title: title, Nav: nav, Person: person, Menu: menuOf(person), As: stands(s.Guard.DemoRoles()), Version: s.Version,
		Here: here(r.URL), Done: doneKey(r.URL.Query().Get("done")), Body: body,
	}
	text, err := s.execute(lang, name, f)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie")
	if l := r.URL.Query().Get("lang"); l == lang {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	}
	w.WriteHeader(status)
	_, err = w.Write(text)
	return err
}

// contentPolicy lets a page load what we serve and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *site) execute(lang, name string, f frame) ([]byte, error) {
	p, ok := s.pages[lang][name]
	if !ok {
		return nil, fmt.Errorf("console: there is no page %q", name)
	}
	var out bytes.Buffer
	if err := p.template.ExecuteTemplate(&out, "layout", f); err != nil {
		return nil, fmt.Errorf("console: page %s: %w", name, err)
	}
	return undirected(out.Bytes()), nil
}

// undirected takes out the characters that turn the direction of everything
// behind them (U+202A to U+202E and U+2066 to U+2069): a record that holds one
// would turn our own words, too. Arabic and Hebrew do without them. It works in
// place.
func undirected(page []byte) []byte {
	out := page[:0]
	for {
		i := bytes.IndexByte(page, 0xE2)
		if i < 0 || len(page)-i < 3 {
			return append(out, page...)
		}
		out = append(out, page[:i]...)
		c := page[i : i+3]
		if !(c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE || c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9) {
			out = append(out, c...)
		}
		page = page[i+3:]
	}
}

// here is the address without what the switch itself sets.
func here(u *url.URL) string {
	q := u.Query()
	q.Del("lang")
	q.Del("done")
	q.Del("as")
	if len(q) == 0 {
		return u.Path + "?"
	}
	return u.Path + "?" + q.Encode() + "&"
}

// done leads back to a page, which then confirms what was done.
func done(w http.ResponseWriter, r *http.Request, to, key string) error {
	http.Redirect(w, r, to+"?done="+key, http.StatusSeeOther)
	return nil
}

// doneKey accepts the sentences that an action may end with; an address cannot
// make a page say anything else.
func doneKey(key string) string {
	switch key {
	case "released", "dismissed", "reopened", "reviewing", "edited", "compared", "ran", "running", "replayed", "responded",
		"assigned", "graded", "undone", "saved", "unsaved", "recoded", "commented",
		"rewritten", "restored", "published", "withdrawn",
		"invited", "changed", "shut", "password", "consented", "ended", "revoked",
		"subscribed", "passed", "dropped", "corrected", "recalled", "exercised",
		"answered", "product", "removed", "imported":
		return "done." + key
	}
	return ""
}

var (
	errNoPage    = errors.New("no such page")
	errForbidden = errors.New("not for this role")
)

// errorBody is the page for what went wrong.
type errorBody struct {
	Status int
	Key    string // of the sentence that explains it
	Detail string // further words, as given by whoever refused
}

// serve runs a handler; its error is logged when it is ours, and shown.
func (s *site) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil || r.Context().Err() != nil {
			return
		}
		b := explainError(err)
		if b.Status >= http.StatusInternalServerError {
			s.Log.Error("console: page failed", "method", r.Method, "path", r.URL.Path, "err", err)
		}
		if err := s.render(w, r, b.Status, "error", b.Key, "", b); err != nil {
			http.Error(w, http.StatusText(b.Status), b.Status)
		}
	})
}

func explainError(err error) errorBody {
	var refused *trade.Refused
	switch {
	case errors.Is(err, errNoPage):
		return errorBody{Status: http.StatusNotFound, Key: "error.page"}
	case errors.Is(err, errForbidden):
		return errorBody{Status: http.StatusForbidden, Key: "error.forbidden"}
	case errors.Is(err, trade.ErrNotFound):
		return errorBody{Status: http.StatusNotFound, Key: "error.record"}
	case errors.Is(err, trade.ErrConflict):
		return errorBody{Status: http.StatusConflict, Key: "error.conflict"}
	case errors.As(err, &refused):
		return errorBody{Status: http.StatusUnprocessableEntity, Key: "error.refused", Detail: refused.Reason}
	}
	return errorBody{Status: http.StatusInternalServerError, Key: "error.ours"}
}
