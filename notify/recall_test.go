package notify

import (
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// stand brings the delivery of release 1 to where it stands when a release
// comes that voids it. None: there is no delivery.
type stand struct {
	name    string
	state   trade.DeliveryState
	attempt int
	tried   bool
	braked  bool
	silent  bool
}

// stands are every state, with and without an attempt before.
var stands = []stand{
	{name: "none"},
	{name: "planned", state: trade.Planned},
	{name: "planned again after it was given up", state: trade.Planned, tried: true},
	{name: "held by the brake", state: trade.Held, braked: true},
	{name: "held by a person", state: trade.Held},
	{name: "held by policy", state: trade.Held, attempt: 1},
	{name: "held by a person after an attempt", state: trade.Held, tried: true},
	{name: "retry, not its turn yet", state: trade.RetryAt},
	{name: "retry after an attempt", state: trade.RetryAt, attempt: 2},
	{name: "to be sent again, as a person decided", state: trade.RetryAt, tried: true},
	{name: "being sent", state: trade.Sending, attempt: 1},
	{name: "unknown", state: trade.Unknown, attempt: 1},
	{name: "accepted", state: trade.Accepted, attempt: 1},
	{name: "rejected", state: trade.Rejected, attempt: 1},
	{name: "given up before it was sent", state: trade.Suppressed},
	{name: "given up after an attempt", state: trade.Suppressed, tried: true},
	{name: "not relevant, said its recipient", state: trade.Suppressed, silent: true},
}

func (s stand) begun() bool { return s.attempt > 0 || s.tried }

// stood writes the delivery of release 1 as it stands.
func (r *rig) stood(s stand) {
	r.Helper()
	key := trade.DeliveryKey("S1", "test", vietnam, 1)
	e, err := r.n.Bus.Deliveries.Get(r.Context(), key)
	if s.name == "none" && err != nil {
		return
	}
	w, _ := r.n.Bus.Warnings.Get(r.Context(), trade.FamilyKey(vietnam))
	d := trade.Delivery{Key: key, Subscriber: "S1", Exporter: "EX1", Channel: "test", Family: vietnam, Release: 1, WarningSeq: w.Seq, State: s.state, Attempt: s.attempt, Tried: s.tried, Braked: s.braked, Silenced: s.silent, LeaseUntil: stamp(r.clock.Now()), Reason: "as it was"}
	if _, err := r.n.Bus.Deliveries.Put(r.Context(), key, d, e.Seq); err != nil {
		r.Fatal(err)
	}
}

// store releases without planning.
func (r *rig) store(release int, change func(*trade.Warning)) bus.Entry[trade.Warning] {
	r.Helper()
	w := trade.Warning{Number: "2026-0001", Family: vietnam, Release: release, Level: "red", Markets: []string{"VN"}, Headline: trade.Text{ZH: "越南", EN: "Viet Nam"},
		Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}}
	if change != nil {
		change(&w)
	}
	last, _ := r.n.Bus.Warnings.Get(r.Context(), trade.FamilyKey(vietnam))
	seq, err := r.n.Bus.Warnings.Put(r.Context(), trade.FamilyKey(vietnam), w, last.Seq)
	if err != nil {
		r.Fatal(err)
	}
	return entryOf(w, seq)
}

func (r *rig) plan(e bus.Entry[trade.Warning]) {
	r.Helper()
	if err := r.n.planWarning(r.Context(), e); err != nil {
		r.Fatal(err)
	}
}

// work does what is to be done about a release's delivery until it rests; it
// returns its state, "" for none.
func (r *rig) work(release int) trade.DeliveryState {
	r.Helper()
	for {
		e, err := r.n.Bus.Deliveries.Get(r.Context(), trade.DeliveryKey("S1", "test", vietnam, release))
		if err != nil {
			return ""
		}
		if e.Value.State.Final() || e.Value.State == trade.Bundled {
			return e.Value.State
		}
		if err := r.n.step(r.Context(), errand{entry: e}); err != nil {
			r.Fatal(err)
		}
	}
}

var voiding = map[string]func(*trade.Warning){
	"recall":     func(w *trade.Warning) { w.Recalls, w.Lifted, w.Level = 1, true, triage.LevelLifted },
	"correction": func(w *trade.Warning) { w.Corrects = 1 },
}

