package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

const secretPart = "T000/a-password"

// outside is the rig with a portal, three firms that a warning touches, and
// tokens of those who are not of the centre, by role.
type outside struct {
	*rig
	guard  *auth.Guard
	tokens map[trade.Role]string
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{tokens: map[trade.Role]string{}}
	web := func(address string) error {
		if !strings.HasPrefix(address, "https://") {
			return errors.New("no https")
		}
		return nil
	}
	ready := func() error { return nil }
	o.rig = newRig(t, func(d *Deps) {
		o.guard = d.Guard
		d.Portal = portal.New(portal.Options{
			Bus: d.Bus, View: d.View, Desk: d.Desk, Now: func() time.Time { return now },
			Rules: registry.Rules{Channels: map[string]func(string) error{"email": func(string) error { return nil }, "slack": web}, Levels: d.View.Policy.LevelIDs()},
			PreviewSubscriber: func(context.Context, trade.Subscriber) (trade.Preview, error) {
				return trade.Preview{Since: "2025-03-02", Sent: 7}, nil
			},
			PreviewProduct: func(context.Context, trade.Product) ([]trade.Touching, error) {
				return []trade.Touching{{Family: "G/TBT/N/BRA/9001"}}, nil
			},
		})
		ready = d.Portal.Ready
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); _ = d.Portal.Run(ctx) }()
		t.Cleanup(func() { stop(); <-done })
		o.city(t, d)
	})
	waitFor(t, "the portal and the view to have read", func() bool {
		key := trade.FamilyKey("G/TBT/N/BRA/9001")
		_, ok := o.view.Directory.Exporter("E3")
		return ready() == nil && ok && o.view.SpeaksTo(key, "E1")
	})
	for role, m := range map[trade.Role]trade.Member{trade.RoleExporter: {Exporter: "E1"}, trade.RoleAssociation: {Association: "A1"}, trade.RoleDistrict: {District: "江北"}, trade.RoleDepartment: {}} {
		o.tokens[role] = o.token(role, m)
	}
	return o
}

