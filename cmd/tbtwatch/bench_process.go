package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// again makes a process that runs this program with other arguments. A test
// puts its own binary in its place.
var again = func(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the program does not find itself: %w", err)
	}
	return exec.CommandContext(ctx, path, args...), nil
}

// benchServer is a `tbtwatch serve` in a process of its own, without sources.
type benchServer struct {
	data string
	cmd  *exec.Cmd
	said *bytes.Buffer // its standard error; read it after stop
}

// startServer starts a server on the folder and waits until it is ready.
func startServer(ctx context.Context, data string) (*benchServer, error) {
	config := filepath.Join(filepath.Dir(data), "bench.yaml")
	if err := os.WriteFile(config, []byte("sources: []\n"), 0o600); err != nil {
		return nil, err
	}
	cmd, err := again(ctx, "serve", "--config", config, "--data", data, "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &benchServer{data: data, cmd: cmd, said: &bytes.Buffer{}}
	cmd.Stderr = s.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(strings.TrimSpace(lines.Text()), "stop") { // the last line of the banner
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return s, nil
		}
	}
	s.kill()
	return nil, fmt.Errorf("the server did not start: %.2000s", s.said.String())
}

// kill sends SIGKILL and waits for the end.
func (s *benchServer) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// benchImporter is a `tbtwatch import notices` in a process of its own.
type benchImporter struct {
	cmd      *exec.Cmd
	progress int // lines that told how far it is
	summary  string
	said     string        // the last line of its standard error
	ended    chan struct{} // closed at its end
	err      error
}

func startImporter(ctx context.Context, data, sheet string) (*benchImporter, error) {
	cmd, err := again(ctx, "import", "notices", sheet, "--data", data, "--json")
	if err != nil {
		return nil, err
	}
	i := &benchImporter{cmd: cmd, ended: make(chan struct{})}
	out := &bytes.Buffer{}
	cmd.Stdout = out
	told, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(i.ended)
		lines := bufio.NewScanner(told)
		for lines.Scan() {
			i.said = lines.Text()
			if strings.HasSuffix(i.said, "rows ...") {
				i.progress++
			}
		}
		i.err = cmd.Wait()
		i.summary = strings.TrimSpace(out.String())
	}()
	return i, nil
}

// wait returns the importer's summary once it has ended well.
func (i *benchImporter) wait() (string, error) {
	<-i.ended
	if i.err != nil {
		return "", fmt.Errorf("the importer: %w: %s", i.err, i.said)
	}
	return i.summary, nil
}

// settle waits until every stage has finished what there is.
func (s *benchServer) settle(ctx context.Context) error {
	api := remote{Data: s.data}.client()
	for calm := 0; calm < 3; {
		lag, err := openLag(ctx, api)
		if err != nil {
			return err
		}
		if calm++; lag > 0 {
			calm = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%.0f messages are still under way: %w", lag, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// openLag sums what the stages have not finished, from the server's metrics.
func openLag(ctx context.Context, api *client) (sum float64, err error) {
	resp, err := api.send(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	found := 0
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "} ")
		if !strings.HasPrefix(name, "tbtwatch_consumer_lag{") {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, fmt.Errorf("metrics: %q: %w", lines.Text(), err)
		}
		sum += n
		found++
	}
	if found == 0 {
		return 0, errors.New("the server's metrics name no consumer")
	}
	return sum, lines.Err()
}

// processor is the processor time of a process that has ended, in seconds.
func processor(cmd *exec.Cmd) float64 {
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

// processorOf is the processor time of a running process so far, in seconds, as
// Linux counts it; 0 elsewhere.
func processorOf(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, _ := strings.Cut(string(text), ") ") // the name may hold anything
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100 // ticks of a hundredth, whatever the kernel's own
}

// memory of a process, in bytes, as Linux counts it.
type memory struct{ now, peak int64 }

// memoryOf reads /proc; where there is none, everything is 0.
func memoryOf(pid int) (m memory) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kib, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "VmRSS:":
			m.now = kib << 10
		case "VmHWM:":
			m.peak = kib << 10
		}
	}
	return m
}

// memoryWatch watches processes together.
type memoryWatch struct {
	stop     context.CancelFunc
	done     sync.WaitGroup
	together int64   // most at one moment
	peaks    []int64 // of each
}

func watchMemory(ctx context.Context, pids ...int) *memoryWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &memoryWatch{stop: cancel, peaks: make([]int64, len(pids))}
	w.done.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			sum := int64(0)
			for i, pid := range pids {
				m := memoryOf(pid)
				sum += m.now
				w.peaks[i] = max(w.peaks[i], m.peak)
			}
			w.together = max(w.together, sum)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return w
}

// end stops watching; the numbers may be read afterwards.
func (w *memoryWatch) end() { w.stop(); w.done.Wait() }
