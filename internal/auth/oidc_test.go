package auth

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// provider is an OpenID Connect provider: it keeps what it was asked for, and
// answers the code "good" with an ID token of its claims.
type provider struct {
	*httptest.Server
	key      *rsa.PrivateKey
	claims   map[string]any
	verifier string // of the last exchange
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key}
	b64 := base64.RawURLEncoding.EncodeToString
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		p.verifier = r.PostFormValue("code_verifier")
		if r.PostFormValue("code") != "good" || p.verifier == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		head := b64([]byte(`{"alg":"RS256","kid":"1"}`))
		body, _ := json.Marshal(p.claims)
		digest := sha256.Sum256([]byte(head + "." + b64(body)))
		sig, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": head + "." + b64(body) + "." + b64(sig)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// visit goes to the provider and comes back; change alters what it says, or
// the address the browser comes back to.
func (p *provider) visit(t *testing.T, g *Guard, invitation string, j *Joining, change func(claims map[string]any, back url.Values)) (cookie string, err error) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := g.ToProvider(w, request("POST", "/sign-in/oidc"), "/cases", invitation, j); err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), p.URL+"/authorize") || to.Query().Get("code_challenge_method") != "S256" {
		t.Fatalf("sent to %v, %v", to, err)
	}
	p.claims = map[string]any{"iss": p.URL, "aud": "us", "sub": "4711", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "nonce": to.Query().Get("nonce"), "email": "li@centre.example", "email_verified": true}
	back := url.Values{"state": {to.Query().Get("state")}, "code": {"good"}}
	change(p.claims, back)
	r := request("GET", OIDCPath+"?"+back.Encode())
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	w = httptest.NewRecorder()
	next, err := g.FromProvider(w, r)
	if err == nil && invitation == "" && next != "/cases" {
		t.Errorf("led to %q", next)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == "tbtwatch" && c.MaxAge > 0 {
			cookie = c.Value
		}
	}
	return cookie, err
}

func TestSigningInWithAProvider(t *testing.T) {
	p := newProvider(t)
	g, err := New(t.Context(), Options{
		Bus: openBus(t), Dir: t.TempDir(), Token: newToken(), PublicURL: "http://tbt.example", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Config: Config{SecondFactor: FactorAll, Requests: 100, OIDC: OIDCConfig{Issuer: p.URL, ClientID: "us", ClientSecret: "s"}}, HTTP: p.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	same := func(map[string]any, url.Values) {}
	if _, err := p.visit(t, g, "", nil, same); !errors.Is(err, ErrSignIn) {
		t.Fatalf("somebody who was not invited: %v", err)
	}
	link, err := g.Invite(t.Context(), boss, trade.User{Name: "李四", Mail: "li@centre.example", Role: trade.RoleStaff})
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(c map[string]any, _ url.Values) { c["email"] = "other@centre.example" }
	if _, err := p.visit(t, g, link, &Joining{Name: "李四"}, wrong); !errors.Is(err, ErrSignIn) {
		t.Fatalf("the invitation is for another address: %v", err)
	}
	if cookie, err := p.visit(t, g, link, &Joining{Name: "李四", Consents: []string{"email"}}, same); err != nil || cookie == "" {
		t.Fatalf("joining: %v", err)
	}
	for name, change := range map[string]func(c map[string]any, back url.Values){
		"another state":    func(_ map[string]any, back url.Values) { back.Set("state", "x") },
		"another code":     func(_ map[string]any, back url.Values) { back.Set("code", "x") },
		"another nonce":    func(c map[string]any, _ url.Values) { c["nonce"] = "x" },
		"another audience": func(c map[string]any, _ url.Values) { c["aud"] = "them" },
		"another issuer":   func(c map[string]any, _ url.Values) { c["iss"] = "https://evil.example" },
		"expired":          func(c map[string]any, _ url.Values) { c["exp"] = time.Now().Add(-time.Hour).Unix() },
		"another subject":  func(c map[string]any, _ url.Values) { c["sub"] = "4712" },
	} {
		if cookie, err := p.visit(t, g, "", nil, change); !errors.Is(err, ErrSignIn) || cookie != "" {
			t.Errorf("%s: %v, cookie %q", name, err, cookie)
		}
	}
	cookie, err := p.visit(t, g, "", nil, func(c map[string]any, _ url.Values) { c["email"] = "renamed@centre.example" })
	if err != nil {
		t.Fatalf("the subject is what counts: %v", err)
	}
	if person, ok := g.signedIn(t.Context(), cookie); !ok || person.Name != "李四" || person.Role != trade.RoleStaff {
		t.Errorf("signed in as %+v", person)
	}
	if _, err := signIn(g, Credentials{Mail: "li@centre.example"}); !errors.Is(err, ErrSignIn) {
		t.Errorf("an empty password opens an account that has none: %v", err)
	}
}
