package main

import (
	"errors"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tbtwatch/internal/view"
)

// served is `tbtwatch serve` in a child process.
type served struct {
	*process
	t      *testing.T
	data   string
	url    string
	banner string
	api    *client
}

// serveChild starts `serve` with args on a data folder and waits for the
// banner.
func serveChild(t *testing.T, data string, args ...string) *served {
	t.Helper()
	args = append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)
	s := &served{process: spawn(t, childConfig{Args: args}), t: t, data: data, api: remote{Data: data}.client()}
	var banner strings.Builder
	for s.lines.Scan() {
		banner.WriteString(s.lines.Text() + "\n")
		if strings.Contains(s.lines.Text(), "Ctrl+C") {
			s.banner = banner.String()
			break
		}
	}
	if s.banner == "" {
		t.Fatalf("tbtwatch %s ended without a banner", strings.Join(args, " "))
	}
	var err error
	if s.url, _, err = s.api.find(); err != nil {
		t.Fatal(err)
	}
	return s
}

// end sends SIGTERM and returns the exit status.
func (s *served) end() int {
	s.t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			s.t.Fatal(err)
		}
	case <-time.After(shutdownWithin + 5*time.Second):
		s.t.Fatal("it did not stop on SIGTERM")
	}
	return s.ProcessState.ExitCode()
}

// get asks the API with the token of the data folder.
func (s *served) get(path string, out any) {
	s.t.Helper()
	if err := s.api.call(s.t.Context(), http.MethodGet, path, out); err != nil {
		s.t.Fatal(err)
	}
}

// idle reports whether /readyz names no consumer with something to do.
func idle(waiting string) bool {
	return regexp.MustCompile(`^waiting: [a-z]+ 0(, [a-z]+ 0)+$`).MatchString(waiting)
}

// settled reports whether nothing waits in any stage or on its way to a
// recipient.
func (s *served) settled() bool {
	s.t.Helper()
	var ready struct {
		Parts map[string]struct {
			Detail string `json:"detail"`
		} `json:"parts"`
	}
	if s.api.call(s.t.Context(), http.MethodGet, "/readyz", &ready) != nil || !idle(ready.Parts["consumers"].Detail) {
		return false
	}
	d := s.counts().Deliveries
	return d["planned"]+d["sending"]+d["unknown"]+d["retry_at"] == 0
}

// readSources reads every source that is not broken again and waits until all
// that they show has arrived.
func (s *served) readSources() {
	s.t.Helper()
	var sources []view.SourceRow
	s.get("/api/v1/sources", &sources)
	for _, src := range sources {
		if strings.HasPrefix(src.Name, "broken-") {
			continue
		}
		if err := s.api.call(s.t.Context(), http.MethodPost, "/api/v1/sources/"+src.Name+"/run", nil); err != nil {
			s.t.Fatalf("source %s: %v", src.Name, err)
		}
	}
	until(s.t, 30*time.Second, "nothing waits in any stage", s.settled)
}

func (s *served) counts() (c view.Counts) {
	s.t.Helper()
	s.get("/api/v1/counts", &c)
	return c
}

// rows reads a whole list of the API, part by part.
func rows[T any](s *served, path string) (out []T) {
	s.t.Helper()
	for next := "0"; next != ""; {
		var page view.Page[T]
		s.get(path+"?limit=100&before="+next, &page)
		out = append(out, page.Rows...)
		if next = ""; page.Next > 0 {
			next = strconv.FormatUint(page.Next, 10)
		}
	}
	return out
}
