package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// life is a world in which anything may happen to a few subscribers, told by
// two processes that share a ledger and do not hear of it at the same time.
type life struct {
	t         *rapid.T
	bus       *bus.Bus
	id        string // of this world: others share the ledger
	processes [2]*process
	clock     *clock
	boxes     map[string]*mailbox
	tried     map[what]bool // a channel had it in its hands
	arrivals  []arrival     // in order
	people    []trade.Subscriber
	plans     map[what]bool // has to be told
	kept      map[what]bool // was kept from the firm by its own word
	unclear   bool          // an answer was lost
	measures  map[string]*measured
	warnings  []bus.Entry[trade.Warning]
	ledger    *follower
	seen      []entry
	kill      context.CancelFunc // ends the process whose turn it is
}

// process is one notifier, and how much of the ledger it has heard.
type process struct {
	n    *Notifier
	seen int
	dead bool
}

// what is a release as one subscriber has to be told it.
type what struct {
	to, family string
	release    int
}

func (w what) String() string { return fmt.Sprintf("%s, release %d, to %s", w.family, w.release, w.to) }

// measured is what was released about a family.
type measured struct {
	last   trade.Warning
	all    map[int]trade.Warning
	voided map[int]bool
	silent bool // the firm called it not relevant
}

// standing is the latest release but the last that nothing has taken back.
func (m *measured) standing() (w trade.Warning, ok bool) {
	for r := m.last.Release - 1; r > 0; r-- {
		if !m.voided[r] {
			return m.all[r], true
		}
	}
	return w, false
}

// mayRecall are the releases of which a recall tells that they do not stand.
func (m *measured) mayRecall(w *trade.Warning) []int {
	return []int{w.Recalls, m.all[w.Recalls].Corrects}
}

func (l *life) Subscribers() []trade.Subscriber { return slices.Clone(l.people) }
func (l *life) Subscriber(id string) (trade.Subscriber, bool) {
	return people{l.people}.Subscriber(id)
}
func (l *life) Exporter(id string) (trade.Exporter, bool) {
	return trade.Exporter{ID: id, Name: id}, true
}
func (l *life) WaitFor(context.Context, uint64) error  { return nil }
func (l *life) draw(n int, what string) int            { return rapid.IntRange(0, n-1).Draw(l.t, what) }
func (l *life) pick(from []string, what string) string { return from[l.draw(len(from), what)] }
func (l *life) must(err error) {
	if err != nil {
		l.t.Fatal(err)
	}
}

// Due and Words are of reminders: that a release later than the one that it
// means has come, it says itself.
func (l *life) Due(context.Context, time.Time, int) ([]Occasion, error) { return nil, nil }
func (l *life) Words(_ context.Context, id string, _ *trade.Subscriber, w *trade.Warning) (words Words, why trade.Text, err error) {
	if fmt.Sprint("remind-", l.measures[w.Family].last.Release) != id {
		return words, triage.Reason("the reminder is out of date: the day has passed or was moved"), nil
	}
	return Words{Mark: trade.Text{ZH: "提醒", EN: "Reminder"}}, trade.Text{}, nil
}

// start begins with what the ledger holds, as a process does.
func (l *life) start(i int) {
	channels := map[string]Channel{}
	for name, m := range l.boxes {
		channels[name] = m
	}
	c := cadenceConfig()
	c.Heartbeat = false
	l.processes[i] = &process{n: &Notifier{Bus: l.bus, Channels: channels, Directory: l, Occasions: l, Config: c, Owner: fmt.Sprint(i, l.draw(1<<30, "owner")), Now: l.clock.Now, Log: slog.New(slog.DiscardHandler)}}
	l.hear(i)
}

