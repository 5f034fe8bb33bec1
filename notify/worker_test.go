package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// scripted is a channel whose answers a test writes beforehand.
type scripted struct {
	mu      sync.Mutex
	answers []error // one for each attempt; nil from then on
	sent    []Message
	during  func(Message) // called inside Send
}

func (s *scripted) Send(_ context.Context, m Message) (string, error) {
	s.mu.Lock()
	s.sent = append(s.sent, m)
	var err error
	if n := len(s.sent); n <= len(s.answers) {
		err = s.answers[n-1]
	}
	s.mu.Unlock()
	if s.during != nil {
		s.during(m)
	}
	return "receipt", err
}

func (s *scripted) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// people is a Directory that a test writes.
type people struct {
	subscribers []trade.Subscriber
}

func (p people) Subscribers() []trade.Subscriber { return p.subscribers }
func (p people) Subscriber(id string) (trade.Subscriber, bool) {
	for _, s := range p.subscribers {
		if s.ID == id {
			return s, true
		}
	}
	return trade.Subscriber{}, false
}
func (p people) Exporter(id string) (trade.Exporter, bool) {
	return trade.Exporter{ID: id, Name: "示例企业" + id, District: "示例区"}, true
}
func (p people) WaitFor(context.Context, uint64) error { return nil }

// clock is a time that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type rig struct {
	*testing.T
	n       *Notifier
	channel *scripted
	clock   *clock
}

func newRig(t *testing.T, answers ...error) *rig {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	p := trade.Product{ID: "P1", Exporter: "EX1", NameZH: "摩托车", NameEN: "motorcycle", HS: []string{"871120"}, Markets: []string{"VN"}}
	if _, err := b.Products.Put(t.Context(), p.Key(), p, 0); err != nil {
		t.Fatal(err)
	}
	c := &clock{t: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	channel := &scripted{answers: answers}
	return &rig{t, &Notifier{
		Bus: b, Channels: map[string]Channel{"test": channel}, Config: DefaultConfig(), Owner: "me", Now: c.Now,
		Directory: people{[]trade.Subscriber{
			{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"},
			{ID: "S2", Kind: trade.SubExporter, Exporter: "EX2", Channel: "test", Address: "b"},
		}},
		Log: slog.New(slog.DiscardHandler),
	}, channel, c}
}

// warn releases a warning that touches EX1's product.
func (r *rig) warn(release int) bus.Entry[trade.Warning] { r.Helper(); return r.warning(release, nil) }

// warning is warn with a change of the release.
func (r *rig) warning(release int, change func(*trade.Warning)) bus.Entry[trade.Warning] {
	r.Helper()
	w := trade.Warning{Number: "2026-0001", Family: "G/TBT/N/VNM/1", Release: release, Level: "red", Markets: []string{"VN"}, Headline: trade.Text{ZH: "越南", EN: "Viet Nam"},
		Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}}
	if change != nil {
		change(&w)
	}
	last, err := r.n.Bus.Warnings.Get(r.Context(), trade.FamilyKey(w.Family))
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		r.Fatal(err)
	}
	seq, err := r.n.Bus.Warnings.Put(r.Context(), trade.FamilyKey(w.Family), w, last.Seq)
	if err != nil {
		r.Fatal(err)
	}
	e := entryOf(w, seq)
	if err := r.n.planWarning(r.Context(), e); err != nil {
		r.Fatal(err)
	}
	return e
}

func entryOf(w trade.Warning, seq uint64) bus.Entry[trade.Warning] {
	return bus.Entry[trade.Warning]{Key: trade.FamilyKey(w.Family), Seq: seq, Value: w}
}

func (r *rig) delivery(release int) entry {
	r.Helper()
	e, err := r.n.Bus.Deliveries.Get(r.Context(), trade.DeliveryKey("S1", "test", "G/TBT/N/VNM/1", release))
	if err != nil {
		r.Fatal(err)
	}
	return e
}

// step does the next thing about the delivery, as a worker would.
func (r *rig) step(release int) trade.Delivery {
	r.Helper()
	if err := r.n.step(r.Context(), errand{entry: r.delivery(release)}); err != nil && !errors.Is(err, trade.ErrConflict) {
		r.Fatal(err)
	}
	return r.delivery(release).Value
}

