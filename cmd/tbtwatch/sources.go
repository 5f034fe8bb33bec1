package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"tbtwatch/ingest"
	"tbtwatch/internal/view"
)

// printJSON prints v as one indented JSON object.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type sourcesCmd struct {
	List  sourcesList  `cmd:"" default:"withargs" help:"State of the watched sources of a running server."`
	Kinds sourcesKinds `cmd:"" help:"The kinds of source there are."`
	Check sourcesCheck `cmd:"" help:"Fetch a declared source once and show field by field what it reads; stores nothing."`
	Run   sourcesRun   `cmd:"" name:"run" help:"Run a source of a running server now."`
}

type sourcesKinds struct{}

func (sourcesKinds) Run(io streams) error {
	for _, k := range ingest.Kinds() {
		fmt.Fprintf(io.out, "%-18s every %-8s %s\n", k.Name, k.Every, k.About)
	}
	return nil
}

type sourcesList struct {
	JSON bool `help:"Print JSON."`
	remote
}

func (c sourcesList) Run(ctx context.Context, io streams) error {
	var rows []view.SourceRow
	if err := c.client().call(ctx, http.MethodGet, "/api/v1/sources", &rows); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(io.out, rows)
	}
	for _, r := range rows {
		o := r.Outcome
		fmt.Fprintf(io.out, "%-20s %-16s %-8s last complete run %-20s %d rows = %d published + %d duplicates + %d unchanged + %d quarantined + %d refused\n",
			r.Name, r.Kind, r.Health, cmp.Or(r.LastOK, "never"), o.Rows, o.Notices, o.Duplicates, o.Unchanged, o.Quarantined, o.Refused)
		if r.Error != "" {
			fmt.Fprintf(io.out, "%-20s %s\n", "", r.Error)
		}
	}
	return nil
}

type sourcesRun struct {
	Name string `arg:""`
	remote
}

func (c sourcesRun) Run(ctx context.Context, io streams) error {
	if err := c.client().call(ctx, http.MethodPost, "/api/v1/sources/"+url.PathEscape(c.Name)+"/run", nil); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s runs; `tbtwatch sources` shows the outcome\n", c.Name)
	return nil
}

type sourcesCheck struct {
	Name   string `arg:"" help:"Name of a source in the configuration."`
	Config string `help:"Configuration file." type:"path" placeholder:"FILE"`
	Pages  int    `help:"Documents to read at most: lists and details." default:"4"`
	JSON   bool   `help:"Print JSON."`
}

// Run fetches the declared source politely, as the running system would.
func (c sourcesCheck) Run(ctx context.Context, io streams) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if err := cfg.finish(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	readings, err := ingest.CheckSource(ctx, cfg.Fetch, cfg.Sources, c.Name, c.Pages)
	if c.JSON && err == nil {
		return printJSON(io.out, readings)
	}
	problems := 0
	for _, r := range readings {
		problems += printReading(io.out, r)
	}
	if err != nil {
		return fmt.Errorf("source %s: %w", c.Name, err)
	}
	fmt.Fprintf(io.out, "%d rows read, %d problems\n", len(readings), problems)
	if problems > 0 || len(readings) == 0 {
		return partly
	}
	return nil
}

// printReading prints one field and returns 1 if it has a problem.
func printReading(w io.Writer, r ingest.Reading) int {
	where := r.Field
	if r.Selector != "" {
		where += " [" + r.Selector + "]"
	}
	if r.Row > 0 {
		where = fmt.Sprintf("row %d  %s", r.Row, where)
	}
	fmt.Fprintf(w, "%-48s %s\n", where, r.Value)
	if r.Problem == "" {
		return 0
	}
	fmt.Fprintf(w, "%-48s ! %s\n", "", r.Problem)
	return 1
}
