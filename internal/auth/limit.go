package auth

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	triesAtOnce = 5               // failed sign-ins from one address
	tryEvery    = 3 * time.Minute // after which a further one is allowed: 5 in 15 minutes
	mostClients = 10_000
)

// limiter counts failed sign-ins by address. When more addresses fail than it
// remembers, all strangers share one allowance: the gate narrows, it does not
// open.
type limiter struct {
	mu     sync.Mutex
	by     map[string]*rate.Limiter
	shared *rate.Limiter
}

func newLimiter() *limiter {
	return &limiter{by: map[string]*rate.Limiter{}, shared: newAllowance()}
}

func newAllowance() *rate.Limiter { return rate.NewLimiter(rate.Every(tryEvery), triesAtOnce) }

// wait says how long the client has to wait before it may try again; zero when
// it may.
func (l *limiter) wait(client string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := l.of(client, now).TokensAt(now)
	if tokens >= 1 {
		return 0
	}
	return time.Duration((1 - tokens) * float64(tryEvery)).Round(time.Second)
}

// failed takes one try from the client's allowance.
func (l *limiter) failed(client string, now time.Time) {
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
			if x.TokensAt(now) >= triesAtOnce {
				delete(l.by, key)
			}
		}
	}
	if len(l.by) >= mostClients {
		return l.shared
	}
	return newAllowance()
}

// client is the address that a request comes from; an IPv6 network counts as
// one.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := net.ParseIP(host)
	if ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}
