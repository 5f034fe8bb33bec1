package auth

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

const (
	mostTokens   = 20                   // of one person
	longestToken = 400 * 24 * time.Hour // until it expires
)

// NewToken makes a token that speaks for the person within those scopes, and
// returns it; it is shown once.
func (g *Guard) NewToken(ctx context.Context, p Person, t trade.Token) (string, error) {
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	switch {
	case p.ID == "":
		return "", refused("引导令牌不能再签发令牌，请先邀请并以个人身份登录", "the bootstrap token makes no tokens: invite a person and sign in as that person")
	case t.Name == "" || utf8.RuneCountInString(t.Name) > 60:
		return "", refused("请填写用途（最多 60 字）", "say what the token is for, in at most 60 characters")
	case len(t.Scopes) == 0:
		return "", refused("请至少选择一个权限范围", "choose at least one scope")
	case len(g.Tokens(p.ID)) >= mostTokens:
		return "", refused("令牌过多，请先吊销不用的", "there are too many tokens: revoke those that are not used")
	case t.Expires.After(g.now().Add(longestToken)) || !t.Expires.After(g.now()):
		return "", refused("有效期须在 1 天至 400 天之间", "a token expires after 1 to 400 days")
	}
	for _, scope := range t.Scopes {
		if !p.Can(Action(scope)) {
			return "", refused("没有权限范围："+scope, "you have no scope "+scope+" to give")
		}
	}
	for _, network := range t.From {
		if _, err := netip.ParsePrefix(network); err != nil {
			return "", refused("网段格式不对："+network, network+" is no network: write it like 192.0.2.0/24")
		}
	}
	token := newToken()
	t.ID, t.Sum, t.User, t.Created, t.Revoked = tokenForm.FindStringSubmatch(token)[1], sum(token), p.ID, g.now().UTC(), false
	_, err := g.tokens.change(ctx, t.ID, func(v *trade.Token, _ bool) error { *v = t; return nil })
	return token, err
}

// Tokens are the user's that still open, the newest first.
func (g *Guard) Tokens(user string) []trade.Token {
	out := slices.DeleteFunc(g.tokens.all(), func(t trade.Token) bool { return t.User != user || t.Revoked || g.now().After(t.Expires) })
	slices.SortFunc(out, func(a, b trade.Token) int { return b.Created.Compare(a.Created) })
	return out
}

// RevokeToken shuts one of the user's tokens.
func (g *Guard) RevokeToken(ctx context.Context, user, id string) error {
	_, err := g.tokens.change(ctx, id, func(t *trade.Token, have bool) error {
		if !have || t.User != user {
			return trade.ErrNotFound
		}
		t.Revoked = true
		return nil
	})
	return err
}

// Bearer finds out which program sends the request, by its Authorization
// header alone: cookies count for nothing here.
func (g *Guard) Bearer(r *http.Request) (Person, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") {
		return Person{}, false
	}
	if g.token.is(token) {
		return g.bootstrap(), true
	}
	m := tokenForm.FindStringSubmatch(token)
	if m == nil {
		return Person{}, false
	}
	t, ok := g.tokens.get(m[1])
	if !ok || subtle.ConstantTimeCompare([]byte(t.Sum), []byte(sum(token))) != 1 || t.Revoked || g.now().After(t.Expires) || !opensFrom(t, client(r)) {
		return Person{}, false
	}
	u, ok := g.users.get(t.User)
	if !ok || u.Disabled {
		return Person{}, false
	}
	p := of(u)
	p.program = " · " + t.Name
	p.Name += p.program
	p.scopes = []Action{}
	for _, scope := range t.Scopes {
		p.scopes = append(p.scopes, Action(scope))
	}
	return p, true
}

// bootstrap is whoever holds the token of the data folder.
func (g *Guard) bootstrap() Person {
	return Person{Name: "token " + g.token.id, Role: trade.RoleLead}
}

// opensFrom says whether the token may be used from that address.
func opensFrom(t trade.Token, address string) bool {
	if len(t.From) == 0 {
		return true
	}
	at, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(t.From, func(network string) bool {
		prefix, err := netip.ParsePrefix(network)
		return err == nil && prefix.Contains(at.Unmap())
	})
}
