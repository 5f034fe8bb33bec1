package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/api"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/workload"
)

// deskConfig is the system of the bench: live matching, judging and pages, and
// no releases by rule, so that what is fed comes to the queue.
func deskConfig(data, redis string) (Config, error) {
	cfg := defaultConfig()
	cfg.Data, cfg.Listen, cfg.Only = data, "127.0.0.1:0", []string{"matcher", "triage", "console"}
	cfg.Redis.URL = config.Secret(redis)
	cfg.NATS.MaxStore = "64GiB" // what is fed stays in a store that is kept
	cfg.Memory = 6 << 30        // as deploy/README.md says for a million products; a smaller registry never takes it
	cfg.Triage.Release.Direct = "person"
	return cfg, yaml.Unmarshal([]byte("channels:\n  email: {transport: folder, from: warnings@tbt.example}\n"), &cfg)
}

// serve runs the system and, told so on standard input, feeds it. It ends with
// its input.
func (c benchDesk) serve(ctx context.Context, io streams) error {
	cfg, err := deskConfig(filepath.Join(c.Keep, "data"), c.Redis)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cfg.standBack()
	go keepMemory(ctx, int64(cfg.Memory))
	stop, err := c.profile("start")
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var told error
	err = Run(ctx, cfg, log, func(sys *System) {
		go func() {
			defer cancel()
			told = c.obey(ctx, io, sys, stop)
		}()
	})
	return errors.Join(err, told)
}

// profile writes a processor profile until it is stopped, and then what is in
// memory.
func (c benchDesk) profile(name string) (stop func(), err error) {
	if c.Profile == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(c.Profile, 0o750); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(c.Profile, name+".pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
		if f, err := os.Create(filepath.Join(c.Profile, name+"-heap.pprof")); err == nil {
			_ = errors.Join(pprof.WriteHeapProfile(f), f.Close())
		}
	}, nil
}

// obey says where the pages are and when the matcher has its products, and
// does what its input says, line by line.
func (c benchDesk) obey(ctx context.Context, io streams, sys *System, stopProfile func()) error {
	fmt.Fprintln(io.out, "pages", sys.URL)
	if _, err := sys.copy.Current(ctx); err != nil {
		return err
	}
	fmt.Fprintln(io.out, "loaded")
	lines := bufio.NewScanner(io.in)
	for lines.Scan() {
		var rate int
		var span string
		if lines.Text() == "ready" {
			stopProfile()
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "feed %d %s", &rate, &span); err != nil {
			return fmt.Errorf("the server of the bench was told %q", lines.Text())
		}
		long, err := time.ParseDuration(span)
		if err != nil {
			return err
		}
		stop, err := c.profile("load")
		if err != nil {
			return err
		}
		report, err := feed(ctx, sys, rate, long)
		stop()
		if err != nil {
			return err
		}
		if err := json.NewEncoder(io.out).Encode(report); err != nil {
			return err
		}
	}
	return lines.Err()
}

// fedReport is what became of the notices that were fed.
type fedReport struct {
	Fed     int     `json:"fed"`
	Seconds float64 `json:"seconds"`
	Matched float64 `json:"matched"` // when the last one was fed
	Judged  float64 `json:"judged"`
	Rest    float64 `json:"rest"` // seconds until all were judged
}

