package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"tbtwatch/ingest"
	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/netguard"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/search"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
	"tbtwatch/matcher"
	"tbtwatch/notify"
)

// System is everything of one process, wired together.
type System struct {
	URL string // of pages and API

	cfg       Config
	log       *slog.Logger
	bus       *bus.Bus
	pages     *bus.Bus // the same, for those who look at pages or ask the API
	store     *index.Store
	copy      *matcher.Copy
	late      *matcher.Late
	directory *registry.Directory
	desk      *triage.Desk
	notifier  *notify.Notifier
	client    *ingest.Client
	runner    *ingest.Runner
	scheduler *ingest.Scheduler
	search    *search.Index
	view      *view.View
	guard     *auth.Guard
	links     *auth.Links
	portal    *portal.Portal
	courtesy  courtesy
	listener  net.Listener
	demo      *demoWorld // nil without --demo
}

// Run starts the system, calls ready once everything listens, and works until
// ctx ends or a part fails.
func Run(ctx context.Context, cfg Config, log *slog.Logger, ready func(*System)) (err error) {
	s, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return s.run(ctx, ready)
}

// pageReaders is how many connections read for pages. A case's page reads five
// streams.
const pageReaders = 4

// open makes every part. On error nothing is left running.
func open(ctx context.Context, cfg Config, log *slog.Logger) (s *System, err error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s = &System{cfg: cfg, log: log}
	go nomenclature.Load() // takes two seconds of a processor, while the store is opened
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
			s = nil
		}
	}()
	if cfg.Demo {
		if err := s.openDemo(); err != nil {
			return s, err
		}
	}
	if err := s.cfg.finish(); err != nil {
		return s, fmt.Errorf("configuration: %w", err)
	}
	if s.listener, err = net.Listen("tcp", s.cfg.Listen); err != nil {
		return s, fmt.Errorf("cannot listen on %s: %w; choose another address with --listen", s.cfg.Listen, err)
	}
	s.URL = "http://" + s.listener.Addr().String()
	s.bus, err = bus.Open(ctx, s.cfg.NATS, log)
	if errors.Is(err, bus.ErrInUse) {
		return s, fmt.Errorf("another tbtwatch is running on %s; stop it, or choose another folder with --data", s.cfg.Data)
	}
	if err != nil {
		return s, err
	}
	if s.pages, err = s.bus.Beside(ctx, pageReaders); err != nil {
		return s, err
	}
	if s.store, err = index.Open(ctx, s.cfg.Redis.index()); err != nil {
		return s, err
	}
	if s.directory, err = registry.NewDirectory(ctx, s.bus); err != nil {
		return s, err
	}
	return s, s.openStages(ctx)
}

// openStages makes the stages; which of them run is decided later.
func (s *System) openStages(ctx context.Context) error {
	nomenclature.Load() // it waits for the load that began with the process: the first notice need not
	s.copy = &matcher.Copy{Bus: s.bus, Store: s.store, Log: s.log}
	s.late = &matcher.Late{Stage: &matcher.Stage{Bus: s.bus, Copy: s.copy, Now: s.centreClock(), Log: s.log, Aside: s.cfg.aside}, Limit: s.cfg.Archive}
	translate, err := triage.NewTranslator(s.cfg.Triage.Translate, netguard.Transport(netguard.Options{Allow: s.cfg.networks, Proxy: s.cfg.proxy}))
	if err != nil {
		return err
	}
	s.desk = &triage.Desk{Bus: s.bus, Config: s.cfg.Triage, Translate: translate, Now: s.centreClock(), Log: s.log}
	if s.links, err = auth.NewLinks(s.cfg.Auth.SealKey, s.cfg.Data, s.messageBase()); err != nil {
		return err
	}
	channels, err := notify.OpenChannels(s.cfg.Channels, s.channelEnv())
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	s.notifier = &notify.Notifier{
		Bus: s.bus, Channels: channels, Directory: s.directory, Config: s.cfg.Notify,
		Owner: host + "-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(time.Now().UnixNano(), 36), Alone: s.cfg.NATS.URL == "",
		Health: s.sourceHealth, Unledgered: s.cfg.faults.noLedger, Now: time.Now, Log: s.log,
	}
	if s.client, err = ingest.NewClient(s.cfg.Fetch, s.log); err != nil {
		return err
	}
	if s.runner, err = ingest.NewRunner(s.bus, s.client, s.cfg.Sources, s.log); err != nil {
		return err
	}
	s.scheduler = ingest.NewScheduler(s.runner, s.log)
	sources, err := s.viewSources(ctx)
	if err != nil {
		return err
	}
	s.view = view.New(view.Options{
		Bus: s.pages, Dir: s.cfg.Data, Directory: s.directory, Policy: s.cfg.Triage, Sources: sources,
		WhyNot: whyNotMatched, WhyNotTold: s.notifier.WhyNot, Now: time.Now, Zone: s.zone(), Log: s.log,
	})
	if s.cfg.runs("console") {
		s.search, err = search.New(search.Options{Bus: s.pages, Dir: s.cfg.Data, Log: s.log, GiveWay: s.courtesy.giveWay, Ready: func() bool { return s.view.Ready() == nil }, Papers: s.view})
		s.view.Finder = s.search
	}
	return err
}

