package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"tbtwatch/internal/index"
	"tbtwatch/matcher"
)

type benchProcesses struct {
	benchWork
	For  time.Duration `help:"How long each process matches." default:"10s"`
	Join bool          `help:"Match against the index that is there and print the rate: what the bench starts its processes with." hidden:""`
}

// processesIndex is the prefix of the index that the processes share.
const processesIndex = "bench-processes"

// Run builds an index in Redis and matches against it with one process, then
// with two at the same time.
func (c benchProcesses) Run(ctx context.Context, io streams) error {
	if c.Redis == "" {
		return errors.New("processes share an index: --redis has to name the server")
	}
	if c.Join {
		return c.join(ctx, io)
	}
	store, err := c.open(ctx, processesIndex)
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(store.Reset(ctx), store.Close()) }()
	if _, err := c.build(ctx, io.out, store); err != nil {
		return err
	}
	one, err := c.together(ctx, 1)
	if err != nil {
		return err
	}
	two, err := c.together(ctx, 2)
	if err != nil {
		return err
	}
	say(io.out, "processes", "one_notices_s", one, "two_notices_s", two, "two_of_one", two/one)
	return nil
}

// together runs n processes and sums their rates.
func (c benchProcesses) together(ctx context.Context, n int) (sum float64, err error) {
	args := []string{"bench", "processes", "--join", "--redis", c.Redis, "--products", strconv.Itoa(c.Products), "--notices", strconv.Itoa(c.Notices), "--for", c.For.String()}
	if c.Data != "" {
		args = append(args, "--data", c.Data)
	}
	said, ended := make([]bytes.Buffer, n), make([]func() error, n)
	for i := range n {
		cmd, err := again(ctx, args...)
		if err != nil {
			return 0, err
		}
		cmd.Stdout, cmd.Stderr = &said[i], os.Stderr
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		ended[i] = cmd.Wait
	}
	for i := range n {
		var line struct {
			Rate float64 `json:"notices_s"`
		}
		if err := ended[i](); err != nil {
			return 0, fmt.Errorf("a process of the bench: %w", err)
		}
		if err := json.Unmarshal(said[i].Bytes(), &line); err != nil {
			return 0, fmt.Errorf("a process of the bench said %.200q: %w", said[i].String(), err)
		}
		sum += line.Rate
	}
	return sum, nil
}

// join matches for a while and prints the rate, with one worker.
func (c benchProcesses) join(ctx context.Context, io streams) error {
	store, err := index.Open(ctx, index.Config{URL: c.Redis, Prefix: "tbtwatch-" + processesIndex, Scheme: index.Plain})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	set := store.NewSet()
	if err := store.Load(ctx, set); err != nil {
		return err
	}
	notices, err := c.notices()
	if err != nil {
		return err
	}
	readings := make([]matcher.Reading, len(notices))
	for i := range notices {
		n := notices[i].Paper()
		readings[i] = matcher.ReadPlain(&n)
	}
	n, begin := 0, time.Now()
	for ; time.Since(begin) < c.For; n++ {
		matcher.Search(&readings[n%len(readings)], set)
	}
	say(io.out, "one of the processes", "notices_s", float64(n)/time.Since(begin).Seconds())
	return nil
}