// city stores what the portal's readers are told of.
func (o *outside) city(t *testing.T, d *Deps) {
	t.Helper()
	ctx, family := t.Context(), "G/TBT/N/BRA/9001"
	w := trade.Warning{Number: "2026-0001", Family: family, Release: 1, Level: "yellow", At: now.Format(time.RFC3339), Markets: []string{"BR"}, Symbols: []string{family}, Headline: trade.Text{ZH: "巴西新措施：头盔", EN: "Brazil: helmets"},
		Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-04-30", To: "2026-04-30"}}}
	for _, id := range []string{"E1", "E2", "E3"} {
		if id != "E1" {
			must(d.Bus.Exporters.Put(ctx, registry.ExporterKey(id), trade.Exporter{ID: id, Name: "别家" + id, District: "江北"}, 0))(t)
			p := trade.Product{ID: "P1", Exporter: id, NameZH: "别家头盔", HS: []string{"650610"}, Markets: []string{"BR"}, ExportValue: 400_000}
			must(d.Bus.Products.Put(ctx, p.Key(), p, 0))(t)
		}
		w.Audience = append(w.Audience, trade.Match{Family: family, Exporter: id, Product: "P1", Markets: []string{"BR"}, Grade: trade.Likely, Evidence: []trade.Evidence{{Kind: trade.EvidenceHS, Notice: "650610", Product: "650610", Where: "hs"}}})
	}
	for _, s := range []trade.Subscriber{
		{ID: "S2", Kind: trade.SubExporter, Name: "甲", Exporter: "E1", Channel: "slack", Address: "https://hooks.example.org/" + secretPart, Language: "zh", Cadence: "daily"},
		{ID: "A1", Kind: trade.SubAssociation, Name: "头盔协会", Channel: "slack", Address: "https://hooks.example.org/" + secretPart, Language: "zh", Cadence: "daily"},
	} {
		must(d.Bus.Subscribers.Put(ctx, registry.SubscriberKey(s.ID), s, 0))(t)
	}
	last := must(d.Bus.Subscribers.LastWrite(ctx))(t)
	if err := d.View.Directory.WaitFor(ctx, last); err != nil {
		t.Fatal(err)
	}
	must(d.Bus.Warnings.Put(ctx, trade.FamilyKey(family), w, 0))(t)
}

// token brings a person in and makes a token with all that the role may do.
func (o *outside) token(role trade.Role, m trade.Member) string {
	o.t.Helper()
	ctx := o.t.Context()
	link := must(o.guard.Invite(ctx, auth.Person{Name: "test", Role: trade.RoleLead}, trade.User{Name: string(role), Mail: string(role) + "@reader.example", Role: role, Member: m}))(o.t)
	joined, _, err := o.guard.Join(ctx, link, auth.Joining{Password: "vier-lange-worte-am-fenster"})
	if err != nil {
		o.t.Fatal(err)
	}
	var scopes []string
	for _, a := range auth.RoleActions(role) {
		scopes = append(scopes, string(a))
	}
	return must(o.guard.NewToken(ctx, auth.Person{ID: joined.ID, Role: role}, trade.Token{Name: "t", Scopes: scopes, Expires: now.Add(24 * time.Hour)}))(o.t)
}

// What outsiders may ask of the API, in the order of the list: each request
// answers, with these facts and with nothing of others. A step with a tag sends
// the ETag of the step before.
func TestOutsidersReadAndWriteTheirOwn(t *testing.T) {
	o := newOutside(t)
	key := trade.FamilyKey("G/TBT/N/BRA/9001")
	firm, association, district, department := trade.RoleExporter, trade.RoleAssociation, trade.RoleDistrict, trade.RoleDepartment
	others := []string{"别家", "E2", "E3", "400000", secretPart}
	etag, asked := "", map[string]bool{}
	for _, c := range []struct {
		role               trade.Role
		method, path, body string
		tag                bool
		status             int
		says, hides        []string
	}{
		{firm, "GET", "/my/warnings", "", false, 200, []string{`"number":"2026-0001"`, `"id":"P1"`, `"open":true`}, others},
		{firm, "GET", "/my/warnings/" + key, "", false, 200, []string{"巴西新措施：头盔", `"registered":true`, `"2026-04-30"`}, others},
		{firm, "POST", "/my/warnings/" + key + "/responses", `{"kind":"not_relevant","product":"P1","code":"other_goods","reason":"儿童头盔"}`, false, 200, []string{`"kind":"not_relevant"`, "儿童头盔"}, others},
		{firm, "GET", "/my/products", "", false, 200, []string{"摩托车头盔", `"total":1`}, others},
		{firm, "POST", "/my/products/preview", `{"id":"N1","exporter":"E1","name_zh":"手套"}`, false, 200, []string{`"family":"G/TBT/N/BRA/9001"`}, others},
		{firm, "POST", "/my/products", `{"id":"N1","exporter":"E2","name_zh":"摩托车手套","hs":["42.03.21"],"markets":["巴西"]}`, false, 200, []string{`"exporter":"E1"`, `"hs":["420321"]`, `"markets":["BR"]`}, others},
		{firm, "GET", "/my/product?id=N1", "", false, 200, []string{"摩托车手套"}, others},
		{firm, "DELETE", "/my/product?id=N1", "", true, 204, nil, others},
		{firm, "GET", "/my/subscriptions", "", false, 200, []string{`"id":"S1"`, `"id":"S2"`, "https://hooks.example.org/…"}, others},
		{firm, "POST", "/my/subscriptions/preview", `{"id":"S2","channel":"slack"}`, false, 200, []string{`"sent":7`, `"since":"2025-03-02"`}, others},
		{firm, "GET", "/my/subscription?id=S2", "", false, 200, []string{`"cadence":"daily"`, "https://hooks.example.org/…"}, others},
		{firm, "POST", "/my/subscriptions", `{"id":"S2","channel":"slack","address":"https://hooks.example.org/…","cadence":"weekly","language":"en"}`, true, 200, []string{`"cadence":"weekly"`, `"language":"en"`, "https://hooks.example.org/…"}, others},
		{firm, "DELETE", "/my/subscription?id=S2", "", true, 204, nil, others},
		{association, "GET", "/group/members", "", false, 200, []string{`"firms":3`, `"export_value_usd":{"from":1000000,"to":2000000}`, `"next":"2026-04-30"`}, append([]string{"甲头盔厂", "900000"}, others...)},
		{association, "GET", "/group/report?year=2026", "", false, 200, []string{`"year":"2026"`, `"name":"头盔协会"`, `"months":[`}, append([]string{"甲头盔厂"}, others...)},
		{association, "GET", "/group/subscription", "", false, 200, []string{`"id":"A1"`, `"seq":`, "https://hooks.example.org/…"}, others},
		{association, "POST", "/group/subscription/preview", `{"channel":"slack"}`, false, 200, []string{`"sent":`, `"since":"2025-03-02"`}, others},
		{association, "GET", "/group/subscription", "", false, 200, []string{`"id":"A1"`}, others},
		{association, "PUT", "/group/subscription", `{"channel":"slack","cadence":"weekly","markets":["BR"]}`, true, 200, []string{`"id":"A1"`, `"cadence":"weekly"`, "https://hooks.example.org/…"}, others},
		{association, "PUT", "/group/subscription", `{"channel":"slack","cadence":"daily"}`, false, 428, []string{"If-Match"}, others},
		{district, "PUT", "/group/subscription", `{"channel":"slack"}`, false, 403, nil, nil},
		{district, "GET", "/group/measures", "", false, 200, []string{`"firms":3`}, []string{"900000", "400000"}},
		{district, "GET", "/group/scorecard?period=2026-03", "", false, 200, []string{`"district":"江北"`, "甲头盔厂", "别家E2"}, []string{"900000", "头盔\""}},
		{district, "GET", "/group/firms/E1", "", false, 200, []string{`"name":"甲头盔厂"`}, []string{"900000", "E2"}},
		{district, "GET", "/group/waiting", "", false, 200, []string{`"district":"江北"`, `"working_days":{"association":5`}, []string{"900000", "400000"}},
		{department, "GET", "/group/waiting", "", false, 404, nil, nil},
		{department, "GET", "/group/area", "", false, 200, []string{`"district":"江北"`, `"year":"2026"`}, []string{"甲头盔厂", "别家"}},
		{department, "GET", "/group/measures", "", false, 200, []string{`"firms":3`}, []string{"甲头盔厂", "别家"}},
		{association, "GET", "/group/measures", "", false, 403, nil, nil},
		{firm, "GET", "/group/members", "", false, 403, nil, nil},
		{association, "GET", "/my/subscriptions", "", false, 403, nil, nil},
		{department, "GET", "/group/firms/E1", "", false, 404, nil, nil},
	} {
		headers := []string{"Authorization", "Bearer " + o.tokens[c.role]}
		if c.tag {
			headers = append(headers, "If-Match", etag)
		}
		got := o.do(c.method, "/api/v1"+c.path, c.body, headers...)
		if etag = got.header.Get("ETag"); got.status != c.status {
			t.Fatalf("%s %s as %s: %d, want %d: %s", c.method, c.path, c.role, got.status, c.status, got.body)
		}
		for _, fact := range c.says {
			if !strings.Contains(got.body, fact) {
				t.Errorf("%s %s as %s does not say %s: %s", c.method, c.path, c.role, fact, got.body)
			}
		}
		for _, secret := range c.hides {
			if strings.Contains(got.body, secret) {
				t.Errorf("%s %s as %s tells %s: %s", c.method, c.path, c.role, secret, got.body)
			}
		}
		if path, _, _ := strings.Cut(c.path, "?"); got.status < http.StatusMultipleChoices {
			asked[c.method+" "+strings.NewReplacer(key, "{key}", "E1", "{id}").Replace(path)] = true
		}
		if c.method == "POST" && c.path == "/my/subscriptions" {
			e, err := o.bus.Subscribers.Get(t.Context(), registry.SubscriberKey("S2"))
			if err != nil || !strings.Contains(e.Value.Address, secretPart) || e.Value.Cadence != "weekly" {
				t.Errorf("the address that was shown was stored: %+v, %v", e.Value, err)
			}
		}
	}
	for path, item := range methods(t, o.rig) {
		path = strings.TrimPrefix(path, "/api/v1")
		for _, m := range item {
			if (strings.HasPrefix(path, "/my/") || strings.HasPrefix(path, "/group/")) && !asked[m+" "+path] {
				t.Errorf("no step asks %s %s with success", m, path)
			}
		}
	}
}

// Who does not manage people sees no address that is a secret.
func TestAddressesThatAreSecretsAreShownToFew(t *testing.T) {
	o := newOutside(t)
	s := &server{Deps: Deps{View: o.view}}
	for _, role := range trade.Roles {
		shown := 0
		for _, x := range s.subscribers(auth.With(t.Context(), auth.Person{ID: "p", Role: role})) {
			if strings.Contains(x.Address, secretPart) {
				shown++
			}
		}
		if want := role == trade.RoleLead || role == trade.RoleAdmin; (shown > 0) != want {
			t.Errorf("%s sees %d secret addresses", role, shown)
		}
	}
	for _, x := range o.view.Directory.Subscribers() {
		if x.ID == "S2" && !strings.Contains(x.Address, secretPart) {
			t.Error("the directory itself was masked")
		}
	}
}
