package portal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// tokenOf is what stands behind path in an address.
func tokenOf(t *testing.T, address, path string) string {
	t.Helper()
	_, token, ok := strings.Cut(address, "https://tbt.example"+path)
	if !ok {
		t.Fatalf("%q is no address under %s", address, path)
	}
	return token
}

func (r *rig) links() *auth.Links {
	r.Helper()
	links, err := auth.NewLinks("", r.TempDir(), "https://tbt.example/")
	if err != nil {
		r.Fatal(err)
	}
	r.portal.o.Links = links
	return links
}

func (r *rig) subscriber(id string) trade.Subscriber {
	r.Helper()
	e, err := r.bus.Subscribers.Get(r.Context(), registry.SubscriberKey(id))
	if err != nil {
		r.Fatal(err)
	}
	return e.Value
}

func TestALinkStopsOneSubscription(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	links, s := r.links(), r.subscriber("S-A")
	address := links.To(StopPath, StopWords(s)...)
	if address != links.To(StopPath, StopWords(s)...) {
		t.Error("the same link is another one the second time")
	}
	if strings.Contains(address, "secret") {
		t.Errorf("the link %s tells the secret address", address)
	}
	token := tokenOf(t, address, StopPath)
	for _, step := range []struct {
		name          string
		stop, stopped bool
	}{{"stop", true, true}, {"stop again", true, true}, {"resume", false, false}, {"resume again", false, false}, {"stop after all", true, true}} {
		if _, err := r.portal.Stop(ctx, token, step.stop); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		shown, err := r.portal.Stopping(ctx, token)
		if err != nil || (shown.Stopped != "") != step.stopped || strings.Contains(shown.Address, "secret") {
			t.Errorf("%s: shown %+v, %v", step.name, shown, err)
		}
		if now := r.subscriber("S-A"); (now.Stopped != "") != step.stopped || now.Name != s.Name || now.Address != s.Address {
			t.Errorf("%s: stored %+v", step.name, now)
		}
	}
	if other := r.subscriber("S-B"); other.Stopped != "" {
		t.Errorf("somebody else's subscription was stopped: %+v", other)
	}
	flipped := []byte(token)
	flipped[2] ^= 1
	elsewhere := r.links() // a key of another installation
	for name, bad := range map[string]string{
		"nothing": "", "no code": strings.Split(token, ".")[0], "another letter": string(flipped), "of another purpose": tokenOf(t, links.To(ReceiptPath, StopWords(s)...), ReceiptPath),
		"of another installation": token, "one word": tokenOf(t, elsewhere.To(StopPath, "S-A"), StopPath), "another address": tokenOf(t, elsewhere.To(StopPath, "S-A", "x"), StopPath), "nobody": tokenOf(t, elsewhere.To(StopPath, "S-C", "x"), StopPath),
	} {
		if _, err := r.portal.Stop(ctx, bad, false); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.portal.Stopping(ctx, bad); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s is shown: %v", name, err)
		}
	}
	if r.subscriber("S-A").Stopped == "" {
		t.Error("a link that is none resumed the subscription")
	}
}

// Whoever saves the subscription again wants to hear again.
func TestSavingResumes(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := r.subscriber("S-A")
	if _, err := r.portal.Stop(ctx, tokenOf(t, r.links().To(StopPath, StopWords(s)...), StopPath), true); err != nil {
		t.Fatal(err)
	}
	shown, seq, err := r.portal.OwnSubscription(ctx, scope(t, "A"), "S-A")
	if err != nil || shown.Stopped == "" {
		t.Fatalf("its firm sees %+v, %v", shown, err)
	}
	x, bad, err := r.portal.ReadSubscription(ctx, scope(t, "A"), "S-A", map[string]string{"channel": "slack", "cadence": "daily", "language": "zh"})
	if err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	if err := r.portal.SaveSubscription(ctx, scope(t, "A"), x, seq); err != nil {
		t.Fatal(err)
	}
	if now := r.subscriber("S-A"); now.Stopped != "" || now.Address != s.Address {
		t.Errorf("saved: %+v", now)
	}
}

