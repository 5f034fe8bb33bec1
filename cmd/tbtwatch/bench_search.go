package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"tbtwatch/ingest"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/search"
	"tbtwatch/matcher"
)

type benchSearch struct {
	File string `arg:"" optional:"" help:"ePing sheet to blow up; the demo's own if not given." type:"existingfile"`
	Rows int    `help:"Rows of the sheet that is imported." default:"105000"`
	Data string `help:"Folder that keeps the imported notices, so that they are imported once." placeholder:"DIR"`
}

// benchQueries are what people type, from rare to what nearly every notice has.
var benchQueries = []string{
	"G/TBT/N/KEN/18", "VNM/12", "8711", "8711.20", "43.140", "motorcycle", "motorcyc", "safety requirements", `"technical regulation"`, "standard",
	"the", "a", "kenya food", "摩托车", "车", "食品", "肯尼亚", "電動摩托車", "标准", "draft standard specifies requirements sampling test methods", "zzzz", "中",
}

// Run builds the index of the imported notices and asks it, without any other
// stage.
func (c benchSearch) Run(ctx context.Context, io streams) error {
	dir := c.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "tbtwatch-bench-*"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	}
	log := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	b, err := bus.Open(ctx, bus.Config{Dir: filepath.Join(dir, "nats"), NoSync: true}, log)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := c.load(ctx, b, log, filepath.Join(dir, "sheet.xlsx")); err != nil {
		return err
	}
	last, err := b.Notices.LastSeq(ctx)
	if err != nil {
		return err
	}
	before, used := memoryOf(os.Getpid()).now, usedProcessor()
	_, stop, took, err := runSearch(ctx, b, dir, log)
	if err != nil {
		return err
	}
	mib := func(n int64) float64 { return float64(n) / (1 << 20) }
	fmt.Fprintf(io.out, "built: %d notices in %.1f s, %.0f a second, %.1f s of processor time; %.0f MiB on disk; resident %.0f MiB before, %.0f MiB at the end, %.0f MiB at most\n",
		last, took.Seconds(), float64(last)/took.Seconds(), (usedProcessor() - used).Seconds(), mib(folderSize(dir)), mib(before), mib(memoryOf(os.Getpid()).now), mib(memoryOf(os.Getpid()).peak))
	if err := stop(); err != nil {
		return err
	}
	x, stop, took, err := runSearch(ctx, b, dir, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "opened again: ready after %.2f s, %.0f MiB on disk\n", took.Seconds(), mib(folderSize(dir)))
	return c.ask(ctx, io, x, stop)
}

// load imports the sheet unless the folder has notices already.
func (c benchSearch) load(ctx context.Context, b *bus.Bus, log *slog.Logger, sheet string) error {
	last, err := b.Notices.LastSeq(ctx)
	if err != nil || last > 0 {
		return err
	}
	if _, err := (benchImport{File: c.File, Rows: c.Rows}).blowUp(sheet); err != nil {
		return err
	}
	body, err := os.Open(sheet)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	importer := &ingest.Importer{Bus: b, ReadLine: matcher.ReadLine, Log: log}
	_, err = importer.ImportNotices(ctx, body, sheet, func(ingest.Progress) {})
	return err
}

// runSearch runs an index until stop is called and waits until it is ready.
func runSearch(ctx context.Context, b *bus.Bus, dir string, log *slog.Logger) (x *search.Index, stop func() error, took time.Duration, err error) {
	if x, err = search.New(search.Options{Bus: b, Dir: dir, Log: log}); err != nil {
		return nil, nil, 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	begin := time.Now()
	go func() { done <- x.Run(ctx) }()
	stop = func() error { cancel(); return <-done }
	for !x.State().Ready {
		select {
		case <-ctx.Done():
			return nil, nil, 0, stop()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return x, stop, time.Since(begin), nil
}

// ask measures every query: the first page of what is found, and the set that
// narrows a list.
func (c benchSearch) ask(ctx context.Context, io streams, x *search.Index, stop func() error) error {
	defer func() { _ = stop() }()
	const rounds = 20
	var pages, sets []time.Duration
	used := usedProcessor()
	for _, text := range benchQueries {
		var page, set []time.Duration
		var found search.Found
		for range rounds {
			begin := time.Now()
			var err error
			if found, err = x.Find(ctx, search.Query{Text: text, Kind: search.Notice, Limit: 10}); err != nil {
				return fmt.Errorf("%q: %w", text, err)
			}
			page = append(page, time.Since(begin))
			begin = time.Now()
			if _, err := x.Each(ctx, search.Notice, text, func(string) {}); err != nil {
				return fmt.Errorf("%q: %w", text, err)
			}
			set = append(set, time.Since(begin))
		}
		slices.Sort(page)
		slices.Sort(set)
		fmt.Fprintf(io.out, "  %-60s %7d found; page p50 %6.1f ms, set p50 %6.1f ms\n", text, found.Total, ms(page[rounds/2]), ms(set[rounds/2]))
		pages, sets = append(pages, page...), append(sets, set...)
	}
	slices.Sort(pages)
	slices.Sort(sets)
	p := func(all []time.Duration, q float64) float64 { return ms(all[int(q*float64(len(all)-1))]) }
	fmt.Fprintf(io.out, "all: page p50 %.1f, p95 %.1f, most %.1f ms; set p50 %.1f, p95 %.1f, most %.1f ms; %.1f ms of processor time for a page with its set; resident %.0f MiB\n",
		p(pages, 0.5), p(pages, 0.95), p(pages, 1), p(sets, 0.5), p(sets, 0.95), p(sets, 1), ms(usedProcessor()-used)/float64(len(pages)), float64(memoryOf(os.Getpid()).now)/(1<<20))
	return nil
}

// usedProcessor is the processor time that this process has used.
func usedProcessor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// folderSize is what the index takes, in bytes.
func folderSize(dir string) (sum int64) {
	found, _ := filepath.Glob(filepath.Join(dir, "search-v*"))
	for _, path := range found {
		_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					sum += info.Size()
				}
			}
			return nil
		})
	}
	return sum
}
