package netguard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct{ addr, why string }{
		{"1.1.1.1", ""}, {"8.8.8.8", ""}, {"172.15.255.255", ""}, {"172.32.0.0", ""}, {"100.63.255.255", ""},
		{"100.128.0.0", ""}, {"192.0.1.0", ""}, {"198.17.255.255", ""}, {"198.20.0.0", ""}, {"223.255.255.255", ""},
		{"11.0.0.0", ""}, {"9.255.255.255", ""}, {"169.253.1.1", ""}, {"2606:4700::1111", ""}, {"2001:200::1", ""},
		{"2a00:1450::1", ""}, {"::ffff:8.8.8.8", ""},
		{"0.0.0.0", "this network"}, {"0.1.2.3", "this network"}, {"10.0.0.1", "private"}, {"10.255.255.255", "private"},
		{"100.64.0.1", "shared"}, {"100.127.255.255", "shared"}, {"127.0.0.1", "loopback"}, {"127.255.255.254", "loopback"},
		{"169.254.169.254", "link-local"}, {"172.16.0.1", "private"}, {"172.31.255.255", "private"},
		{"192.0.0.8", "protocol"}, {"192.0.0.170", "protocol"}, {"192.0.2.1", "documentation"}, {"192.88.99.1", "6to4"},
		{"192.168.1.1", "private"}, {"198.18.0.1", "benchmarking"}, {"198.19.255.255", "benchmarking"},
		{"198.51.100.7", "documentation"}, {"203.0.113.9", "documentation"}, {"224.0.0.1", "multicast"},
		{"239.255.255.250", "multicast"}, {"240.0.0.1", "reserved"}, {"255.255.255.255", "reserved"},
		{"::", "unspecified"}, {"::1", "loopback"}, {"::ffff:127.0.0.1", "loopback"}, {"::ffff:10.1.2.3", "private"},
		{"::ffff:169.254.169.254", "link-local"}, {"::127.0.0.1", "not a global"}, {"64:ff9b::7f00:1", "NAT64"},
		{"64:ff9b::808:808", "NAT64"}, {"64:ff9b:1::1", "NAT64"}, {"100::1", "discard"}, {"2001::1", "protocol"},
		{"2001:2::1", "protocol"}, {"2001:10::1", "protocol"}, {"2001:20::1", "protocol"}, {"2001:db8::1", "documentation"},
		{"2002:7f00:1::1", "6to4"}, {"2002:808:808::1", "6to4"}, {"3fff::1", "documentation"}, {"4000::1", "not a global"},
		{"5f00::1", "not a global"}, {"fc00::1", "unique local"}, {"fdab::1", "unique local"}, {"fe80::1", "link-local"},
		{"fec0::1", "not a global"}, {"ff02::1", "multicast"}, {"fe80::1%eth0", "scoped"}, {"2606:4700::1111%eth0", "scoped"},
	} {
		got := Check(netip.MustParseAddr(c.addr), nil)
		if (c.why == "") != (got == "") || !strings.Contains(got, c.why) {
			t.Errorf("Check(%s) = %q, want %q", c.addr, got, c.why)
		}
	}
	if Check(netip.Addr{}, nil) == "" {
		t.Error("the zero address passes")
	}
}

