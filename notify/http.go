package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"tbtwatch/internal/netguard"
	"tbtwatch/internal/trade"
)

const (
	httpTimeout    = 15 * time.Second // one request, from connecting to the last byte of its answer
	answerLimit    = 4 << 10          // bytes of an endpoint's answer that are read
	headerLimit    = 16 << 10         // bytes of an answer's headers
	patience       = 24 * time.Hour   // longest Retry-After that is believed
	usualRateDelay = 30 * time.Second // after "too many requests" without a time
)

// ErrGone marks, inside a Permanent error, an endpoint that says it will never
// take anything again (410): its subscriber needs another address.
var ErrGone = errors.New("the endpoint says that it is gone")

// outbound is an HTTP client for addresses that subscribers chose: no
// redirects, no proxy from the environment, no private network that the
// configuration does not allow, and http only inside those networks.
func outbound(env Env, timeout time.Duration, limit int64) *http.Client {
	options := netguard.Options{Allow: env.Networks, Proxy: env.Proxy, DialTimeout: timeout, HeaderWait: timeout, MaxHeader: headerLimit, IdlePerHost: 32}
	guarded := netguard.Transport(options)
	options.Proxy = nil
	plain := netguard.Transport(options)
	plain.DialContext = (&net.Dialer{Timeout: timeout, ControlContext: onlyWithin(env.Networks)}).DialContext
	return &http.Client{
		Timeout:       timeout,
		Transport:     &boundedTransport{secure: guarded, plain: plain, limit: limit},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// onlyWithin lets a socket connect to the allowed networks and nowhere else.
func onlyWithin(allow []netip.Prefix) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !netguard.Allowed(ap.Addr(), allow) {
			return &netguard.Refused{Address: address, Why: "http without TLS is for allowed networks only"}
		}
		return nil
	}
}

// boundedTransport picks the connection by scheme and cuts answers off.
type boundedTransport struct {
	secure, plain http.RoundTripper
	limit         int64
}

func (t *boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.secure
	if r.URL.Scheme != "https" {
		next = t.plain
	}
	answer, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, t.limit), answer.Body}
	return answer, nil
}

// written watches whether a request's last byte left us: after that a missing
// answer leaves open what happened.
func written(ctx context.Context) (context.Context, *atomic.Bool) {
	var done atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) { done.Store(i.Err == nil) },
	}), &done
}

// transportError words a request that got no answer, without the address: a
// webhook's path may be a secret.
func transportError(host string, err error) error {
	var refused *netguard.Refused
	if errors.As(err, &refused) {
		return trade.Permanent(fmt.Errorf("%s: %w", host, refused))
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return fmt.Errorf("%s: no answer: %w", host, err)
}

// unanswered words a request without an answer, whose last byte left us or not:
// if it did, nobody knows what became of it.
func unanswered(who string, err error, sent bool) error {
	failed := transportError(who, err)
	if sent && !trade.IsPermanent(failed) {
		return Ambiguous(failed)
	}
	return failed
}

// leasedPost is a request whose body is handed out only while ctx runs.
func leasedPost(ctx context.Context, address string, body []byte) (*http.Request, error) {
	fresh := func() (io.ReadCloser, error) { return io.NopCloser(lastMoment{ctx, bytes.NewReader(body)}), nil }
	first, _ := fresh()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, first)
	if err != nil {
		return nil, err
	}
	req.ContentLength, req.GetBody = int64(len(body)), fresh
	req.Header.Set("User-Agent", "tbtwatch")
	return req, nil
}

// statusError turns an endpoint's status into what happens next; nil for 2xx.
// As Standard Webhooks wants it nearly all is tried again: behind a 401, 403 or
// 404 is a setting that its operator mends, and with 400 receivers refuse a
// signature while they change their secret. Final is what the endpoint says of
// itself or of this very message.
func statusError(host string, status int, header http.Header, now time.Time) error {
	err := fmt.Errorf("%s answered %d %s", host, status, http.StatusText(status))
	delay, asked := retryAfter(header.Get("Retry-After"), now)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return trade.Permanent(fmt.Errorf("%w; redirects are not followed: register the final address", err))
	case status == http.StatusGone:
		return trade.Permanent(fmt.Errorf("%w: %w", err, ErrGone))
	case asked:
		return trade.RetryAfter(err, delay)
	case status == http.StatusTooManyRequests:
		return trade.RetryAfter(err, usualRateDelay)
	case status == http.StatusRequestEntityTooLarge, status == http.StatusUnsupportedMediaType, status == http.StatusUnprocessableEntity:
		return trade.Permanent(err)
	}
	return err
}

// retryAfter reads both forms of the header (RFC 9110, 10.2.3). What is
// absent, past or unreadable asks for nothing.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	var d time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		d = time.Duration(min(seconds, int64(patience/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return min(d, patience), d > 0
}

// checkEndpoint refuses what could never be a receiver's web address.
func checkEndpoint(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || address != line(address, maxLink):
		return nil, trade.Refusef("the address is no web address such as https://example.org/hook")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, trade.Refusef("the address must begin with https://, not %q", u.Scheme)
	case u.Hostname() == "":
		return nil, trade.Refusef("the address names no host")
	case u.User != nil:
		return nil, trade.Refusef("the address must not carry a user name or password")
	}
	return u, nil
}

// lastMoment hands out a request's body only while the context still runs, so
// that a process that was stopped and wakes up after its lease sends nothing.
type lastMoment struct {
	ctx context.Context
	r   io.Reader
}

func (l lastMoment) Read(p []byte) (int, error) {
	if err := expired(l.ctx); err != nil {
		return 0, err
	}
	return l.r.Read(p)
}

// expired is ctx.Err that does not wait for a timer to fire.
func expired(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if at, ok := ctx.Deadline(); ok && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return nil
}
