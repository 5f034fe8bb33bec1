package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/console"
	"tbtwatch/internal/demo"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// mark stands in everything that belongs to the other firm: its name, its
// product, its address, its answers.
const mark = "zqx7"

// visitor is somebody who is signed in, with a token that may do all that the
// role allows.
type visitor struct {
	role   trade.Role // "" for a stranger
	cookie *http.Cookie
	token  string
}

// apartment is a system with a firm whose records nobody else may see, and a
// visitor of every role.
type apartment struct {
	*timeline
	ids      []string // of the other firm's records, and of what it has part in
	visitors []visitor
}

func newApartment(t *testing.T, change ...func(*Config)) *apartment {
	tl := newTimeline(t, append(change, func(c *Config) { c.Auth.Requests = 1_000_000 })...)
	a := &apartment{timeline: tl}
	p := trade.Product{ID: mark + "-1", Exporter: "E-" + mark, NameZH: mark + "摩托车", NameEN: mark + " motorcycle", HS: []string{"871120"}, Terms: []string{mark}, Markets: []string{"VN"}, ExportValue: 7_654_321}
	set(tl, tl.sys.bus.Exporters, registry.ExporterKey(p.Exporter), trade.Exporter{ID: p.Exporter, Name: mark + "机密公司", District: "示例北区"})
	set(tl, tl.sys.bus.Subscribers, registry.SubscriberKey("S-"+mark), trade.Subscriber{ID: "S-" + mark, Kind: trade.SubExporter, Name: mark, Exporter: p.Exporter, Channel: "email", Address: mark + "@secret.example", Cadence: "immediate"})
	set(tl, tl.sys.bus.Products, p.Key(), p)
	tl.settle()
	const symbol = "G/TBT/N/VNM/900777"
	tl.stand.world.Publish(demo.Paper{Symbols: []string{symbol}, Members: []string{"Viet Nam"}, Type: "Regular notification", Title: "Draft regulation on motorcycles", Products: "Motorcycles", HS: []string{"871120 - Motorcycles"}, CommentDays: 60})
	until(t, 20*time.Second, "the notice is warned of", func() bool { return tl.mailsAbout(symbol, 1) > 0 })
	tl.settle()
	if _, err := tl.sys.desk.Respond(t.Context(), trade.FamilyKey(symbol), trade.Response{Exporter: p.Exporter, Product: p.ID, Kind: trade.NotRelevant, Code: trade.ResponseCodes[0], Reason: mark, By: mark}); err != nil {
		t.Fatal(err)
	}
	other := a.join(trade.User{Name: mark, Mail: mark + "@secret.example", Role: trade.RoleExporter, Member: trade.Member{Exporter: p.Exporter}})
	delivery := trade.DeliveryKey("S-"+mark, "email", symbol, 1)
	if _, err := tl.sys.bus.Deliveries.Get(t.Context(), delivery); err != nil {
		t.Fatalf("the other firm was told nothing: %v", err)
	}
	place := tl.sys.guard.Sessions(auth.Person{ID: other})[0].Place
	a.ids = []string{trade.FamilyKey(symbol), p.Key(), p.ID, p.Exporter, "S-" + mark, registry.SubscriberKey("S-" + mark), registry.ExporterKey(p.Exporter), delivery, other, place, tl.sys.guard.Tokens(other)[0].ID}
	a.visitors = append(a.visitors[1:], visitor{})
	for role, m := range map[trade.Role]trade.Member{
		trade.RoleLead: {}, trade.RoleStaff: {}, trade.RoleAdmin: {}, trade.RoleDepartment: {},
		trade.RoleExporter: {Exporter: "EX002"}, trade.RoleAssociation: {Association: "S-ASSOC-ELEC"}, trade.RoleDistrict: {District: "示例山县"},
	} {
		a.join(trade.User{Name: "reader " + string(role), Mail: string(role) + "@reader.example", Role: role, Member: m})
	}
	return a
}

