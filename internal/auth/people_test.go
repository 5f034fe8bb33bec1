package auth

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tbtwatch/internal/trade"
)

const goodPassword = "vier-lange-worte-am-fenster"

var boss = Person{Name: "token x", Role: trade.RoleLead}

// person invites somebody, who joins; code makes further codes of the second
// factor.
func person(t *testing.T, g *Guard, u trade.User) (joined trade.User, recovery []string, code func() string) {
	t.Helper()
	link, err := g.Invite(t.Context(), boss, u)
	if err != nil {
		t.Fatal(err)
	}
	f, err := g.JoinFactor(link, "")
	if err != nil {
		t.Fatal(err)
	}
	code = func() string {
		c, err := totp.GenerateCode(f.Secret, g.now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	joined, recovery, err = g.Join(t.Context(), link, Joining{Password: goodPassword, Sealed: f.Sealed, Code: code(), Consents: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	return joined, recovery, code
}

func signIn(g *Guard, c Credentials) (cookie string, err error) {
	w := httptest.NewRecorder()
	err = g.SignIn(w, request("POST", "/sign-in"), c)
	for _, c := range w.Result().Cookies() {
		cookie = c.Value
	}
	return cookie, err
}

func TestJoining(t *testing.T) {
	g, _, now := newGuard(t, false)
	u := trade.User{Name: "李四", Mail: "LiSi@Centre.example", Role: trade.RoleStaff}
	link, err := g.Invite(t.Context(), boss, u)
	if err != nil {
		t.Fatal(err)
	}
	f, err := g.JoinFactor(link, "")
	if err != nil {
		t.Fatal(err)
	}
	right, _ := totp.GenerateCode(f.Secret, now.t)
	other, _ := g.newFactor("join something else", "x", "")
	otherCode, _ := totp.GenerateCode(other.Secret, now.t)
	for name, j := range map[string]Joining{
		"short password":         {Password: "kurz", Sealed: f.Sealed, Code: right},
		"common password":        {Password: "password123", Sealed: f.Sealed, Code: right},
		"own address":            {Password: "lisi@centre.example", Sealed: f.Sealed, Code: right},
		"no second factor":       {Password: goodPassword, Sealed: f.Sealed},
		"wrong code":             {Password: goodPassword, Sealed: f.Sealed, Code: "000000"},
		"a factor sealed apart":  {Password: goodPassword, Sealed: other.Sealed, Code: otherCode},
		"a factor of the reader": {Password: goodPassword, Sealed: "AAAA", Code: right},
	} {
		var refused *trade.Refused
		if _, _, err := g.Join(t.Context(), link, j); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	joined, recovery, err := g.Join(t.Context(), link, Joining{Password: goodPassword, Sealed: f.Sealed, Code: right, Consents: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	if joined.Mail != "lisi@centre.example" || len(recovery) != recoveryCodes || !Consented(joined.Consents, "email") || Consented(joined.Consents, "slack") {
		t.Errorf("joined: %+v", joined)
	}
	if strings.Contains(joined.Factor, f.Secret) || strings.Contains(joined.Password, goodPassword) {
		t.Error("a secret is stored as it is")
	}
	if _, _, err := g.Join(t.Context(), link, Joining{Password: goodPassword}); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("the link opens twice: %v", err)
	}
	late, err := g.Invite(t.Context(), boss, trade.User{Name: "王五", Mail: "w@centre.example", Role: trade.RoleStaff})
	if err != nil {
		t.Fatal(err)
	}
	now.t = now.t.Add(invitationLasts + time.Second)
	if _, err := g.Invitation(late); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("the link opens after its time: %v", err)
	}
}

// One address is one person, however often it is invited, and only the newest
// link opens.
func TestInvitingAgain(t *testing.T) {
	g, _, _ := newGuard(t, false)
	draft := trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleStaff}
	first, err := g.Invite(t.Context(), boss, draft)
	if err != nil {
		t.Fatal(err)
	}
	u, _, _ := person(t, g, draft) // invited a second time, and joins
	if _, err := g.Invitation(first); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("the older link still opens: %v", err)
	}
	again, _, _ := person(t, g, draft)
	if again.ID != u.ID || len(g.Users()) != 1 {
		t.Errorf("one address is %d people", len(g.Users()))
	}
}

// A link that is open brings back neither a role nor an account that was taken.
func TestLinksEndWithARole(t *testing.T) {
	yes, district := true, trade.RoleDepartment
	for name, c := range map[string]Change{"disabled": {Disabled: &yes}, "another role": {Role: &district}} {
		g, _, _ := newGuard(t, false)
		u, _, _ := person(t, g, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleStaff})
		link, err := g.Invite(t.Context(), boss, u)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.ChangeUser(t.Context(), boss, u.ID, c); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Invitation(link); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: the link still opens: %v", name, err)
		}
	}
}

func TestNobodyChangesTheirOwnRole(t *testing.T) {
	g, _, _ := newGuard(t, false)
	u, _, _ := person(t, g, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleAdmin})
	lead, yes := trade.RoleLead, true
	me, up := of(u), u
	up.Role = lead
	var refused *trade.Refused
	if _, err := g.Invite(t.Context(), me, up); !errors.As(err, &refused) {
		t.Errorf("by an invitation: %v", err)
	}
	for name, c := range map[string]Change{"role": {Role: &lead}, "disabled": {Disabled: &yes}} {
		if _, err := g.ChangeUser(t.Context(), me, u.ID, c); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What stands in an address does not change what the picture holds.
func TestSecondFactorsOfOddAddresses(t *testing.T) {
	g, _, _ := newGuard(t, false)
	for _, address := range []string{"a#b@x.example", "a?secret=AAAA@x.example", "a&issuer=x@x.example", "a%41@x.example"} {
		first, err := g.newFactor("p", address, "")
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		again, err := g.newFactor("p", address, first.Sealed)
		if err != nil || again.Secret != first.Secret || again.Picture != first.Picture {
			t.Errorf("%s: shown again it is another one, %v", address, err)
		}
	}
}

func TestSigningInAsAPerson(t *testing.T) {
	g, _, now := newGuard(t, false)
	u, recovery, code := person(t, g, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleStaff})
	now.t = now.t.Add(time.Minute) // the code of joining is used up
	first := code()
	for _, c := range []struct {
		name string
		with Credentials
		ok   bool
	}{
		{"wrong password", Credentials{Mail: u.Mail, Password: goodPassword + "x", Code: first}, false},
		{"nobody", Credentials{Mail: "nobody@centre.example", Password: goodPassword, Code: first}, false},
		{"no code", Credentials{Mail: u.Mail, Password: goodPassword}, false},
		{"right", Credentials{Mail: " LI@centre.example", Password: goodPassword, Code: " " + first[:3] + " " + first[3:]}, true},
		{"the same code again", Credentials{Mail: u.Mail, Password: goodPassword, Code: first}, false},
		{"a recovery code", Credentials{Mail: u.Mail, Password: goodPassword, Code: recovery[0]}, true},
		{"the same recovery code", Credentials{Mail: u.Mail, Password: goodPassword, Code: recovery[0]}, false},
	} {
		now.t = now.t.Add(time.Millisecond)
		g.tries = newLimiter(tryEvery, triesAtOnce) // the limiter has a test of its own
		cookie, err := signIn(g, c.with)
		if c.ok && (err != nil || cookie == "") || !c.ok && !errors.Is(err, ErrSignIn) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for range triesAtOnce {
		_, _ = signIn(g, Credentials{Mail: u.Mail, Password: "x"})
	}
	var many *TooMany
	g.tries.by["192.0.2.1"] = g.tries.allowance() // another address, the same person
	if _, err := signIn(g, Credentials{Mail: u.Mail, Password: goodPassword, Code: code()}); !errors.As(err, &many) {
		t.Errorf("guessing one person's password from many addresses is not slowed down: %v", err)
	}
}

func TestPeopleWhoGoLoseTheirSessionsAndTokens(t *testing.T) {
	yes, staff := true, trade.RoleStaff
	for name, c := range map[string]struct {
		change Change
		token  bool // still opens, with what the new role allows
	}{
		"disabled": {Change{Disabled: &yes}, false},
		"demoted":  {Change{Role: &staff}, true},
	} {
		g, _, now := newGuard(t, false)
		u, _, code := person(t, g, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleAdmin})
		now.t = now.t.Add(time.Minute)
		cookie, err := signIn(g, Credentials{Mail: u.Mail, Password: goodPassword, Code: code()})
		if err != nil {
			t.Fatal(err)
		}
		p, ok := g.signedIn(t.Context(), cookie)
		if !ok || p.Name != "李四" {
			t.Fatalf("%s: %+v", name, p)
		}
		token, err := g.NewToken(t.Context(), p, trade.Token{Name: "x", Scopes: []string{"see", "manage"}, Expires: now.t.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.ChangeUser(t.Context(), boss, u.ID, c.change); err != nil {
			t.Fatal(err)
		}
		if _, ok := g.signedIn(t.Context(), cookie); ok {
			t.Errorf("%s: the session lives on", name)
		}
		p, ok = g.Bearer(request("GET", "/api/v1/x", "Authorization", "Bearer "+token))
		if ok != c.token || p.Can(Manage) {
			t.Errorf("%s: the token opens %v, and may manage %v", name, ok, p.Can(Manage))
		}
	}
}

func TestTokensDoNoMoreThanTheirScopes(t *testing.T) {
	g, _, now := newGuard(t, false)
	u, _, _ := person(t, g, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleStaff})
	p := of(u)
	good := trade.Token{Name: "export", Scopes: []string{"see"}, From: []string{"192.0.2.0/24"}, Expires: now.t.Add(time.Hour)}
	for name, change := range map[string]func(*trade.Token){
		"a scope of another role": func(t *trade.Token) { t.Scopes = []string{"see", "manage"} },
		"no scope":                func(t *trade.Token) { t.Scopes = nil },
		"no name":                 func(t *trade.Token) { t.Name = " " },
		"for ever":                func(t *trade.Token) { t.Expires = now.t.Add(longestToken + time.Hour) },
		"no network":              func(t *trade.Token) { t.From = []string{"somewhere"} },
	} {
		bad := good
		change(&bad)
		var refused *trade.Refused
		if _, err := g.NewToken(t.Context(), p, bad); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	token, err := g.NewToken(t.Context(), p, good)
	if err != nil {
		t.Fatal(err)
	}
	from := func(ip string) (Person, bool) {
		r := request("GET", "/api/v1/x", "Authorization", "Bearer "+token)
		r.RemoteAddr = ip + ":1"
		return g.Bearer(r)
	}
	if p, _ := from("192.0.2.9"); p.Name != "李四 · export" || p.Self() != "李四" {
		t.Errorf("the program is %q, of %q", p.Name, p.Self())
	}
	if p, ok := from("192.0.2.9"); !ok || !p.Can(See) || p.Can(Judge) {
		t.Errorf("the token opens %v, may judge %v", ok, p.Can(Judge))
	}
	if _, ok := from("198.51.100.1"); ok {
		t.Error("the token opens from another network")
	}
	if err := g.RevokeToken(t.Context(), "somebody", g.Tokens(u.ID)[0].ID); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("somebody else revokes it: %v", err)
	}
	now.t = now.t.Add(2 * time.Hour)
	if _, ok := from("192.0.2.9"); ok {
		t.Error("the token opens after its time")
	}
}

// Every action is allowed to somebody, and tenants have nothing of the
// centre's.
func TestRoles(t *testing.T) {
	for _, a := range Actions {
		n := 0
		for _, r := range trade.Roles {
			if May(r, a) {
				n++
				if centre := a == See || a == Judge || a == Oversee || a == Pass || a == Enrol || a == Operate || a == Manage; centre && !r.Centre() {
					t.Errorf("%s may %s", r, a)
				}
			}
		}
		if n == 0 {
			t.Errorf("nobody may %s", a)
		}
	}
	if (Person{}).Can(Account) || May("root", See) {
		t.Error("who has no role may do something")
	}
	for _, r := range trade.Roles {
		_, ok := Person{Role: r, Member: trade.Member{Exporter: "E", District: "D", Association: "A"}}.Tenant()
		_, nobody := Person{Role: r}.Tenant()
		if ok == r.Centre() || nobody != (r == trade.RoleDepartment) {
			t.Errorf("%s has a scope: %v, belonging to nobody: %v", r, ok, nobody)
		}
	}
}

func TestProxiesAreBelievedOnlyWhereTheyAreOurs(t *testing.T) {
	g, _, _ := newGuard(t, false)
	proxies, err := Config{Proxies: []string{"10.0.0.0/8"}}.proxies()
	if err != nil {
		t.Fatal(err)
	}
	g.proxies = proxies
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.7", "192.0.2.1"},
		{"10.0.0.1:5", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:5", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:5", "198.51.100.7, 10.0.0.2", "198.51.100.7"},
		{"10.0.0.1:5", "nonsense", "10.0.0.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
	} {
		r := request("GET", "/", "X-Forwarded-For", c.forwarded)
		r.RemoteAddr = c.remote
		if got := g.origin(r); got != c.want {
			t.Errorf("%s, X-Forwarded-For %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}
