package auth

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	triesAtOnce = 5               // failed sign-ins from one address
	tryEvery    = 3 * time.Minute // after which a further one is allowed: 5 in 15 minutes
	mostClients = 10_000
)

// limiter gives each client an allowance: so many at once, then one in every
// period. When there are more clients than it remembers, all strangers share
// one allowance: the gate narrows, it does not open.
type limiter struct {
	every  time.Duration
	atOnce int

	mu     sync.Mutex
	by     map[string]*rate.Limiter
	shared *rate.Limiter
}

func newLimiter(every time.Duration, atOnce int) *limiter {
	l := &limiter{every: every, atOnce: atOnce, by: map[string]*rate.Limiter{}}
	l.shared = l.allowance()
	return l
}

func (l *limiter) allowance() *rate.Limiter { return rate.NewLimiter(rate.Every(l.every), l.atOnce) }

// wait says how long the client has to wait before it may try again; zero when
// it may.
func (l *limiter) wait(client string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := l.of(client, now).TokensAt(now)
	if tokens >= 1 {
		return 0
	}
	return max(time.Millisecond, time.Duration((1-tokens)*float64(l.every)).Round(time.Millisecond))
}

// take uses up one of the client's allowance.
func (l *limiter) take(client string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.of(client, now)
	x.AllowN(now, 1)
	if x != l.shared {
		l.by[client] = x
	}
}

func (l *limiter) of(client string, now time.Time) *rate.Limiter {
	if x, ok := l.by[client]; ok {
		return x
	}
	if len(l.by) >= mostClients {
		for key, x := range l.by {
			if x.TokensAt(now) >= float64(l.atOnce) {
				delete(l.by, key)
			}
		}
	}
	if len(l.by) >= mostClients {
		return l.shared
	}
	return l.allowance()
}

type clientKey struct{}

// client is Client: as Wrap has found it out; an
// IPv6 network counts as one.
func client(r *http.Request) string {
	if at, ok := r.Context().Value(clientKey{}).(string); ok {
		return at
	}
	return network(r.RemoteAddr)
}

// Client is the address that a request comes from.
func Client(r *http.Request) string { return client(r) }

// origin believes a proxy of ours about who stands behind it, and nobody else.
func (g *Guard) origin(r *http.Request) string {
	at := network(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && g.isProxy(at); i-- {
		hop := strings.TrimSpace(hops[i])
		if net.ParseIP(hop) == nil {
			break
		}
		at = network(hop)
	}
	return at
}

func (g *Guard) isProxy(address string) bool {
	at, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(g.proxies, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) })
}

// network is the host of an address, of IPv6 the /64 it is in.
func network(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	if ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}
