package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/demo"
	"tbtwatch/internal/trade"
)

type benchCmd struct {
	Chain     benchChain     `cmd:"" help:"Time from \"visible at the source\" to \"accepted by the mail server\", and notices a second through the whole chain."`
	Match     benchMatch     `cmd:"" help:"Notices a second of matching, beside the limit of the machine in the same run."`
	Backfill  benchBackfill  `cmd:"" help:"Time to find the stored notices that touch a new product, and memory of the archive."`
	Processes benchProcesses `cmd:"" help:"Matching by one process and by two that share an index in Redis."`
	Stream    benchStream    `cmd:"" help:"Notices a second through JetStream: in, matched, one result message, acknowledged."`
	Index     benchIndex     `cmd:"" help:"Bytes, build, load and follow times of the index in Redis."`
	Import    benchImport    `cmd:"" help:"Rows a second and memory of a large import, and its end state after SIGKILLs."`
	Desk      benchDesk      `cmd:"" help:"Time of every page at full scale while the matcher is fed, and from the start to ready."`
	Notify    benchNotify    `cmd:"" help:"One release to very many recipients: deliveries a second with and without the ledger, memory, and what SIGKILLs leave."`
	Search    benchSearch    `cmd:"" help:"Records a second, bytes and answer times of the full-text index."`
	Quality   benchQuality   `cmd:"" help:"Precision and recall of the headings that classify infers, on labelled notices."`
}

type benchChain struct {
	Singles int `help:"Notices published one by one, for the latency." default:"200"`
	Bulk    int `help:"Notices published at once, for the throughput." default:"2000"`
}

// stand is a system between a simulated authority and a real mail server, for
// measurements and tests of the whole chain.
type stand struct {
	world  *demo.World
	mail   *demo.MailSink
	hooks  *demo.WebhookSink
	server *http.Server
	url    string // of the authority
	cfg    Config
}