func TestALinkConfirmsAWarning(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	links, s := r.links(), r.subscriber("S-A")
	to := func(s trade.Subscriber, family string, release int) string {
		return tokenOf(t, links.To(ReceiptPath, ReceiptWords(s, family, release)...), ReceiptPath)
	}
	token := to(s, family, 1)
	x, err := r.portal.Receivable(ctx, token)
	if err != nil || x.At != "" || x.Firm != "甲头盔厂" || x.Headline.ZH != "巴西新措施：头盔" {
		t.Fatalf("before: %+v, %v", x, err)
	}
	for range 2 { // once more changes nothing
		if _, err := r.portal.Receive(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	key := (&trade.Response{Family: family, Exporter: "A", Kind: trade.Receipt}).Key()
	said, err := r.bus.Responses.Get(ctx, key)
	if err != nil || said.Value.By != "甲" || said.Value.Kind != trade.Receipt {
		t.Errorf("stored: %+v, %v", said.Value, err)
	}
	if x, err = r.portal.Receivable(ctx, token); err != nil || x.At == "" {
		t.Errorf("after: %+v, %v", x, err)
	}
	department := s
	department.ID, department.Kind, department.Exporter = "S-D", trade.SubDepartment, ""
	put(t, r.bus.Subscribers, registry.SubscriberKey("S-D"), department, 0)
	moved := s
	moved.Address = "https://hooks.example.org/T/other"
	for name, bad := range map[string]string{
		"a release that there is not": to(s, family, 2), "a measure of others": to(s, others, 1), "no measure": to(s, "G/TBT/N/USA/1", 1),
		"no firm": to(department, family, 1), "another address": to(moved, family, 1), "nonsense": "a.b", "a link of another kind": tokenOf(t, links.To(StopPath, StopWords(s)...), StopPath),
	} {
		if _, err := r.portal.Receive(ctx, bad); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if x, err := r.portal.Receivable(ctx, bad); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s shows %+v, %v", name, x, err)
		}
	}
}

// A recipient that was registered without a name confirms, too.
func TestWhoHasNoNameConfirms(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := trade.Subscriber{ID: "S-N", Kind: trade.SubExporter, Exporter: "A", Channel: "email", Address: "n@example.org"}
	put(t, r.bus.Subscribers, registry.SubscriberKey(s.ID), s, 0)
	token := tokenOf(t, r.links().To(ReceiptPath, ReceiptWords(s, family, 1)...), ReceiptPath)
	if _, err := r.portal.Receive(ctx, token); err != nil {
		t.Fatal(err)
	}
	said, err := r.bus.Responses.Get(ctx, (&trade.Response{Family: family, Exporter: "A", Kind: trade.Receipt}).Key())
	if err != nil || said.Value.By != "S-N" {
		t.Errorf("stored: %+v, %v", said.Value, err)
	}
}

// A drill is confirmed on the ledger and is no answer about a measure.
func TestALinkConfirmsAnExercise(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	links, s := r.links(), r.subscriber("S-A")
	drill := trade.ExerciseFamily(family)
	w := trade.Warning{Number: "演练 2026-0001", Family: drill, Release: 1, Exercise: true, Headline: trade.Text{ZH: "头盔"}, Audience: []trade.Match{{Family: drill, Exporter: "A", Product: "P1"}}}
	put(t, r.bus.Exercises, trade.FamilyKey(drill), w, 0)
	d := trade.Delivery{Key: trade.DeliveryKey(s.ID, s.Channel, drill, 1), Subscriber: s.ID, Channel: s.Channel, Family: drill, Release: 1, State: trade.Accepted}
	put(t, r.bus.Deliveries, d.Key, d, 0)
	confirmed := ""
	r.portal.o.ConfirmExercise = func(_ context.Context, to trade.Subscriber, f string, release int) (string, error) {
		confirmed = fmt.Sprint(to.ID, " ", f, " ", release)
		return "", nil
	}
	token := tokenOf(t, links.To(ReceiptPath, ReceiptWords(s, drill, 1)...), ReceiptPath)
	if x, err := r.portal.Receivable(ctx, token); err != nil || x.Number != "演练 2026-0001" || x.At != "" || confirmed != "" {
		t.Fatalf("%+v, %v, %q", x, err, confirmed)
	}
	if _, err := r.portal.Receive(ctx, token); err != nil || confirmed != "S-A "+drill+" 1" {
		t.Errorf("%v, %q", err, confirmed)
	}
	if _, err := r.bus.Responses.Get(ctx, (&trade.Response{Family: drill, Exporter: "A", Kind: trade.Receipt}).Key()); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("it stands as an answer: %v", err)
	}
	group := trade.Subscriber{ID: "G", Kind: trade.SubAssociation, Name: "协会", Channel: "email", Address: "g@example.org"}
	put(t, r.bus.Subscribers, registry.SubscriberKey(group.ID), group, 0)
	link := tokenOf(t, links.To(ReceiptPath, ReceiptWords(group, drill, 1)...), ReceiptPath)
	if _, err := r.portal.Receivable(ctx, link); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("an association that was not told of the drill: %v", err)
	}
	d = trade.Delivery{Key: trade.DeliveryKey(group.ID, group.Channel, drill, 1), Subscriber: group.ID, Channel: group.Channel, Family: drill, Release: 1, State: trade.Accepted}
	put(t, r.bus.Deliveries, d.Key, d, 0)
	if x, err := r.portal.Receivable(ctx, link); err != nil || x.Firm != "协会" || !x.Exercise {
		t.Errorf("an association's receipt of the drill: %+v, %v", x, err)
	}
	if _, err := r.portal.Receive(ctx, link); err != nil || confirmed != "G "+drill+" 1" {
		t.Errorf("%v, %q", err, confirmed)
	}
	for name, bad := range map[string]string{"another release": ReceiptWords(s, drill, 2)[3], "another drill": "1"} {
		f := drill
		if name == "another drill" {
			f = trade.ExerciseFamily(others)
		}
		if _, err := r.portal.Receive(ctx, tokenOf(t, links.To(ReceiptPath, s.ID, addressOf(s), f, bad), ReceiptPath)); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
