package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/notify"
)

// benchPart is a process of the bench that has said its first line.
type benchPart struct {
	cmd  *exec.Cmd
	said string
}

func startPart(ctx context.Context, args ...string) (*benchPart, error) {
	cmd, err := again(ctx, args...)
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &benchPart{cmd: cmd}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		c.kill()
		return nil, fmt.Errorf("bench %s did not start", strings.Join(args, " "))
	}
	c.said = lines.Text()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return c, nil
}

// kill sends SIGKILL and waits for the end.
func (c *benchPart) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// serveBus is the process of NATS.
func (c benchNotify) serveBus(ctx context.Context, io streams) error {
	s, err := bus.Serve(c.Dir)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprintln(io.out, s.URL)
	<-ctx.Done()
	return nil
}

// sender starts the process that sends.
func (r *notifyRun) sender(ctx context.Context, unledgered, profile bool) (*benchPart, error) {
	args := []string{"bench", "notify", "--part", "sender", "--dir", r.dir, "--nats", r.nats.said, "--smtp", r.far.smtp, "--workers", fmt.Sprint(r.Workers), "--memory", fmt.Sprint(r.Memory)}
	if unledgered {
		args = append(args, "--unledgered")
	}
	if profile {
		args = append(args, "--profile", r.Profile)
	}
	return startPart(ctx, args...)
}

// send is the process that sends: registry, notifier and memory as in the stage.
func (c benchNotify) send(ctx context.Context, io streams) error {
	log := slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelError}))
	if c.Profile != "" {
		defer c.profiled()()
	}
	b, err := bus.Open(ctx, bus.Config{URL: c.NATS, MaxStore: "32GiB"}, log)
	if err != nil {
		return err
	}
	defer b.Close()
	directory, err := registry.NewDirectory(ctx, b)
	if err != nil {
		return err
	}
	channels, err := c.channels(log)
	if err != nil {
		return err
	}
	config := notify.DefaultConfig()
	config.Workers, config.Levels, config.Brake = c.Workers, notify.LevelsOf(triage.DefaultConfig()), notify.Brake{} // everybody is meant
	n := &notify.Notifier{
		Bus: b, Channels: channels, Directory: directory, Config: config, Owner: fmt.Sprint(os.Getpid(), "-", time.Now().UnixNano()),
		Alone: true, Unledgered: c.Unledgered, Now: time.Now, Log: log,
	}
	go keepMemory(ctx, int64(c.Memory)<<20)
	fmt.Fprintln(io.out, "ready")
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return directory.Run(ctx) })
	g.Go(func() error { return n.Run(ctx) })
	return g.Wait()
}

func (c benchNotify) channels(log *slog.Logger) (map[string]notify.Channel, error) {
	host, port, err := net.SplitHostPort(c.SMTP)
	if err != nil {
		return nil, err
	}
	var options map[string]yaml.Node
	if err := yaml.Unmarshal(fmt.Appendf(nil, "email: {transport: smtp, host: %s, port: %s, tls: none, from: warnings@tbt.example}\n", host, port), &options); err != nil {
		return nil, err
	}
	return notify.OpenChannels(options, notify.Env{
		DataDir: c.Dir, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Log: log,
		Centre: trade.Text{ZH: "样例中心", EN: "Sample Centre"}, PublicURL: "https://tbtwatch.example",
	})
}

// profiled writes a processor profile of half a minute.
func (c benchNotify) profiled() (stop func()) {
	f, err := os.Create(filepath.Join(c.Profile, "notify.pprof"))
	if err != nil || pprof.StartCPUProfile(f) != nil {
		return func() {}
	}
	t := time.AfterFunc(8*time.Second, pprof.StopCPUProfile)
	return func() { t.Stop(); pprof.StopCPUProfile(); _ = f.Close() }
}

// register fills the registry.
func (r *notifyRun) register(ctx context.Context) error {
	exporters, products, subscribers := batch[trade.Exporter]{table: r.bus.Exporters}, batch[trade.Product]{table: r.bus.Products}, batch[trade.Subscriber]{table: r.bus.Subscribers}
	for i := range r.Recipients {
		id := fmt.Sprintf("E%06d", i)
		e := trade.Exporter{ID: id, Name: fmt.Sprintf("第%d出口有限公司", i), District: fmt.Sprintf("第%d区", i%40)}
		p := trade.Product{ID: "P1", Exporter: id, NameZH: "两轮摩托车", NameEN: "motorcycle", HS: []string{"871120"}, Markets: []string{"VN"}, ExportValue: 100_000}
		s := trade.Subscriber{ID: "S" + id, Kind: trade.SubExporter, Name: e.Name, Exporter: id, Language: "zh", Channel: "email", Address: id + "@firm.example", Cadence: trade.Immediate}
		if i%2 == 1 {
			s.Channel, s.Address = "webhook", r.far.url+"/"+id
		}
		if err := exporters.put(ctx, registry.ExporterKey(id), e, 0); err != nil {
			return err
		}
		if err := products.put(ctx, p.Key(), p, 0); err != nil {
			return err
		}
		if err := subscribers.put(ctx, registry.SubscriberKey(s.ID), s, 0); err != nil {
			return err
		}
	}
	if err := exporters.flush(ctx); err != nil {
		return err
	}
	if err := products.flush(ctx); err != nil {
		return err
	}
	return subscribers.flush(ctx)
}

// family is the measure of the last release; each release is of another one.
func (r *notifyRun) family() string { return fmt.Sprintf("G/TBT/N/VNM/%d", r.releases) }

// release publishes a warning to the first n exporters.
func (r *notifyRun) release(ctx context.Context, n int) error {
	r.releases++
	w := trade.Warning{
		Number: fmt.Sprintf("2026-%04d", r.releases), Family: r.family(), Release: 1, Level: "red", Kind: trade.KindNew, Symbols: []string{r.family()}, Markets: []string{"VN"}, Lang: "en",
		Title: "Draft technical regulation on motorcycles", Original: strings.Repeat("The draft sets limits for the sound level of two-wheeled vehicles. ", 8),
		Headline: trade.Text{ZH: "越南：摩托车噪声限值拟收紧", EN: "Viet Nam: stricter sound limits for motorcycles"},
		Summary:  trade.Text{ZH: "越南通报摩托车噪声新限值草案。", EN: "Viet Nam notified a draft with new sound limits."},
		Dates:    []trade.Date{{What: trade.DateCommentDeadline, Text: "60 days from notification", From: "2026-12-31", To: "2026-12-31", Basis: "60 days from 2026-11-01 (circulation)"}},
		Link:     "https://eping.example.org/notice", At: time.Now().UTC().Format(time.RFC3339), By: "rule",
	}
	for i := range n {
		w.Audience = append(w.Audience, trade.Match{Notice: w.Family, Family: w.Family, Exporter: fmt.Sprintf("E%06d", i), Product: "P1", Grade: trade.Direct, Score: 0.9, Markets: []string{"VN"},
			Evidence: []trade.Evidence{{Kind: trade.EvidenceHS, Notice: "8711", Product: "871120", Where: "hs"}}})
	}
	_, err := r.bus.Warnings.Put(ctx, trade.FamilyKey(w.Family), w, 0)
	return err
}
