package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// at is the state of the delivery of that release.
func (r *rig) at(release int) trade.DeliveryState {
	r.Helper()
	e, err := r.n.Bus.Deliveries.Get(r.Context(), trade.DeliveryKey("S1", "test", vietnam, release))
	if err != nil {
		return ""
	}
	return e.Value.State
}

func said(release int) func(*trade.Warning) {
	return func(w *trade.Warning) {
		w.Changed = []trade.Text{{ZH: fmt.Sprintf("变化%d", release), EN: fmt.Sprintf("change %d", release)}}
	}
}

// Nobody is told yesterday's days after today's: what a later release has
// overtaken is not sent, and that one says what was new in both.
func TestAReleaseDoesNotComeAfterALaterOne(t *testing.T) {
	later := errors.New("451 later")
	for name, c := range map[string]struct {
		answer    error // to release 2
		third     error // to release 3, at first
		lifts     bool
		second    trade.DeliveryState // at last
		told      int                 // messages that were tried
		news      int                 // changes that the last one says
		forgotten bool                // the third is given up before it is tried
	}{
		"retried":                       {answer: later, second: trade.Suppressed, told: 3, news: 2},
		"nobody knows":                  {answer: Ambiguous(later), second: trade.Suppressed, told: 3, news: 2},
		"taken":                         {second: trade.Accepted, told: 3, news: 1},
		"refused":                       {answer: trade.Permanent(later), second: trade.Rejected, told: 3, news: 2},
		"the later one fails":           {answer: later, third: later, second: trade.Suppressed, told: 3, news: 2},
		"the later one is unclear":      {answer: later, third: Ambiguous(later), second: trade.Suppressed, told: 3, news: 2},
		"the later one is not wanted":   {answer: later, forgotten: true, second: trade.Accepted, told: 3, news: 1},
		"the later one lifts":           {answer: later, lifts: true, second: trade.Suppressed, told: 3, news: 2},
		"the later one lifts and fails": {answer: later, third: later, lifts: true, second: trade.Suppressed, told: 3, news: 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil, c.answer, c.third)
			r.warn(1)
			r.step(1)
			r.warning(2, said(2))
			r.step(2)
			r.warning(3, func(w *trade.Warning) {
				said(3)(w)
				if c.lifts {
					w.Lifted, w.Level = true, triage.LevelLifted
				}
			})
			if c.forgotten {
				if err := r.n.Decide(t.Context(), r.delivery(3).Key, r.delivery(3).Seq, trade.GiveUp, "李明", "试"); err != nil {
					t.Fatal(err)
				}
			} else {
				r.step(3)
			}
			r.clock.add(time.Minute)
			if !r.at(2).Final() {
				r.step(2)
			}
			last := r.channel.sent[len(r.channel.sent)-1]
			if got := r.at(2); got != c.second || r.channel.count() != c.told {
				t.Fatalf("release 2 is %q (%s), %d messages; want %q, %d", got, r.delivery(2).Value.Reason, r.channel.count(), c.second, c.told)
			}
			if c.second == trade.Suppressed {
				if zh := triage.ReasonText(r.delivery(2).Value.Reason).ZH; !strings.HasPrefix(zh, "不再发送：第 3 次发布") {
					t.Errorf("the reason in Chinese: %q", zh)
				}
			}
			third := slices.IndexFunc(r.channel.sent, func(m Message) bool { return m.Warning.Release == 3 })
			if third >= 0 {
				last = r.channel.sent[third]
			}
			if len(last.Warning.Changed) != c.news || len(last.View.Warning.Changed) != c.news {
				t.Errorf("the last message says %v, want %d changes", last.Warning.Changed, c.news)
			}
			if last.First != r.delivery(1).Key {
				t.Errorf("it answers %q", last.First)
			}
		})
	}
}