// join brings a person in, signs in and makes a token.
func (a *apartment) join(u trade.User) (id string) {
	a.Helper()
	const password = "vier-lange-worte-am-fenster"
	g := a.sys.guard
	link, err := g.Invite(a.Context(), auth.Person{Name: "test", Role: trade.RoleLead}, u)
	if err != nil {
		a.Fatal(err)
	}
	f, err := g.JoinFactor(link, "")
	if err != nil {
		a.Fatal(err)
	}
	code, err := totp.GenerateCode(f.Secret, time.Now())
	if err != nil {
		a.Fatal(err)
	}
	joined, recovery, err := g.Join(a.Context(), link, auth.Joining{Password: password, Sealed: f.Sealed, Code: code})
	if err != nil {
		a.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := g.SignIn(w, httptest.NewRequest("POST", "/sign-in", nil), auth.Credentials{Mail: joined.Mail, Password: password, Code: recovery[0]}); err != nil {
		a.Fatal(err)
	}
	v := visitor{role: u.Role, cookie: w.Result().Cookies()[0]}
	var scopes []string
	for _, x := range auth.RoleActions(u.Role) {
		scopes = append(scopes, string(x))
	}
	v.token, err = g.NewToken(a.Context(), auth.Person{ID: joined.ID, Role: joined.Role}, trade.Token{Name: "t", Scopes: scopes, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		a.Fatal(err)
	}
	a.visitors = append(a.visitors, v)
	return joined.ID
}

// place is a route with what it needs.
type place struct {
	method, path string
	action       auth.Action
	api          bool
}

// places are all routes that ask who comes: those of the pages and, from its
// own description, those of the API.
func (a *apartment) places() []place {
	var out []place
	for pattern, action := range console.Routes() {
		method, path, _ := strings.Cut(pattern, " ")
		out = append(out, place{method, strings.TrimSuffix(path, "{$}"), action, false})
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	resp, err := http.Get(a.sys.URL + "/openapi.json")
	if err != nil {
		a.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		a.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if strings.HasPrefix(path, "/api/") {
				out = append(out, place{strings.ToUpper(method), path, auth.Action(op.Security[0]["token"][0]), true})
			}
		}
	}
	for i, p := range out { // these name a record behind the question mark
		if slices.Contains([]string{"/my/product", "/my/channel", "/api/v1/my/product", "/api/v1/my/subscription"}, p.path) {
			out[i].path += "?id={id}"
		}
	}
	slices.SortFunc(out, func(x, y place) int { return strings.Compare(x.path+x.method, y.path+y.method) })
	return out
}

var hole = regexp.MustCompile(`\{[^}]*\}`)

// fill puts the id into the route's holes; the second hole is a number's.
func (p place) fill(id string) string {
	n := 0
	return hole.ReplaceAllStringFunc(p.path, func(name string) string {
		if n++; n > 1 || name == "{release}" || name == "{part}" {
			return "1"
		}
		return url.PathEscape(id)
	})
}

// ask sends a request as that visitor and returns status and body.
func (a *apartment) ask(v visitor, p place, path string) (int, string) {
	var body io.Reader
	if p.method != http.MethodGet {
		body = strings.NewReader("{}")
		if !p.api {
			body = strings.NewReader("reason=x&seq=1&kind=receipt&text=x&to=x&confirm=1")
		}
	}
	r, err := http.NewRequest(p.method, a.sys.URL+path, body)
	if err != nil {
		a.Fatal(err)
	}
	switch {
	case p.api:
		r.Header.Set("Content-Type", "application/json")
		if v.token != "" {
			r.Header.Set("Authorization", "Bearer "+v.token)
		}
	default:
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if v.cookie != nil {
			r.AddCookie(&http.Cookie{Name: v.cookie.Name, Value: v.cookie.Value})
		}
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		a.Fatalf("%s %s: %v", p.method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		a.Fatalf("%s %s: %v", p.method, path, err)
	}
	return resp.StatusCode, string(text)
}

// The table of routes, each asked by each role about each record of another
// firm, and about one that does not exist: a reader from outside the centre
// learns nothing of it, cannot tell the two apart, and changes nothing.
func TestNobodySeesAnothersRecords(t *testing.T) {
	t.Parallel()
	a := newApartment(t)
	before := a.state()
	asked := 0
	for _, p := range a.places() {
		for _, v := range a.visitors {
			centre := v.role.Centre()
			if centre && (p.method != http.MethodGet || auth.May(v.role, p.action)) || p.method != http.MethodGet && p.action == auth.Account {
				continue // theirs to see, and to change; one's own account has a test of its own
			}
			unknownStatus, unknown := a.ask(v, p, p.fill("nosuchrecord"))
			for _, id := range a.ids {
				asked++
				status, body := a.ask(v, p, p.fill(id))
				what := fmt.Sprintf("%s %s as %q, about %s", p.method, p.path, v.role, id)
				if strings.Contains(strings.ReplaceAll(body, url.PathEscape(id), ""), mark) || strings.Contains(body, "7654321") || strings.Contains(body, "7,654,321") {
					t.Errorf("%s: the answer shows what is the other firm's: %.300s", what, body)
				}
				mayAsk := auth.May(v.role, p.action)
				if !mayAsk && (status < 300 || status == http.StatusInternalServerError) {
					t.Errorf("%s: %d, want a refusal", what, status)
				}
				shared := id == a.ids[0] && mayAsk // the family touches the reader's own products, too
				if same := strings.ReplaceAll(body, id, "") == strings.ReplaceAll(unknown, "nosuchrecord", ""); !shared && (status != unknownStatus || !same) {
					t.Errorf("%s: %d is told apart from a record that does not exist, %d", what, status, unknownStatus)
				}
				if !strings.Contains(p.path, "{") {
					break
				}
			}
		}
	}
	if after := a.state(); after != before {
		t.Errorf("records of the other firm were changed:\n%s\n%s", before, after)
	}
	t.Logf("%d requests", asked)
}

// state is the sequences of what the other firm has.
func (a *apartment) state() string {
	e, _ := a.sys.bus.Products.Get(a.Context(), a.ids[1])
	s, _ := a.sys.bus.Subscribers.Get(a.Context(), a.ids[5])
	x, _ := a.sys.bus.Exporters.Get(a.Context(), a.ids[6])
	c, _ := a.sys.bus.Cases.Get(a.Context(), a.ids[0])
	d, _ := a.sys.bus.Deliveries.Get(a.Context(), a.ids[7])
	u, _ := a.sys.bus.Users.Get(a.Context(), a.ids[8])
	// What all parts read from is as it was, too, not only what is stored.
	return fmt.Sprint(a.sys.directory.Subscribers(), "\n", e.Seq, s.Seq, x.Seq, c.Seq, d.Seq, u.Seq, len(a.sys.guard.Sessions(auth.Person{ID: a.ids[8]})), len(a.sys.guard.Tokens(a.ids[8])))
}
