package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// benchRedis is a redis-server that keeps its data in a folder.
type benchRedis struct {
	url string
	cmd *exec.Cmd
}

func startBenchRedis(ctx context.Context, dir string) (*benchRedis, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New("redis-server is not installed: install it, or name one with --redis")
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	// Its file is written when it is ended, since there are save points.
	cmd := exec.Command(binary, "--port", port, "--bind", "127.0.0.1", "--save", "36000 1", "--appendonly", "no", "--dir", dir) //nolint:noctx // it has to write its file
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &benchRedis{url: "redis://" + address, cmd: cmd}
	for {
		if answers(address) {
			return r, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), r.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// answers reports whether the server has read its file.
func answers(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.HasPrefix(line, "+PONG")
}

func (r *benchRedis) stop() error {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	return r.cmd.Wait()
}

// loadAverage is the machine's load over 1, 5 and 15 minutes.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// shares is what a process had of the processors.
type shares struct{ ran, waited time.Duration }

// sharesOf sums over the threads of a running process how long they ran and how
// long they were ready and waited for a processor; 0 where there is no /proc.
func sharesOf(pid int) (s shares) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid)) // the pattern is a good one
	for _, path := range threads {
		text, _ := os.ReadFile(path) // a thread that has ended counts no more
		fields := strings.Fields(string(text))
		if len(fields) < 2 {
			continue
		}
		ran, _ := strconv.ParseInt(fields[0], 10, 64)
		waited, _ := strconv.ParseInt(fields[1], 10, 64)
		s.ran += time.Duration(ran)
		s.waited += time.Duration(waited)
	}
	return s
}

func (s shares) since(before shares) string {
	return fmt.Sprintf("ran %.1f s, waited %.1f s for a processor that others had", (s.ran - before.ran).Seconds(), (s.waited - before.waited).Seconds())
}
