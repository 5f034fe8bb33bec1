package notify

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// put brings the delivery into a state, as the ledger would have it.
func (r *rig) put(state trade.DeliveryState) entry {
	r.Helper()
	e := r.delivery(1)
	d := e.Value
	d.State, d.Attempt, d.Reason = state, 10, "as it was"
	if _, err := r.n.Bus.Deliveries.Put(r.Context(), e.Key, d, e.Seq); err != nil {
		r.Fatal(err)
	}
	e = r.delivery(1)
	_ = r.n.note(e)
	return e
}

// Every decision in every state: what becomes of the delivery, and whether it
// is sent then.
func TestAPersonDecidesAboutADelivery(t *testing.T) {
	no := trade.DeliveryState("")
	for state, want := range map[trade.DeliveryState][3]trade.DeliveryState{ // resend, hold, give up
		trade.Planned:    {no, trade.Held, trade.Suppressed},
		trade.Sending:    {no, no, no},
		trade.Accepted:   {trade.RetryAt, no, no},
		trade.Rejected:   {trade.RetryAt, no, no},
		trade.RetryAt:    {trade.RetryAt, trade.Held, trade.Suppressed},
		trade.Unknown:    {trade.RetryAt, trade.Held, trade.Suppressed},
		trade.Held:       {trade.RetryAt, no, trade.Suppressed},
		trade.Suppressed: {trade.Planned, no, no},
	} {
		for i, action := range trade.DeliveryActions {
			t.Run(fmt.Sprintf("%s %s", action, state), func(t *testing.T) {
				r := newRig(t)
				r.warn(1)
				e := r.put(state)
				err := r.n.Decide(t.Context(), e.Key, e.Seq, action, "李明", " 对方换了邮箱 ")
				now := r.delivery(1)
				if want[i] == no {
					var refused *trade.Refused
					if !errors.As(err, &refused) || now.Seq != e.Seq {
						t.Fatalf("not refused: %v, and then %+v", err, now.Value)
					}
					return
				}
				if err != nil || now.Value.State != want[i] || now.Value.Attempt != 0 || !strings.Contains(now.Value.Reason, "李明") || !strings.Contains(now.Value.Reason, "对方换了邮箱") || now.Key != e.Key {
					t.Fatalf("%v, and then %+v", err, now.Value)
				}
				_, due := takeOne(r.n.queue("test"), r.clock.Now())
				if due != (action == trade.Resend) {
					t.Errorf("due %v", due)
				}
				if action == trade.Resend {
					if d := r.step(1); d.State != trade.Accepted || r.channel.count() != 1 || r.channel.sent[0].Key != e.Key {
						t.Errorf("sent %d times: %+v", r.channel.count(), d)
					}
				}
			})
		}
	}
}

func TestDecisionsThatAreNone(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	e := r.put(trade.Held)
	var refused *trade.Refused
	if err := r.n.Decide(t.Context(), e.Key, e.Seq, trade.Resend, "李明", " "); !errors.As(err, &refused) {
		t.Errorf("without a reason: %v", err)
	}
	if err := r.n.Decide(t.Context(), e.Key, e.Seq, "burn", "李明", "x"); !errors.As(err, &refused) {
		t.Errorf("of no kind: %v", err)
	}
	if err := r.n.Decide(t.Context(), e.Key, e.Seq-1, trade.Resend, "李明", "x"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("about an earlier state: %v", err)
	}
	if err := r.n.Decide(t.Context(), "none", 1, trade.Resend, "李明", "x"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("about nothing: %v", err)
	}
	if r.delivery(1).Seq != e.Seq {
		t.Error("something was written")
	}
}
