package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// awaitDeployed tries until try succeeds, half a minute at most.
func awaitDeployed(t *testing.T, what string, try func() error) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(30 * time.Second); ; <-tick.C {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited 30 s for %s: %v", what, err)
		}
	}
}

// TestClusterAsDeployed runs three nodes with the deployed configuration, on
// this machine's ports, and the bus against them.
func TestClusterAsDeployed(t *testing.T) {
	secrets := madeSecrets(t)
	var urls []string
	var leads []func() bool
	route := ""
	for i := range 3 {
		o := natsOptions(t, secrets, fmt.Sprintf("nats-%d", i+1))
		o.Host, o.Port, o.HTTPPort = "127.0.0.1", -1, 0
		o.Cluster.Host, o.Cluster.Port = "127.0.0.1", -1
		o.StoreDir, o.NoSigs, o.NoLog = t.TempDir(), true, true
		user := o.Routes[0].User
		o.Routes = natsserver.RoutesFromStr(route)
		s, err := natsserver.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(20 * time.Second) {
			t.Fatalf("node %d is not ready after 20 s", i+1)
		}
		if route == "" {
			route = fmt.Sprintf("nats://%s@%s", user, s.ClusterAddr())
		}
		urls = append(urls, "nats://"+s.Addr().String())
		leads = append(leads, func() bool { return s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 })
	}
	awaitDeployed(t, "a leader of three nodes", func() error {
		for _, leader := range leads {
			if leader() {
				return nil
			}
		}
		return errors.New("there is none")
	})
	c := bus.Config{URL: strings.Join(urls, ","), User: "tbtwatch", Replicas: 3}
	if err := yaml.Unmarshal([]byte("file:"+filepath.Join(secrets, "nats_password")), &c.Password); err != nil {
		t.Fatal(err)
	}
	var b *bus.Bus
	awaitDeployed(t, "a cluster of 3 that takes the streams", func() (err error) {
		b, err = bus.Open(t.Context(), c, slog.New(slog.DiscardHandler))
		return err
	})
	t.Cleanup(b.Close)
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := b.Products.Put(t.Context(), "p1", trade.Product{ID: "P1", Exporter: "E1"}, 0); err != nil {
		t.Error(err)
	}
	if _, _, err := b.Raw.Put(t.Context(), strings.NewReader("a capture")); err != nil {
		t.Error(err)
	}
}

// TestRedisRightsSuffice builds an index under the deployed Redis user.
func TestRedisRightsSuffice(t *testing.T) {
	secrets := madeSecrets(t)
	socket := filepath.Join(t.TempDir(), "redis.sock")
	server := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
		"--maxmemory-policy", "noeviction", "--aclfile", filepath.Join(secrets, "redis_users.acl"), "--dir", t.TempDir())
	if err := server.Start(); err != nil {
		t.Fatalf("redis-server: %v; make test installs it", err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	_, rest, _ := strings.Cut(readFile(t, filepath.Join(secrets, "redis_url")), "://")
	word, _, _ := strings.Cut(rest, "@")
	store, err := index.Open(t.Context(), index.Config{URL: "unix://" + word + "@" + socket})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	awaitDeployed(t, "redis", func() error { return store.Ping(t.Context()) })
	product := trade.Product{ID: "P1", Exporter: "E1", HS: []string{"871120"}, Markets: []string{"DE"}}
	changes := []index.Change{{Key: product.Key(), Product: &product, Seq: 1}}
	if err := store.Rebuild(t.Context(), func(put func([]index.Change) error) (uint64, error) { return 1, put(changes) }); err != nil {
		t.Fatal(err)
	}
	changes[0].Seq = 2
	if err := store.Apply(t.Context(), changes); err != nil {
		t.Error(err)
	}
	set := index.NewSet()
	if err := store.Load(t.Context(), set); err != nil {
		t.Error(err)
	}
	if _, _, err := store.Digest(t.Context()); err != nil {
		t.Error(err)
	}
}
