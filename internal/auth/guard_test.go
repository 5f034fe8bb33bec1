package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
)

// clock is a time that tests move.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newGuard(t *testing.T, demo bool) (*Guard, string, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	token := newToken()
	g, err := New(t.Context(), Options{Bus: openBus(t), Dir: t.TempDir(), Token: token, Demo: demo, Now: c.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return g, token, c
}

func openBus(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), MaxStore: "64MiB", NoSync: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// session begins one of the bootstrap token's holder.
func session(t *testing.T, g *Guard) string {
	t.Helper()
	id, err := g.sessions.start(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// echo answers with the person that it sees.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, Actor(r.Context()).Name) })

func request(method, path string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAPITakesTokensOnly(t *testing.T) {
	g, token, _ := newGuard(t, true)
	cookie := session(t, g)
	h := g.API(echo, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"the token", []string{"Authorization", "Bearer " + token}, 200},
		{"lower-case scheme", []string{"Authorization", "bearer  " + token}, 200},
		{"nothing, in the demo", nil, 401},
		{"another token", []string{"Authorization", "Bearer " + newToken()}, 401},
		{"no scheme", []string{"Authorization", token}, 401},
		{"a session", []string{"Cookie", "tbtwatch=" + cookie}, 401},
		{"a session as token", []string{"Authorization", "Bearer " + cookie}, 401},
	} {
		w := serve(h, request("GET", "/api/v1/x", c.headers...))
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
		if c.want == 401 && w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: refused without WWW-Authenticate", c.name)
		}
		if c.want == 200 && !strings.HasPrefix(w.Body.String(), "token ") {
			t.Errorf("%s: the actor is %q", c.name, w.Body)
		}
	}
}

func TestPagesTakeSessionsOnly(t *testing.T) {
	g, token, _ := newGuard(t, false)
	h := g.Pages(echo)
	for name, r := range map[string]*http.Request{
		"nobody":               request("GET", "/cases?state=open"),
		"the token as bearer":  request("GET", "/cases?state=open", "Authorization", "Bearer "+token),
		"the token as cookie":  request("GET", "/cases?state=open", "Cookie", "tbtwatch="+token),
		"an invented session":  request("GET", "/cases?state=open", "Cookie", "tbtwatch=aaaa"),
		"a cookie of TLS only": request("GET", "/cases?state=open", "Cookie", "__Host-tbtwatch=aaaa"),
	} {
		w := serve(h, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?next="+url.QueryEscape("/cases?state=open") {
			t.Errorf("%s: %d to %q", name, w.Code, w.Header().Get("Location"))
		}
	}
	if w := serve(h, request("POST", "/cases/k/release", "Sec-Fetch-Site", "same-origin")); w.Code != http.StatusUnauthorized {
		t.Errorf("a write without a session: %d, want 401", w.Code)
	}
	w := httptest.NewRecorder()
	if err := g.SignIn(w, request("POST", "/sign-in"), Credentials{Token: " " + token + "\n"}); err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) < 50 {
		t.Errorf("the cookie: %+v", c)
	}
	in := func() int { return serve(h, request("GET", "/", "Cookie", c.Name+"="+c.Value)).Code }
	if in() != 200 {
		t.Fatal("the session does not open the pages")
	}
	g.SignOut(httptest.NewRecorder(), request("POST", "/sign-out", "Cookie", c.Name+"="+c.Value))
	if in() == 200 {
		t.Error("the session lives on after signing out")
	}
}

func TestOverTLSTheCookieIsBoundToTheHost(t *testing.T) {
	g, token, _ := newGuard(t, false)
	r := request("POST", "/sign-in")
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	if err := g.SignIn(w, r, Credentials{Token: token}); err != nil {
		t.Fatal(err)
	}
	if c := w.Result().Cookies()[0]; c.Name != "__Host-tbtwatch" || !c.Secure {
		t.Errorf("the cookie: %+v", c)
	}
}

func TestSessionsEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []time.Duration // between uses
		alive bool
	}{
		{"used", []time.Duration{29 * time.Minute, 29 * time.Minute}, true},
		{"idle", []time.Duration{31 * time.Minute}, false},
		{"used all day", slicesRepeat(20*time.Minute, 37), false},
	} {
		g, _, now := newGuard(t, false)
		id := session(t, g)
		alive := true
		for _, d := range c.steps {
			now.t = now.t.Add(d)
			_, _, alive = g.sessions.find(t.Context(), id)
		}
		if alive != c.alive {
			t.Errorf("%s: alive %v, want %v", c.name, alive, c.alive)
		}
	}
}

func slicesRepeat(d time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = d
	}
	return out
}

func TestSessionsAreBounded(t *testing.T) {
	g, _, now := newGuard(t, false)
	oldest := session(t, g)
	for range mostSessions {
		now.t = now.t.Add(time.Millisecond)
		session(t, g)
	}
	if n := len(g.Sessions(Person{})); n != mostSessions {
		t.Errorf("%d sessions are kept, want %d", n, mostSessions)
	}
	if _, _, ok := g.sessions.find(t.Context(), oldest); ok {
		t.Error("the session unused for longest was not the one to go")
	}
}

