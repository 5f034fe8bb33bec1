package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tbtwatch/internal/bus"
)

// Part is one part of the system in the answer of /readyz.
type Part struct {
	Ready  bool   `json:"ready"`
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Readiness is the answer of /readyz.
type Readiness struct {
	Ready  bool            `json:"ready"`
	Parts  map[string]Part `json:"parts"`
	Remark string          `json:"remark,omitempty"`
}

const readyWithin = 5 * time.Second

// watchRoutes are for those who watch the process; they tell sums only and
// need no token.
func (s *server) watchRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ready := s.readiness(r.Context())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ready.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(ready)
	})
	mux.Handle("GET /metrics", s.metrics())
}

// readiness asks every part. Sources do not count: the system is ready
// although none of them can be reached.
func (s *server) readiness(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	out := Readiness{Ready: true, Parts: map[string]Part{}}
	checks := append([]Check{
		{"bus", func(ctx context.Context) (string, error) { return "a record was stored", s.Bus.Check(ctx) }},
		{"view", func(context.Context) (string, error) { return "", s.View.Ready() }},
		{"consumers", s.consumers},
	}, s.Checks...)
	for _, c := range checks {
		detail, err := c.Check(ctx)
		p := Part{Ready: err == nil, Detail: detail}
		if err != nil {
			p = Part{Error: err.Error()}
			out.Ready = false
		}
		out.Parts[c.Name] = p
	}
	if !out.Ready {
		out.Remark = "not ready: see the parts with an error; 尚未就绪，原因见 parts"
	}
	return out
}

// lags is how many messages each durable consumer has not finished.
func (s *server) lags(ctx context.Context) (map[string]uint64, error) {
	out := map[string]uint64{}
	for name, lag := range map[string]func(context.Context, string) (uint64, error){
		bus.ConsumerMatcher:  s.Bus.Notices.Lag,
		bus.ConsumerTriage:   s.Bus.Families.Lag,
		bus.ConsumerPlanner:  s.Bus.Warnings.Lag,
		bus.ConsumerDrills:   s.Bus.Exercises.Lag,
		bus.ConsumerProducts: s.Bus.Products.Lag,
		bus.ConsumerAnswers:  s.Bus.Responses.Lag,
	} {
		n, err := lag(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("consumer %s: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}

func (s *server) consumers(ctx context.Context) (string, error) {
	lags, err := s.lags(ctx)
	if err != nil {
		return "", err
	}
	var waiting []string
	for _, name := range []string{bus.ConsumerMatcher, bus.ConsumerTriage, bus.ConsumerPlanner, bus.ConsumerDrills, bus.ConsumerProducts, bus.ConsumerAnswers} {
		waiting = append(waiting, fmt.Sprintf("%s %d", name, lags[name]))
	}
	return "waiting: " + strings.Join(waiting, ", "), nil
}
