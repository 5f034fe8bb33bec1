package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

func (r *rig) say(kind trade.ResponseKind) { r.Helper(); r.sayOf(vietnam, kind) }

func (r *rig) sayOf(family string, kind trade.ResponseKind) {
	r.Helper()
	s := trade.Response{Family: family, Exporter: "EX1", Product: "P1", Kind: kind, Code: "other_goods", By: "S1", At: "2026-03-02T09:00:00Z", Judged: []trade.Judged{{Product: "P1", Grade: trade.Direct}}}
	last, _ := r.n.Bus.Responses.Get(r.Context(), s.Key())
	if _, err := r.n.Bus.Responses.Put(r.Context(), s.Key(), s, last.Seq); err != nil {
		r.Fatal(err)
	}
}

func TestNotRelevantSticksUntilItIsTakenBack(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	if d := r.step(1); d.State != trade.Accepted {
		t.Fatalf("%+v", d)
	}
	r.say(trade.NotRelevant)
	w := r.warn(2)
	d := r.delivery(2).Value
	if d.State != trade.Suppressed || !d.Silenced || d.Reason != "not relevant: said by S1 on 2026-03-02 (other goods)" {
		t.Fatalf("%+v", d)
	}
	s1, _ := r.n.Directory.Subscriber("S1")
	if why, told, err := r.n.WhyNot(t.Context(), s1, &w.Value); err != nil || told || !strings.HasPrefix(why.ZH, "不相关：S1 于 2026-03-02 反馈") {
		t.Errorf("told %v, %q, %v", told, why.ZH, err)
	}
	if err := r.n.reconsider(t.Context(), w.Value.Family, "EX1"); err != nil {
		t.Fatal(err)
	}
	if d := r.delivery(2).Value; d.State != trade.Suppressed {
		t.Fatalf("planned although the answer stands: %+v", d)
	}
	r.say(trade.Relevant)
	if err := r.n.reconsider(t.Context(), w.Value.Family, "EX1"); err != nil {
		t.Fatal(err)
	}
	if d := r.delivery(2).Value; d.State != trade.Planned || d.Silenced {
		t.Fatalf("taken back, and still %+v", d)
	}
	if d := r.step(2); d.State != trade.Accepted {
		t.Errorf("%+v", d)
	}
}

// A release that only adds products of others does not hide the one that was
// kept from the firm.
func TestTakenBackAfterAReleaseForOthers(t *testing.T) {
	r := newRig(t)
	r.say(trade.NotRelevant)
	r.warn(1)
	r.warning(2, func(w *trade.Warning) { w.News = []string{"EX2/P9"} })
	r.say(trade.Relevant)
	if err := r.n.reconsider(t.Context(), vietnam, "EX1"); err != nil {
		t.Fatal(err)
	}
	if d := r.step(1); d.State != trade.Accepted {
		t.Errorf("%+v", d)
	}
}

// What was recalled meanwhile does not hide what stands.
func TestTakenBackAfterARecall(t *testing.T) {
	r := newRig(t)
	r.say(trade.NotRelevant)
	for release := range 3 {
		r.warn(release + 1)
	}
	r.warning(4, func(w *trade.Warning) { w.Recalls = 3 })
	r.say(trade.Relevant)
	if err := r.n.reconsider(t.Context(), vietnam, "EX1"); err != nil {
		t.Fatal(err)
	}
	if d := r.step(2); d.State != trade.Accepted {
		t.Errorf("%+v", d)
	}
}

// What was kept comes, too, where the release that was planned in its stead is
// recalled before it is sent.
func TestTakenBackBeforeARecall(t *testing.T) {
	for name, early := range map[string]bool{"found by the planner": true, "found by who sends": false} {
		r := newRig(t)
		r.say(trade.NotRelevant)
		r.warn(1)
		r.warn(2)
		r.say(trade.Relevant)
		if err := r.n.reconsider(t.Context(), vietnam, "EX1"); err != nil {
			t.Fatal(err)
		}
		third := r.store(3, func(w *trade.Warning) { w.Recalls = 2 })
		if early {
			r.plan(third)
		} else {
			r.step(2)
		}
		if d := r.step(1); d.State != trade.Accepted || r.channel.count() != 1 {
			t.Errorf("%s: %+v, %d sent", name, d, r.channel.count())
		}
	}
}

