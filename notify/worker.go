package notify

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Config is how the notifier sends.
type Config struct {
	Workers     int     `yaml:"workers"`      // deliveries under way at once, for each channel
	OnAmbiguous string  `yaml:"on_ambiguous"` // "resend" (default) or "hold": when nobody knows whether a channel delivered
	DigestAt    string  `yaml:"digest_at"`    // hour of daily and weekly subscribers, "08:30"
	Timezone    string  `yaml:"timezone"`     // of digest_at
	Heartbeat   bool    `yaml:"heartbeat"`    // who gets digests and had none for a week is told that nothing was new
	Brake       Brake   `yaml:"brake"`        // from when on a release waits for the lead
	Levels      []Level `yaml:"-"`
	// Working reports whether people work on that day by China's calendar; nil
	// knows weekends only.
	Working func(day time.Time) bool `yaml:"-"`
}

// DefaultConfig is the notifier's policy where nothing is configured.
func DefaultConfig() Config {
	return Config{Workers: 8, OnAmbiguous: "resend", DigestAt: "08:30", Timezone: "Asia/Shanghai", Heartbeat: true, Brake: Brake{Share: 0.5, Least: 200}}
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
	return c.Brake.validate()
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
	// Sums says what a message about the release at that place may tell its
	// recipient of firms that it does not name; nil: nothing.
	Sums func(ctx context.Context, to trade.Subscriber, w *trade.Warning, seq uint64) (trade.Sums, error)
	// Occasions are when somebody is written to about a release again; nil: never.
	Occasions Occasions
	// Health says in a line how the sources are doing; nil: nothing is said.
	Health func() trade.Text
	Owner  string // names this process in the ledger
	// Alone says that no other process can be sending (embedded bus): what a
	// dead one left in "sending" is known to be unknown at once.
	Alone bool
	Now   func() time.Time
	Log   *slog.Logger

	// Unledgered sends without writing to the ledger. It exists so that a test
	// can show what the ledger is for; nothing sets it otherwise.
	Unledgered bool

	told    briefings // releases that are being told
	courses courses   // what later releases say of earlier ones

	underWay underWay
	digests  digests           // what waits to go out together
	heard    heard             // who was told something when
	letters  letters           // about endpoints that are gone
	queues   map[string]*queue // by channel; one for each that a delivery named
	ready    chan struct{}
	once     sync.Once
}

func (n *Notifier) ledger() ledger {
	return ledger{n.Bus.Deliveries, n.Now, func(e entry) { _ = n.note(e) }} // note never fails
}

func (n *Notifier) init() {
	n.once.Do(func() {
		n.queues, n.ready = map[string]*queue{}, make(chan struct{})
		room := keptWhole
		if n.Unledgered { // there is nowhere to read the others from
			room = math.MaxInt
		}
		for name := range n.Channels {
			n.queues[name] = newQueue(room)
		}
		n.queues[noChannel] = newQueue(room)
	})
}

// noChannel is the queue of deliveries whose channel does not exist any more.
const noChannel = ""

// queue is where a channel's deliveries wait: a channel that hangs holds up its
// own only.
func (n *Notifier) queue(channel string) *queue {
	n.init()
	if q, ok := n.queues[channel]; ok {
		return q
	}
	return n.queues[noChannel]
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
	for _, q := range n.queues {
		g.Go(func() error { return n.dispatch(ctx, q) })
	}
	g.Go(func() error { return n.Plan(ctx) })
	g.Go(func() error { return n.sendDigests(ctx) })
	g.Go(func() error { return n.keepOccasions(ctx) })
	g.Go(func() error { return n.hear(ctx) })
	g.Go(func() error { return n.tellGone(ctx) })
	return g.Wait()
}

// note takes a ledger record into memory; only what is open stays.
func (n *Notifier) note(e entry) error {
	q := n.queue(e.Value.Channel)
	if !e.Deleted {
		n.noteHeard(&e.Value)
	}
	if e.Deleted || e.Value.State.Final() || e.Value.State == trade.Bundled {
		q.drop(e.Key)
		n.digests.drop(e.Value.Subscriber, e.Value.Channel, e.Key)
		return nil
	}
	if n.waitsForDigest(&e.Value) {
		q.drop(e.Key)
		n.digests.put(&e.Value, e.Key)
		return nil
	}
	q.put(e, n.dueAt(e.Value))
	return nil
}

// handOver is note for deliveries that no ledger holds.
func (n *Notifier) handOver(planned []trade.Delivery) {
	for _, d := range planned {
		_ = n.note(entry{Key: d.Key, Value: d})
	}
}

// dispatch gives a channel's due deliveries to its workers. A send that has
// begun may end although the process is stopping.
func (n *Notifier) dispatch(ctx context.Context, q *queue) error {
	select {
	case <-n.ready:
	case <-ctx.Done():
		return nil
	}
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var workers sync.WaitGroup
	free := make(chan struct{}, n.Config.Workers)
	for range n.Config.Workers {
		free <- struct{}{}
	}
	for ctx.Err() == nil {
		idle := idleWorkers(ctx, free)
		due, next := q.take(n.Now(), idle)
		for range idle - len(due) {
			free <- struct{}{}
		}
		if len(due) > 0 {
			jobs := n.prepare(sending, q, due)
			for range len(due) - len(jobs) {
				free <- struct{}{}
			}
			for _, j := range jobs {
				workers.Go(func() {
					n.handle(sending, q, j)
					q.giveBack(j.entry.Key)
					free <- struct{}{}
				})
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-time.After(max(10*time.Millisecond, next.Sub(n.Now()))):
		}
	}
	time.AfterFunc(keepRunning, stop)
	workers.Wait()
	return nil
}

// idleWorkers waits for one and takes those that are idle with it.
func idleWorkers(ctx context.Context, free <-chan struct{}) (n int) {
	select {
	case <-free:
	case <-ctx.Done():
		return 0
	}
	for n = 1; ; n++ {
		select {
		case <-free:
		default:
			return n
		}
	}
}

// Open is how many deliveries are not final yet, as far as this process knows.
func (n *Notifier) Open() int {
	n.init()
	open := 0
	for _, q := range n.queues {
		open += q.len()
	}
	return open + n.digests.len()
}
