package ingest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxPacedHosts bounds the limiters that are remembered.
const maxPacedHosts = 10_000

// pace keeps the distance between requests to one host, whatever source asks.
type pace struct {
	mu    sync.Mutex
	usual rate.Limit
	burst int
	other map[string]float64
	hosts map[string]*rate.Limiter
}

func newPace(perSecond float64, burst int, other map[string]float64) *pace {
	p := &pace{usual: rate.Limit(perSecond), burst: burst, other: map[string]float64{}, hosts: map[string]*rate.Limiter{}}
	for host, v := range other {
		p.other[strings.ToLower(host)] = v
	}
	return p
}

// limiter gives the host's own limiter.
func (p *pace) limiter(host string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	host = strings.ToLower(host)
	if l, ok := p.hosts[host]; ok {
		return l
	}
	if len(p.hosts) >= maxPacedHosts {
		clear(p.hosts) // hosts come from configuration; so many mean that somebody plays with us
	}
	limit, burst := p.usual, p.burst
	if v, ok := p.other[host]; ok {
		limit, burst = rate.Limit(v), max(p.burst, int(v))
	}
	l := rate.NewLimiter(limit, burst)
	p.hosts[host] = l
	return l
}

// wait returns when a request to host may go out.
func (p *pace) wait(ctx context.Context, host string) error {
	if err := p.limiter(host).Wait(ctx); err != nil {
		return fmt.Errorf("waiting for the pace of %s: %w", host, err)
	}
	return nil
}

// slow lengthens the distance to what the host's robots.txt asks for, at most
// 30 s. Where the configuration names the host, the configuration rules.
func (p *pace) slow(host string, distance time.Duration) {
	if _, ours := p.other[strings.ToLower(host)]; ours || distance <= 0 {
		return
	}
	limit := rate.Every(min(distance, 30*time.Second))
	if l := p.limiter(host); limit < l.Limit() {
		l.SetLimit(limit)
		l.SetBurst(1)
	}
}
