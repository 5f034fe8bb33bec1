package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/view"
)

// deadProxy lets no request out of the process, wherever the test runs.
const deadProxy = "proxy: http://127.0.0.1:9\nallow_networks: [127.0.0.0/8]\n"

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tbtwatch.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Without a network, a registry or anything else the system is up and says
// which sources fail; a second one keeps its hands off the folder.
func TestServeWithoutNetwork(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "new", "folder")
	file := writeConfig(t, deadProxy)
	s := serveChild(t, data, "--config", file)
	for _, words := range []string{s.url, "sources", filepath.Join(data, "token"), "Ctrl+C"} {
		if !strings.Contains(s.banner, words) {
			t.Errorf("the banner does not say %q:\n%s", words, s.banner)
		}
	}
	until(t, 20*time.Second, "it is ready", func() bool {
		resp, _ := fetch(t, s.url+"/readyz")
		return resp.StatusCode == http.StatusOK
	})
	until(t, 30*time.Second, "every source has failed and says why", func() bool {
		var sources []view.SourceRow
		s.get("/api/v1/sources", &sources)
		for _, src := range sources {
			if src.Health != view.HealthFailing || src.Error == "" {
				return false
			}
		}
		return len(sources) == 4
	})
	if resp, _ := fetch(t, s.url+"/cases"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/sign-in") {
		t.Errorf("a stranger's page: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	for _, name := range []string{"token", "server.json"} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	status, _, said := program(t, "serve", "--config", file, "--data", data, "--listen", "127.0.0.1:0")
	if status != exitNothing || !strings.Contains(said, data) || !strings.Contains(said, "another tbtwatch is running") || !strings.Contains(said, "--data") {
		t.Errorf("a second server on the same folder: %d, %s", status, said)
	}
	if status := s.end(); status != exitDone {
		t.Errorf("SIGTERM ends it with status %d", status)
	}
}

func TestServeRefusesWhatItCannotUnderstand(t *testing.T) {
	for _, c := range []struct {
		name, config string
		args, says   []string
	}{
		{"an unknown key", "lisen: 127.0.0.1:0\n", nil, []string{"lisen", "listen", "line 1"}},
		{"an unknown key further in", "notify:\n  time_zone: UTC\n", nil, []string{"time_zone", "timezone", "line 2"}},
		{"an unknown kind of source", "sources:\n  - name: x\n    kind: fed\n", nil, []string{"fed", "feed"}},
		{"an address that is none", "listen: here\n", nil, []string{"here", "127.0.0.1:8080"}},
		{"a stage that is none", "", []string{"--only", "machter"}, []string{"machter", `"matcher"`}},
		{"a file that is not there", "", []string{"--config", "/nowhere/tbtwatch.yaml"}, []string{"/nowhere/tbtwatch.yaml"}},
		{"an address in use", "", []string{"--listen", "256.0.0.1:1"}, []string{"256.0.0.1:1", "--listen"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"serve", "--data", t.TempDir(), "--config", writeConfig(t, c.config)}, c.args...)
			status, out, said := program(t, args...)
			if status != exitNothing || out != "" {
				t.Errorf("status %d, on standard output %q", status, out)
			}
			for _, w := range c.says {
				if !strings.Contains(said, w) {
					t.Errorf("it does not name %q: %s", w, said)
				}
			}
		})
	}
}
