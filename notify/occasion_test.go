package notify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// calls are occasions that a test writes.
type calls struct {
	due []Occasion
	why trade.Text
}

func (c *calls) Due(context.Context, time.Time, int) ([]Occasion, error) { return c.due, nil }
func (c *calls) Words(_ context.Context, id string, _ *trade.Subscriber, _ *trade.Warning) (Words, trade.Text, error) {
	return Words{Mark: trade.Text{ZH: "提醒", EN: "Reminder"}, Lead: []trade.Text{{ZH: "说在前面 " + id, EN: "first " + id}}}, c.why, nil
}

func TestAnOccasionIsToldOnceAndInTheThread(t *testing.T) {
	r := newRig(t)
	w := r.warn(1)
	r.step(1)
	all := &calls{due: []Occasion{{"remind-5-2026-03-09", w.Key, func(s *trade.Subscriber) bool { return s.ID == "S1" }}, {"remind-5-2026-03-09", "nosuch", func(*trade.Subscriber) bool { return true }}}}
	r.n.Occasions = all
	for range 3 { // the day is looked at again after a restart
		if err := r.n.planOccasions(t.Context(), r.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	key := trade.OccasionKey("S1", "test", "G/TBT/N/VNM/1", "remind-5-2026-03-09")
	e, err := r.n.Bus.Deliveries.Get(t.Context(), key)
	if err != nil || e.Value.State != trade.Planned || e.Value.Occasion != "remind-5-2026-03-09" {
		t.Fatalf("%+v, %v", e.Value, err)
	}
	if last, err := r.n.Bus.Deliveries.LastSeq(t.Context()); err != nil || last != e.Seq {
		t.Errorf("%d ledger records after %d, %v: it was planned again", last, e.Seq, err)
	}
	if err := r.n.step(t.Context(), errand{entry: e}); err != nil {
		t.Fatal(err)
	}
	m := r.channel.sent[1]
	if m.First != r.channel.sent[0].Key || m.Key != key {
		t.Errorf("thread %q, key %q", m.First, m.Key)
	}
	c := Compose(m, Env{})
	if !strings.HasPrefix(c.Subject, "【提醒】") || len(c.Lead) != 1 || !strings.Contains(c.Lead[0], "remind-5") {
		t.Errorf("subject %q, lead %q", c.Subject, c.Lead)
	}
}

func TestAnOccasionThatHasPassedIsNotTold(t *testing.T) {
	r := newRig(t)
	w := r.warn(1)
	r.step(1)
	all := &calls{due: []Occasion{{"escalate-district-2026-03-09", w.Key, func(*trade.Subscriber) bool { return true }}}}
	r.n.Occasions = all
	if err := r.n.planOccasions(t.Context(), r.clock.Now()); err != nil {
		t.Fatal(err)
	}
	all.why = trade.Text{ZH: "其间已反馈", EN: "answered meanwhile"}
	key := trade.OccasionKey("S1", "test", "G/TBT/N/VNM/1", "escalate-district-2026-03-09")
	e, err := r.n.Bus.Deliveries.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.n.step(t.Context(), errand{entry: e}); err != nil && !errors.Is(err, trade.ErrConflict) {
		t.Fatal(err)
	}
	if e, err = r.n.Bus.Deliveries.Get(t.Context(), key); err != nil || e.Value.State != trade.Suppressed || e.Value.Reason != "answered meanwhile" || r.channel.count() != 1 {
		t.Errorf("%+v, %v, sent %d", e.Value, err, r.channel.count())
	}
}
