package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// mailbox is a channel that remembers what it took, and fails as it is told.
type mailbox struct {
	name  string
	fail  func() error // of the next message; an Ambiguous one has arrived
	taken map[string][]string
	times map[string]int // how often each identity arrived
	blank string         // a digest that told nothing
}

func (m *mailbox) Send(_ context.Context, msg Message) (string, error) {
	err := m.fail()
	if err != nil && !IsAmbiguous(err) {
		return "", err
	}
	var told []string
	if msg.Digest != nil {
		if len(msg.Digest.Items) == 0 {
			m.blank = msg.Key
		}
		for _, i := range msg.Digest.Items {
			told = append(told, fmt.Sprintf("%s %s#%d", msg.To.ID, i.View.Warning.Family, i.View.Warning.Release))
		}
	} else {
		told = append(told, fmt.Sprintf("%s %s#%d", msg.To.ID, msg.View.Warning.Family, msg.View.Warning.Release))
	}
	m.taken[msg.Key] = told
	m.times[msg.Key]++
	return "taken", err
}

// life is a world in which anything may happen to a few subscribers.
type life struct {
	t        *rapid.T
	bus      *bus.Bus
	id       string // of this world: others share the ledger
	n        *Notifier
	clock    *clock
	channels map[string]*mailbox
	people   []trade.Subscriber
	due      map[string]bool // "subscriber family#release" that have to be told
	unclear  bool            // a channel has lost an answer
	releases map[string]int
	warnings []bus.Entry[trade.Warning]
	ledger   *follower
	known    map[string]entry
}

func (l *life) Subscribers() []trade.Subscriber { return slices.Clone(l.people) }
func (l *life) Subscriber(id string) (trade.Subscriber, bool) {
	return people{l.people}.Subscriber(id)
}
func (l *life) Exporter(id string) (trade.Exporter, bool) {
	return trade.Exporter{ID: id, Name: id}, true
}
func (l *life) WaitFor(context.Context, uint64) error       { return nil }
func (l *life) draw(n int, what string) int                 { return rapid.IntRange(0, n-1).Draw(l.t, what) }
func (l *life) pick(from []string, what string) string      { return from[l.draw(len(from), what)] }
func (l *life) channel(m *mailbox) (name string, c Channel) { return m.name, m }

// start begins with what the ledger holds, as a process does.
func (l *life) start() {
	channels := map[string]Channel{}
	for _, m := range l.channels {
		name, c := l.channel(m)
		channels[name] = c
	}
	c := cadenceConfig()
	c.Heartbeat = false
	l.n = &Notifier{Bus: l.bus, Channels: channels, Directory: l, Config: c, Owner: fmt.Sprint(l.draw(1<<30, "owner")), Alone: true, Now: l.clock.Now, Log: slog.New(slog.DiscardHandler)}
	for _, e := range l.known {
		_ = l.n.note(e)
	}
	l.reread()
}

// reread takes in what has come to the ledger about this world.
func (l *life) reread() {
	last, err := l.bus.Deliveries.LastSeq(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range l.ledger.upTo(last) {
		if strings.HasPrefix(e.Value.Subscriber, l.id+"-") {
			l.known[e.Key] = e
			_ = l.n.note(e)
		}
	}
}

// follower is the ledger as one process follows it.
type follower struct {
	mu    sync.Mutex
	more  *sync.Cond
	fresh []entry
	last  uint64
}

func follow(t *testing.T, b *bus.Bus) *follower {
	f := &follower{}
	f.more = sync.NewCond(&f.mu)
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	running.Go(func() {
		_ = b.Deliveries.Follow(ctx, 0, func(e entry) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.fresh, f.last = append(f.fresh, e), e.Seq
			f.more.Broadcast()
			return nil
		})
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return f
}

// upTo waits for that sequence and takes what came.
func (f *follower) upTo(seq uint64) []entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.last < seq {
		f.more.Wait()
	}
	out := f.fresh
	f.fresh = nil
	return out
}

// turn does what is due now.
func (l *life) turn() {
	ctx := context.Background()
	due, _ := l.n.digests.due(l.clock.Now())
	for to, keys := range due {
		if err := l.n.bundle(ctx, to, keys); err != nil {
			l.t.Fatal(err)
		}
	}
	l.reread()
	if l.draw(3, "sending") == 0 {
		return // the process that sends is busy
	}
	for name := range l.channels {
		q := l.n.queue(name)
		some, _ := q.take(l.clock.Now(), 5)
		for _, e := range l.n.prepare(ctx, q, some) {
			l.n.handle(ctx, q, e)
			q.giveBack(e.entry.Key)
		}
	}
	l.reread()
}

func (l *life) release() {
	family := fmt.Sprintf("G/TBT/N/%s/%d", l.id, l.draw(3, "family"))
	l.releases[family]++
	w := trade.Warning{At: stamp(l.clock.Now()), Number: family, Family: family, Release: l.releases[family], Level: l.pick([]string{"red", "orange", "blue"}, "level"), Markets: []string{"VN"}, Headline: trade.Text{ZH: family, EN: family},
		Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}, Family: family}}}
	ctx, key := context.Background(), trade.FamilyKey(family)
	last, err := l.bus.Warnings.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		l.t.Fatal(err)
	}
	seq, err := l.bus.Warnings.Put(ctx, key, w, last.Seq)
	if err != nil {
		l.t.Fatal(err)
	}
	e := bus.Entry[trade.Warning]{Key: key, Seq: seq, Value: w}
	l.warnings = append(l.warnings, e)
	if err := l.n.planWarning(ctx, e); err != nil {
		l.t.Fatal(err)
	}
	for _, s := range l.people {
		if s.Stopped == "" {
			l.due[fmt.Sprintf("%s %s#%d", s.ID, family, w.Release)] = true
		}
	}
	l.reread()
}

