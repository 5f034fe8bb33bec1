package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

type serveCmd struct {
	Config  string   `help:"Configuration file; tbtwatch.yaml in this folder if there is one, else the defaults. 配置文件" type:"path" placeholder:"FILE"`
	Data    string   `help:"Data folder; created if missing, continued if not (tbtwatch-data; with --demo tbtwatch-demo). 数据目录" type:"path" placeholder:"DIR"`
	Listen  string   `help:"Address of pages and API (127.0.0.1:8080)." placeholder:"ADDR"`
	Demo    bool     `help:"Run on a made-up registry and simulated authorities. 演示"`
	Only    []string `help:"Run these stages only: ingest, matcher, triage, notify, console." placeholder:"STAGE"`
	Verbose bool     `help:"Log more." short:"v"`
}

func (c serveCmd) Run(ctx context.Context, io streams) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	cfg.Demo, cfg.Only = c.Demo, c.Only
	switch {
	case c.Data != "":
		cfg.Data = c.Data
	case c.Demo:
		cfg.Data = "tbtwatch-demo"
	}
	level := slog.LevelInfo
	if c.Demo {
		level = slog.LevelError // the demo's broken sources are there to fail; the page shows them
	}
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: level}))
	cfg.standBack()
	go keepMemory(ctx, int64(cfg.Memory))
	return Run(ctx, cfg, log, func(s *System) { fmt.Fprint(io.out, s.banner()) })
}

// banner says in a few lines what is running, where to look and how to stop.
func (s *System) banner() string {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "  %-14s %s\n", name, text) }
	b.WriteString("tbtwatch is running · 技术性贸易措施预警系统已启动\n")
	if s.cfg.runs("console") {
		line("pages 网页", s.URL)
	}
	if s.demo != nil {
		line("demo 演示", "made-up firms, simulated authorities; mails appear within seconds, a second portion of notices after about 15 s")
		line("mails 邮件", filepath.Join(s.cfg.Data, "mail", "*.eml"))
	} else {
		line("sources 信息源", fmt.Sprintf("%d watched; first runs never alert", len(s.cfg.Sources)))
	}
	line("data 数据", s.cfg.Data)
	if s.cfg.runs("console") && s.demo == nil {
		line("token 令牌", filepath.Join(s.cfg.Data, "token")+" (sign in with it)")
	}
	line("stop 停止", "Ctrl+C")
	return b.String()
}

// shutdownWithin bounds how long stopping may take.
const shutdownWithin = 20 * time.Second