func TestAnAttemptEndsAsTheChannelSays(t *testing.T) {
	cases := []struct {
		name   string
		answer error
		want   trade.DeliveryState
		after  time.Duration // until the next attempt
	}{
		{"taken", nil, trade.Accepted, 0},
		{"refused for good", trade.Permanent(errors.New("no such mailbox")), trade.Rejected, 0},
		{"busy", errors.New("451 later"), trade.RetryAt, ladder[0]},
		{"asked to wait", trade.RetryAfter(errors.New("429"), time.Hour), trade.RetryAt, time.Hour},
		{"nobody knows", Ambiguous(errors.New("connection lost after the final dot")), trade.Unknown, ladder[0]},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, tc.answer)
			r.warn(1)
			d := r.step(1)
			if d.State != tc.want || d.Attempt != 1 || tc.answer != nil && !strings.Contains(d.Reason, tc.answer.Error()) {
				t.Errorf("%+v", d)
			}
			if wait := parseStamp(d.NotBefore).Sub(r.clock.Now()); tc.after > 0 && (wait < tc.after || wait > tc.after*11/10) {
				t.Errorf("next attempt at %s, want in %s or a tenth more", d.NotBefore, tc.after)
			}
			if tc.want == trade.Accepted && d.Provider != "receipt" {
				t.Errorf("receipt %q", d.Provider)
			}
		})
	}
}