func (l *life) edit() {
	s := &l.people[l.draw(len(l.people), "who")]
	switch l.draw(6, "what") {
	case 0:
		s.Cadence = l.pick([]string{"immediate", "daily", "weekly", "daily;red=immediate"}, "cadence")
	case 1:
		s.Channel = l.pick([]string{"one", "two"}, "channel")
	case 2:
		s.QuietHours = l.pick([]string{"", "22:00-07:30", "08:00-20:00"}, "quiet")
	case 3:
		s.RestDays = l.pick([]string{"", trade.RestQuiet}, "rest")
	case 4:
		s.PausedUntil = l.clock.Now().AddDate(0, 0, l.draw(9, "pause")-2).Format(trade.Day)
	case 5:
		if s.Stopped != "" {
			s.Stopped = ""
			return
		}
		s.Stopped = stamp(l.clock.Now())
		for what := range l.due { // what was not told by now is not told
			if strings.HasPrefix(what, s.ID+" ") {
				delete(l.due, what)
			}
		}
	}
}

// fails says how the next message ends.
func (l *life) fails() error {
	switch l.draw(8, "answer") {
	case 0:
		return errors.New("451 later")
	case 1:
		l.unclear = true
		return Ambiguous(errors.New("connection lost after the final dot"))
	case 2:
		return notYet(errors.New("not this minute"), time.Minute)
	}
	return nil
}

// end lets time pass until nothing is open, with channels that work.
func (l *life) end() {
	for _, m := range l.channels {
		m.fail = func() error { return nil }
	}
	for i := range l.people {
		l.people[i].PausedUntil = ""
	}
	for range 400 {
		if l.turn(); l.n.Open() == 0 {
			return
		}
		l.clock.add(6 * time.Hour)
	}
	l.t.Fatalf("%d deliveries are open after a hundred days", l.n.Open())
}

// check compares what arrived with what had to.
func (l *life) check() {
	arrived := map[string]int{}
	for _, m := range l.channels {
		if m.blank != "" {
			l.t.Errorf("the digest %s is blank", m.blank)
		}
		for key, told := range m.taken {
			if m.times[key] > 1 && !l.unclear {
				l.t.Errorf("%s arrived %d times over %s, and no answer was lost", key, m.times[key], m.name)
			}
			for _, what := range told {
				arrived[what]++
			}
		}
	}
	for what := range l.due {
		if arrived[what] == 0 {
			l.t.Errorf("lost: %s", what)
		}
	}
	for what, n := range arrived {
		if n > 1 && !l.unclear {
			l.t.Errorf("doubled: %s arrived under %d identities", what, n)
		}
	}
}

// replay plans everything that was released again, as after a consumer was made
// anew: nobody hears anything.
func (l *life) replay() {
	arrived := func() (n int) {
		for _, m := range l.channels {
			for _, times := range m.times {
				n += times
			}
		}
		return n
	}
	before := arrived()
	l.people = append(l.people, trade.Subscriber{ID: l.id + "-S9", Kind: trade.SubExporter, Exporter: "EX1", Channel: "one", Address: "new"}) // came later
	for _, w := range l.warnings {
		if err := l.n.planWarning(context.Background(), w); err != nil {
			l.t.Fatal(err)
		}
	}
	l.end()
	if after := arrived(); after != before {
		l.t.Errorf("the releases were planned again, and %d messages went out", after-before)
	}
}

// Whatever recipients change, whatever channels answer, whenever the process
// dies: what was released reaches everybody who had not unsubscribed, in a
// message of its own or in one digest, and no digest is blank.
func TestNothingReleasedIsLostOrRepeated(t *testing.T) {
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), NoSync: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	p := trade.Product{ID: "P1", Exporter: "EX1", NameZH: "摩托车", HS: []string{"871120"}, Markets: []string{"VN"}}
	if _, err := b.Products.Put(t.Context(), p.Key(), p, 0); err != nil {
		t.Fatal(err)
	}
	ledger, worlds, digests := follow(t, b), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		worlds++
		l := &life{t: t, bus: b, id: fmt.Sprintf("W%d", worlds), clock: &clock{t: time.Date(2026, 10, 23, 1, 0, 0, 0, time.UTC)}, due: map[string]bool{}, releases: map[string]int{}, ledger: ledger, known: map[string]entry{}, channels: map[string]*mailbox{}}
		for _, name := range []string{"one", "two"} {
			l.channels[name] = &mailbox{name: name, fail: l.fails, taken: map[string][]string{}, times: map[string]int{}}
		}
		for i := range 3 {
			l.people = append(l.people, trade.Subscriber{ID: fmt.Sprintf("%s-S%d", l.id, i), Kind: trade.SubExporter, Exporter: "EX1", Channel: "one", Address: "a", Timezone: "Europe/Berlin", Cadence: trade.CadenceNames[i]})
		}
		l.start()
		for range rapid.IntRange(5, 25).Draw(t, "events") {
			switch l.draw(6, "event") {
			case 0, 1:
				l.release()
			case 2:
				l.edit()
			case 3:
				l.clock.add(time.Duration(l.draw(40, "hours")) * time.Hour)
			case 4:
				l.start()
			}
			l.turn()
		}
		l.end()
		l.check()
		l.replay()
		for _, m := range l.channels {
			for _, told := range m.taken {
				if len(told) > 1 {
					digests++
				}
			}
		}
	})
	if digests < worlds/2 {
		t.Errorf("only %d digests in %d worlds: the test looks past them", digests, worlds)
	}
}
