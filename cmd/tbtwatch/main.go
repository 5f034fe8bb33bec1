// Command tbtwatch watches what foreign regulators publish and warns the
// exporters whose products it touches. This folder is wiring only: it turns
// flags, environment and signals into a configuration, calls Run, and turns
// the error into an exit status.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "dev"

// The exit statuses of every command.
const (
	exitDone    = 0 // everything was taken
	exitPartly  = 1 // rows were refused, or the answer is no
	exitNothing = 2 // nothing could be done
)

// streams are the program's inputs and outputs, so that a test can hold them.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commands is the command line.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"Run the system: collect, match, judge, warn. 运行系统"`
	Import   importCmd   `cmd:"" help:"Import products, subscribers or notices into a running server. 导入"`
	Match    matchCmd    `cmd:"" help:"Match notices (JSON lines) against a registry file; needs no server. 离线匹配"`
	Classify classifyCmd `cmd:"" help:"Read notices (JSON lines) and print what they say; needs no server. 解读通报"`
	Sources  sourcesCmd  `cmd:"" help:"List the watched sources, check a declaration, run one now. 信息源"`
	Explain  explainCmd  `cmd:"" help:"Say why an exporter did or did not hear of a notice. 解释"`
	Respond  respondCmd  `cmd:"" help:"Say for an exporter that a measure is, or is not, relevant to its product. 反馈"`
	Preview  previewCmd  `cmd:"" help:"Say what subscribers would have been sent in the last twelve months, before they are imported. 预览"`
	Index    indexCmd    `cmd:"" help:"Rebuild or verify the index in Redis. 索引"`
	Audit    auditCmd    `cmd:"" help:"Verify the audit. 审计"`
	Bench    benchCmd    `cmd:"" help:"Measure. 测量"`
	Version  versionCmd  `cmd:"" help:"Print the version. 版本"`
}

// failure is an error with the exit status that it deserves. A silent one has
// been explained already.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// partly ends a command with status 1 without a further word.
var partly = &failure{status: exitPartly}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// execute parses args, runs the command and returns the exit status.
func execute(ctx context.Context, args []string, io streams) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("tbtwatch"), kong.UsageOnError(),
		kong.Description("Trade-barrier early warning: from a regulator's page to a warning in the exporter's mailbox. 技术性贸易措施预警"),
		kong.Writers(io.out, io.err), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		panic(err) // the command line itself is wrong; every test sees it
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(io.err, "tbtwatch: %v\n", err)
		return exitNothing
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(io)
	var f *failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &f):
		if f.err != nil {
			fmt.Fprintf(io.err, "tbtwatch: %v\n", f.err)
		}
		return f.status
	}
	fmt.Fprintf(io.err, "tbtwatch: %v\n", err)
	return exitNothing
}

type versionCmd struct{}

func (versionCmd) Run(io streams) error {
	fmt.Fprintln(io.out, "tbtwatch", versionText())
	return nil
}

// versionText is the release, or the commit that the program was built from.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || version != "dev" {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return version + " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return version
}
