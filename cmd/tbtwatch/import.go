package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

type importCmd struct {
	Products    importProducts    `cmd:"" help:"Exporters and their products: CSV (UTF-8 or GB18030) or XLSX. 企业与产品"`
	Subscribers importSubscribers `cmd:"" help:"Who is warned, and how: CSV or XLSX. 订阅者"`
	Notices     importNotices     `cmd:"" help:"The ePing sheet (XLSX) or notices as JSON lines. Never alerts. 历史通报"`
}

type importFlags struct {
	File string `arg:"" help:"The file." type:"existingfile"`
	JSON bool   `help:"Print the summary as one JSON object on one line, last on standard output."`
	remote
	Wait time.Duration `help:"How long to wait for a server that went away; the import is taken up again, nothing is taken twice." default:"2m"`
}

type (
	importProducts    struct{ importFlags }
	importSubscribers struct{ importFlags }
	importNotices     struct{ importFlags }
)

func (c importProducts) Run(ctx context.Context, io streams) error {
	return c.run(ctx, io, "products", []string{"rows", "accepted", "unchanged", "refused"})
}

func (c importSubscribers) Run(ctx context.Context, io streams) error {
	return c.run(ctx, io, "subscribers", []string{"rows", "accepted", "unchanged", "refused"})
}

func (c importNotices) Run(ctx context.Context, io streams) error {
	return c.run(ctx, io, "notices", []string{"rows", "notices", "duplicates", "unchanged", "quarantined", "refused"})
}

// line is one line of the server's answer to an upload.
type line struct {
	Progress *struct {
		Rows int `json:"rows"`
	} `json:"progress"`
	Line    string          `json:"line"` // about one row: refused, or taken with a remark
	Summary json.RawMessage `json:"summary"`
	Error   string          `json:"error"`
}

func (c importFlags) run(ctx context.Context, io streams, what string, keys []string) error {
	summary, err := c.untilDone(ctx, io, what)
	if err != nil {
		return &failure{exitNothing, fmt.Errorf("%s: %w", c.File, err)}
	}
	counts := map[string]int{}
	if err := json.Unmarshal(summary, &counts); err != nil {
		return &failure{exitNothing, fmt.Errorf("the server's summary is not understood: %w", err)}
	}
	if c.JSON {
		out := "{"
		for i, k := range keys {
			if i > 0 {
				out += ", "
			}
			out += fmt.Sprintf("%q: %d", k, counts[k])
		}
		fmt.Fprintln(io.out, out+"}")
	} else {
		for _, k := range keys {
			fmt.Fprintf(io.out, "%-12s %8d\n", k, counts[k])
		}
	}
	if counts["refused"]+counts["quarantined"] > 0 {
		return partly
	}
	return nil
}

// untilDone uploads the file, again when the server went away in between: every
// row has one outcome however often it comes.
func (c importFlags) untilDone(ctx context.Context, io streams, what string) (json.RawMessage, error) {
	api := c.client()
	gone, said := time.Time{}, false
	for {
		summary, progressed, err := c.upload(ctx, io, api, what)
		if err == nil || ctx.Err() != nil || !errors.Is(err, errUnreachable) {
			return summary, err
		}
		if progressed || gone.IsZero() && c.wasThere() {
			gone, said = time.Now(), said && !progressed
		}
		if gone.IsZero() || time.Since(gone) > c.Wait {
			return nil, err
		}
		if !said {
			said = true
			fmt.Fprintf(io.err, "the server went away; waiting for it to come back (%s at most) ...\n", c.Wait)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// wasThere reports whether the data folder names a server: it may be starting.
func (c importFlags) wasThere() bool {
	_, err := os.Stat(filepath.Join(c.Data, serverFile))
	return err == nil && c.Server == ""
}

// upload sends the file once and reads the answer's lines to the summary.
func (c importFlags) upload(ctx context.Context, io streams, api *client, what string) (summary json.RawMessage, progressed bool, err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		return nil, false, errors.New("the file is empty")
	}
	resp, err := api.send(ctx, http.MethodPost, "/api/v1/imports/"+what+"?filename="+url.QueryEscape(filepath.Base(c.File)), file)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = resp.Body.Close() }()
	return readLines(io, resp.Body)
}

// readLines prints progress and refusals to standard error and returns the
// summary. An answer that ends without one was cut off.
func readLines(io streams, body io.Reader) (summary json.RawMessage, progressed bool, err error) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	shown := time.Time{}
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			if lines.Err() != nil {
				break // the server went away in the middle of a line
			}
			return nil, progressed, fmt.Errorf("the server's answer is not understood: %w", err)
		}
		switch {
		case l.Error != "":
			return nil, progressed, errors.New(l.Error)
		case l.Summary != nil:
			return l.Summary, true, nil
		case l.Line != "":
			fmt.Fprintln(io.err, l.Line)
		case l.Progress != nil && time.Since(shown) >= time.Second:
			progressed, shown = true, time.Now()
			fmt.Fprintf(io.err, "%d rows ...\n", l.Progress.Rows)
		}
	}
	return nil, progressed, fmt.Errorf("%w: its answer ended before the summary", errUnreachable)
}
