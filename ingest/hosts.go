package ingest

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"tbtwatch/internal/trade"
)

// hostRule says where a source's requests and redirects may lead: to the hosts
// that its own plan names, to other hosts of the same registered domain
// (api.example.gov.uk and www.example.gov.uk, but never gov.uk at large), and
// to the hosts that the configuration adds, with their subdomains. Everything
// else is a page that leads us astray.
type hostRule struct {
	planned map[string]bool // host, and registered domain of each
	added   []string
}

func newHostRule(plan []Request, added []string) hostRule {
	r := hostRule{planned: map[string]bool{}}
	for _, req := range plan {
		if u, err := url.Parse(req.URL); err == nil && u.Hostname() != "" {
			r.planned[domainOf(u.Hostname())] = true
		}
		added = append(added, req.Hosts...)
	}
	for _, h := range added {
		r.added = append(r.added, strings.ToLower(strings.TrimSuffix(h, ".")))
	}
	return r
}

// domainOf is the registered domain of a host, or the host itself where it has
// none: an address, a bare name, a public suffix.
func domainOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// check refuses, for good, a URL whose host is none of the source's.
func (r hostRule) check(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if r.planned[domainOf(host)] {
		return nil
	}
	for _, h := range r.added {
		if host == h || strings.HasSuffix(host, "."+h) {
			return nil
		}
	}
	return trade.Permanent(fmt.Errorf("%s is none of the source's hosts (further ones are listed under ingest.sources.NAME.hosts)", host))
}
