package demo

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Hook is one call that the webhook receiver took or refused.
type Hook struct {
	ID     string      // header webhook-id
	Path   string      // it was sent to
	Header http.Header // as received
	Body   []byte
	At     time.Time
	Status int // that was answered
}

// WebhookSink is an HTTP receiver of webhooks that remembers what it was sent.
// It is safe for concurrent use.
type WebhookSink struct {
	URL    string // such as http://127.0.0.1:34567, without a path; any path is taken
	server *http.Server
	log    changes

	mu     sync.Mutex
	hooks  []Hook
	answer []int // statuses to give first, in order
}

// maxHook bounds a body, in bytes.
const maxHook = 4 << 20

// StartWebhookSink listens on addr ("127.0.0.1:0" for any free port) and
// answers each call with 204, unless [WebhookSink.Answer] says otherwise.
func StartWebhookSink(addr string) (*WebhookSink, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("webhook receiver: %w", err)
	}
	s := &WebhookSink{URL: "http://" + l.Addr().String(), log: newChanges()}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(l) }() // ends with ErrServerClosed
	return s, nil
}

// Answer makes the next calls get these statuses, one each; then 204 again.
func (s *WebhookSink) Answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = append(s.answer, statuses...)
}

// ServeHTTP takes one call.
func (s *WebhookSink) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxHook))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	status := http.StatusNoContent
	if len(s.answer) > 0 {
		status, s.answer = s.answer[0], s.answer[1:]
	}
	s.hooks = append(s.hooks, Hook{ID: r.Header.Get("webhook-id"), Path: r.URL.Path, Header: r.Header.Clone(), Body: body, At: time.Now(), Status: status})
	s.mu.Unlock()
	rw.WriteHeader(status)
	s.log.tell()
}

// Hooks are the calls so far, in order.
func (s *WebhookSink) Hooks() []Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hooks)
}

// Wait returns when enough says so of the calls so far, or with ctx's error.
func (s *WebhookSink) Wait(ctx context.Context, enough func([]Hook) bool) error {
	return s.log.wait(ctx, func() bool { return enough(s.Hooks()) })
}

// Close stops the receiver; calls under way are cut off.
func (s *WebhookSink) Close() error { return s.server.Close() }
