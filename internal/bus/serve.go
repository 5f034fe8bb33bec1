package bus

import (
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server with JetStream in a process of its own: what the
// embedded one is, with an open port on this machine, for measurements.
type Server struct {
	URL    string
	server *server.Server
}

// Serve runs JetStream in that folder, every write synced, on a free port of
// the loopback interface.
func Serve(dir string) (*Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "tbtwatch-bench", Host: "127.0.0.1", Port: server.RANDOM_PORT,
		JetStream: true, StoreDir: dir, SyncAlways: true, JetStreamMaxStore: 64 << 30, JetStreamMaxMemory: 64 << 20,
		NoSigs: true, NoLog: true, MaxPending: 256 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: server: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		s.Shutdown()
		return nil, fmt.Errorf("bus: the server on %s is not ready after 30 s", dir)
	}
	return &Server{s.ClientURL(), s}, nil
}

// Close stops the server.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
