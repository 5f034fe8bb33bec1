package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"tbtwatch/matcher"
)

type benchQuality struct {
	Files  []string `arg:"" help:"Labelled notices, one JSON object a line: a notice with its official HS codes in \"hs\"." type:"existingfile"`
	All    bool     `help:"Also those whose text repeats the heading's wording, or says nothing but codes."`
	Misses bool     `help:"List what was not found, or found wrongly."`
}

// Run hides the codes from the classifier and prints how many it finds.
func (c benchQuality) Run(_ context.Context, io streams) error {
	var labelled []matcher.Labelled
	for _, name := range c.Files {
		if err := c.read(name, &labelled); err != nil {
			return err
		}
	}
	q := matcher.Measure(labelled)
	if c.Misses {
		for _, m := range q.Misses {
			first := "     "
			if m.FirstMiss {
				first = "FIRST"
			}
			fmt.Fprintf(io.out, "%s %-28s %s official %s, guessed %s\n", first, m.ID, m.Lang, strings.Join(m.Official, " "), strings.Join(m.Guessed, " "))
		}
	}
	fmt.Fprintf(io.out, "%-24s %8s %10s %6s %10s %7s\n", "group", "notices", "in first 5", "first", "accepted:", "found")
	fmt.Fprintf(io.out, "%-24s %8s %10s %6s %10s %7s\n", "", "", "", "right", "right", "")
	for _, name := range slices.Sorted(maps.Keys(q.Groups)) {
		t := q.Groups[name]
		n := float64(t.Notices)
		fmt.Fprintf(io.out, "%-24s %8d %10.3f %6.3f %10.3f %7.3f\n", name, t.Notices, t.Found/n, t.First/n, t.Precision/n, t.Recall/n)
	}
	for _, s := range q.Steps {
		if s.Codes > 0 {
			fmt.Fprintf(io.out, "confidence from %.1f: %4d codes, %.2f right\n", s.From, s.Codes, float64(s.Right)/float64(s.Codes))
		}
	}
	return nil
}

func (c benchQuality) read(name string, into *[]matcher.Labelled) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	err = matcher.Lines(bufio.NewReader(io.Reader(f)), matcher.MaxLine, func(number int, line []byte, bad error) error {
		if bad != nil {
			return bad
		}
		l, err := matcher.ReadLabelled(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if c.All || l.Kind == "own_words" || l.Kind == "" {
			*into = append(*into, l)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
