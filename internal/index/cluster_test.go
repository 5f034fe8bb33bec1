package index

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// startRedis starts a redis-server in a folder of its own.
func startRedis(dir string, more ...string) (addr string, process *os.Process, err error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return "", nil, fmt.Errorf("redis-server is not installed; make test installs what the tests need: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	if err := l.Close(); err != nil {
		return "", nil, err
	}
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir}, more...)
	cmd := exec.Command(binary, args...)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	go func() { _ = cmd.Wait() }() // killed by the caller; how it ended says nothing
	return "127.0.0.1:" + port, cmd.Process, nil
}

// cluster is a Redis Cluster of three masters that all tests share.
type cluster struct {
	url     string
	err     error
	masters []*os.Process
	dir     string
}

var sharedCluster = sync.OnceValue(func() *cluster {
	c := &cluster{}
	c.err = c.start()
	return c
})

func (c *cluster) start() (err error) {
	if c.dir, err = os.MkdirTemp("", "tbtwatch-cluster-*"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var addrs []string
	for i := range 3 {
		addr, process, err := startRedis(c.dir, "--cluster-enabled", "yes", "--cluster-config-file", fmt.Sprintf("nodes-%d.conf", i), "--cluster-port", "0")
		if err != nil {
			return err
		}
		addrs, c.masters = append(addrs, addr), append(c.masters, process)
	}
	if err := joinCluster(ctx, addrs); err != nil {
		return err
	}
	c.url = "redis+cluster://" + addrs[0] + "?addr=" + addrs[1] + "&addr=" + addrs[2]
	return nil
}

// joinCluster introduces the servers to each other, shares the slots out and
// waits until all of them call the cluster whole.
func joinCluster(ctx context.Context, addrs []string) error {
	const slots = 16384
	var clients []*redis.Client
	for i, addr := range addrs {
		c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
		defer c.Close()
		clients = append(clients, c)
		if err := until(ctx, func() bool { return c.Ping(ctx).Err() == nil }); err != nil {
			return err
		}
		if err := c.ClusterAddSlotsRange(ctx, i*slots/len(addrs), (i+1)*slots/len(addrs)-1).Err(); err != nil {
			return err
		}
	}
	for _, addr := range addrs[1:] {
		host, port, _ := net.SplitHostPort(addr)
		if err := clients[0].ClusterMeet(ctx, host, port).Err(); err != nil {
			return err
		}
	}
	for _, c := range clients {
		whole := func() bool {
			info, err := c.ClusterInfo(ctx).Result()
			shards, _ := c.ClusterShards(ctx).Result()
			return err == nil && len(shards) == len(addrs) && len(info) > 16 && info[:16] == "cluster_state:ok"
		}
		if err := until(ctx, whole); err != nil {
			return fmt.Errorf("the cluster does not come together: %w", err)
		}
	}
	return nil
}

func until(ctx context.Context, ok func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if c := sharedClusterIfAny(); c != nil {
		for _, p := range c.masters {
			_ = p.Kill()
		}
		_ = os.RemoveAll(c.dir)
	}
	os.Exit(code)
}

var clusterUsed bool

func sharedClusterIfAny() *cluster {
	if !clusterUsed {
		return nil
	}
	return sharedCluster()
}

// onAll runs a promise against the embedded server, a real one, and a cluster
// of three masters.
func onAll(t *testing.T, promise func(t *testing.T, ctx context.Context, open func() *Store)) {
	onBoth(t, promise)
	t.Run("cluster", func(t *testing.T) {
		clusterUsed = true
		c := sharedCluster()
		if c.err != nil {
			t.Fatal(c.err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
		t.Cleanup(cancel)
		prefix := fmt.Sprintf("t%d", time.Now().UnixNano())
		promise(t, ctx, func() *Store {
			t.Helper()
			s, err := Open(ctx, Config{URL: c.url, Prefix: prefix, Shards: 8})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		})
	})
}
