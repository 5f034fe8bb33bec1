package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// mailbox is a channel that reads what it takes, and fails as it is told.
type mailbox struct {
	name    string
	life    *life
	healthy bool
}

// arrival is a message as its reader sees it.
type arrival struct {
	key, to string
	how     string // box and time
	shown   []what // releases that the text names
	held    []what // releases that went into it
	changes []what // changes that the text tells
}

var (
	bulletinInText = regexp.MustCompile(`预警 (W\d+)\.(\d)(?:（第 (\d+) 次更新）)?`)
	changeInText   = regexp.MustCompile(`变化(G/TBT/N/W\d+/\d)#(\d+)。`)
)

// read takes from the text what it tells its reader.
func read(m Message, text string) arrival {
	a := arrival{key: m.Key, to: m.To.ID}
	for _, f := range bulletinInText.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(f[3])
		a.shown = append(a.shown, what{a.to, "G/TBT/N/" + f[1] + "/" + f[2], n + 1})
	}
	for _, f := range changeInText.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(f[2])
		a.changes = append(a.changes, what{a.to, f[1], n})
	}
	return a
}

func (m *mailbox) Send(_ context.Context, msg Message) (string, error) {
	r := newRenderer(Env{})
	c := r.content(msg)
	a := read(msg, c.Subject+"\n"+r.plain(msg, c))
	a.how = m.name + " at " + m.life.clock.Now().Format("Jan 2 15:04")
	parts := []Message{msg}
	if msg.Digest != nil {
		parts = msg.Digest.Items
	}
	for _, p := range parts {
		w := what{a.to, p.View.Warning.Family, p.View.Warning.Release}
		m.life.tried[w] = true
		if p.Words.Mark == (trade.Text{}) {
			a.held = append(a.held, w)
		}
	}
	m.mayCome(msg, c, a)
	answer := 3
	if !m.healthy {
		answer = m.life.draw(9, "answer")
	}
	switch answer {
	case 0:
		return "", errors.New("451 later")
	case 1:
		return "", notYet(errors.New("not this minute"), time.Minute)
	case 2:
		m.life.unclear = true
		m.life.arrivals = append(m.life.arrivals, a)
		return "", Ambiguous(errors.New("connection lost after the final dot"))
	case 4:
		m.life.kill() // before a byte left
		return "", context.Canceled
	case 5:
		m.life.arrivals = append(m.life.arrivals, a)
		m.life.kill() // before it was written down
		return "taken", nil
	}
	m.life.arrivals = append(m.life.arrivals, a)
	return "taken", nil
}

// mayCome looks at a message that is about to arrive.
func (m *mailbox) mayCome(msg Message, c Content, a arrival) {
	l := m.life
	if len(a.shown) == 0 {
		l.t.Errorf("%s is blank:\n%s", a.key, c.Subject)
	}
	h, now := l.processes[0].n.Config.hours(&msg.To), l.clock.Now()
	if at := now.In(h.zone); h.paused.After(at) || !strings.Contains(fmt.Sprint(c.Subject, c.Groups), "红色") && (h.quiet.Holds(clockOf(at)) || h.rests != nil && h.rests(at)) {
		l.t.Errorf("%s comes at %v: %q, %q, paused until %q", a.key, at, msg.To.QuietHours, msg.To.RestDays, msg.To.PausedUntil)
	}
	for _, w := range a.shown {
		of := l.measures[w.family]
		if of.voided[w.release] {
			l.t.Errorf("%v was corrected or recalled, and comes", w)
		}
		if of.last.Lifted && w.release < of.last.Release {
			l.t.Errorf("%v comes after the warning was lifted", w)
		}
		for _, before := range l.arrivals {
			for _, b := range before.held { // a reminder may come before what it reminds of
				if b.to == w.to && b.family == w.family && b.release > w.release {
					l.t.Errorf("%v comes after release %d", w, b.release)
				}
			}
		}
		if r := of.last.Recalls; r > 0 && slices.Contains(a.held, w) && w.release == of.last.Release && !of.all[r].Lifted && !slices.ContainsFunc(of.mayRecall(&of.last), func(r int) bool { return l.tried[what{w.to, w.family, r}] }) {
			l.t.Errorf("%v recalls what was not sent", w)
		}
	}
}

// end lets time pass until nothing is open, with channels that work.
func (l *life) end() {
	for _, m := range l.boxes {
		m.healthy = true
	}
	for i := range l.people {
		l.people[i].PausedUntil = ""
	}
	for range 400 {
		open := 0
		for i, p := range l.processes {
			l.hear(i)
			l.turn(i)
			l.hear(i)
			open += p.n.Open()
		}
		if open == 0 {
			return
		}
		l.clock.add(6 * time.Hour)
	}
	for _, e := range l.seen {
		if now, err := l.bus.Deliveries.Get(context.Background(), e.Key); err != nil || !now.Value.State.Final() {
			l.t.Logf("%d: %+v, %v", e.Seq, e.Value, err)
		}
	}
	l.t.Fatal("deliveries are open after a hundred days")
}

