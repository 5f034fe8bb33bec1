package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

type benchDesk struct {
	deskSizes
	Keep    string        `help:"Folder of the store: made if it holds none, used again as it is if it does, and kept. Without it a temporary one." type:"path" placeholder:"FOLDER"`
	Redis   string        `help:"Redis URL of the shared index; a redis-server of its own, whose file is in the folder, if not given."`
	Feed    int           `help:"Notices a second that the matcher is fed meanwhile." default:"100"`
	Rate    int           `help:"Pages a second." default:"20"`
	For     time.Duration `help:"How long pages are asked for." default:"2m"`
	Limit   time.Duration `help:"95 of 100 answers of each page have to come within it." default:"150ms"`
	Ready   time.Duration `help:"The system has to be ready within it." default:"30s" name:"ready-within"`
	Profile string        `help:"Folder for profiles of the server, processor and memory: of its start, and of the time under load." type:"path" placeholder:"FOLDER"`
	Serve   bool          `help:"Be the server of the bench: what it starts its process with." hidden:""`
}

// deskSizes is how much the prepared store holds.
type deskSizes struct {
	Products  int `help:"Registered products." default:"1000000" json:"products"`
	Exporters int `help:"Registered exporters." default:"100000" json:"exporters"`
	Notices   int `help:"Papers stored." default:"105000" json:"notices"`
	Open      int `help:"Cases that wait for a person." default:"20000" json:"open"`
	Judged    int `help:"Cases judged already, a quarter of them released." default:"8000" json:"judged"`
}

// Run prepares a store, starts the real system on it in a process of its own,
// and asks for every page while the matcher is fed.
func (c benchDesk) Run(ctx context.Context, io streams) (err error) {
	if c.Serve {
		return c.serve(ctx, io)
	}
	if _, err := knownPages(); err != nil {
		return err // before minutes are spent on a store
	}
	dir := c.Keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "tbtwatch-bench-*"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if c.Redis == "" {
		redis, err := startBenchRedis(ctx, filepath.Join(dir, "redis"))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, redis.stop()) }()
		c.Redis = redis.url
	}
	keys, err := c.prepared(ctx, dir, io.out)
	if err != nil {
		return err
	}
	return c.measure(ctx, io, dir, keys)
}

// measure starts the server, waits until it is ready, feeds it and asks for
// pages; it ends with a status of its own where a limit is missed.
func (c benchDesk) measure(ctx context.Context, io streams, dir string, keys deskKeys) error {
	if err := answerable(keys); err != nil {
		return err // before minutes are spent on asking for nothing
	}
	load := loadAverage()
	server, err := c.startServer(ctx, io, dir)
	if err != nil {
		return err
	}
	defer func() { _ = server.end() }()
	settled, err := server.settle(ctx)
	if err != nil {
		return err
	}
	walk, err := newWalk(ctx, server.url, filepath.Join(dir, "data"), keys)
	if err != nil {
		return err
	}
	walk.limit = c.Limit
	watch := watchMemory(ctx, server.cmd.Process.Pid)
	before := sharesOf(server.cmd.Process.Pid)
	if err := server.say("feed %d %s", c.Feed, c.For); err != nil {
		return err
	}
	rows, err := walk.run(ctx, c.Rate, c.For)
	if err != nil {
		return err
	}
	used := sharesOf(server.cmd.Process.Pid)
	fed, err := server.fed()
	if err != nil {
		return err
	}
	watch.end()
	fmt.Fprintf(io.out, "%d products, %d exporters, %d notices, %d open cases; %d processors, load of the machine before %s, after %s\n", keys.Sizes.Products, keys.Sizes.Exporters, keys.Sizes.Notices, keys.Open, runtime.NumCPU(), load, loadAverage())
	fmt.Fprintf(io.out, "start to ready: %.1f s; index loaded and first batch of notices possible after %.1f s; the server %s\n", server.ready.Seconds(), server.loaded.Seconds(), server.start.since(shares{}))
	fmt.Fprintf(io.out, "full-text index complete %.1f s after ready\n", settled.Seconds())
	fmt.Fprintf(io.out, "fed %d notices in %.0f s: matched %.1f a second, judged %.1f a second; all of them at rest %.1f s after the last\n", fed.Fed, fed.Seconds, fed.Matched/fed.Seconds, fed.Judged/fed.Seconds, fed.Rest)
	fmt.Fprintf(io.out, "server: resident at most %d MiB; while pages were asked for it %s\n", watch.peaks[0]>>20, used.since(before))
	fmt.Fprintf(io.out, "answers later than %s, by %s: %v\n", c.Limit, lateSpan, walk.late)
	missed := printPages(io.out, rows, c.Limit)
	if server.ready > c.Ready {
		missed = append(missed, fmt.Sprintf("ready after %.1f s", server.ready.Seconds()))
	}
	if len(missed) > 0 {
		return &failure{exitPartly, fmt.Errorf("missed: %v", missed)}
	}
	return nil
}

// printPages prints a line for each page, the slowest first, and returns those
// that missed the limit or failed.
func printPages(out io.Writer, rows []pageTimes, limit time.Duration) (missed []string) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Fprintf(out, "%-58s %6s %8s %8s %8s %8s %9s\n", "page", "n", "p50 ms", "p95 ms", "p99 ms", "max ms", "bytes")
	for _, r := range rows {
		mark := ""
		switch {
		case r.failed != "":
			mark = "  FAILED " + r.failed
		case r.at(0.95) > limit:
			mark = "  MISSED"
		}
		if mark != "" {
			missed = append(missed, r.name)
		}
		fmt.Fprintf(out, "%-58s %6d %8.1f %8.1f %8.1f %8.1f %9d%s\n", r.name, len(r.took), ms(r.at(0.5)), ms(r.at(0.95)), ms(r.at(0.99)), ms(r.at(1)), r.bytes, mark)
	}
	return missed
}