// channelEnv is what the channels are lent. The console sends, too: tests.
func (s *System) channelEnv() notify.Env {
	return notify.Env{
		Zone: s.zone(),
		Stop: func(to trade.Subscriber) string { return s.links.To(portal.StopPath, portal.StopWords(to)...) }, Receipt: s.receiptLink, Page: s.pageLink, Home: s.homeLink,
		DataDir: s.cfg.Data, Networks: s.cfg.networks, Proxy: s.cfg.proxy, PublicURL: s.cfg.PublicURL,
		Shared: s.cfg.NATS.URL != "" && (s.cfg.runs("notify") || s.cfg.runs("console")),
		Centre: trade.Text{ZH: s.cfg.Triage.Centre, EN: s.cfg.Triage.CentreEN}, Log: s.log, Now: time.Now,
	}
}

// run starts the stages that the configuration names and waits for the end.
func (s *System) run(ctx context.Context, ready func(*System)) error {
	handler, err := s.handler(ctx)
	if err != nil {
		return err
	}
	if s.cfg.sample != "" {
		if err := s.fillSample(ctx); err != nil {
			return fmt.Errorf("sample registry: %w", err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	stage := func(name string, run func(context.Context) error) {
		if s.cfg.runs(name) {
			g.Go(func() error {
				if err := run(ctx); err != nil && ctx.Err() == nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				return nil
			})
		}
	}
	stage("matcher", s.copy.Maintain)
	stage("matcher", s.late.Stage.Run)
	stage("matcher", s.late.Run)
	stage("triage", s.desk.Run)
	stage("notify", s.notifier.Run)
	stage("ingest", s.scheduler.Run)
	g.Go(func() error { return s.directory.Run(ctx) })
	g.Go(func() error { return ignoreEnd(ctx, s.view.Run(ctx)) })
	if s.search != nil {
		g.Go(func() error { return s.search.Run(ctx) })
	}
	g.Go(func() error { return ignoreEnd(ctx, s.guard.Run(ctx)) })
	stage("console", s.guard.KeepCheckpoints)
	g.Go(func() error { return ignoreEnd(ctx, s.portal.Run(ctx)) })
	if s.demo != nil {
		g.Go(func() error { return s.demo.secondPortion(ctx, s.scheduler) })
	}
	g.Go(func() error { return s.serve(ctx, handler) })
	if err := s.announce(); err != nil {
		return err
	}
	if ready != nil {
		ready(s)
	}
	return g.Wait()
}

func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// serve answers HTTP until ctx ends, then lets requests under way finish.
func (s *System) serve(ctx context.Context, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan error, 1)
	go func() { done <- server.Serve(s.listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("pages and API: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		return fmt.Errorf("pages and API did not stop within %s: %w", shutdownWithin, err)
	}
	return nil
}

// announce writes where commands find this server.
func (s *System) announce() error {
	text, err := json.Marshal(serverInfo{URL: s.URL, PID: os.Getpid(), Started: time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	path := filepath.Join(s.cfg.Data, serverFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return os.Rename(path+".new", path)
}

// close ends what open began, the bus last.
func (s *System) close() error {
	var errs []error
	if s.listener != nil {
		_ = s.listener.Close() // closed already where the server ran
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.pages != nil {
		s.pages.Close()
	}
	if s.bus != nil {
		s.bus.Close()
	}
	if s.demo != nil {
		errs = append(errs, s.demo.close())
	}
	return errors.Join(errs...)
}

func (s *System) lagMatcher(ctx context.Context) (uint64, error) {
	return s.bus.Notices.Lag(ctx, bus.ConsumerMatcher)
}

func (s *System) lagTriage(ctx context.Context) (uint64, error) {
	return s.bus.Families.Lag(ctx, bus.ConsumerTriage)
}

func (s *System) lagPlanner(ctx context.Context) (uint64, error) {
	return s.bus.Warnings.Lag(ctx, bus.ConsumerPlanner)
}

func (s *System) lagProducts(ctx context.Context) (uint64, error) {
	return s.bus.Products.Lag(ctx, bus.ConsumerProducts)
}

func (s *System) lagAnswers(ctx context.Context) (uint64, error) {
	return s.bus.Responses.Lag(ctx, bus.ConsumerAnswers)
}