// hear brings a process what has come to the ledger about this world.
func (l *life) hear(i int) {
	last, err := l.bus.Deliveries.LastSeq(context.Background())
	l.must(err)
	for _, e := range l.ledger.upTo(last) {
		if strings.HasPrefix(e.Value.Subscriber, l.id+"-") {
			l.seen = append(l.seen, e)
		}
	}
	p := l.processes[i]
	for ; p.seen < len(l.seen); p.seen++ {
		_ = p.n.note(l.seen[p.seen])
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

// turn has one process do what is due now. It may die over it, in the middle of
// a message.
func (l *life) turn(i int) {
	p := l.processes[i]
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	l.kill = func() { p.dead = true; kill() }
	due, _ := p.n.digests.due(l.clock.Now())
	for to, keys := range due {
		l.must(p.n.bundle(ctx, to, keys))
	}
	for _, name := range []string{"one", "two"} {
		q := p.n.queue(name)
		some, _ := q.take(l.clock.Now(), 5)
		for _, e := range p.n.prepare(ctx, q, some) {
			if !p.dead {
				p.n.handle(ctx, q, e)
			}
			q.giveBack(e.entry.Key)
		}
	}
	if p.dead {
		l.unclear = true
		l.start(i)
	}
}

// release makes the next release of some measure, of whatever kind.
func (l *life) release() {
	family := fmt.Sprintf("G/TBT/N/%s/%d", l.id, l.draw(3, "family"))
	m := l.measures[family]
	if m == nil {
		m = &measured{voided: map[int]bool{}, all: map[int]trade.Warning{}}
		l.measures[family] = m
	}
	before := m.last
	w := trade.Warning{At: stamp(l.clock.Now()), Number: fmt.Sprintf("%s.%s", l.id, family[len(family)-1:]), Family: family, Release: before.Release + 1, Level: l.pick([]string{"red", "orange", "blue"}, "level"), Markets: []string{"VN"}, Headline: trade.Text{ZH: family, EN: family},
		Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}, Family: family}}}
	if before.Release > 0 {
		w.Changed = []trade.Text{{ZH: fmt.Sprintf("变化%s#%d。", family, w.Release), EN: "changed"}}
		standing := before.Voids() == 0
		switch l.draw(6, "kind") {
		case 0:
			w.Lifted, w.Level = true, triage.LevelLifted
		case 1:
			if standing {
				w.Corrects = before.Release
			}
		case 2:
			if standing {
				w.Recalls, w.Lifted, w.Level = before.Release, true, triage.LevelLifted
				if stands, ok := m.standing(); ok {
					w.Lifted, w.Level = stands.Lifted, stands.Level
				}
			}
		}
	}
	l.expect(m, &w)
	ctx, key := context.Background(), trade.FamilyKey(family)
	last, err := l.bus.Warnings.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		l.t.Fatal(err)
	}
	seq, err := l.bus.Warnings.Put(ctx, key, w, last.Seq)
	l.must(err)
	e := bus.Entry[trade.Warning]{Key: key, Seq: seq, Value: w}
	l.warnings = append(l.warnings, e)
	l.must(l.processes[l.draw(2, "planner")].n.planWarning(ctx, e))
}

// expect notes who has to be told of the release.
func (l *life) expect(m *measured, w *trade.Warning) {
	for _, s := range l.people {
		to := what{s.ID, w.Family, w.Release}
		before := what{s.ID, w.Family, w.Voids()}
		l.forget(func(due what) bool { return due == before })
		switch {
		case s.Stopped != "", w.Recalls > 0 && !m.all[w.Recalls].Lifted && !slices.ContainsFunc(m.mayRecall(w), func(r int) bool { return l.arrived(what{s.ID, w.Family, r}) }):
		case m.silent:
			l.kept[to] = true
		default:
			l.plans[to] = true
		}
	}
	if w.Voids() > 0 {
		m.voided[w.Voids()] = true
	}
	if w.Lifted && w.Recalls > 0 { // who was not told of what is recalled has nothing to be told
		l.forget(func(to what) bool { return to.family == w.Family && to.release < w.Release && !l.arrived(to) })
	}
	m.last, m.all[w.Release] = *w, *w
}

// forget: what was not told by now is not told.
func (l *life) forget(which func(what) bool) {
	for _, due := range []map[what]bool{l.plans, l.kept} {
		maps.DeleteFunc(due, func(w what, _ bool) bool { return which(w) })
	}
}

// arrived reports whether a message with that release came.
func (l *life) arrived(w what) bool {
	return slices.ContainsFunc(l.arrivals, func(a arrival) bool { return slices.Contains(a.held, w) })
}

// remind has a reminder of some measure planned.
func (l *life) remind() {
	family := fmt.Sprintf("G/TBT/N/%s/%d", l.id, l.draw(3, "reminded"))
	if m := l.measures[family]; m != nil {
		o := Occasion{ID: fmt.Sprint("remind-", m.last.Release), Key: trade.FamilyKey(family), To: func(*trade.Subscriber) bool { return true }}
		l.must(l.processes[0].n.planOccasion(context.Background(), o))
	}
}

// answer has the firm say whether some measure is relevant.
func (l *life) answer() {
	family := fmt.Sprintf("G/TBT/N/%s/%d", l.id, l.draw(3, "answered"))
	m := l.measures[family]
	if m == nil {
		return
	}
	m.silent = !m.silent
	r := trade.Response{Family: family, Exporter: "EX1", Product: "P1", Kind: trade.Relevant, By: "S", At: stamp(l.clock.Now()), Judged: []trade.Judged{{Product: "P1", Grade: trade.Direct}}}
	from, to := l.kept, l.plans
	if m.silent {
		r.Kind, r.Code, from, to = trade.NotRelevant, "other_goods", l.plans, l.kept
	}
	for w := range from {
		if w.family == family {
			delete(from, w)
			to[w] = true
		}
	}
	last, _ := l.bus.Responses.Get(context.Background(), r.Key())
	_, err := l.bus.Responses.Put(context.Background(), r.Key(), r, last.Seq)
	l.must(err)
	if !m.silent {
		l.must(l.processes[1].n.reconsider(context.Background(), family, "EX1"))
	}
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
		l.forget(func(w what) bool { return w.to == s.ID })
	}
}