func TestAllow(t *testing.T) {
	allow, err := ParseNetworks([]string{"127.0.0.0/8", "10.1.2.3", "fd00::/8", "::ffff:192.168.7.7"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		address string
		ok      bool
	}{
		{"127.0.0.1:8080", true}, {"[::ffff:127.0.0.1]:8080", true}, {"10.1.2.3:25", true}, {"10.1.2.4:80", false},
		{"[fd00::1]:1", true}, {"[fe80::1]:80", false}, {"192.168.7.7:9", true}, {"192.168.7.8:80", false},
		{"8.8.8.8:80", true}, {"8.8.8.8:443", true}, {"8.8.8.8:22", false}, {"8.8.8.8:8080", false},
		{"example.org:80", false}, {"8.8.8.8", false}, {"[fd00::1%lo]:80", false},
	} {
		if err := CheckAddress(c.address, allow); (err == nil) != c.ok {
			t.Errorf("CheckAddress(%s) = %v, want ok %v", c.address, err, c.ok)
		}
	}
	for _, bad := range []string{"", "localhost", "10.0.0.0/33", "10.0.0", "fe80::1%eth0"} {
		if _, err := ParseNetworks([]string{"10.0.0.0/8", bad}); err == nil || !strings.Contains(err.Error(), "entry 2") {
			t.Errorf("ParseNetworks(%q): %v", bad, err)
		}
	}
}

// Whatever spelling a URL uses, no connection to a special address is made.
// Most of these are for the dialer: a name that looks odd is a name.
func TestTrickyURLs(t *testing.T) {
	lo := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached the loopback server") }))
	defer lo.Close()
	port := lo.URL[strings.LastIndex(lo.URL, ":")+1:]
	client := &http.Client{Transport: Transport(Options{Resolver: answers(t, netip.MustParseAddr("127.0.0.1"))})}
	for _, raw := range []string{
		"http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/",
		"http://0177.0.0.1:PORT/", "http://0x7f.0.0.1:PORT/", "http://①②⑦.⓪.⓪.①:PORT/", "http://[::1]:PORT/",
		"http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/",
		"http://localhost:PORT/", "http://LOCALHOST.:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/", "http://[::]:PORT/",
		"http://rebind.example:PORT/", "http://rebind.example/", "https://rebind.example/", "http://127.0.0.1.nip.example:PORT/",
		"http://169.254.169.254/latest/", "http://[fe80::1%25lo]:PORT/", "http://user@127.0.0.1:PORT/", "http://example.org@127.0.0.1:PORT/",
		"http://127.0.0.1:PORT\\@example.org/", "http://127.0.0.1:PORT#@example.org/", "http://127.0.0.1%00.example:PORT/",
		"http://１２７.0.0.1:PORT/", "http://127。0。0。1:PORT/",
	} {
		u := strings.ReplaceAll(raw, "PORT", port)
		resp, err := client.Get(u)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s was answered with %s", u, resp.Status)
		}
	}
	_, err := client.Get("http://rebind.example/")
	var refused *Refused
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("a name that resolves to loopback: %v", err)
	}
}

func TestCheckURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://example.org/a":            "",
		"http://8.8.8.8/":                  "",
		"ftp://example.org/":               "scheme",
		"file:///etc/passwd":               "scheme",
		"gopher://example.org/":            "scheme",
		"http://user:secret@example.org/":  "user name",
		"http:///path":                     "no host",
		"http://127.0.0.1/":                "loopback",
		"http://[::ffff:10.0.0.1]/":        "private",
		"https://8.8.8.8:8443/":            "port 8443",
		"http://169.254.169.254./metadata": "link-local",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		err = CheckURL(u, nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CheckURL(%s) = %v, want %q", raw, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestAllowedNetworkAndRedirect(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://10.9.8.7/", http.StatusFound)
	}))
	defer srv.Close()
	client := &http.Client{Transport: Transport(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})}
	_, err := client.Get(srv.URL)
	if err == nil || !strings.Contains(err.Error(), "10.9.8.7:80 may not be reached: its range is private") {
		t.Errorf("redirect from an allowed to a private address: %v", err)
	}
}

func TestEnvironmentProxyIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	if Transport(Options{}).Proxy != nil {
		t.Error("a proxy is asked for although none is configured")
	}
}

func TestConfiguredProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.String() }))
	defer proxy.Close()
	u, _ := url.Parse(proxy.URL)
	resp, err := (&http.Client{Transport: Transport(Options{Proxy: u})}).Get("http://authority.example/list")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if asked != "http://authority.example/list" {
		t.Errorf("the proxy was asked for %q", asked)
	}
	for raw, want := range map[string]string{"http://p": "p:80", "https://p": "p:443", "socks5://p": "p:1080", "http://p:3128": "p:3128"} {
		u, _ := url.Parse(raw)
		if got := hostPort(u); got != want {
			t.Errorf("hostPort(%s) = %s, want %s", raw, got, want)
		}
	}
}

func TestControlRefusesOtherNetworks(t *testing.T) {
	if err := Control(nil)(context.Background(), "udp4", "8.8.8.8:443", nil); err == nil {
		t.Error("UDP passes")
	}
}

// answers is a resolver that gives every name the address a.
func answers(t *testing.T, a netip.Addr) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go serveDNS(pc, a)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}
