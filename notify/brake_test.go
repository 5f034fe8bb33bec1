package notify

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

func TestFromWhenOnTheBrakeStops(t *testing.T) {
	for _, c := range []struct {
		name      string
		brake     Brake
		told, all int
		want      bool
	}{
		{"more than half, and many", Brake{0.5, 200}, 201, 400, true},
		{"half is not more than half", Brake{0.5, 200}, 200, 400, false},
		{"many, but few of all", Brake{0.5, 200}, 900, 2000, false},
		{"all, but few", Brake{0.5, 200}, 199, 199, false},
		{"exactly the least", Brake{0.5, 200}, 200, 300, true},
		{"off", Brake{0, 0}, 1000, 1000, false},
		{"without a least, nobody", Brake{0.1, 0}, 0, 0, false},
		{"all is never more than all", Brake{1, 0}, 10, 10, false},
	} {
		if got := c.brake.stops(c.told, c.all); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for _, b := range []Brake{{-0.1, 1}, {1.1, 1}, {50, 200}, {0.5, -1}} {
		if c := (Config{Workers: 1, OnAmbiguous: "hold", DigestAt: "08:30", Brake: b}); c.Validate() == nil {
			t.Errorf("%+v passes", b)
		}
	}
}

// town has that many firms which the release of warn touches, and as many that
// it does not.
func (r *rig) town(firms int) {
	var all []trade.Subscriber
	for i := range 2 * firms {
		s := trade.Subscriber{ID: fmt.Sprintf("S%d", i), Kind: trade.SubExporter, Exporter: fmt.Sprintf("EX%d", 1+i%2), Channel: "test", Address: "a"}
		if i == 0 {
			s.Cadence = "daily"
		}
		all = append(all, s)
	}
	r.n.Directory = people{all}
	r.n.Config.Brake = Brake{0.4, 2}
}

// states counts the ledger's deliveries of a release by state.
func (r *rig) states(release int) map[trade.DeliveryState]int {
	r.Helper()
	out := map[trade.DeliveryState]int{}
	if _, err := r.n.Bus.Deliveries.Scan(r.Context(), func(e entry) error {
		if e.Value.Release == release {
			out[e.Value.State]++
		}
		return nil
	}); err != nil {
		r.Fatal(err)
	}
	return out
}

func (r *rig) mustBe(what string, release int, want map[trade.DeliveryState]int) {
	r.Helper()
	if got := r.states(release); fmt.Sprint(got) != fmt.Sprint(want) {
		r.Errorf("%s: release %d is %v, want %v", what, release, got, want)
	}
}

const vietnam = "G/TBT/N/VNM/1"

func TestAReleaseToVeryManyWaitsForTheLead(t *testing.T) {
	r := newRig(t)
	r.town(300)
	e := r.warn(1)
	r.mustBe("planned", 1, map[trade.DeliveryState]int{trade.Held: 300})
	d := r.first(1).Value
	if !d.WaitsForLead() || d.NotBefore != "" || !strings.Contains(d.Reason, "300 of 600") || !strings.Contains(triage.ReasonText(d.Reason).ZH, "通知 300 个接收人，全部 600 个，占 50 %，界限为 40 %") {
		t.Errorf("%+v: %s", d, triage.ReasonText(d.Reason).ZH)
	}
	if err := r.n.planWarning(t.Context(), e); err != nil { // the planner begins again
		t.Fatal(err)
	}
	r.mustBe("planned again", 1, map[trade.DeliveryState]int{trade.Held: 300})
	var refused *trade.Refused
	if err := r.n.Decide(t.Context(), d.Key, r.first(1).Seq, trade.Resend, "李明", "急"); !errors.As(err, &refused) {
		t.Errorf("one of them is let go by itself: %v", err)
	}
	if _, err := r.n.PassRelease(t.Context(), vietnam, 1, "负责人", " "); !errors.As(err, &refused) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := r.n.PassRelease(t.Context(), vietnam, 7, "负责人", "看过"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("a release that there is not: %v", err)
	}
	if n, err := r.n.PassRelease(t.Context(), vietnam, 1, "负责人", "看过"); n != 300 || err != nil {
		t.Fatalf("%d let go, %v", n, err)
	}
	r.mustBe("let go", 1, map[trade.DeliveryState]int{trade.Planned: 300})
	for id, wait := range map[string]bool{"S0": true, "S2": false} {
		e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey(id, "test", vietnam, 1))
		if err != nil || (e.Value.NotBefore != "") != wait || !strings.Contains(triage.ReasonText(e.Value.Reason).ZH, "负责人 决定放行：看过") {
			t.Errorf("%s: %+v, %v", id, e.Value, err)
		}
	}
	if _, err := r.n.PassRelease(t.Context(), vietnam, 1, "负责人", "看过"); !errors.As(err, &refused) {
		t.Errorf("let go twice: %v", err)
	}
	r.warn(2)
	r.mustBe("an update of what was let go", 2, map[trade.DeliveryState]int{trade.Planned: 300})
}

// first is the delivery of a release to the first firm.
func (r *rig) first(release int) entry {
	r.Helper()
	e, err := r.n.Bus.Deliveries.Get(r.Context(), trade.DeliveryKey("S0", "test", vietnam, release))
	if err != nil {
		r.Fatal(err)
	}
	return e
}

