package bus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a NATS server inside this process, without an open port.
type embedded struct {
	server *server.Server
	lock   *flock.Flock
}

// ErrInUse: another process holds the data folder.
var ErrInUse = errors.New("another tbtwatch is running on this folder")

// startEmbedded runs JetStream in c.Dir. nats-server does not notice a second
// process on the same folder, so the folder is locked first.
func startEmbedded(c Config, maxStore int64) (*embedded, error) {
	if c.Dir == "" {
		return nil, errors.New("bus: neither nats.url nor a data folder is given")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("bus: data folder: %w", err)
	}
	lock := flock.New(filepath.Join(c.Dir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("bus: locking %s: %w", c.Dir, err)
	}
	if !held {
		return nil, fmt.Errorf("%w (%s)", ErrInUse, c.Dir)
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "tbtwatch-embedded", DontListen: true,
		JetStream: true, StoreDir: c.Dir, SyncAlways: !c.NoSync,
		JetStreamMaxStore: maxStore, JetStreamMaxMemory: 64 << 20,
		NoSigs: true, NoLog: true, MaxPending: 256 << 20,
	})
	if err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("bus: embedded server: %w", err)
	}
	s.Start()
	e := &embedded{server: s, lock: lock}
	if !s.ReadyForConnections(30 * time.Second) {
		e.stop()
		return nil, fmt.Errorf("bus: the embedded server on %s is not ready after 30 s; is the disk full?", c.Dir)
	}
	if err := s.JetStreamEnabled(); !err {
		e.stop()
		return nil, fmt.Errorf("bus: JetStream could not open %s", c.Dir)
	}
	return e, nil
}

// stop ends the server once and gives the folder free.
func (e *embedded) stop() {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	_ = e.lock.Unlock()
}
