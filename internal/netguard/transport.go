package netguard

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Options shape a guarded transport.
type Options struct {
	Allow       []netip.Prefix // networks that may be reached though they are special
	Proxy       *url.URL       // outgoing proxy; nil for none. The environment is never asked.
	DialTimeout time.Duration  // 10 s unless set
	HeaderWait  time.Duration  // from the request's last byte to the response's headers; 30 s unless set
	MaxHeader   int64          // bytes of response headers; 64 KiB unless set
	IdlePerHost int            // connections kept open to one host; 2 if zero
	Resolver    *net.Resolver  // the system's unless set
}

// Transport makes a transport whose connections are checked by Control. With
// a proxy only the proxy is connected to: it is the operator's own address and
// is not checked, literal targets are checked by CheckURL, and for names the
// proxy has to hold the line. Compression is left to the caller, who counts.
func Transport(o Options) *http.Transport {
	if o.DialTimeout <= 0 {
		o.DialTimeout = 10 * time.Second
	}
	if o.HeaderWait <= 0 {
		o.HeaderWait = 30 * time.Second
	}
	if o.IdlePerHost <= 0 {
		o.IdlePerHost = 2
	}
	if o.MaxHeader <= 0 {
		o.MaxHeader = 64 << 10
	}
	dialer := &net.Dialer{
		Timeout:        o.DialTimeout,
		KeepAlive:      30 * time.Second,
		Resolver:       o.Resolver,
		ControlContext: Control(o.Allow),
	}
	dial := dialer.DialContext
	t := &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    o.DialTimeout,
		ResponseHeaderTimeout:  o.HeaderWait,
		MaxResponseHeaderBytes: o.MaxHeader,
		MaxIdleConns:           50,
		MaxIdleConnsPerHost:    o.IdlePerHost,
		IdleConnTimeout:        60 * time.Second,
		DisableCompression:     true,
	}
	if o.Proxy != nil {
		plain := &net.Dialer{Timeout: o.DialTimeout, KeepAlive: 30 * time.Second, Resolver: o.Resolver}
		own := hostPort(o.Proxy)
		t.Proxy = http.ProxyURL(o.Proxy)
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == own {
				return plain.DialContext(ctx, network, address)
			}
			return dial(ctx, network, address)
		}
	}
	return t
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
		if port == "" {
			port = "80"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// CheckURL refuses, before anything is dialed, addresses that no source or
// webhook may have: other schemes than http and https, user and password in
// the address, no host, and literal hosts that CheckAddress refuses. Names are
// checked when they are connected to.
func CheckURL(u *url.URL, allow []netip.Prefix) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return &Refused{Address: u.Redacted(), Why: fmt.Sprintf("scheme %q is neither http nor https", u.Scheme)}
	case u.User != nil:
		return &Refused{Address: u.Redacted(), Why: "it carries a user name"}
	case u.Hostname() == "":
		return &Refused{Address: u.Redacted(), Why: "it names no host"}
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		port := netip.AddrPortFrom(a, portOf(u)).String()
		return CheckAddress(port, allow)
	}
	return nil
}

func portOf(u *url.URL) uint16 {
	n, err := net.LookupPort("tcp", u.Port())
	switch {
	case err == nil && u.Port() != "":
		return uint16(n)
	case u.Scheme == "https":
		return 443
	}
	return 80
}
