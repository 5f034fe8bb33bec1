package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tbtwatch/internal/trade"
)

// OIDCPath is where the provider sends people back to, below the public
// address.
const OIDCPath = "/sign-in/oidc/back"

const (
	oidcCookie = "tbtwatch-oidc"
	oidcWithin = 10 * time.Minute
)

// oidcClient speaks with the provider (OpenID Connect Core 1.0, authorization
// code flow with PKCE). It asks for the provider's description when somebody
// signs in first, so that a provider that is away keeps nothing else from
// starting.
type oidcClient struct {
	config   OIDCConfig
	redirect string
	http     *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

func newOIDC(o Options) *oidcClient {
	if o.Config.OIDC.Issuer == "" {
		return nil
	}
	return &oidcClient{config: o.Config.OIDC, redirect: strings.TrimRight(o.PublicURL, "/") + OIDCPath, http: o.HTTP}
}

// OIDC is the provider's name for the button, "" when there is none.
func (g *Guard) OIDC() string {
	if g.oidc == nil {
		return ""
	}
	if g.oidc.config.Name == "" {
		return g.oidc.config.Issuer
	}
	return g.oidc.config.Name
}

// flow is what is kept in the browser, sealed, while a person is with the
// provider.
type flow struct {
	State, Nonce, Verifier, Next string
	Until                        time.Time
	Invitation                   string   // secret of the invitation that is followed
	Joining                      *Joining // as filled in, where there is one
}

// ToProvider sends the browser to the provider. With an invitation's secret
// the person joins on coming back.
func (g *Guard) ToProvider(w http.ResponseWriter, r *http.Request, next, invitation string, j *Joining) error {
	if g.oidc == nil {
		return trade.ErrNotFound
	}
	ctx := g.oidc.context(r.Context())
	config, _, err := g.oidc.connect(ctx)
	if err != nil {
		return err
	}
	f := flow{State: newToken(), Nonce: newToken(), Verifier: oauth2.GenerateVerifier(), Next: next, Until: g.now().Add(oidcWithin), Invitation: invitation, Joining: j}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: oidcCookie, Value: g.sealer.seal("oidc", string(text)), Path: OIDCPath, MaxAge: int(oidcWithin.Seconds()), HttpOnly: true, Secure: g.tls(r), SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), http.StatusSeeOther)
	return nil
}

// FromProvider begins the session of whom the provider names, and returns
// where to go next. Only people who were invited come in: a subject that is
// known, or a verified address that is and has no subject yet. Errors:
// ErrSignIn and what the provider's answer was refused for.
func (g *Guard) FromProvider(w http.ResponseWriter, r *http.Request) (next string, err error) {
	f, err := g.flow(w, r)
	if err != nil {
		return "", err
	}
	claims, err := g.oidc.claims(g.oidc.context(r.Context()), r.URL.Query().Get("code"), f)
	if err != nil {
		g.Audit(r.Context(), Person{}, trade.Audit{Action: "sign-in", Target: "refused by the provider's answer", Reason: err.Error(), From: client(r), Result: http.StatusUnauthorized})
		return "", ErrSignIn
	}
	user, err := g.bind(r.Context(), f, claims)
	if err != nil {
		return "", err
	}
	return f.Next, g.begin(w, r, user)
}

func (g *Guard) flow(w http.ResponseWriter, r *http.Request) (flow, error) {
	var f flow
	c, err := r.Cookie(oidcCookie)
	if err != nil || g.oidc == nil {
		return f, ErrSignIn
	}
	http.SetCookie(w, &http.Cookie{Name: oidcCookie, Path: OIDCPath, MaxAge: -1, HttpOnly: true, Secure: g.tls(r)})
	text, err := g.sealer.open("oidc", c.Value)
	if err != nil || json.Unmarshal([]byte(text), &f) != nil || f.State == "" || f.State != r.URL.Query().Get("state") || g.now().After(f.Until) {
		return f, ErrSignIn
	}
	return f, nil
}

// claims are what we read of an ID token.
type claims struct {
	Subject  string `json:"sub"`
	Mail     string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// bind finds the user of the claims; an invitation makes or changes one.
func (g *Guard) bind(ctx context.Context, f flow, c claims) (string, error) {
	subject := g.oidc.config.Issuer + "|" + c.Subject
	if f.Invitation != "" && f.Joining != nil {
		i, err := g.Invitation(f.Invitation)
		if err != nil || !c.Verified || !strings.EqualFold(i.User.Mail, c.Mail) {
			return "", ErrSignIn // the invitation is for another address
		}
		f.Joining.Subject = subject
		u, _, err := g.Join(ctx, f.Invitation, *f.Joining)
		return u.ID, err
	}
	for _, u := range g.users.all() {
		if u.Subject == subject && !u.Disabled {
			return u.ID, nil
		}
	}
	u, ok := g.byMail(strings.ToLower(c.Mail))
	if !ok || !c.Verified || u.Subject != "" || u.Disabled {
		return "", ErrSignIn
	}
	_, err := g.changeUser(ctx, u.ID, func(u *trade.User) error { u.Subject = subject; return nil })
	return u.ID, err
}

func (o *oidcClient) context(ctx context.Context) context.Context {
	if o.http == nil {
		return ctx
	}
	return oidc.ClientContext(ctx, o.http)
}

func (o *oidcClient) connect(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		// The keys are fetched again later on: the context must outlive this request.
		p, err := oidc.NewProvider(context.WithoutCancel(ctx), o.config.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("auth: the provider %s does not answer: %w", o.config.Issuer, err)
		}
		o.provider = p
	}
	return &oauth2.Config{
		ClientID: o.config.ClientID, ClientSecret: o.config.ClientSecret.Reveal(), Endpoint: o.provider.Endpoint(),
		RedirectURL: o.redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, o.provider, nil
}

// claims exchanges the code and checks the ID token: signature, issuer,
// audience, expiry, nonce.
func (o *oidcClient) claims(ctx context.Context, code string, f flow) (claims, error) {
	var c claims
	config, provider, err := o.connect(ctx)
	if err != nil {
		return c, err
	}
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return c, err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: o.config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return c, err
	}
	if id.Nonce != f.Nonce {
		return c, fmt.Errorf("auth: the ID token is an answer to another sign-in")
	}
	return c, id.Claims(&c)
}