func TestPlanningTwicePlansOnceAndOnlyForThoseConcerned(t *testing.T) {
	r := newRig(t)
	e := r.warn(1)
	if err := r.n.planRelease(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	last, err := r.n.Bus.Deliveries.LastSeq(t.Context())
	if err != nil || last != 1 {
		t.Errorf("%d ledger records, %v; want 1", last, err)
	}
	s2, _ := r.n.Directory.Subscriber("S2")
	if why, told, err := r.n.WhyNot(t.Context(), s2, &e.Value); err != nil || told || !strings.Contains(why.EN, "EX2") || !strings.Contains(why.ZH, "EX2") {
		t.Errorf("S2: told %v because %q, %v", told, why, err)
	}
}

func TestSendingIsWrittenBeforeTheChannelIsCalled(t *testing.T) {
	r := newRig(t)
	r.channel.during = func(m Message) {
		e, err := r.n.Bus.Deliveries.Get(t.Context(), m.Key)
		if err != nil || e.Value.State != trade.Sending || e.Value.Owner != "me" || e.Value.LeaseUntil == "" {
			t.Errorf("inside Send the ledger says %+v, %v", e.Value, err)
		}
	}
	r.warn(1)
	r.step(1)
	if r.channel.count() != 1 {
		t.Errorf("sent %d times", r.channel.count())
	}
}

func TestWhatADeadProcessLeftBecomesUnknownAndThenIsSentAgain(t *testing.T) {
	for policy, want := range map[string]trade.DeliveryState{"resend": trade.Accepted, "hold": trade.Held} {
		r := newRig(t)
		r.n.Config.OnAmbiguous = policy
		r.warn(1)
		if _, err := r.n.ledger().move(t.Context(), r.delivery(1), trade.Sending, func(d *trade.Delivery) {
			d.Attempt, d.Owner, d.LeaseUntil = 1, "dead", stamp(r.clock.Now().Add(lease))
		}); err != nil {
			t.Fatal(err)
		}
		_ = r.n.note(r.delivery(1))
		if _, due := takeOne(r.n.queue("test"), r.clock.Now().Add(lease-time.Second)); due {
			t.Error("due before the lease is over")
		}
		if _, due := takeOne(r.n.queue("test"), r.clock.Now().Add(lease)); !due {
			t.Error("not due when the lease is over")
		}
		r.clock.add(lease)
		if d := r.step(1); d.State != trade.Unknown || !strings.Contains(d.Reason, "dead") {
			t.Fatalf("%+v", d)
		}
		if d := r.step(1); d.State != want {
			t.Errorf("policy %s: %+v", policy, d)
		}
		if got := r.channel.count(); (got == 1) != (policy == "resend") {
			t.Errorf("policy %s sent %d times", policy, got)
		}
	}
}

func TestAttemptsEndSomeday(t *testing.T) {
	for name, answer := range map[string]error{"without a word on when": errors.New("451 later"), "asked to wait a moment": trade.RetryAfter(errors.New("503"), 5*time.Second)} {
		t.Run(name, func(t *testing.T) {
			answers := make([]error, 50)
			for i := range answers {
				answers[i] = answer
			}
			r := newRig(t, answers...)
			r.warn(1)
			begun := r.clock.Now()
			var d trade.Delivery
			for range 50 {
				if d = r.step(1); d.State.Final() {
					break
				}
				r.clock.t = parseStamp(d.NotBefore)
			}
			if d.State != trade.Rejected || d.Attempt != len(ladder)+1 || !strings.Contains(d.Reason, "given up after 10 attempts") {
				t.Errorf("%+v", d)
			}
			if hours := r.clock.Now().Sub(begun).Hours(); hours < 72 || hours > 84 {
				t.Errorf("given up after %.1f hours", hours)
			}
		})
	}
}

func TestAnUpdateIsThreadedOntoTheFirstDelivery(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	r.step(1)
	r.warn(2)
	r.step(2)
	if first, second := r.channel.sent[0], r.channel.sent[1]; first.First != "" || second.First != first.Key || first.Key == second.Key {
		t.Errorf("keys %q then %q, thread %q", first.Key, second.Key, second.First)
	}
}

// What never arrived is nothing to answer.
func TestAnUpdateDoesNotAnswerWhatWasRefused(t *testing.T) {
	r := newRig(t, trade.Permanent(errors.New("no such mailbox")))
	for release := range 3 {
		r.warn(release + 1)
		r.step(release + 1)
	}
	if second, third := r.channel.sent[1], r.channel.sent[2]; second.First != "" || third.First != second.Key {
		t.Errorf("the update answers %q, the next one %q", second.First, third.First)
	}
}

func TestWhoHasLeftIsNotWritten(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	r.n.Directory = people{}
	if d := r.step(1); d.State != trade.Suppressed || r.channel.count() != 0 {
		t.Errorf("%+v, sent %d", d, r.channel.count())
	}
}

func TestAPanicIsAnAmbiguousAnswer(t *testing.T) {
	r := newRig(t)
	r.channel.during = func(Message) { panic("template") }
	r.warn(1)
	if d := r.step(1); d.State != trade.Unknown || !strings.Contains(d.Reason, "panicked") {
		t.Errorf("%+v", d)
	}
}

// Several notifiers on one ledger send each warning once.
func TestNotifiersBesideEachOtherSendOnce(t *testing.T) {
	r := newRig(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	const warnings = 20
	var done sync.WaitGroup
	done.Add(warnings)
	r.channel.during = func(Message) { done.Done() }
	var running sync.WaitGroup
	for i := range 3 {
		n := &Notifier{Bus: r.n.Bus, Channels: r.n.Channels, Directory: r.n.Directory, Config: r.n.Config, Owner: fmt.Sprint(i), Now: time.Now, Log: r.n.Log}
		running.Go(func() { _ = n.Run(ctx) })
	}
	for i := range warnings {
		r.warning(1, func(w *trade.Warning) { w.Family = fmt.Sprint("G/TBT/N/VNM/", i) })
	}
	done.Wait()
	stop()
	running.Wait()
	if r.channel.count() != warnings {
		t.Errorf("%d warnings were sent %d times", warnings, r.channel.count())
	}
}

// A channel that hangs holds up its own deliveries only, and what is planned
// while it hangs is not lost.
func TestAChannelThatHangsHoldsUpNoOther(t *testing.T) {
	r := newRig(t)
	r.n.Now = time.Now
	r.n.Config.Workers = 1
	release := make(chan struct{})
	hangs := &scripted{during: func(Message) { <-release }}
	r.n.Channels["hangs"] = hangs
	r.n.Directory = people{[]trade.Subscriber{
		{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"},
		{ID: "S3", Kind: trade.SubExporter, Exporter: "EX1", Channel: "hangs", Address: "b"},
	}}
	delivered := make(chan struct{}, 10)
	r.channel.during = func(Message) { delivered <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = r.n.Run(ctx) })
	for i := range 3 {
		r.warn(i + 1)
	}
	for range 3 {
		<-delivered
	}
	close(release)
	for hangs.count() < 3 {
		runtime.Gosched()
	}
	stop()
	running.Wait()
}
