package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/time/rate"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

func TestRobots(t *testing.T) {
	status, rules, asked := 200, "", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robots.txt" {
			fmt.Fprint(w, "page")
			return
		}
		asked++
		w.WriteHeader(status)
		fmt.Fprint(w, rules)
	}))
	defer s.Close()
	for _, c := range []struct {
		name, rules, path string
		status            int
		want              string
		permanent         bool
	}{
		{"allowed", "User-agent: *\nDisallow: /private/", "/list", 200, "", false},
		{"disallowed", "User-agent: *\nDisallow: /private/", "/private/list", 200, `disallows /private/list for "tbtwatch"`, true},
		{"our own group rules", "User-agent: *\nDisallow: /\n\nUser-agent: tbtwatch\nDisallow: /x", "/list", 200, "", false},
		{"the query counts", "User-agent: *\nDisallow: /list?all", "/list?all=1", 200, "disallows", true},
		{"none there", "", "/list", 404, "", false},
		{"forbidden is none", "", "/list", 403, "", false},
		{"server error is not now", "", "/list", 503, "cannot be read now", false},
		{"not understood is none", "\x00\xff", "/list", 200, "", false},
	} {
		status, rules = c.status, c.rules
		client := fastClient(t, nil)
		_, err := get(t, client, Request{URL: s.URL + c.path}, nil)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || trade.IsPermanent(err) != c.permanent) {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, later := trade.RetryDelay(err); later != (c.status == 503) {
			t.Errorf("%s: %v asks for a delay: %v", c.name, err, later)
		}
	}

	status, rules, asked = 200, "User-agent: *\nDisallow: /private/\nCrawl-delay: 20", 0
	client := fastClient(t, nil)
	now := testNow
	client.now = func() time.Time { return now }
	for range 2 {
		if err := client.robots.check(context.Background(), mustURL(t, s.URL+"/a")); err != nil {
			t.Fatal(err)
		}
	}
	if l := client.pace.limiter("127.0.0.1").Limit(); asked != 1 || l != rate.Every(20*time.Second) {
		t.Errorf("asked %d times, pace %v", asked, l)
	}
	now = now.Add(robotsKept + time.Second)
	if err := client.robots.check(context.Background(), mustURL(t, s.URL+"/a")); err != nil || asked != 2 {
		t.Errorf("after a day: asked %d times, %v", asked, err)
	}
	deaf := fastClient(t, func(c *ClientConfig) { c.RespectRobots = false })
	if _, err := get(t, deaf, Request{URL: s.URL + "/private/x"}, nil); err != nil {
		t.Errorf("robots.txt switched off: %v", err)
	}
}

func TestPace(t *testing.T) {
	p := newPace(1, 2, map[string]float64{"Fast.example": 50})
	for host, want := range map[string]rate.Limit{"a.example": 1, "fast.example": 50, "FAST.example": 50} {
		if got := p.limiter(host).Limit(); got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
	}
	if p.limiter("A.example") != p.limiter("a.example") || p.limiter("a.example") == p.limiter("b.example") {
		t.Error("a limiter is one host's")
	}
	p.slow("fast.example", time.Hour)
	p.slow("b.example", time.Hour)
	if p.limiter("fast.example").Limit() != 50 || p.limiter("b.example").Limit() != rate.Every(30*time.Second) {
		t.Error("a crawl delay rules where the configuration does not, up to 30 s")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.wait(ctx, "c.example"); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting after the end: %v", err)
	}
}

func TestClientConfig(t *testing.T) {
	if err := DefaultClient().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for _, c := range []struct{ yaml, want string }{
		{"max_wire: 64MiB\nmax_inflated: 1GiB\nidle: 20s\nproxy: http://proxy:3128\nsources:\n  eping: {hosts: [docs.example], max_pages: 3}", ""},
		{"max_wire: 64", "no size"},
		{"max_wire: 256MiB", "max_inflated"},
		{"idle: 5m", "the shorter"},
		{"pace: 0", "pace (0) is positive"},
		{"host_pace: {a.example: -1}", "a.example"},
		{"max_ratio: 1", "max_ratio"},
		{"proxy: proxy", "proxy is no address"},
		{"user_agent: \"\"", "user_agent"},
		{"contact: \"a\\r\\nb\"", "one line"},
		{"allow_networks: [10.0.0.0/8, intranet]", `entry 2, "intranet"`},
		{"respect_robot: false", `did you mean "respect_robots"?`},
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(c.yaml), &node); err != nil {
			t.Fatal(err)
		}
		cfg := DefaultClient()
		err := config.Decode(node.Content[0], &cfg)
		if err == nil {
			_, err = NewClient(cfg, nil)
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.yaml, err, c.want)
		}
	}
	bulk := DefaultClient().override("my-bulk", "eping-bulk")
	if l := DefaultClient().limits(bulk); l.wire != 256<<20 || l.inflated != 1<<30 || l.ratio != 100 || l.total != 15*time.Minute {
		t.Errorf("limits of the bulk sheet: %+v", l)
	}
}

func TestSize(t *testing.T) {
	for s, want := range map[Size]string{0: "0 B", 1023: "1023 B", 1 << 10: "1 KiB", 1536: "1.5 KiB", 32 << 20: "32 MiB", 1 << 30: "1 GiB"} {
		if s.String() != want {
			t.Errorf("%d prints %s, want %s", int64(s), s, want)
		}
	}
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }
