package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"tbtwatch/internal/demo"
)

type benchImport struct {
	File   string        `arg:"" optional:"" help:"ePing sheet to blow up; the demo's own if not given." type:"existingfile"`
	Rows   int           `help:"Rows of the sheet that is imported." default:"105000"`
	Kills  int           `help:"SIGKILLs of the server during the second import." default:"5"`
	Seed   uint64        `help:"Of the moments of the kills." default:"1"`
	Settle time.Duration `help:"How long the stages behind the import may take." default:"10m"`
}

// Run imports the sheet twice, each time into a server of its own: once
// undisturbed and measured, once with the server killed at random moments. Both
// must end in the same state.
func (c benchImport) Run(ctx context.Context, io streams) error {
	dir, err := os.MkdirTemp("", "tbtwatch-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sheet := filepath.Join(dir, "sheet.xlsx")
	size, err := c.blowUp(sheet)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "sheet: %d rows, %.1f MiB\n", c.Rows, float64(size)/(1<<20))
	calm, took, err := c.measured(ctx, io, filepath.Join(dir, "calm"), sheet)
	if err != nil || c.Kills == 0 {
		return err
	}
	torn, err := c.killed(ctx, io, filepath.Join(dir, "killed"), sheet, took)
	if err != nil {
		return err
	}
	if torn != calm {
		return &failure{exitPartly, fmt.Errorf("the end states differ:\n  undisturbed %s\n  killed      %s", calm, torn)}
	}
	fmt.Fprintf(io.out, "same end state after %d kills: %s\n", c.Kills, torn)
	return nil
}

// blowUp writes the sheet of c.Rows rows and returns its size in bytes.
func (c benchImport) blowUp(path string) (int64, error) {
	source, err := c.source()
	if err != nil {
		return 0, err
	}
	defer func() { _ = source.Close() }()
	out, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	err = errors.Join(demo.BlowUp(source, c.Rows, w), w.Flush())
	info, statErr := out.Stat()
	if err = errors.Join(err, statErr, out.Close()); err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// source opens the sheet that is blown up. The demo's is made a year old, so
// that like nearly all of the real one it is history.
func (c benchImport) source() (io.ReadCloser, error) {
	if c.File != "" {
		return os.Open(c.File)
	}
	sheet, err := demo.New(time.Now().AddDate(-1, 0, 0)).Sheet()
	return io.NopCloser(bytes.NewReader(sheet)), err
}

// measured imports undisturbed and prints what it took.
func (c benchImport) measured(ctx context.Context, io streams, data, sheet string) (end endState, took time.Duration, err error) {
	server, err := startServer(ctx, data)
	if err != nil {
		return end, 0, err
	}
	defer server.kill()
	if err := c.sample(ctx, data); err != nil {
		return end, 0, err
	}
	begin := time.Now()
	importer, err := startImporter(ctx, data, sheet)
	if err != nil {
		return end, 0, err
	}
	watch := watchMemory(ctx, server.cmd.Process.Pid, importer.cmd.Process.Pid)
	defer watch.end()
	summary, err := importer.wait()
	if err != nil {
		return end, 0, err
	}
	took = time.Since(begin)
	settling, cancel := context.WithTimeout(ctx, c.Settle)
	defer cancel()
	if err := server.settle(settling); err != nil {
		return end, 0, err
	}
	behind := time.Since(begin) - took
	watch.end()
	mib := func(n int64) float64 { return float64(n) / (1 << 20) }
	fmt.Fprintf(io.out, "import: %s\n", summary)
	fmt.Fprintf(io.out, "  %.1f s, %.0f rows/s, sync always; %d progress lines\n", took.Seconds(), float64(c.Rows)/took.Seconds(), importer.progress)
	fmt.Fprintf(io.out, "  matcher, triage and notifier at rest %.1f s after it\n", behind.Seconds())
	fmt.Fprintf(io.out, "  resident: server at most %.0f MiB, importer at most %.0f MiB, together at most %.0f MiB at one moment (sum of the peaks %.0f)\n",
		mib(watch.peaks[0]), mib(watch.peaks[1]), mib(watch.together), mib(watch.peaks[0]+watch.peaks[1]))
	server.kill()
	fmt.Fprintf(io.out, "  processor time: server %.1f s, its stages included, importer %.1f s\n", processor(server.cmd), processor(importer.cmd))
	end, err = readEndState(ctx, data)
	return end, took, err
}

// killed imports while the server is killed and started again, each time at a
// random moment of its share of the time that an undisturbed import takes: the
// kills hit the import although the machine may be faster now.
func (c benchImport) killed(ctx context.Context, io streams, data, sheet string, span time.Duration) (endState, error) {
	server, err := startServer(ctx, data)
	if err != nil {
		return endState{}, err
	}
	defer func() { server.kill() }()
	if err := c.sample(ctx, data); err != nil {
		return endState{}, err
	}
	importer, err := startImporter(ctx, data, sheet)
	if err != nil {
		return endState{}, err
	}
	rnd := rand.New(rand.NewPCG(c.Seed, uint64(c.Rows)))
	hits := 0
	for n := range c.Kills {
		wait := 50*time.Millisecond + time.Duration(rnd.Int64N(int64(span)/int64(c.Kills)))
		where := "the import"
		select {
		case <-ctx.Done():
			return endState{}, ctx.Err()
		case <-importer.ended:
			where = "the stages after the import"
		case <-time.After(wait):
			hits++
		}
		server.kill()
		fmt.Fprintf(io.out, "  kill %d hit %s, %.2f s after the start\n", n+1, where, wait.Seconds())
		if server, err = startServer(ctx, data); err != nil {
			return endState{}, err
		}
	}
	summary, err := importer.wait()
	if err != nil {
		return endState{}, err
	}
	fmt.Fprintf(io.out, "import with %d kills, %d of them in the import: %s\n", c.Kills, hits, summary)
	settling, cancel := context.WithTimeout(ctx, c.Settle)
	defer cancel()
	if err := server.settle(settling); err != nil {
		return endState{}, err
	}
	server.kill()
	return readEndState(ctx, data)
}

// sample imports the demo's products, so that the matcher has work.
func (c benchImport) sample(ctx context.Context, data string) error {
	file := filepath.Join(filepath.Dir(data), "products.csv")
	if err := os.WriteFile(file, demo.Products(), 0o600); err != nil {
		return err
	}
	cmd, err := again(ctx, "import", "products", file, "--data", data)
	if err != nil {
		return err
	}
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("products: %w: %.2000s", err, text)
	}
	return nil
}
