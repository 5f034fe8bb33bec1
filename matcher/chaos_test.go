package matcher

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
)

// server is a redis-server that can be harmed and brought back on its port.
type server struct {
	t         *testing.T
	port, dir string
	args      []string
	process   *os.Process
	ended     chan struct{}
}

// newServer starts one with further arguments.
func newServer(t *testing.T, args ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, port: fmt.Sprint(l.Addr().(*net.TCPAddr).Port), dir: t.TempDir(), args: args}
	l.Close()
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *server) start() {
	cmd := exec.Command("redis-server", append(slices.Clone(s.args), "--port", s.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.dir)...)
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("redis-server: %v; make test installs what the tests need", err)
	}
	s.process, s.ended = cmd.Process, make(chan struct{})
	go func(ended chan struct{}) { _ = cmd.Wait(); close(ended) }(s.ended)
	s.do("PING") // once it answers
}

func (s *server) kill() {
	_ = s.process.Signal(syscall.SIGCONT)
	_ = s.process.Kill()
	<-s.ended
}

// do sends an inline command until it is answered.
func (s *server) do(command string) { s.until(command, "") }

// until sends it until the answer holds the words, at most for ten seconds.
func (s *server) until(command, words string) {
	s.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			_ = c.SetDeadline(deadline)
			fmt.Fprintf(c, "%s\r\n", command)
			answer := make([]byte, 8<<10)
			n, err := c.Read(answer)
			c.Close()
			if n > 0 && err == nil && strings.Contains(string(answer[:n]), words) {
				return
			}
		}
		<-tick.C
	}
	s.t.Fatalf("redis-server does not answer %q to %s", words, command)
}

// chaos is a registry, the matchers that have copies of it, and the truth.
type chaos struct {
	t        *testing.T
	ctx      context.Context
	r        *rand.Rand
	bus      *bus.Bus
	redis    *server
	copies   []*Copy
	profiles map[string]*index.Profile
	written  map[string]uint64
	pairs    int
}

// change registers, changes and deletes some products.
func (c *chaos) change(n int) {
	for range n {
		p := madeProduct(c.r, c.r.IntN(600))
		key := p.Key()
		var err error
		if c.profiles[key] != nil && c.r.IntN(4) == 0 {
			delete(c.profiles, key)
			if err = c.bus.Products.Delete(c.ctx, key, c.written[key]); err == nil {
				delete(c.written, key)
			}
		} else {
			c.profiles[key] = index.NewProfile(p, 1)
			c.written[key], err = c.bus.Products.Append(c.ctx, key, p)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

// match compares what each matcher finds with every product looked at.
func (c *chaos) match(notices int, when string) {
	all, byName := slices.Collect(maps.Values(c.profiles)), map[string]*index.Profile{}
	for _, p := range all {
		byName[p.Exporter+" "+p.ID] = p
	}
	sets := make([]*index.Set, len(c.copies))
	for i, m := range c.copies {
		var err error
		if sets[i], err = m.Current(c.ctx); err != nil {
			c.t.Fatalf("%s: %v", when, err)
		}
	}
	for n := range notices {
		notice := madeNotice(c.r, n)
		reading := Read(&notice)
		want := bruteForce(&reading, all)
		for i, set := range sets {
			if diff := cmp.Diff(want, written(&reading, set, byName)); diff != "" {
				c.t.Fatalf("%s: matcher %d and each product differ (-each +matcher, its index: %v):\n%s", when, i, c.copies[i].Health(), diff)
			}
			c.pairs += len(all)
		}
	}
}

func newChaos(ctx context.Context, t *testing.T) *chaos {
	t.Helper()
	b, err := bus.Open(ctx, bus.Config{Dir: t.TempDir(), NoSync: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return &chaos{t: t, ctx: ctx, r: rand.New(rand.NewPCG(11, 12)), bus: b, profiles: map[string]*index.Profile{}, written: map[string]uint64{}}
}

const impatient = "read_timeout=150ms&write_timeout=150ms&dial_timeout=150ms&max_retries=-1"

// matchers starts two that share the index at the URL.
func (c *chaos) matchers(url string) {
	for range 2 {
		store, err := index.Open(c.ctx, index.Config{URL: url, Shards: 3})
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { store.Close() })
		m := &Copy{Bus: c.bus, Store: store, Log: slog.New(slog.DiscardHandler)}
		c.copies = append(c.copies, m)
		ended := make(chan struct{})
		ctx, stop := context.WithCancel(c.ctx)
		go func() { defer close(ended); _ = m.Maintain(ctx) }()
		c.t.Cleanup(func() { stop(); <-ended })
	}
}

// recover goes on matching until both matchers use Redis again.
func (c *chaos) recover(when string) {
	for {
		c.change(1)
		c.match(1, when)
		if c.copies[0].Health() == nil && c.copies[1].Health() == nil {
			return
		}
		if c.ctx.Err() != nil {
			c.t.Fatalf("%s: the matchers do not come back to Redis: %v", when, c.copies[0].Health())
		}
	}
}

// TestNoHarmToRedisCostsAMatch: while Redis is killed, flushed, stalled or set
// back to an older state, and products change all along, two matchers find
// exactly what looking at every product finds.
func TestNoHarmToRedisCostsAMatch(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := newChaos(ctx, t)
	c.redis = newServer(t)
	c.matchers("redis://127.0.0.1:" + c.redis.port + "?" + impatient)
	c.change(900)
	harms := []struct {
		name       string
		harm, mend func()
	}{
		{"healthy", func() {}, func() {}},
		{"flushed", func() { c.redis.do("FLUSHALL") }, func() {}},
		{"stalled", func() { _ = c.redis.process.Signal(syscall.SIGSTOP) }, func() { _ = c.redis.process.Signal(syscall.SIGCONT) }},
		{"killed", c.redis.kill, c.redis.start},
		{"set back", func() {
			c.redis.do("SAVE")
			c.change(20)
			c.match(1, "before it is set back")
			c.redis.kill()
			c.redis.start()
		}, func() {}},
		{"segment lost", func() { c.redis.do("UNLINK tbtwatch:v2:{tbtwatch/1}:g1:s1") }, func() {}},
	}
	for round := 0; c.pairs < 100_000; round++ {
		h := harms[round%len(harms)]
		h.harm()
		c.change(15)
		c.match(6, fmt.Sprintf("round %d, %s", round, h.name))
		h.mend()
		c.change(10)
		c.match(4, fmt.Sprintf("round %d, after %s", round, h.name))
	}
	t.Logf("%d pairs", c.pairs)
	c.recover("in the end")
}
