// Package netguard keeps outgoing requests off addresses that a page or a
// subscriber must not make us reach: loopback, private, link-local and the
// other special ranges of IANA's registries. The check is made on the resolved
// address when the socket is about to connect, so names that resolve to such
// an address, rebinding and redirects are all covered by the same few lines.
package netguard

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
)

// Refused is an address that may not be connected to.
type Refused struct {
	Address string // host and port as the dialer was about to use them
	Why     string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("%s may not be reached: %s (networks that may are listed under allow_networks)", r.Address, r.Why)
}

// special lists what is not reachable on the public Internet, with the word
// for it (IANA IPv4 and IPv6 Special-Purpose Address Registries). IPv6 outside
// 2000::/3 is refused as a whole and needs no line here.
var special = []struct {
	prefix netip.Prefix
	why    string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared by carrier NAT"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments (Teredo, ORCHID, benchmarking)"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
}

var (
	globalV6 = netip.MustParsePrefix("2000::/3")
	words6   = []struct {
		prefix netip.Prefix
		why    string
	}{
		{netip.MustParsePrefix("::1/128"), "loopback"},
		{netip.MustParsePrefix("::/128"), "unspecified"},
		{netip.MustParsePrefix("64:ff9b::/96"), "NAT64"},
		{netip.MustParsePrefix("64:ff9b:1::/48"), "NAT64"},
		{netip.MustParsePrefix("100::/64"), "discard only"},
		{netip.MustParsePrefix("fc00::/7"), "unique local"},
		{netip.MustParsePrefix("fe80::/10"), "link-local"},
		{netip.MustParsePrefix("ff00::/8"), "multicast"},
	}
)

// Check says why a may not be connected to, or "" when it may: it is public,
// or one of the networks of allow. An address with a zone never may.
func Check(a netip.Addr, allow []netip.Prefix) string {
	if !a.IsValid() {
		return "not an IP address"
	}
	if a.Zone() != "" {
		return "scoped to an interface"
	}
	a = a.Unmap()
	if Allowed(a, allow) {
		return ""
	}
	for _, s := range special {
		if s.prefix.Contains(a) {
			return s.why
		}
	}
	if a.Is4() || globalV6.Contains(a) {
		return ""
	}
	for _, s := range words6 {
		if s.prefix.Contains(a) {
			return s.why
		}
	}
	return "not a global unicast address"
}

// Allowed reports whether a lies in one of the networks of allow.
func Allowed(a netip.Addr, allow []netip.Prefix) bool {
	a = a.Unmap()
	for _, p := range allow {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// CheckAddress is Check for "host:port" with a literal host, and holds the
// rule for ports: 80 and 443, others only within allow.
func CheckAddress(address string, allow []netip.Prefix) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Refused{Address: address, Why: "not an IP address and port"}
	}
	if why := Check(ap.Addr(), allow); why != "" {
		return &Refused{Address: address, Why: "its range is " + why}
	}
	if p := ap.Port(); p != 80 && p != 443 && !Allowed(ap.Addr(), allow) {
		return &Refused{Address: address, Why: fmt.Sprintf("port %d is neither 80 nor 443", p)}
	}
	return nil
}

// Control is for net.Dialer.ControlContext: it refuses, with a *Refused, what
// CheckAddress refuses, and every network but TCP.
func Control(allow []netip.Prefix) func(ctx context.Context, network, address string, c syscall.RawConn) error {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		if network != "tcp" && network != "tcp4" && network != "tcp6" {
			return &Refused{Address: address, Why: "network " + network + " is not TCP"}
		}
		return CheckAddress(address, allow)
	}
}

// ParseNetworks reads networks in CIDR form; a single address counts as a
// network of its own. The error names the entry that is neither.
func ParseNetworks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for i, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, errAddr := netip.ParseAddr(s)
			if errAddr != nil || a.Zone() != "" {
				return nil, fmt.Errorf("allow_networks: entry %d, %q, is no network such as 192.0.2.0/24: %w", i+1, s, err)
			}
			a = a.Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
