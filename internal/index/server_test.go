package index

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tbtwatch/internal/trade"
)

// realServer starts redis-server on a free port and returns its URL and a way
// to kill it.
func realServer(t *testing.T) (url string, kill func()) {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("redis-server is not installed; make test installs what the tests need")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	cmd := exec.Command(binary, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		cmd.Wait() // killed below; how it ended says nothing
		close(done)
	}()
	kill = func() {
		cmd.Process.Kill()
		<-done
	}
	t.Cleanup(kill)
	awaitServer(t, "127.0.0.1:"+port)
	return "redis://127.0.0.1:" + port, kill
}

func awaitServer(t *testing.T, addr string) {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for c.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			t.Fatalf("redis-server at %s did not answer within 10 s", addr)
		case <-tick.C:
		}
	}
}

// onBoth runs a promise against the embedded server and against the real one.
func onBoth(t *testing.T, promise func(t *testing.T, ctx context.Context, open func() *Store)) {
	for _, kind := range []string{"embedded", "redis-server"} {
		t.Run(kind, func(t *testing.T) {
			url := ""
			if kind == "redis-server" {
				url, _ = realServer(t)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			t.Cleanup(cancel)
			promise(t, ctx, func() *Store {
				t.Helper()
				s, err := Open(ctx, Config{URL: url, Prefix: "test"})
				if err != nil {
					t.Fatal(err)
				}
				if url == "" { // further stores share the first one's server
					url = s.url
				}
				t.Cleanup(func() { s.Close() })
				return s
			})
		})
	}
}

// clone is a second Store on the same server, as another process has it.
func clone(s *Store) *Store {
	return &Store{rdb: s.rdb, keys: s.keys, scheme: s.scheme, shards: s.shards, owner: rand.Text(), leaseIdle: s.leaseIdle, now: s.now}
}

// shardOne are the keys of the first shard of the first generation.
func shardOne(s *Store) shardKeys { return s.keys.shard("1", 0) }

// product makes a product; n varies all of it.
func product(n int) trade.Product {
	hs := []string{"871120", "871130", "87112010", "8711", "87", "650610", "854232", "080521"}
	markets := [][]string{{"DE"}, {"US", "BR"}, {"EU"}, {"*"}, {"GCC"}, {"KE", "UG"}}
	return trade.Product{
		ID: fmt.Sprintf("P%d", n), Exporter: fmt.Sprintf("E%d", n/5),
		NameZH: fmt.Sprintf("产品甲%d", n), NameEN: fmt.Sprintf("Widget model %d", n),
		HS: []string{hs[n%len(hs)]}, ICS: []string{"43.140"}, Terms: []string{fmt.Sprintf("term %d", n%17)},
		Markets: markets[n%len(markets)], ExportValue: float64(n) * 1.5,
	}
}

// changes makes Puts of products from to up to, one registry sequence each.
func changes(from, to int) []Change {
	var out []Change
	for n := from; n <= to; n++ {
		p := product(n)
		out = append(out, Change{p.Key(), uint64(n), &p})
	}
	return out
}

// build makes an index of products 1 to n at registry sequence n.
func build(t *testing.T, ctx context.Context, s *Store, n int) {
	t.Helper()
	err := s.Rebuild(ctx, func(put func([]Change) error) (uint64, error) { return uint64(n), put(changes(1, n)) })
	if err != nil {
		t.Fatal(err)
	}
}

// setOf is the set that the same registry gives without any server.
func setOf(all []Change) *Set {
	set := NewSet()
	for _, c := range all {
		switch {
		case c.Key == "":
			set.Advance(c.Seq)
		case c.Product == nil:
			set.Delete(c.Key, c.Seq)
		default:
			set.Put(*c.Product, c.Seq)
		}
	}
	return set
}