// check compares what arrived with what had to.
func (l *life) check() {
	times, held := map[string]int{}, map[what]map[string]bool{}
	for _, a := range l.arrivals {
		times[a.key]++
		for _, w := range a.held {
			if held[w] == nil {
				held[w] = map[string]bool{}
			}
			held[w][a.key] = true
		}
	}
	if !l.unclear {
		for key, n := range times {
			if n > 1 {
				l.t.Errorf("%s arrived %d times, and no answer was lost", key, n)
			}
		}
		for w, keys := range held {
			if len(keys) > 1 {
				l.t.Errorf("doubled: %v arrived under %d identities", w, len(keys))
			}
		}
	}
	for w := range l.plans {
		l.checkTold(w)
	}
}

// checkTold looks whether the release was told, by itself or by a later one;
// who had an earlier one reads what changed.
func (l *life) checkTold(w what) {
	told, earlier, change := false, false, w.release == 1
	for _, a := range l.arrivals {
		of := func(s what) bool { return s.to == w.to && s.family == w.family }
		now := slices.ContainsFunc(a.shown, func(s what) bool { return of(s) && s.release >= w.release })
		told = told || now
		earlier = earlier || !now && slices.ContainsFunc(a.held, func(h what) bool { return of(h) && h.release < w.release }) // reminders not counted
		change = change || slices.Contains(a.changes, w)
	}
	if !told || earlier && !change {
		l.t.Errorf("lost: %v; told %v, had an earlier one %v, and reads what changed %v", w, told, earlier, change)
		for _, a := range l.arrivals {
			if a.to == w.to {
				l.t.Log(a.how, a.key, "shows", a.shown, "holds", a.held, "tells of", a.changes)
			}
		}
	}
}

// replay plans everything that was released again, as after a consumer was made
// anew: nobody hears anything.
func (l *life) replay() {
	before := len(l.arrivals)
	l.people = append(l.people, trade.Subscriber{ID: l.id + "-S9", Kind: trade.SubExporter, Exporter: "EX1", Channel: "one", Address: "new"}) // came later
	for _, w := range l.warnings {
		l.must(l.processes[0].n.planWarning(context.Background(), w))
	}
	l.end()
	if after := len(l.arrivals); after != before {
		l.t.Errorf("the releases were planned again, and %d messages went out", after-before)
	}
}

// Whatever recipients change and say, whatever channels answer, whenever a
// process dies: what was released reaches everybody who had not unsubscribed, in
// a message of its own, in one digest or with a later release; nothing comes in
// quiet hours, after a later release or after it was taken back, and no digest
// is blank.
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
		l := &life{t: t, bus: b, id: fmt.Sprintf("W%d", worlds), clock: &clock{t: time.Date(2026, 10, 23, 1, 0, 0, 0, time.UTC)}, plans: map[what]bool{}, kept: map[what]bool{}, measures: map[string]*measured{}, ledger: ledger, tried: map[what]bool{}, boxes: map[string]*mailbox{}}
		for _, name := range []string{"one", "two"} {
			l.boxes[name] = &mailbox{name: name, life: l}
		}
		for i := range 3 {
			l.people = append(l.people, trade.Subscriber{ID: fmt.Sprintf("%s-S%d", l.id, i), Kind: trade.SubExporter, Exporter: "EX1", Channel: "one", Address: "a", Timezone: "Europe/Berlin", Cadence: trade.CadenceNames[i]})
		}
		l.start(0)
		l.start(1)
		for range rapid.IntRange(5, 25).Draw(t, "events") {
			l.event()
			i := l.draw(2, "process")
			if l.draw(2, "hears") == 0 {
				l.hear(i)
			}
			if l.draw(3, "busy") > 0 {
				l.turn(i)
			}
		}
		l.end()
		l.check()
		l.replay()
		for _, a := range l.arrivals {
			if len(a.held) > 1 {
				digests++
			}
		}
	})
	if digests < worlds/2 {
		t.Errorf("only %d digests in %d worlds: the test looks past them", digests, worlds)
	}
}

// event is something that happens.
func (l *life) event() {
	switch l.draw(9, "event") {
	case 0, 1, 2:
		l.release()
	case 3, 4:
		l.edit()
	case 5:
		l.clock.add(time.Duration(l.draw(40, "hours")) * time.Hour)
	case 6:
		l.start(l.draw(2, "restarted"))
	case 7:
		l.answer()
	case 8:
		l.remind()
	}
}
