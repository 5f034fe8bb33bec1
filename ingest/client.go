package ingest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"tbtwatch/internal/config"
	"tbtwatch/internal/netguard"
)

// ClientConfig says how the one client behaves towards other people's servers.
// DefaultClient holds what is not set.
type ClientConfig struct {
	UserAgent     string                    `yaml:"user_agent"`     // product token first; that one is looked up in robots.txt
	Contact       string                    `yaml:"contact"`        // mail or web address, appended to the user agent
	TimeoutTotal  config.Duration           `yaml:"timeout_total"`  // of one document, redirects included
	Idle          config.Duration           `yaml:"idle"`           // longest pause between two bytes
	MaxWire       Size                      `yaml:"max_wire"`       // bytes as sent
	MaxInflated   Size                      `yaml:"max_inflated"`   // bytes after decompression
	MaxRatio      int                       `yaml:"max_ratio"`      // inflated : sent, looked at from 1 MiB on
	MaxRedirects  int                       `yaml:"max_redirects"`  // hops
	Pace          float64                   `yaml:"pace"`           // requests a second to one host
	Burst         int                       `yaml:"burst"`          // requests that may go out at once after a pause
	HostPace      map[string]float64        `yaml:"host_pace"`      // other paces, by host
	RespectRobots bool                      `yaml:"respect_robots"` // obey robots.txt (RFC 9309)
	Proxy         string                    `yaml:"proxy"`          // outgoing proxy; the environment is never asked
	AllowNetworks []string                  `yaml:"allow_networks"` // private networks that sources may reach; none by default
	Sources       map[string]SourceOverride `yaml:"sources"`        // exceptions, by name or kind of source
}

// SourceOverride is what one source, or one kind of source, may do beyond the
// rest. Zero values change nothing.
type SourceOverride struct {
	Hosts        []string        `yaml:"hosts"` // further hosts that its pages may lead to, subdomains included
	TimeoutTotal config.Duration `yaml:"timeout_total"`
	MaxWire      Size            `yaml:"max_wire"`
	MaxInflated  Size            `yaml:"max_inflated"`
	MaxPages     int             `yaml:"max_pages"` // documents of one run
}

// DefaultClient is the configuration where nothing is set.
func DefaultClient() ClientConfig {
	return ClientConfig{
		UserAgent:     "tbtwatch/1.0",
		TimeoutTotal:  config.Duration(120 * time.Second),
		Idle:          config.Duration(15 * time.Second),
		MaxWire:       32 << 20,
		MaxInflated:   128 << 20,
		MaxRatio:      100,
		MaxRedirects:  5,
		Pace:          1,
		Burst:         2,
		RespectRobots: true,
		Sources: map[string]SourceOverride{
			"eping-bulk": {TimeoutTotal: config.Duration(15 * time.Minute), MaxWire: 256 << 20, MaxInflated: 1 << 30},
		},
	}
}

// Validate checks ranges and how the values fit each other.
func (c ClientConfig) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("ingest: "+format, args...)) }
	if strings.TrimSpace(c.UserAgent) == "" || strings.ContainsAny(c.UserAgent+c.Contact, "\r\n") {
		bad("user_agent and contact are one line each, and user_agent is not empty: authorities want to know who asks")
	}
	if c.TimeoutTotal <= 0 || c.Idle <= 0 || c.Idle > c.TimeoutTotal {
		bad("idle (%v) and timeout_total (%v) are positive, and idle is the shorter", time.Duration(c.Idle), time.Duration(c.TimeoutTotal))
	}
	if c.MaxWire <= 0 || c.MaxInflated < c.MaxWire {
		bad("max_wire (%v) is positive and max_inflated (%v) at least as large", c.MaxWire, c.MaxInflated)
	}
	if c.MaxRatio < 2 || c.MaxRedirects < 0 || c.MaxRedirects > 20 {
		bad("max_ratio (%d) is at least 2 and max_redirects (%d) between 0 and 20", c.MaxRatio, c.MaxRedirects)
	}
	if c.Pace <= 0 || c.Burst < 1 {
		bad("pace (%v) is positive and burst (%d) at least 1", c.Pace, c.Burst)
	}
	for host, pace := range c.HostPace {
		if pace <= 0 {
			bad("host_pace of %s (%v) is not positive", host, pace)
		}
	}
	if c.Proxy != "" {
		if u, err := url.Parse(c.Proxy); err != nil || u.Host == "" || !strings.Contains("http https socks5 socks5h", u.Scheme) {
			bad("proxy is no address such as http://proxy:3128")
		}
	}
	if _, err := netguard.ParseNetworks(c.AllowNetworks); err != nil {
		bad("%w", err)
	}
	return errors.Join(errs...)
}

// override gives what source may do, by its own name or else its kind's.
func (c ClientConfig) override(source, kind string) SourceOverride {
	if o, ok := c.Sources[source]; ok {
		return o
	}
	return c.Sources[kind]
}

// Client fetches for all sources of a process: it keeps the pace of each host
// over all of them. It is safe for concurrent use.
type Client struct {
	cfg    ClientConfig
	allow  []netip.Prefix
	http   *http.Client
	pace   *pace
	robots *robots
	log    *slog.Logger
	now    func() time.Time
}

// NewClient makes the client, or says which setting does not fit.
func NewClient(c ClientConfig, log *slog.Logger) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	allow, err := netguard.ParseNetworks(c.AllowNetworks)
	if err != nil {
		return nil, err
	}
	options := netguard.Options{Allow: allow}
	if c.Proxy != "" {
		if options.Proxy, err = url.Parse(c.Proxy); err != nil {
			return nil, fmt.Errorf("ingest: proxy: %w", err)
		}
	}
	client := &Client{
		cfg:   c,
		allow: allow,
		http: &http.Client{
			Transport: netguard.Transport(options),
			// Redirects are followed by Fetch, which checks every hop.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		pace: newPace(c.Pace, c.Burst, c.HostPace),
		log:  log,
		now:  time.Now,
	}
	client.robots = newRobots(client)
	return client, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// agent is the user agent with the contact.
func (c *Client) agent() string {
	if c.cfg.Contact == "" {
		return c.cfg.UserAgent
	}
	return c.cfg.UserAgent + " (+" + c.cfg.Contact + ")"
}