// Whatever was done when the process died, doing it again does the rest, and
// what a person decided since stays.
func TestLettingGoIsRepeatable(t *testing.T) {
	for _, begun := range []int{0, 1, 299, 300} {
		t.Run(fmt.Sprint(begun), func(t *testing.T) {
			r := newRig(t)
			r.town(300)
			w := r.warn(1)
			held, err := r.n.heldOf(t.Context(), bus.Entry[trade.Warning]{Value: w.Value})
			if err != nil || len(held) != 300 {
				t.Fatalf("%d held, %v", len(held), err)
			}
			for _, e := range held[:begun] {
				if _, err := r.n.ledger().move(t.Context(), e, trade.Planned, nil); err != nil {
					t.Fatal(err)
				}
			}
			own := ""
			if begun > 0 { // and a person holds one of those by itself
				own = held[0].Key
				e, _ := r.n.Bus.Deliveries.Get(t.Context(), own)
				if err := r.n.Decide(t.Context(), own, e.Seq, trade.Hold, "李明", "换人"); err != nil {
					t.Fatal(err)
				}
			}
			n, err := r.n.PassRelease(t.Context(), vietnam, 1, "负责人", "看过")
			if n != 300-begun || (err != nil) != (begun == 300) {
				t.Errorf("%d let go, %v", n, err)
			}
			want := map[trade.DeliveryState]int{trade.Planned: 300}
			if own != "" {
				want = map[trade.DeliveryState]int{trade.Planned: 299, trade.Held: 1}
			}
			r.mustBe("at the end", 1, want)
		})
	}
}

func TestAReleaseIsGivenUp(t *testing.T) {
	r := newRig(t)
	r.town(3)
	r.warn(1)
	if n, err := r.n.DropRelease(t.Context(), vietnam, 1, "负责人", "编码有误"); n != 3 || err != nil {
		t.Fatalf("%d given up, %v", n, err)
	}
	r.mustBe("given up", 1, map[trade.DeliveryState]int{trade.Suppressed: 3})
	if d := r.first(1).Value; !strings.Contains(triage.ReasonText(d.Reason).ZH, "负责人 决定放弃此次发布：编码有误") {
		t.Errorf("%q", d.Reason)
	}
	r.warn(2)
	r.mustBe("what follows waits again", 2, map[trade.DeliveryState]int{trade.Held: 3})
	r.warning(3, func(w *trade.Warning) { w.Lifted = true })
	r.mustBe("a lifting does not", 3, map[trade.DeliveryState]int{trade.Planned: 3})
}

func TestThePreviewSaysThatTheReleaseWouldWait(t *testing.T) {
	r := newRig(t)
	r.town(3)
	w := r.warn(1).Value
	for _, c := range []struct {
		name   string
		change func(*trade.Warning)
		want   bool
	}{
		{"as it is", func(*trade.Warning) {}, true},
		{"lifted", func(w *trade.Warning) { w.Lifted = true }, false},
		{"touching nobody", func(w *trade.Warning) { w.Audience = nil }, false},
	} {
		next := w
		next.Release = 2
		c.change(&next)
		if p, err := r.n.PreviewRelease(t.Context(), &next); err != nil || p.Waits != c.want {
			t.Errorf("%s: %v, %v", c.name, p.Waits, err)
		}
	}
}

func TestWhoWaitsForTheLeadIsNotReminded(t *testing.T) {
	r := newRig(t)
	r.town(3)
	w := r.warn(1)
	r.n.Occasions = &calls{due: []Occasion{{"remind-5-2026-03-09", w.Key, func(*trade.Subscriber) bool { return true }}}}
	for _, want := range []int{0, 3} {
		if err := r.n.planOccasions(t.Context(), r.clock.Now()); err != nil {
			t.Fatal(err)
		}
		got := 0
		for i := range 6 {
			if _, err := r.n.Bus.Deliveries.Get(t.Context(), trade.OccasionKey(fmt.Sprintf("S%d", i), "test", vietnam, "remind-5-2026-03-09")); err == nil {
				got++
			}
		}
		if got != want {
			t.Errorf("%d are reminded, want %d", got, want)
		}
		if want == 0 {
			if _, err := r.n.PassRelease(t.Context(), vietnam, 1, "负责人", "看过"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What the lead gave up is told to nobody, neither as a reminder.
func TestWhatTheLeadGaveUpIsNotRemindedOf(t *testing.T) {
	r := newRig(t)
	r.town(3)
	w := r.warn(1)
	if _, err := r.n.DropRelease(t.Context(), vietnam, 1, "负责人", "不发"); err != nil {
		t.Fatal(err)
	}
	r.n.Occasions = &calls{due: []Occasion{{"remind-5-2026-03-09", w.Key, func(*trade.Subscriber) bool { return true }}}}
	last, _ := r.n.Bus.Deliveries.LastSeq(t.Context())
	if err := r.n.planOccasions(t.Context(), r.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if now, err := r.n.Bus.Deliveries.LastSeq(t.Context()); err != nil || now != last {
		t.Errorf("%d reminders were planned, %v", now-last, err)
	}
}

// An exercise is the lead's own: there is nobody else to let it go.
func TestAnExerciseIsNotHeld(t *testing.T) {
	r := newRig(t)
	r.town(20)
	r.warning(1, func(w *trade.Warning) { w.Exercise = true })
	if got := r.states(1); got[trade.Held] != 0 || got[trade.Planned] != 20 {
		t.Errorf("%v", got)
	}
}