// Wherever the delivery of a release stands when it is recalled or corrected:
// nobody gets the release any more, whoever may have it hears of the recall and
// nobody else, and a correction goes to everybody.
func TestAReleaseThatIsVoidedInEveryState(t *testing.T) {
	for kind, change := range voiding {
		for _, s := range stands {
			t.Run(kind+", "+s.name, func(t *testing.T) {
				r := newRig(t)
				r.store(1, nil)
				r.stood(s)
				second := r.store(2, change)
				r.plan(second)
				r.plan(second) // the planner begins again
				first := r.work(1)
				sent := r.channel.count()
				if sent > 0 {
					t.Errorf("the release went out %d times after it was voided", sent)
				}
				if open := s.state != "" && s.state != trade.Accepted && s.state != trade.Rejected && s.state != trade.Suppressed && !(s.state == trade.Held && s.begun()); open && first != trade.Suppressed {
					t.Errorf("the release's delivery ends %s", first)
				}
				if s.state != "" {
					if d := r.delivery(1).Value; !s.begun() && first == trade.Suppressed && s.state != trade.Suppressed && !strings.HasPrefix(d.Reason, "recalled before it was sent") {
						t.Errorf("suppressed because %q", d.Reason)
					}
				}
				want := map[bool]trade.DeliveryState{true: trade.Accepted, false: ""}[kind == "correction" || s.begun()]
				if got := r.work(2); got != want || (r.channel.count() == 1) != (want == trade.Accepted) {
					t.Errorf("the %s ends %q, sent %d times; want %q", kind, got, r.channel.count(), want)
				}
			})
		}
	}
}

// The release is planned, taken up and sent while the recall is stored and
// planned, in every order: either it does not go out, or its recipient hears of
// the recall.
func TestNoReleaseSlipsThroughARecall(t *testing.T) {
	for _, order := range orders(3, 3) {
		r := newRig(t)
		first := r.store(1, nil)
		todo := map[rune][]func(){
			'1': {func() { r.plan(first) }, func() { r.once(1) }, func() { r.once(1) }},
			'2': {func() { r.plan(r.store(2, voiding["recall"])) }, func() { r.once(2) }, func() { r.once(2) }},
		}
		for _, who := range order {
			todo[who][0]()
			todo[who] = todo[who][1:]
		}
		r.work(1)
		r.work(2)
		got := ""
		for _, m := range r.channel.sent {
			got += fmt.Sprint(m.Warning.Release)
		}
		if got != "" && got != "12" {
			t.Errorf("in the order %s: sent %q", order, got)
		}
	}
}

// orders are all in which that many steps of 1 and of 2 can follow each other.
func orders(ones, twos int) (out []string) {
	if ones == 0 && twos == 0 {
		return []string{""}
	}
	if ones > 0 {
		for _, rest := range orders(ones-1, twos) {
			out = append(out, "1"+rest)
		}
	}
	if twos > 0 {
		for _, rest := range orders(ones, twos-1) {
			out = append(out, "2"+rest)
		}
	}
	return out
}

// once does the next thing about a release's delivery, if there is one.
func (r *rig) once(release int) {
	r.Helper()
	e, err := r.n.Bus.Deliveries.Get(r.Context(), trade.DeliveryKey("S1", "test", vietnam, release))
	if err != nil || e.Value.State.Final() {
		return
	}
	if err := r.n.step(r.Context(), errand{entry: e}); err != nil {
		r.Fatal(err)
	}
}

