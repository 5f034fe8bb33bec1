package notify

import (
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// A drill has a thread of its own, says first what it is, and is confirmed on
// the ledger.
func TestAnExerciseSaysWhatItIs(t *testing.T) {
	r := newRig(t)
	w := r.warn(1).Value
	r.step(1)
	w.Family, w.Exercise, w.Number = trade.ExerciseFamily(w.Family), true, "演练 2026-0001"
	w.Audience = []trade.Match{{Family: w.Family, Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}
	seq, err := r.n.Bus.Exercises.Put(t.Context(), trade.FamilyKey(w.Family), w, 0)
	if err != nil || seq != 1 {
		t.Fatal(seq, err) // the same sequence as the warning's, in another stream
	}
	if err := r.n.planWarning(t.Context(), bus.Entry[trade.Warning]{Key: trade.FamilyKey(w.Family), Seq: seq, Value: w}); err != nil {
		t.Fatal(err)
	}
	key := trade.DeliveryKey("S1", "test", w.Family, 1)
	r.n.told = briefings{} // as after a restart
	for range 2 {
		e, err := r.n.Bus.Deliveries.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if e.Value.State == trade.Planned {
			if err := r.n.step(t.Context(), errand{entry: e}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r.channel.count() != 2 {
		t.Fatalf("sent %d times", r.channel.count())
	}
	m := r.channel.sent[1]
	if m.First != "" || m.Key != key {
		t.Errorf("the drill answers %q", m.First)
	}
	c := Compose(m, Env{})
	if !strings.HasPrefix(c.Subject, "【演练】") || !strings.HasPrefix(c.Headline, "【演练】") || len(c.Lead) != 1 || !strings.Contains(c.Lead[0], "不代表任何措施") {
		t.Errorf("%q, %q, %q", c.Subject, c.Headline, c.Lead)
	}
	if e := eventOf(m, "test", Env{}); !e.Data.Exercise {
		t.Error("machines are not told that it is a drill")
	}
	if e := eventOf(r.channel.sent[0], "test", Env{}); e.Data.Exercise {
		t.Error("a warning is told as a drill")
	}
	s1, _ := r.n.Directory.Subscriber("S1")
	first, err := r.n.Confirm(t.Context(), s1, w.Family, 1)
	if err != nil || first != stamp(r.clock.Now()) {
		t.Fatal(first, err)
	}
	r.clock.add(1e9)
	if again, err := r.n.Confirm(t.Context(), s1, w.Family, 1); err != nil || again != first {
		t.Errorf("confirmed again at %s, %v", again, err)
	}
	s1.Channel = "another"
	if again, err := r.n.Confirm(t.Context(), s1, w.Family, 1); err != nil || again != first {
		t.Errorf("over another channel it is confirmed at %s, %v", again, err)
	}
	if e, err := r.n.Bus.Deliveries.Get(t.Context(), key); err != nil || e.Value.State != trade.Accepted || e.Value.Confirmed != first {
		t.Errorf("%+v, %v", e.Value, err)
	}
}