// newStand starts the authority and the mail server and configures a system in
// dir on them. The caller runs it and closes the stand.
func newStand(dir string, mail ...demo.MailOption) (s *stand, err error) {
	s = &stand{world: demo.New(time.Now())}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.mail, err = demo.StartMailSink("127.0.0.1:0", mail...); err != nil {
		return s, err
	}
	if s.hooks, err = demo.StartWebhookSink("127.0.0.1:0"); err != nil {
		return s, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return s, err
	}
	s.server = &http.Server{Handler: s.world.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with close
	s.url = "http://" + listener.Addr().String()
	s.cfg, err = standConfig(dir, s.url, s.mail.Addr, s.hooks.URL)
	return s, err
}

// standConfig watches the authority's ePing search, mails over SMTP and holds
// the sample registry.
func standConfig(dir, authority, smtp, hooks string) (Config, error) {
	cfg := defaultConfig()
	cfg.Data, cfg.Listen, cfg.Allow = dir, "127.0.0.1:0", []string{"127.0.0.0/8"}
	cfg.Fetch.Pace, cfg.Fetch.Burst, cfg.sample = 10_000, 10_000, hooks
	host, port, err := net.SplitHostPort(smtp)
	if err != nil {
		return cfg, err
	}
	text := fmt.Sprintf("sources:\n- {name: eping, kind: eping, every: 1s, options: {url: %s/eping-api, key: %s, overlap: 20}}\n"+
		"channels:\n  email: {transport: smtp, host: %s, port: %s, tls: none, from: warnings@tbt.example}\n", authority, demo.Key, host, port)
	return cfg, yaml.Unmarshal([]byte(text), &cfg)
}

func (s *stand) close() error {
	var errs []error
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.hooks != nil {
		errs = append(errs, s.hooks.Close())
	}
	if s.mail != nil {
		errs = append(errs, s.mail.Close())
	}
	return errors.Join(errs...)
}

// start runs the system until stop is called and waits until it is ready, with
// the sample registry in it and its source primed.
func (s *stand) start(ctx context.Context, log *slog.Logger) (sys *System, stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	ready, done := make(chan *System, 1), make(chan error, 1)
	go func() {
		done <- Run(ctx, s.cfg, log, func(sys *System) { ready <- sys })
	}()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	select {
	case sys = <-ready:
		return sys, stop, nil
	case err = <-done:
		cancel()
		return nil, func() error { return nil }, fmt.Errorf("the system did not start: %w", err)
	}
}

// settled waits until every notice is matched, judged and delivered.
func (s *System) settled(ctx context.Context) error {
	for calm := 0; calm < 3; {
		open := uint64(s.notifier.Open())
		for _, lag := range []func(context.Context) (uint64, error){s.lagMatcher, s.lagTriage, s.lagPlanner, s.lagProducts, s.lagAnswers} {
			n, err := lag(ctx)
			if err != nil {
				return err
			}
			open += n
		}
		if calm++; open > 0 {
			calm = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d things still under way: %w", open, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func (c benchChain) Run(ctx context.Context, io streams) error {
	dir, err := os.MkdirTemp("", "tbtwatch-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := newStand(dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	sys, stop, err := s.start(ctx, slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer func() { _ = stop() }()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	if err := sys.settled(ctx); err != nil {
		return err
	}
	papers := demo.Generate(c.Singles+c.Bulk, 1)
	if err := c.latency(ctx, io.out, s, sys, papers[:c.Singles]); err != nil {
		return err
	}
	return c.throughput(ctx, io, s, sys, papers[c.Singles:])
}

// latency publishes one notice after the other; each counts from the moment it
// can be fetched to the last mail about it that the server accepted.
func (c benchChain) latency(ctx context.Context, out io.Writer, s *stand, sys *System, papers []demo.Paper) error {
	var took []time.Duration
	for _, p := range papers {
		visible := time.Now()
		before := len(s.mail.Mails())
		s.world.Publish(p)
		if err := sys.scheduler.Trigger("eping"); err != nil {
			return err
		}
		if err := sys.arrived(ctx, p.Symbols[0]); err != nil {
			return err
		}
		if err := sys.settled(ctx); err != nil {
			return err
		}
		if mails := s.mail.Mails()[before:]; len(mails) > 0 {
			took = append(took, mails[len(mails)-1].At.Sub(visible))
		}
	}
	if len(took) == 0 {
		return errors.New("no notice led to a mail")
	}
	slices.Sort(took)
	at := func(q float64) time.Duration {
		return took[min(len(took)-1, int(q*float64(len(took))))].Round(time.Millisecond)
	}
	fmt.Fprintf(out, "visible at the source → accepted by the mail server, %d notices that led to mails: p50 %s, p95 %s, p99 %s\n", len(took), at(0.5), at(0.95), at(0.99))
	fmt.Fprintln(out, "  the source was asked at once after each publication; in service the interval of the source is added")
	return nil
}

// arrived waits until the notice is stored.
func (s *System) arrived(ctx context.Context, symbol string) error {
	key := trade.Key("eping", symbol)
	for {
		_, err := s.bus.Notices.Get(ctx, key)
		if err == nil || !errors.Is(err, trade.ErrNotFound) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("notice %s has not arrived: %w", symbol, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// throughput publishes many notices at once and counts until the last mail.
func (c benchChain) throughput(ctx context.Context, io streams, s *stand, sys *System, papers []demo.Paper) error {
	before := len(s.mail.Mails())
	s.world.Publish(papers...)
	begin := time.Now()
	if err := sys.scheduler.Trigger("eping"); err != nil {
		return err
	}
	if err := sys.arrived(ctx, papers[len(papers)-1].Symbols[0]); err != nil {
		return err
	}
	stored := time.Since(begin)
	if err := sys.settled(ctx); err != nil {
		return err
	}
	took := time.Since(begin)
	mails := len(s.mail.Mails()) - before
	fmt.Fprintf(io.out, "%d notices at once: stored after %s, last of %d mails accepted after %s = %.0f notices/s, %.0f mails/s through the whole chain\n",
		len(papers), stored.Round(time.Millisecond), mails, took.Round(time.Millisecond), float64(len(papers))/took.Seconds(), float64(mails)/took.Seconds())
	fmt.Fprintln(io.out, "  embedded NATS with sync always, embedded index, "+strconv.Itoa(sys.directory.Counts().Subscribers)+" subscribers, SMTP on this machine")
	return nil
}
