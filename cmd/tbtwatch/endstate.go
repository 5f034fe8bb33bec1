package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// endState is what a data folder holds in the end, without when and in which
// order it came: two imports of the same file must agree in it.
type endState struct {
	Notices, Families, Cases, Warnings, Deliveries, Quarantined int
	// Digest is the SHA-256 over the keys and contents of the notices, the
	// families with their papers and matches, the cases with what they say, and
	// the quarantine.
	Digest string
}

func (s endState) String() string {
	return fmt.Sprintf("%d notices, %d families, %d cases, %d in quarantine, %d warnings, %d deliveries, digest %.16s",
		s.Notices, s.Families, s.Cases, s.Quarantined, s.Warnings, s.Deliveries, s.Digest)
}

// readEndState opens the stored data of a server that is not running.
func readEndState(ctx context.Context, data string) (s endState, err error) {
	b, err := bus.Open(ctx, bus.Config{Dir: filepath.Join(data, "nats")}, slog.New(slog.DiscardHandler))
	if err != nil {
		return s, err
	}
	defer b.Close()
	hash := sha256.New()
	for _, part := range []struct {
		name  string
		count *int
		lines func() ([]string, error)
	}{
		{"notice", &s.Notices, func() ([]string, error) { return gather(ctx, b.Notices, noticeState) }},
		{"family", &s.Families, func() ([]string, error) { return gather(ctx, b.Families, familyState) }},
		{"case", &s.Cases, func() ([]string, error) { return gather(ctx, b.Cases, caseState) }},
		{"quarantine", &s.Quarantined, func() ([]string, error) { return gather(ctx, b.Quarantine, quarantineState) }},
		{"warning", &s.Warnings, func() ([]string, error) { return gather(ctx, b.Warnings, keyState[trade.Warning]) }},
		{"delivery", &s.Deliveries, func() ([]string, error) { return gather(ctx, b.Deliveries, keyState[trade.Delivery]) }},
	} {
		lines, err := part.lines()
		if err != nil {
			return s, fmt.Errorf("%s: %w", part.name, err)
		}
		*part.count = len(lines)
		slices.Sort(lines)
		for _, l := range lines {
			if _, err := io.WriteString(hash, part.name+"\x00"+l+"\n"); err != nil {
				return s, err
			}
		}
	}
	s.Digest = hex.EncodeToString(hash.Sum(nil))
	return s, nil
}

// gather makes a line of every key's current value.
func gather[T any](ctx context.Context, t *bus.Table[T], line func(bus.Entry[T]) string) (out []string, err error) {
	_, err = t.Scan(ctx, func(e bus.Entry[T]) error {
		if !e.Deleted {
			out = append(out, e.Key+"\x00"+line(e))
		}
		return nil
	})
	return out, err
}

func noticeState(e bus.Entry[trade.Notice]) string {
	return fmt.Sprintf("%s %v", e.Value.Hash(), e.Value.Backfill)
}

func familyState(e bus.Entry[trade.Family]) string {
	f := &e.Value
	var papers []string
	for _, p := range f.Papers {
		papers = append(papers, p.Notice+" "+p.Hash)
	}
	slices.Sort(papers)
	var matches []string
	for m := range f.All() {
		matches = append(matches, fmt.Sprintf("%s %s %s", m.Exporter, m.Product, m.Grade))
	}
	slices.Sort(matches)
	return fmt.Sprintf("%s %s %q %q %q %v", f.ID, f.Alias, f.Roots, papers, matches, f.Matched)
}

func caseState(e bus.Entry[trade.Case]) string {
	c := &e.Value
	return strings.Join([]string{c.Family, string(c.State), c.Title, c.HeadlineZH, c.SummaryZH, c.Deadline, c.Link}, "\x00")
}

func quarantineState(e bus.Entry[trade.Quarantine]) string {
	return e.Value.Where + " " + e.Value.Reason
}

func keyState[T any](bus.Entry[T]) string { return "" }