// What a digest left out by the firm's word comes when the word is taken back,
// also when it is while the digest is being written down.
func TestTakenBackAfterADigestLeftItOut(t *testing.T) {
	for name, meanwhile := range map[string]bool{"later": false, "meanwhile": true} {
		for _, parts := range []int{1, 2} { // both measures of the digest are left out, or one
			t.Run(fmt.Sprint(name, " ", parts), func(t *testing.T) {
				r := newRig(t)
				r.n.Config = cadenceConfig()
				r.n.Directory = people{[]trade.Subscriber{{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a", Cadence: "daily"}}}
				other := "G/TBT/N/VNM/2"
				r.warn(1)
				r.warning(1, func(w *trade.Warning) { w.Family = other })
				keys := []string{r.delivery(1).Key, trade.DeliveryKey("S1", "test", other, 1)}
				r.clock.add(24 * time.Hour)
				if err := r.n.bundle(t.Context(), recipient{"S1", "test"}, keys); err != nil {
					t.Fatal(err)
				}
				r.say(trade.NotRelevant)
				if parts == 2 {
					r.sayOf(other, trade.NotRelevant)
				}
				digest := r.n.Bus.Deliveries
				e, err := digest.Get(t.Context(), r.delivery(1).Value.Digest)
				if err != nil {
					t.Fatal(err)
				}
				if meanwhile && parts == 1 {
					r.channel.during = func(Message) {
						r.say(trade.Relevant)
						if err := r.n.reconsider(t.Context(), vietnam, "EX1"); err != nil {
							t.Error(err)
						}
					}
				}
				if err := r.n.step(t.Context(), errand{entry: e}); err != nil {
					t.Fatal(err)
				}
				if !meanwhile || parts == 2 {
					if d := r.delivery(1).Value; d.State != trade.Suppressed || !d.Silenced {
						t.Fatalf("left out, and %+v", d)
					}
					r.say(trade.Relevant)
					if err := r.n.reconsider(t.Context(), vietnam, "EX1"); err != nil {
						t.Fatal(err)
					}
				}
				if d := r.delivery(1).Value; d.State != trade.Planned || d.Digest != "" {
					t.Fatalf("taken back, and %+v", d)
				}
				r.channel.during = nil
				r.clock.add(24 * time.Hour)
				if d := r.step(1); d.State != trade.Accepted {
					t.Errorf("%+v", d)
				}
			})
		}
	}
}

// What a firm said of a measure holds after its papers were joined with those of
// another member, whose follow-up names it.
func TestAnAnswerOutlivesTheJoiningOfPapers(t *testing.T) {
	r := newRig(t)
	r.say(trade.NotRelevant)
	w := r.warning(1, func(w *trade.Warning) {
		w.Family, w.Symbols = "G/TBT/N/KHM/9", []string{"G/TBT/N/KHM/9/Add.1", "G/TBT/N/VNM/1/Add.1"}
	})
	e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S1", "test", w.Value.Family, 1))
	if err != nil || e.Value.State != trade.Suppressed || !e.Value.Silenced {
		t.Errorf("%+v, %v", e.Value, err)
	}
}

func TestAnAnswerStopsWhatIsPlannedAlready(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	r.say(trade.NotRelevant)
	if d := r.step(1); d.State != trade.Suppressed || !d.Silenced || r.channel.count() != 0 {
		t.Errorf("%+v, %d sent", d, r.channel.count())
	}
}

// A firm's word silences the firm and that product, and nobody else.
func TestAnAnswerSilencesItsFirmOnly(t *testing.T) {
	f := facts()
	f.Answers = &trade.Answers{}
	f.Answers.Add(trade.Response{Exporter: "A", Product: "a1", Kind: trade.NotRelevant, By: "A", Judged: []trade.Judged{{Product: "a1", Grade: trade.Direct}}}, 1)
	w := soundWarning()
	for name, to := range subscribers {
		before, _, _ := ViewFor(to, w, facts())
		after, why, ok := ViewFor(to, w, f)
		switch {
		case !ok:
			t.Errorf("%s gets nothing: %s", name, why.EN)
		case name == "firm" && (len(before.Products) != 2 || len(after.Products) != 1 || after.Products[0].ID != "a2"):
			t.Errorf("the firm sees %+v", after.Products)
		case name != "firm" && (before.Sums != nil && *before.Sums != *after.Sums || len(before.Firms) != len(after.Firms)):
			t.Errorf("%s sees something else", name)
		}
	}
	f.Answers.Add(trade.Response{Exporter: "A", Kind: trade.NotRelevant, By: "A", Judged: []trade.Judged{{Product: "a1", Grade: trade.Direct}}}, 2)
	if v, _, ok := ViewFor(subscribers["firm"], w, f); ok || !v.Silenced {
		t.Errorf("all called not relevant: %v %+v", ok, v)
	}
}

// That a firm registered a product is no news to the others.
func TestFurtherProductsAreNewsToTheirFirmsOnly(t *testing.T) {
	w := soundWarning()
	a1 := goods["A/a1"]
	w.News = []string{a1.Key()}
	other := trade.Subscriber{ID: "S-B", Kind: trade.SubExporter, Exporter: "B"}
	for name, to := range map[string]trade.Subscriber{"firm": subscribers["firm"], "machine": subscribers["machine"], "other": other, "district": subscribers["district"], "department": subscribers["department"], "association": subscribers["association"]} {
		v, why, ok := ViewFor(to, w, facts())
		if want := name == "firm" || name == "machine"; ok != want {
			t.Errorf("%s: sent %v, %s", name, ok, why.EN)
		}
		if v.Warning.News != nil {
			t.Errorf("%s sees who is new", name)
		}
	}
}
