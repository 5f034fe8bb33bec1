package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/matcher"
)

type matchCmd struct {
	Registry string `help:"Products file, CSV or XLSX. 产品登记表" required:"" type:"existingfile"`
	Notices  string `help:"Notices, one JSON object a line; - is standard input. 通报" default:"-"`
}

// Run prints one JSON match a line, in the order of the notices. Refused rows
// and lines are told on standard error and make the exit status 1.
func (c matchCmd) Run(ctx context.Context, io streams) error {
	loaded, err := registry.LoadProducts(c.Registry)
	if err != nil {
		return err // it names the file
	}
	for i := range loaded.Summary.Errors {
		fmt.Fprintf(io.err, "%s: refused: %v\n", c.Registry, &loaded.Summary.Errors[i])
	}
	notices, refused, err := readNotices(c.Notices, io)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(io.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err = matcher.MatchAll(ctx, loaded.Products, notices, func(m trade.Match) error { return enc.Encode(m) })
	if err = errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if refused+loaded.Summary.Refused > 0 {
		return partly
	}
	return nil
}

type classifyCmd struct {
	File string `arg:"" optional:"" help:"Notices, one JSON object a line; standard input if not given." default:"-"`
}

// Run prints one JSON line for each notice, in order.
func (c classifyCmd) Run(ctx context.Context, io streams) error {
	notices, refused, err := readNotices(c.File, io)
	if err != nil {
		return err
	}
	families := matcher.Families(notices)
	out := bufio.NewWriter(io.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range notices {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := enc.Encode(matcher.Classify(&notices[i], families[i])); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if refused > 0 {
		return partly
	}
	return nil
}

// readNotices reads JSON lines; what is refused is told with its line.
func readNotices(file string, streams streams) (notices []trade.Notice, refused int, err error) {
	in, name := streams.in, "standard input"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, 0, err
		}
		defer func() { _ = f.Close() }()
		in, name = io.Reader(f), file
	}
	err = matcher.Lines(in, matcher.MaxLine, func(number int, line []byte, bad error) error {
		var n trade.Notice
		if bad == nil {
			n, bad = matcher.ReadLine(line)
		}
		if bad == nil {
			if why := prose.Suspect(n.Text()); why != "" {
				bad = trade.Refusef("%s", why)
			}
		}
		if bad != nil {
			refused++
			fmt.Fprintf(streams.err, "%s: line %d: refused: %v\n", name, number, bad)
			return nil
		}
		notices = append(notices, n)
		return nil
	})
	if err != nil {
		return nil, refused, fmt.Errorf("%s: %w", name, err)
	}
	return notices, refused, nil
}
