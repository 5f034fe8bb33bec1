package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"tbtwatch/internal/netguard"
	"tbtwatch/internal/trade"
)

// fetchRules are what a source adds to a request: where it may lead, how large
// it may be, and what is known of it already.
type fetchRules struct {
	hosts        hostRule
	limits       limits
	etag         string
	lastModified string
}

// fetched is a document as it arrived.
type fetched struct {
	URL       string // after redirects
	Status    int
	Header    http.Header
	Unchanged bool   // 304: nothing else is set
	Body      *spool // decompressed; the caller closes it
	Wire      int64  // bytes as sent
	At        time.Time
}

// fetch asks for one document, following redirects. Its error says what
// happens next: trade.Permanent (this address is of no use), trade.RetryAfter
// (the server wants to be left alone that long), anything else is transient.
func (c *Client) fetch(ctx context.Context, req Request, rules fetchRules) (*fetched, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := time.AfterFunc(rules.limits.total, func() {
		cancel(fmt.Errorf("not done after %v (limit timeout_total)", rules.limits.total))
	})
	defer total.Stop()
	f, err := c.follow(ctx, cancel, req, rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.URL, err)
	}
	return f, nil
}

func (c *Client) follow(ctx context.Context, cancel context.CancelCauseFunc, req Request, rules fetchRules) (*fetched, error) {
	at, err := url.Parse(req.URL)
	if err != nil {
		return nil, trade.Permanent(err)
	}
	for hop := 0; ; hop++ {
		resp, err := c.hop(ctx, at, req, rules)
		if err != nil {
			return nil, err
		}
		to, err := redirect(at, resp)
		if err != nil || to == nil {
			var f *fetched
			if err == nil {
				f, err = c.take(ctx, cancel, at, req, resp, rules)
			}
			_ = resp.Body.Close()
			return f, err
		}
		_ = resp.Body.Close()
		if hop >= c.cfg.MaxRedirects {
			return nil, trade.Permanent(fmt.Errorf("redirects more than %d times (limit max_redirects)", c.cfg.MaxRedirects))
		}
		if resp.StatusCode != http.StatusTemporaryRedirect && resp.StatusCode != http.StatusPermanentRedirect {
			req.Method, req.Body = http.MethodGet, nil
		}
		at = to
	}
}

// redirect gives where resp leads, or nil.
func redirect(at *url.URL, resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := at.Parse(resp.Header.Get("Location"))
	switch {
	case err != nil || resp.Header.Get("Location") == "":
		return nil, trade.Permanent(fmt.Errorf("redirects to %q, which is no address", resp.Header.Get("Location")))
	case at.Scheme == "https" && to.Scheme != "https":
		return nil, trade.Permanent(fmt.Errorf("redirects from https to %s, which could be anybody's answer", to.Redacted()))
	}
	return to, nil
}

// hop makes one request after all the checks that every hop has to pass.
func (c *Client) hop(ctx context.Context, at *url.URL, req Request, rules fetchRules) (*http.Response, error) {
	if err := netguard.CheckURL(at, c.allow); err != nil {
		return nil, trade.Permanent(err)
	}
	if err := rules.hosts.check(at); err != nil {
		return nil, err
	}
	if err := c.robots.check(ctx, at); err != nil {
		return nil, err
	}
	if err := c.pace.wait(ctx, at.Hostname()); err != nil {
		return nil, timely(ctx, err)
	}
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if req.Body != nil {
		body = bytes.NewReader(req.Body)
	}
	r, err := http.NewRequestWithContext(ctx, method, at.String(), body)
	if err != nil {
		return nil, trade.Permanent(err)
	}
	for k, v := range req.Header {
		if at.String() == req.URL || !sensitive[http.CanonicalHeaderKey(k)] {
			r.Header[http.CanonicalHeaderKey(k)] = v
		}
	}
	c.headers(r, rules)
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, timely(ctx, classify(err))
	}
	return resp, nil
}

// sensitive headers go to the address they were meant for and to no redirect.
var sensitive = map[string]bool{"Authorization": true, "Cookie": true, "Ocp-Apim-Subscription-Key": true, "X-Api-Key": true}

func (c *Client) headers(r *http.Request, rules fetchRules) {
	r.Header.Set("User-Agent", c.agent())
	r.Header.Set("Accept-Encoding", "gzip")
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "*/*")
	}
	if rules.etag != "" {
		r.Header.Set("If-None-Match", rules.etag)
	}
	if rules.lastModified != "" {
		r.Header.Set("If-Modified-Since", rules.lastModified)
	}
}

// take judges the answer and reads its body.
func (c *Client) take(ctx context.Context, cancel context.CancelCauseFunc, at *url.URL, req Request, resp *http.Response, rules fetchRules) (*fetched, error) {
	f := &fetched{URL: at.String(), Status: resp.StatusCode, Header: resp.Header, At: c.now()}
	if resp.StatusCode == http.StatusNotModified && rules.etag+rules.lastModified != "" {
		f.Unchanged = true
		return f, nil
	}
	if err := statusError(resp, c.now()); err != nil {
		return nil, err
	}
	body, wire, err := rules.limits.read(ctx, cancel, resp)
	if trade.IsPermanent(err) {
		return nil, &unbelieved{error: err, header: resp.Header}
	}
	if err != nil {
		return nil, err
	}
	f.Body, f.Wire = body, wire
	if err := unexpected(req, resp.Header, body); err != nil {
		return nil, &unbelieved{err, body, resp.Header}
	}
	return f, nil
}

// timely names the limit of time that ended the request, if one did.
func timely(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// classify marks faults of the connection that no repetition mends.
func classify(err error) error {
	var refused *netguard.Refused
	if errors.As(err, &refused) {
		return trade.Permanent(refused)
	}
	return err
}
