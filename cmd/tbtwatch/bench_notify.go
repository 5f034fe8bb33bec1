package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

type benchNotify struct {
	Recipients int    `help:"Recipients of the release: every second one by mail, the others by webhook." default:"100000"`
	Few        int    `help:"Recipients of the release that the memory is compared with." default:"10000"`
	Kills      int    `help:"How often the sender is killed with SIGKILL on the way." default:"100"`
	Workers    int    `help:"Deliveries under way at once, for each channel." default:"128"`
	Memory     int    `help:"MiB that the sender may take, as memory_limit says it to the program." default:"400"`
	Profile    string `help:"Folder for a processor profile of the sender, with the ledger." type:"path" placeholder:"FOLDER"`

	Part       string `help:"Be a process of the bench: nats or sender." hidden:""`
	Dir        string `hidden:""`
	NATS       string `hidden:""`
	SMTP       string `hidden:""`
	Unledgered bool   `hidden:""`
}

// Run sends one release to many recipients over a mail server and a receiver of
// webhooks on this machine: without the ledger, with it, and with it while the
// sender is killed again and again. NATS, the sender and the far side are
// processes of their own.
func (c benchNotify) Run(ctx context.Context, io streams) error {
	switch c.Part {
	case "nats":
		return c.serveBus(ctx, io)
	case "sender":
		return c.send(ctx, io)
	}
	dir, err := os.MkdirTemp("", "tbtwatch-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	run, err := c.open(ctx, dir, io)
	if err != nil {
		return err
	}
	defer run.close()
	return run.all(ctx)
}

// notifyRun is a run of the bench.
type notifyRun struct {
	benchNotify
	io       streams
	dir      string
	far      *farSide
	nats     *benchPart
	bus      *bus.Bus
	releases int
}

func (c benchNotify) open(ctx context.Context, dir string, io streams) (r *notifyRun, err error) {
	r = &notifyRun{benchNotify: c, io: io, dir: dir}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if r.far, err = startFarSide(); err != nil {
		return nil, err
	}
	if r.nats, err = startPart(ctx, "bench", "notify", "--part", "nats", "--dir", filepath.Join(dir, "nats")); err != nil {
		return nil, err
	}
	r.bus, err = bus.Open(ctx, bus.Config{URL: r.nats.said, MaxStore: "32GiB"}, slog.New(slog.NewTextHandler(io.err, &slog.HandlerOptions{Level: slog.LevelError})))
	return r, err
}

func (r *notifyRun) close() {
	if r.bus != nil {
		r.bus.Close()
	}
	if r.nats != nil {
		r.nats.kill()
	}
	if r.far != nil {
		r.far.close()
	}
}

func (r *notifyRun) all(ctx context.Context) error {
	begin := time.Now()
	if err := r.register(ctx); err != nil {
		return fmt.Errorf("registering: %w", err)
	}
	fmt.Fprintf(r.io.out, "registered %d exporters with a product and a subscriber each in %.0f s\n", r.Recipients, time.Since(begin).Seconds())
	bare, err := r.measure(ctx, "without ledger", r.Recipients, true)
	if err != nil {
		return err
	}
	few, err := r.measure(ctx, "few recipients", r.Few, false)
	if err != nil {
		return err
	}
	with, err := r.measure(ctx, "with ledger", r.Recipients, false)
	if err != nil {
		return err
	}
	say(r.io.out, "ratios", "rate_with_ledger_of_without", with.rate/bare.rate, "sender_grows_mib_few", few.grown, "sender_grows_mib", with.grown)
	return r.killed(ctx)
}

// measured is what a release took.
type measured struct {
	rate  float64 // deliveries a second
	grown float64 // MiB that the sender took more at most than before the release
}

// measure starts a sender, releases a warning to that many, and waits until
// all have it.
func (r *notifyRun) measure(ctx context.Context, name string, recipients int, unledgered bool) (m measured, err error) {
	sender, err := r.sender(ctx, unledgered, r.Profile != "" && !unledgered && recipients == r.Recipients)
	if err != nil {
		return m, err
	}
	defer sender.kill()
	r.far.reset()
	before, natsBefore := memoryOf(sender.cmd.Process.Pid), memoryOf(r.nats.cmd.Process.Pid)
	begin, cpu := time.Now(), r.processors(sender)
	if err := r.release(ctx, recipients); err != nil {
		return m, err
	}
	if err := r.far.wait(ctx, recipients); err != nil {
		return m, err
	}
	half, most, all, extra := r.far.spread(begin)
	for i, used := range r.processors(sender) {
		cpu[i] = (used - cpu[i]) * 1e6 / float64(recipients)
	}
	after, nats := memoryOf(sender.cmd.Process.Pid), memoryOf(r.nats.cmd.Process.Pid)
	m = measured{float64(recipients) / all.Seconds(), mib(after.peak - before.now)}
	say(r.io.out, name, "recipients", recipients, "deliveries_s", m.rate, "p50_s", half.Seconds(), "p99_s", most.Seconds(), "all_s", all.Seconds(), "more_than_once", extra,
		"sender_us_each", cpu[0], "nats_us_each", cpu[1], "far_side_us_each", cpu[2],
		"sender_before_mib", mib(before.now), "sender_peak_mib", mib(after.peak), "nats_before_mib", mib(natsBefore.now), "nats_peak_mib", mib(nats.peak))
	return m, r.settled(ctx, unledgered, recipients)
}

// processors is what the three processes have used, in seconds: the sender,
// NATS, and this one with the far side.
func (r *notifyRun) processors(sender *benchPart) [3]float64 {
	return [3]float64{processorOf(sender.cmd.Process.Pid), processorOf(r.nats.cmd.Process.Pid), processorOf(os.Getpid())}
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// settled waits until the ledger says what the far side knows, too.
func (r *notifyRun) settled(ctx context.Context, unledgered bool, recipients int) error {
	if unledgered {
		return nil
	}
	for {
		states, err := r.states(ctx)
		if err != nil {
			return err
		}
		if states[trade.Accepted] >= recipients {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the ledger says %v: %w", states, ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// states counts the last release's deliveries by state.
func (r *notifyRun) states(ctx context.Context) (map[trade.DeliveryState]int, error) {
	out := map[trade.DeliveryState]int{}
	_, err := r.bus.Deliveries.Scan(ctx, func(e bus.Entry[trade.Delivery]) error {
		if e.Value.Release == 1 && e.Value.Family == r.family() {
			out[e.Value.State]++
		}
		return nil
	})
	return out, err
}

// killed releases once more and kills the sender on the way, each time after
// some more have arrived.
func (r *notifyRun) killed(ctx context.Context) error {
	if r.Kills < 1 {
		return nil
	}
	r.far.reset()
	begin := time.Now()
	if err := r.release(ctx, r.Recipients); err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(1, uint64(r.Kills)))
	step := r.Recipients * 9 / 10 / r.Kills // the rest is for the end
	for i := range r.Kills {
		sender, err := r.sender(ctx, false, false)
		if err != nil {
			return err
		}
		err = r.far.wait(ctx, min(r.far.count()+1+rnd.IntN(step), (i+1)*step))
		sender.kill()
		if err != nil {
			return err
		}
	}
	sender, err := r.sender(ctx, false, false)
	if err != nil {
		return err
	}
	defer sender.kill()
	if err := r.far.wait(ctx, r.Recipients); err != nil {
		return err
	}
	if err := r.settled(ctx, false, r.Recipients); err != nil {
		return err
	}
	unknown, err := r.unknown(ctx, begin)
	if err != nil {
		return err
	}
	_, _, all, extra := r.far.spread(begin)
	say(r.io.out, "killed", "kills", r.Kills, "recipients", r.Recipients, "lost", r.Recipients-r.far.count(), "identities_beyond", r.far.count()-r.Recipients,
		"unknown", unknown, "arrived_again_with_the_same_identity", extra, "all_s", all.Seconds())
	if n := r.far.count(); n != r.Recipients {
		return fmt.Errorf("%d identities arrived for %d recipients", n, r.Recipients)
	}
	return nil
}

// unknown counts the deliveries that were unknown at some time since then.
func (r *notifyRun) unknown(ctx context.Context, since time.Time) (n int, err error) {
	err = r.bus.Deliveries.Since(ctx, since, func(e bus.Entry[trade.Delivery]) error {
		if e.Value.State == trade.Unknown && e.Value.Family == r.family() {
			n++
		}
		return nil
	})
	return n, err
}

// messageID reads a mail up to its Message-ID.
func messageID(r io.Reader) (string, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.EqualFold(name, "Message-ID") {
			return strings.TrimSpace(value), nil
		}
	}
	return "", errors.Join(errors.New("a mail without Message-ID"), lines.Err())
}
