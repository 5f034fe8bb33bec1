package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Config is how the notifier sends.
type Config struct {
	Workers     int     `yaml:"workers"`      // deliveries under way at once
	OnAmbiguous string  `yaml:"on_ambiguous"` // "resend" (default) or "hold": when nobody knows whether a channel delivered
	DigestAt    string  `yaml:"digest_at"`    // hour of daily and weekly subscribers, "08:30"
	Timezone    string  `yaml:"timezone"`     // of digest_at
	Levels      []Level `yaml:"-"`
}

// DefaultConfig is the notifier's policy where nothing is configured.
func DefaultConfig() Config {
	return Config{Workers: 8, OnAmbiguous: "resend", DigestAt: "08:30", Timezone: "Asia/Shanghai"}
}

// Validate refuses settings that would fail in the night.
func (c Config) Validate() error {
	if c.Workers < 1 || c.Workers > 256 {
		return fmt.Errorf("notify.workers: %d is not between 1 and 256", c.Workers)
	}
	if c.OnAmbiguous != "resend" && c.OnAmbiguous != "hold" {
		return fmt.Errorf("notify.on_ambiguous: %q is neither \"resend\" nor \"hold\"", c.OnAmbiguous)
	}
	if _, err := time.Parse("15:04", c.DigestAt); err != nil {
		return fmt.Errorf("notify.digest_at: %q is no time of day; write 08:30", c.DigestAt)
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		return fmt.Errorf("notify.timezone: %w", err)
	}
	return nil
}

func (c Config) digestTime() (hour, minute int) {
	t, err := time.Parse("15:04", c.DigestAt)
	if err != nil {
		return 8, 30
	}
	return t.Hour(), t.Minute()
}

const (
	lease       = 2 * time.Minute        // of a delivery that is being sent
	sendWithin  = lease - 15*time.Second // the channel gives up before others may call it unknown
	keepRunning = 10 * time.Second       // for a send under way when the process is asked to stop
)

// Notifier plans and sends. Several may run beside each other: the ledger's
// compare-and-set lets one of them have a delivery.
type Notifier struct {
	Bus       *bus.Bus
	Channels  map[string]Channel
	Directory Directory
	Config    Config
	Owner     string // names this process in the ledger
	// Alone says that no other process can be sending (embedded bus): what a
	// dead one left in "sending" is known to be unknown at once.
	Alone bool
	Now   func() time.Time
	Log   *slog.Logger

	// Unledgered sends without writing to the ledger. It exists so that a test
	// can show what the ledger is for; nothing sets it otherwise.
	Unledgered bool

	mu    sync.Mutex
	open  map[string]entry // deliveries that are not final
	busy  map[string]bool
	wake  chan struct{}
	ready chan struct{}
	once  sync.Once
}

func (n *Notifier) ledger() ledger { return ledger{n.Bus.Deliveries, n.Now} }

func (n *Notifier) init() {
	n.once.Do(func() {
		n.open, n.busy = map[string]entry{}, map[string]bool{}
		n.wake, n.ready = make(chan struct{}, 1), make(chan struct{})
	})
}

// Run follows the ledger and sends what is due until ctx ends.
func (n *Notifier) Run(ctx context.Context) error {
	n.init()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		var caughtUp sync.Once
		return n.Bus.Keep(ctx, "ledger", func(ctx context.Context) error {
			return n.Bus.Deliveries.FollowAll(ctx, func() { caughtUp.Do(func() { close(n.ready) }) }, n.note)
		})
	})
	g.Go(func() error { return n.dispatch(ctx) })
	g.Go(func() error { return n.Plan(ctx) })
	return g.Wait()
}

// note takes a ledger record into memory; only what is open stays.
func (n *Notifier) note(e entry) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if old, ok := n.open[e.Key]; ok && old.Seq > e.Seq {
		return nil
	}
	if e.Deleted || e.Value.State.Final() {
		delete(n.open, e.Key)
		return nil
	}
	n.open[e.Key] = e
	n.poke()
	return nil
}

func (n *Notifier) poke() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// handOver is note for deliveries that no ledger holds.
func (n *Notifier) handOver(planned []trade.Delivery) {
	n.init()
	for _, d := range planned {
		_ = n.note(entry{Key: d.Key, Value: d})
	}
}

// dispatch gives due deliveries to the workers. A send that has begun may end
// although the process is stopping.
func (n *Notifier) dispatch(ctx context.Context) error {
	select {
	case <-n.ready:
	case <-ctx.Done():
		return nil
	}
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var workers errgroup.Group
	workers.SetLimit(n.Config.Workers)
	for ctx.Err() == nil {
		next := n.Now().Add(time.Minute)
		for _, e := range n.claim(&next) {
			workers.Go(func() error {
				defer n.unclaim(e.Key)
				if ctx.Err() == nil {
					n.handle(sending, e)
				}
				return nil
			})
		}
		select {
		case <-ctx.Done():
		case <-n.wake:
		case <-time.After(max(10*time.Millisecond, next.Sub(n.Now()))):
		}
	}
	time.AfterFunc(keepRunning, stop)
	_ = workers.Wait()
	return nil
}

// Open is how many deliveries are not final yet, as far as this process knows.
func (n *Notifier) Open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.open)
}
