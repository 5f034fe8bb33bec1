package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// letterbox is an e-mail channel that keeps letters.
type letterbox struct {
	scripted
	letters []trade.Letter
	fail    error
	tried   int
}

func (b *letterbox) post(_ context.Context, l trade.Letter) error {
	b.tried++
	if b.fail != nil {
		return b.fail
	}
	b.letters = append(b.letters, l)
	return nil
}

func TestAnEndpointThatIsGoneIsNotAskedAgain(t *testing.T) {
	r := newRig(t, trade.Permanent(fmt.Errorf("410: %w", ErrGone)))
	mail := &letterbox{}
	r.n.Channels["email"] = mail
	all := []trade.Subscriber{
		{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"},
		{ID: "S2", Kind: trade.SubExporter, Exporter: "EX1", Channel: "email", Address: "box@firm.example", LowestLevel: "red"},
		{ID: "S3", Kind: trade.SubExporter, Exporter: "EX2", Channel: "email", Address: "other@firm.example"},
	}
	r.n.Directory = people{all}
	if _, err := r.n.Bus.Subscribers.Put(t.Context(), registry.SubscriberKey("S1"), all[0], 0); err != nil {
		t.Fatal(err)
	}
	r.warn(1)
	if d := r.step(1); d.State != trade.Rejected {
		t.Fatalf("%+v", d)
	}
	e, err := r.n.Bus.Subscribers.Get(t.Context(), registry.SubscriberKey("S1"))
	if err != nil || e.Value.Gone != stamp(r.clock.Now()) || e.Value.Stopped != "" {
		t.Fatalf("%+v, %v", e.Value, err)
	}
	all[0] = e.Value
	mail.fail = errors.New("451 later")
	for range 5 {
		r.n.writeLetters(t.Context())
	}
	if mail.tried != 1 {
		t.Errorf("a mail server that is busy is asked %d times at once", mail.tried)
	}
	mail.fail = nil
	r.clock.add(time.Hour)
	for range 3 {
		r.n.writeLetters(t.Context())
		r.n.letters = nil // another process
	}
	if len(mail.letters) != 1 || mail.letters[0].To != "box@firm.example" || !strings.Contains(mail.letters[0].Text, "410") {
		t.Errorf("told: %+v", mail.letters)
	}
	w := r.warn(2)
	if _, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S1", "test", w.Value.Family, 2)); err == nil {
		t.Error("a further release is planned for it")
	}
	if why, told, err := r.n.WhyNot(t.Context(), all[0], &w.Value); told || err != nil || !strings.Contains(why.ZH, "410") {
		t.Errorf("%v %v %v", why, told, err)
	}
}