// Who missed releases, because they were below the level that is wanted, reads
// with the next one all that has changed meanwhile.
func TestAnUpdateSaysWhatChangedSinceItsRecipientLastHeard(t *testing.T) {
	r := newRig(t)
	to := trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"}
	r.n.Directory = people{[]trade.Subscriber{to}}
	r.warn(1)
	r.step(1)
	to.Muted = vietnam
	r.n.Directory = people{[]trade.Subscriber{to}}
	r.warning(2, said(2))
	r.warning(3, func(w *trade.Warning) { said(3)(w); w.News = []string{"another's product"} })
	mine := trade.Product{ID: "P1", Exporter: "EX1"}
	r.warning(4, func(w *trade.Warning) { said(4)(w); w.News = []string{mine.Key()} })
	r.warning(5, func(w *trade.Warning) { said(5)(w); w.Corrects = 4 })
	r.warning(6, said(6))
	r.warning(7, func(w *trade.Warning) { said(7)(w); w.Recalls = 6 })
	to.Muted = ""
	r.n.Directory = people{[]trade.Subscriber{to}}
	r.warning(8, func(w *trade.Warning) { said(8)(w); w.News = []string{mine.Key()} })
	r.step(8)
	var got []string
	for _, c := range r.channel.sent[1].Warning.Changed {
		got = append(got, c.EN)
	}
	if want := []string{"change 2", "change 4", "change 5", "change 7", "change 8"}; !slices.Equal(got, want) {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// What is being sent by a slow server is waited for: an update does not come
// before what it updates.
func TestAnUpdateWaitsForTheReleaseThatIsBeingSent(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	r.warning(2, said(2))
	q := r.n.queue("test")
	for release := 1; release <= 2; release++ {
		_ = r.n.note(r.delivery(release))
	}
	some, _ := q.take(r.clock.Now(), 5)
	jobs := r.n.prepare(t.Context(), q, some)
	if len(some) != 2 || len(jobs) != 1 || jobs[0].entry.Value.Release != 1 {
		t.Fatalf("%d due, %d begun at once", len(some), len(jobs))
	}
	r.channel.during = func(m Message) {
		if m.Warning.Release > 1 {
			return
		}
		r.clock.add(2 * time.Second)
		other := &Notifier{Bus: r.n.Bus, Channels: r.n.Channels, Directory: r.n.Directory, Config: r.n.Config, Owner: "other", Now: r.n.Now, Log: r.n.Log}
		if err := other.step(t.Context(), errand{entry: r.delivery(2)}); !errors.Is(err, errBehind) {
			t.Errorf("another process sends the update meanwhile: %v", err)
		}
	}
	r.n.handle(t.Context(), q, jobs[0])
	q.giveBack(jobs[0].entry.Key)
	some, _ = q.take(r.clock.Now(), 5)
	for _, j := range r.n.prepare(t.Context(), q, some) {
		r.n.handle(t.Context(), q, j)
	}
	if r.channel.count() != 2 || r.at(2) != trade.Accepted {
		t.Errorf("%d sent, the update is %q", r.channel.count(), r.at(2))
	}
}

func TestAnUpdateWaitsForTheDigestThatIsBeingSent(t *testing.T) {
	r := newRig(t)
	r.n.Config = cadenceConfig()
	r.n.Directory = people{[]trade.Subscriber{{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a", Cadence: "daily;red=immediate"}}}
	orange := func(w *trade.Warning) { w.Level = "orange" }
	r.warning(1, orange)
	r.warning(1, func(w *trade.Warning) { orange(w); w.Family = "G/TBT/N/VNM/2" })
	r.clock.add(24 * time.Hour)
	if err := r.n.bundle(t.Context(), recipient{"S1", "test"}, []string{r.delivery(1).Key, trade.DeliveryKey("S1", "test", "G/TBT/N/VNM/2", 1)}); err != nil {
		t.Fatal(err)
	}
	r.warning(2, said(2))
	digest, err := r.n.Bus.Deliveries.Get(t.Context(), r.delivery(1).Value.Digest)
	if err != nil {
		t.Fatal(err)
	}
	r.channel.during = func(m Message) {
		if m.Digest == nil {
			return
		}
		if err := r.n.step(t.Context(), errand{entry: r.delivery(2)}); !errors.Is(err, errBehind) {
			t.Errorf("the update is sent meanwhile: %v", err)
		}
	}
	if err := r.n.step(t.Context(), errand{entry: digest}); err != nil {
		t.Fatal(err)
	}
	if d := r.step(2); d.State != trade.Accepted || r.channel.sent[1].First != digest.Key {
		t.Errorf("%+v answers %q", d, r.channel.sent[1].First)
	}
}

// A person is told why what is out of date is not sent again.
func TestWhatIsOutOfDateIsNotResent(t *testing.T) {
	r := newRig(t)
	for release := 1; release <= 2; release++ {
		r.warning(release, said(release))
		r.step(release)
	}
	var refused *trade.Refused
	e := r.delivery(1)
	if err := r.n.Decide(t.Context(), e.Key, e.Seq, trade.Resend, "李明", "未收到"); !errors.As(err, &refused) || !strings.Contains(err.Error(), "第 2 次发布") {
		t.Errorf("%v", err)
	}
	if r.at(1) != trade.Accepted {
		t.Errorf("it is %q now", r.at(1))
	}
	e = r.delivery(2)
	if err := r.n.Decide(t.Context(), e.Key, e.Seq, trade.Resend, "李明", "未收到"); err != nil {
		t.Error(err)
	}
}

// Quiet hours, days of rest and pauses hold for retries, for what was planned
// before they were set, and for what is told over another channel.
func TestNothingIsWrittenInQuietHours(t *testing.T) {
	night := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC) // 23:00 in Shanghai
	morning := time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)
	to := trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"}
	for name, c := range map[string]struct {
		level  string
		answer error
		edit   func(*trade.Subscriber)
		state  trade.DeliveryState
		until  time.Time
	}{
		"a retry":            {"orange", errors.New("451 later"), func(s *trade.Subscriber) { s.QuietHours = "22:00-07:30" }, trade.RetryAt, morning},
		"unclear":            {"orange", Ambiguous(errors.New("cut")), func(s *trade.Subscriber) { s.QuietHours = "22:00-07:30" }, trade.Unknown, morning},
		"paused":             {"red", errors.New("451 later"), func(s *trade.Subscriber) { s.PausedUntil = "2026-03-05" }, trade.RetryAt, time.Date(2026, 3, 5, 0, 30, 0, 0, time.UTC)},
		"red breaks through": {"red", errors.New("451 later"), func(s *trade.Subscriber) { s.QuietHours = "22:00-07:30" }, trade.Accepted, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.answer)
			r.n.Config, r.clock.t = cadenceConfig(), night.Add(-time.Minute)
			r.n.Directory = people{[]trade.Subscriber{to}}
			r.warning(1, func(w *trade.Warning) { w.Level = c.level })
			r.step(1)
			edited := to
			c.edit(&edited)
			r.n.Directory = people{[]trade.Subscriber{edited}}
			r.clock.t = night
			d := r.step(1)
			if d.State != c.state || d.Attempt > 1 && c.state != trade.Accepted {
				t.Fatalf("%+v, want %q until %v", d, c.state, c.until)
			}
			if c.state == trade.Accepted {
				return
			}
			for r.clock.t.Before(c.until) { // it is looked at every hour: the subscription may change
				next := parseStamp(r.delivery(1).Value.NotBefore)
				if wait := next.Sub(r.clock.t); wait <= 0 || wait > time.Hour || next.After(c.until) {
					t.Fatalf("at %v it is to be looked at at %v", r.clock.t, next)
				}
				if r.clock.t = next; next.Before(c.until) {
					r.step(1)
				}
			}
			if !strings.Contains(d.Reason, c.answer.Error()) {
				t.Errorf("the reason is lost: %q", d.Reason)
			}
			if d := r.step(1); d.State != trade.Accepted || d.Attempt != 2 {
				t.Errorf("in the morning: %+v", d)
			}
		})
	}
}

// A measure whose papers were joined with another's goes on there: what is left
// of the old thread does not come after what was told in the new one.
func TestWhatWasJoinedDoesNotComeAfterIt(t *testing.T) {
	const joint = "G/TBT/N/KHM/9"
	for name, c := range map[string]struct {
		lifted, told bool
		want         trade.DeliveryState
	}{"told": {told: true, want: trade.Suppressed}, "not yet told": {want: trade.Accepted}, "lifted": {lifted: true, want: trade.Suppressed}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, errors.New("451 later"))
			r.warn(1)
			r.step(1)
			if _, err := r.n.Bus.Families.Put(t.Context(), trade.FamilyKey(vietnam), trade.Family{ID: vietnam, Alias: joint}, 0); err != nil {
				t.Fatal(err)
			}
			r.warning(1, func(w *trade.Warning) { w.Family, w.Lifted = joint, c.lifted })
			if c.told {
				e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S1", "test", joint, 1))
				if err == nil {
					err = r.n.step(t.Context(), errand{entry: e})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			d := r.step(1)
			if d.State != c.want {
				t.Errorf("%+v", d)
			}
			if d.State == trade.Suppressed && !strings.Contains(triage.ReasonText(d.Reason).ZH, "并入 "+joint) {
				t.Errorf("the reason in Chinese: %q", triage.ReasonText(d.Reason).ZH)
			}
		})
	}
}