// feed stores new notices at a steady rate, a tenth of a second's together.
func feed(ctx context.Context, sys *System, rate int, span time.Duration) (r fedReport, err error) {
	const ticks = 10 // a second
	notices, err := workload.Source{}.Notices(2000)
	if err != nil {
		return r, err
	}
	begin, stamp := time.Now(), time.Now().Unix()
	for i := 0; time.Since(begin) < span; i++ {
		var writes []bus.Write[trade.Notice]
		for len(writes)+r.Fed < rate*(i+1)/ticks {
			n := livePaper(&notices[(r.Fed+len(writes))%len(notices)], fmt.Sprintf("fed-%d-%d", stamp, r.Fed+len(writes)), time.Now())
			writes = append(writes, bus.Write[trade.Notice]{Key: n.Key(), Value: n})
		}
		if err := sys.bus.Notices.PutBatch(ctx, writes); err != nil {
			return r, err
		}
		r.Fed += len(writes)
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(time.Until(begin.Add(time.Duration(i+1) * time.Second / ticks))):
		}
	}
	r.Seconds = time.Since(begin).Seconds()
	unmatched, err := sys.lagMatcher(ctx)
	if err != nil {
		return r, err
	}
	unjudged, err := sys.lagTriage(ctx)
	if err != nil {
		return r, err
	}
	r.Matched = float64(r.Fed) - float64(unmatched)
	r.Judged = r.Matched - float64(unjudged)
	err = sys.atRest(ctx)
	r.Rest = time.Since(begin).Seconds() - r.Seconds
	return r, err
}

// atRest waits until every stored notice is matched and judged.
func (s *System) atRest(ctx context.Context) error {
	for calm := 0; calm < 3; {
		a, err := s.lagMatcher(ctx)
		if err != nil {
			return err
		}
		b, err := s.lagTriage(ctx)
		if err != nil {
			return err
		}
		if calm++; a+b > 0 {
			calm = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// deskServer is the server in its own process.
type deskServer struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  *bufio.Scanner
	url    string
	loaded time.Duration // since the start of the process
	ready  time.Duration
	start  shares // until both
}

// startServer starts the process and waits until it is ready by its own word.
func (c benchDesk) startServer(ctx context.Context, io streams, dir string) (*deskServer, error) {
	args := []string{"bench", "desk", "--serve", "--keep", dir, "--redis", c.Redis}
	if c.Profile != "" {
		args = append(args, "--profile", c.Profile)
	}
	cmd, err := again(ctx, args...)
	if err != nil {
		return nil, err
	}
	s := &deskServer{cmd: cmd}
	cmd.Stderr = io.err
	if s.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.lines = bufio.NewScanner(out)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.await(ctx, begin); err != nil {
		return nil, errors.Join(err, s.end())
	}
	s.start = sharesOf(cmd.Process.Pid)
	return s, s.say("ready")
}

func (s *deskServer) await(ctx context.Context, begin time.Time) error {
	if !s.lines.Scan() {
		return errors.New("the server ended before it listened")
	}
	s.url = strings.TrimPrefix(s.lines.Text(), "pages ")
	loaded := make(chan bool, 1)
	go func() { loaded <- s.lines.Scan() }()
	for s.ready == 0 || s.loaded == 0 {
		if s.ready == 0 {
			resp, err := http.Get(s.url + "/readyz")
			if err == nil {
				_ = resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					s.ready = time.Since(begin)
				}
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ok := <-loaded:
			if !ok {
				return errors.New("the server ended before it had its products")
			}
			s.loaded = time.Since(begin)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// settle waits until the full-text index has what was stored before. The first
// start on a store builds it, for minutes, while pages do without: that is
// another thing to measure, see bench search.
func (s *deskServer) settle(ctx context.Context) (time.Duration, error) {
	begin := time.Now()
	for {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return 0, err
		}
		var ready api.Readiness
		err = json.NewDecoder(resp.Body).Decode(&ready)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return 0, err
		}
		if ready.Parts["search"].Detail == searchReady {
			return time.Since(begin), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (s *deskServer) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.in, format+"\n", args...)
	return err
}

func (s *deskServer) fed() (r fedReport, err error) {
	if !s.lines.Scan() {
		return r, errors.New("the server ended while it was fed")
	}
	return r, json.Unmarshal(s.lines.Bytes(), &r)
}

// end closes the server's input and waits for its end.
func (s *deskServer) end() error {
	_ = s.in.Close()
	return s.cmd.Wait()
}
