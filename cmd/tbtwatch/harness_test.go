package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tbtwatch/internal/config"
)

// TestMain runs the program itself when a test started this binary again in
// its place: a process that can be killed, without a build.
func TestMain(m *testing.M) {
	if text := os.Getenv("TBTWATCH_TEST_CHILD"); text != "" {
		os.Exit(runChild(text))
	}
	os.Exit(m.Run())
}

// childConfig is what a child process runs.
type childConfig struct {
	Data, Authority, SMTP, Hooks string   // of a stand
	Args                         []string // instead: the command line
	NoLedger, NoExpected         bool
}

func runChild(text string) int {
	var c childConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	if c.Args != nil {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		return execute(ctx, c.Args, streams{os.Stdin, os.Stdout, os.Stderr})
	}
	cfg, err := standConfig(c.Data, c.Authority, c.SMTP, c.Hooks)
	if err != nil {
		panic(err)
	}
	cfg.faults = faults{noLedger: c.NoLedger, noExpectedSequences: c.NoExpected}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if err := Run(context.Background(), cfg, log, func(*System) { fmt.Println("ready") }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitNothing
	}
	return exitDone
}

// process is a child of the test.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner // its standard output
}

// spawn starts a child; its errors go to a file of the test's folder.
func spawn(t *testing.T, c childConfig) *process {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TBTWATCH_TEST_CHILD="+string(text))
	said, err := os.OpenFile(filepath.Join(t.TempDir(), "stderr"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, bufio.NewScanner(out)}
	t.Cleanup(func() {
		p.kill()
		text, _ := os.ReadFile(said.Name())
		if t.Failed() && len(text) > 0 {
			t.Logf("the child said: %.4000s", text)
		}
		_ = said.Close()
	})
	return p
}

// waitFor reads the child's output up to a line that begins with prefix.
func (p *process) waitFor(prefix string) bool {
	for p.lines.Scan() {
		if strings.HasPrefix(p.lines.Text(), prefix) {
			return true
		}
	}
	return false
}

// kill sends SIGKILL and waits for the end.
func (p *process) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// startRedis runs a real redis-server on a free port until the test ends and
// returns its URL.
func startRedis(t *testing.T) config.Secret {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("redis-server is not installed; `make test` installs what the tests need")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	server := exec.Command(binary, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	until(t, 10*time.Second, "redis-server answers", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return config.Secret("redis://" + address)
}

// until waits for a condition and says what it waited for.
func until(t *testing.T, patience time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain until %s", patience, what)
		case <-tick.C:
		}
	}
}

// program runs a command of this program in this process.
func program(t *testing.T, args ...string) (status int, out, err string) {
	t.Helper()
	var stdout, stderr strings.Builder
	status = execute(t.Context(), args, streams{strings.NewReader(""), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}