// A session outlives the process, and ends everywhere.
func TestSessionsAreSharedByProcesses(t *testing.T) {
	b, c := openBus(t), &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	o := Options{Bus: b, Dir: t.TempDir(), Token: newToken(), Now: c.now, Log: slog.New(slog.DiscardHandler)}
	var guards [2]*Guard
	id := ""
	for i := range guards {
		g, err := New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			id = session(t, g)
		}
		guards[i] = g
	}
	_, place, ok := guards[1].sessions.find(t.Context(), id)
	if !ok {
		t.Fatal("a process that starts later does not know the session")
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = guards[1].Run(ctx) }()
	if err := guards[0].EndSession(t.Context(), Person{}, place); err != nil {
		t.Fatal(err)
	}
	deadline, tick := time.After(20*time.Second), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for alive := true; alive; _, _, alive = guards[1].sessions.find(t.Context(), id) {
		select {
		case <-deadline:
			t.Fatal("the other process keeps the session open")
		case <-tick.C:
		}
	}
	stop()
	<-done
}

func TestTheDemoLetsEverybodyIn(t *testing.T) {
	g, _, _ := newGuard(t, true)
	if w := serve(g.Pages(echo), request("GET", "/")); w.Code != 200 || w.Body.String() != "演示 lead" {
		t.Errorf("a page in the demo: %d %s", w.Code, w.Body)
	}
}

func TestWritesFromElsewhereAreRefused(t *testing.T) {
	for _, demo := range []bool{true, false} {
		g, _, _ := newGuard(t, demo)
		cookie := "tbtwatch=" + session(t, g)
		h := g.Wrap(g.Pages(echo))
		for _, c := range []struct {
			name    string
			method  string
			headers []string
			want    int
		}{
			{"same origin by Sec-Fetch-Site", "POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
			{"same origin by Origin", "POST", []string{"Origin", "http://example.com"}, 200},
			{"neither header", "POST", nil, 403},
			{"neither header, DELETE", "DELETE", nil, 403},
			{"cross site", "POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
			{"same site, other origin", "POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
			{"other origin", "POST", []string{"Origin", "http://evil.example"}, 403},
			{"opaque origin", "POST", []string{"Origin", "null"}, 403},
			{"reading from elsewhere", "GET", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		} {
			w := serve(h, request(c.method, "/cases/k/release", append(c.headers, "Cookie", cookie)...))
			if w.Code != c.want {
				t.Errorf("demo=%v, %s: %d, want %d", demo, c.name, w.Code, c.want)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("demo=%v, %s: no nosniff", demo, c.name)
			}
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	g, token, now := newGuard(t, false)
	from := func(ip string) *http.Request {
		r := request("POST", "/sign-in")
		r.RemoteAddr = ip + ":1234"
		return r
	}
	for i := range triesAtOnce {
		if err := g.SignIn(httptest.NewRecorder(), from("192.0.2.1"), Credentials{Token: "wrong"}); !errors.Is(err, ErrSignIn) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	var many *TooMany
	if err := g.SignIn(httptest.NewRecorder(), from("192.0.2.1"), Credentials{Token: token}); !errors.As(err, &many) || many.Wait <= 0 || many.Wait > tryEvery {
		t.Fatalf("after %d failures even the right token waits: %v", triesAtOnce, err)
	}
	if err := g.SignIn(httptest.NewRecorder(), from("192.0.2.2"), Credentials{Token: token}); err != nil {
		t.Errorf("another address is refused: %v", err)
	}
	now.t = now.t.Add(many.Wait + time.Second)
	if err := g.SignIn(httptest.NewRecorder(), from("192.0.2.1"), Credentials{Token: token}); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	for range 50 {
		if err := g.SignIn(httptest.NewRecorder(), from("192.0.2.3"), Credentials{Token: token}); err != nil {
			t.Fatalf("sign-ins that succeed are counted: %v", err)
		}
	}
}

func TestClientsAreTold(t *testing.T) {
	for addr, want := range map[string]string{"192.0.2.1:5": "192.0.2.1", "[2001:db8:1:2:3::4]:5": "2001:db8:1:2::", "@": "@"} {
		r := request("GET", "/")
		r.RemoteAddr = addr
		if got := client(r); got != want {
			t.Errorf("client of %s: %q, want %q", addr, got, want)
		}
	}
}

func TestTheLimiterIsBounded(t *testing.T) {
	l, now := newLimiter(tryEvery, triesAtOnce), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range mostClients + 50 {
		l.take(fmt.Sprint(i), now)
	}
	if len(l.by) > mostClients {
		t.Errorf("%d addresses are remembered", len(l.by))
	}
	for range triesAtOnce {
		l.take("one more", now)
	}
	if l.wait("yet another", now) == 0 {
		t.Error("when the memory is full the gate stands open")
	}
	if l.wait("yet another", now.Add(24*time.Hour)) != 0 {
		t.Error("the gate stays shut for ever")
	}
}