// A digest that is on its way when the recall comes goes out without the
// release, and then there is nothing to recall.
func TestADigestLeavesOutWhatIsRecalled(t *testing.T) {
	for _, begun := range []bool{false, true} {
		r := newRig(t)
		r.n.Directory = people{[]trade.Subscriber{{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a", Cadence: "daily"}}}
		r.warn(1)
		other := trade.Warning{Number: "2026-0002", Family: "G/TBT/N/VNM/2", Release: 1, Level: "red", Markets: []string{"VN"}, Headline: trade.Text{ZH: "另一件", EN: "another"}, Audience: []trade.Match{{Exporter: "EX1", Product: "P1", Grade: trade.Direct, Markets: []string{"VN"}}}}
		seq, err := r.n.Bus.Warnings.Put(t.Context(), trade.FamilyKey(other.Family), other, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.plan(entryOf(other, seq))
		r.clock.add(24 * 3600e9)
		keys := []string{trade.DeliveryKey("S1", "test", vietnam, 1), trade.DeliveryKey("S1", "test", other.Family, 1)}
		if err := r.n.bundle(t.Context(), recipient{"S1", "test"}, keys); err != nil {
			t.Fatal(err)
		}
		whole := r.delivery(1).Value.Digest
		if begun {
			e, err := r.n.Bus.Deliveries.Get(t.Context(), whole)
			if err == nil {
				e, err = r.n.ledger().move(t.Context(), e, trade.Sending, func(d *trade.Delivery) { d.Attempt = 1 })
			}
			if err == nil {
				_, err = r.n.ledger().move(t.Context(), e, trade.Unknown, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		r.plan(r.store(2, voiding["recall"]))
		e, err := r.n.Bus.Deliveries.Get(t.Context(), whole)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.n.step(t.Context(), errand{entry: e}); err != nil {
			t.Fatal(err)
		}
		if got := r.channel.sent; len(got) != 1 || len(got[0].Digest.Items) != 1 || got[0].Digest.Items[0].Warning.Family != other.Family {
			t.Fatalf("begun %v: sent %+v", begun, got)
		}
		if d := r.delivery(1).Value; d.State != trade.Suppressed || d.Begun() != begun || strings.HasPrefix(d.Reason, "recalled before") == begun {
			t.Errorf("begun %v: the release is %+v", begun, d)
		}
		r.work(2)
		if want := map[bool]int{false: 1, true: 2}[begun]; r.channel.count() != want {
			t.Errorf("begun %v: %d messages, want %d", begun, r.channel.count(), want)
		}
	}
}

// Whoever changed the channel since hears of the recall over the new one.
func TestARecallFollowsItsRecipient(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	r.work(1)
	r.n.Channels["new"] = r.channel
	r.n.Directory = people{[]trade.Subscriber{
		{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "new", Address: "a"},
		{ID: "S9", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "came later"},
	}}
	r.plan(r.store(2, voiding["recall"]))
	e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S1", "new", vietnam, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.n.step(t.Context(), errand{entry: e}); err != nil || r.channel.count() != 2 {
		t.Errorf("%d messages, %v", r.channel.count(), err)
	}
	if _, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S9", "test", vietnam, 2)); err == nil {
		t.Error("who subscribed later hears of the recall")
	}
}

func TestMessagesSayFirstWhatTheyTakeBack(t *testing.T) {
	env, _ := testEnv(t)
	for _, c := range []struct {
		name, lang, mark, lead string
		change                 func(*trade.Warning)
	}{
		{"recalled", "zh", "【撤回】", "第 1 次发布不应发出，请不要据此行动", func(w *trade.Warning) { w.Release, w.Recalls, w.Lifted = 2, 1, true }},
		{"recalled", "en", "[Recalled] ", "release 1 should not have been sent", func(w *trade.Warning) { w.Release, w.Recalls, w.Lifted = 2, 1, true }},
		{"corrected", "zh", "【更正】", "第 2 次发布有误，请以本次为准", func(w *trade.Warning) { w.Release, w.Corrects = 3, 2 }},
		{"corrected", "en", "[Correction] ", "release 2 was wrong", func(w *trade.Warning) { w.Release, w.Corrects = 3, 2 }},
	} {
		w := soundWarning()
		c.change(w)
		m := messageTo(t, "firm", c.lang, w)
		r := newRenderer(env)
		got := r.content(m)
		text := r.plain(m, got)
		if !strings.HasPrefix(got.Subject, c.mark) || !strings.HasPrefix(got.Headline, c.mark) || !strings.HasPrefix(text, c.mark) || len(got.Lead) != 1 || !strings.Contains(got.Lead[0], c.lead) || strings.Index(text, c.lead) > strings.Index(text, got.Summary) {
			t.Errorf("%s, %s: subject %q, lead %q in\n%s", c.name, c.lang, got.Subject, got.Lead, text)
		}
		if strings.Count(got.Subject, c.mark) != 1 {
			t.Errorf("%s: the mark stands twice in %q", c.name, got.Subject)
		}
		if bare := bareContent(m); !strings.HasPrefix(bare.Subject, c.mark) {
			t.Errorf("%s: at worst the subject is %q", c.name, bare.Subject)
		}
		if e := eventOf(m, "x", env); e.Data.Recalls != w.Recalls || e.Data.Corrects != w.Corrects {
			t.Errorf("%s: the event says %+v", c.name, e.Data)
		}
		m.Words.Mark = trade.Text{ZH: "评议提醒", EN: "Reminder"}
		if got := r.content(m); strings.Contains(got.Subject, c.mark) {
			t.Errorf("%s: a reminder is one of those, too: %q", c.name, got.Subject)
		}
	}
}

// A recall is known as soon as it is stored, whatever was known before and
// whoever else releases meanwhile.
func TestWhatIsVoidedIsKnownAtOnce(t *testing.T) {
	r := newRig(t)
	by := func(family string, release int) int {
		t.Helper()
		c, err := r.n.course(t.Context(), family, 0)
		if err != nil {
			t.Fatal(err)
		}
		return c.voided[release]
	}
	if by("nobody's", 1) != 0 {
		t.Error("nothing is stored, and something is voided")
	}
	r.store(1, nil)
	if by(vietnam, 1) != 0 {
		t.Error("the last release is voided")
	}
	r.store(2, voiding["recall"])
	for i := range 70 {
		if by(vietnam, 1) != 2 || by(vietnam, 2) != 0 {
			t.Fatalf("after %d other releases: voided by %d and %d", i, by(vietnam, 1), by(vietnam, 2))
		}
		w := trade.Warning{Family: fmt.Sprint("other ", i), Release: 1}
		if _, err := r.n.Bus.Warnings.Put(t.Context(), trade.FamilyKey(w.Family), w, 0); err != nil {
			t.Fatal(err)
		}
	}
	r.store(3, nil)
	r.store(4, func(w *trade.Warning) { w.Corrects = 3 })
	for release, want := range map[int]int{1: 2, 2: 0, 3: 4, 4: 0} {
		if got := by(vietnam, release); got != want {
			t.Errorf("release %d is voided by %d, want %d", release, got, want)
		}
	}
}
