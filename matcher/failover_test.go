package matcher

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestNoFailoverCostsAMatch: the master of a Redis under a sentinel is killed
// again and again, a replica that may lack its last writes takes over, and what
// was the master comes back as a replica.
func TestNoFailoverCostsAMatch(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := newChaos(ctx, t)
	master := newServer(t)
	replica := newServer(t, replicaOf(master)...)
	sentinel := newServer(t, sentinelOf(t, master), "--sentinel")
	c.matchers("redis+sentinel://127.0.0.1:" + sentinel.port + "?master_name=index&" + impatient)
	c.change(600)
	c.recover("before the first failover")
	for round := range 3 {
		master.kill()
		for range 5 {
			c.change(15)
			c.match(4, fmt.Sprintf("failover %d, no master", round))
		}
		c.recover(fmt.Sprintf("failover %d, the replica is the master", round))
		replica.until("INFO replication", "role:master")
		master.args = replicaOf(replica)
		master.start()
		replica.until("INFO replication", "state=online")
		master, replica = replica, master
	}
	t.Logf("%d pairs", c.pairs)
}

func replicaOf(master *server) []string {
	return []string{"--replicaof", "127.0.0.1", master.port, "--repl-diskless-sync-delay", "0"}
}

func sentinelOf(t *testing.T, master *server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sentinel.conf") // it writes to the file
	text := "sentinel monitor index 127.0.0.1 " + master.port + " 1\nsentinel down-after-milliseconds index 300\nsentinel failover-timeout index 2000\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
