package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"tbtwatch/internal/netguard"
	"tbtwatch/internal/trade"
)

const (
	robotsKept      = 24 * time.Hour   // RFC 9309, 2.4
	robotsKeptError = 10 * time.Minute // while a server is in trouble
	robotsMax       = 512 << 10        // bytes that are read; RFC 9309 asks for 500 KiB
	robotsHosts     = 5_000            // hosts that are remembered
)

// robots remembers each host's robots.txt.
type robots struct {
	client *Client
	token  string // product token of our user agent
	mu     sync.Mutex
	known  map[string]robotsEntry // by scheme://host
}

type robotsEntry struct {
	rules *robotstxt.RobotsData
	until time.Time
}

func newRobots(c *Client) *robots {
	token, _, _ := strings.Cut(c.cfg.UserAgent, "/")
	return &robots{client: c, token: strings.TrimSpace(token), known: map[string]robotsEntry{}}
}

// check refuses what the host's robots.txt disallows. A server error there
// means "not now": the refusal is then a delay, not final.
func (r *robots) check(ctx context.Context, u *url.URL) error {
	if !r.client.cfg.RespectRobots {
		return nil
	}
	site := u.Scheme + "://" + u.Host
	r.mu.Lock()
	entry, ok := r.known[site]
	r.mu.Unlock()
	if now := r.client.now(); !ok || now.After(entry.until) {
		rules, kept, err := r.fetch(ctx, site)
		if err != nil {
			return fmt.Errorf("robots.txt of %s: %w", site, err)
		}
		entry = robotsEntry{rules, now.Add(kept)}
		r.mu.Lock()
		if len(r.known) >= robotsHosts {
			clear(r.known)
		}
		r.known[site] = entry
		r.mu.Unlock()
	}
	if entry.rules == nil {
		return trade.RetryAfter(fmt.Errorf("robots.txt of %s cannot be read now, so nothing is fetched there", site), robotsKeptError)
	}
	group := entry.rules.FindGroup(r.token)
	r.client.pace.slow(u.Hostname(), group.CrawlDelay)
	if !group.Test(u.RequestURI()) {
		return trade.Permanent(fmt.Errorf("robots.txt of %s disallows %s for %q", site, u.RequestURI(), r.token))
	}
	return nil
}

// fetch reads robots.txt: nil rules when the server answers with an error of
// its own (RFC 9309, 2.3.1.4), everything allowed when there is none.
func (r *robots) fetch(ctx context.Context, site string) (*robotstxt.RobotsData, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	at := site + "/robots.txt"
	for range r.client.cfg.MaxRedirects + 1 {
		status, body, next, err := r.get(ctx, at)
		switch {
		case err != nil:
			return nil, 0, err
		case next != "":
			at = next
			continue
		case status >= 500 || status == http.StatusTooManyRequests:
			return nil, robotsKeptError, nil
		}
		rules, err := robotstxt.FromStatusAndBytes(status, body)
		if err != nil {
			// Unreadable rules are no rules, as for every other crawler.
			r.client.log.Warn("ingest: robots.txt not understood", "url", at, "err", err)
			rules, err = robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
		}
		return rules, robotsKept, err
	}
	return nil, 0, errors.New("too many redirects")
}

func (r *robots) get(ctx context.Context, at string) (status int, body []byte, next string, err error) {
	u, err := url.Parse(at)
	if err != nil {
		return 0, nil, "", err
	}
	if err := netguard.CheckURL(u, r.client.allow); err != nil {
		return 0, nil, "", trade.Permanent(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0, nil, "", err
	}
	req.Header.Set("User-Agent", r.client.agent())
	resp, err := r.client.http.Do(req)
	if err != nil {
		return 0, nil, "", classify(err)
	}
	defer resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode >= 300 && resp.StatusCode < 400 {
		target, err := u.Parse(to)
		if to == "" || err != nil {
			return http.StatusNotFound, nil, "", nil
		}
		return resp.StatusCode, nil, target.String(), nil
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, robotsMax))
	return resp.StatusCode, body, "", err
}
