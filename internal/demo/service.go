package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Service is a world that is served over HTTP.
type Service struct {
	World  *World
	URL    string // base of all authorities, such as http://127.0.0.1:34567
	server *http.Server
}

// state is what a demo needs to find its world again after a restart: with
// another moment or port every paper would look changed.
type state struct {
	Opened time.Time `json:"opened"`
	Addr   string    `json:"addr"`
}

const stateFile = "demo-world.json"

// Serve opens a world on a free port of 127.0.0.1. With a folder the moment and
// the port are kept there and used again by the next Serve: the same world goes
// on. now counts only the first time. A port that is taken meanwhile is
// replaced by a free one.
func Serve(folder string, now time.Time) (*Service, error) {
	s, err := readState(folder)
	if err != nil {
		return nil, fmt.Errorf("sample world: %w", err)
	}
	if s.Opened.IsZero() {
		s.Opened = now.UTC().Truncate(time.Second)
	}
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		l, err = net.Listen("tcp", anyPort)
	}
	if err != nil {
		return nil, fmt.Errorf("sample world: %w", err)
	}
	s.Addr = l.Addr().String()
	if err := writeState(folder, s); err != nil {
		l.Close()
		return nil, fmt.Errorf("sample world: %w", err)
	}
	w := New(s.Opened)
	out := &Service{World: w, URL: "http://" + s.Addr, server: &http.Server{Handler: w.Handler(), ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = out.server.Serve(l) }() // ends with Close
	return out, nil
}

// Close stops serving; requests under way are cut off.
func (s *Service) Close() error { return s.server.Close() }

const anyPort = "127.0.0.1:0"

func readState(folder string) (state, error) {
	s := state{Addr: anyPort}
	if folder == "" {
		return s, nil
	}
	b, err := os.ReadFile(filepath.Join(folder, stateFile))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s, err
}

func writeState(folder string, s state) error {
	if folder == "" {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeAside(filepath.Join(folder, stateFile), b)
}
