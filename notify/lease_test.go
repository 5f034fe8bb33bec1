package notify

import (
	"context"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// What another process knows is left to it for a while.
func TestWhatIsUnclearToAnotherProcessIsLeftToItAtFirst(t *testing.T) {
	r := newRig(t)
	at := r.clock.Now()
	d := trade.Delivery{State: trade.Unknown, Owner: "other", NotBefore: stamp(at)}
	if due := r.n.dueAt(d); !due.Equal(at.Add(lease)) {
		t.Errorf("beside others it is due at %v", due)
	}
	if d.Owner = "me"; !r.n.dueAt(d).Equal(at) {
		t.Errorf("its own is due at %v", r.n.dueAt(d))
	}
	if d.Owner, r.n.Alone = "dead", true; !r.n.dueAt(d).Equal(at) {
		t.Errorf("alone it is due at %v", r.n.dueAt(d))
	}
}

// Who lost a race waits until it hears what became of the delivery.
func TestALostRaceDoesNotSpin(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	e, q := r.delivery(1), r.n.queue("test")
	_ = r.n.note(e)
	other := &Notifier{Bus: r.n.Bus, Channels: r.n.Channels, Directory: r.n.Directory, Config: r.n.Config, Owner: "other", Now: r.n.Now, Log: r.n.Log}
	if err := other.step(t.Context(), errand{entry: e}); err != nil {
		t.Fatal(err)
	}
	taken, due := takeOne(q, r.clock.Now())
	if !due {
		t.Fatal("it is not due")
	}
	r.n.handle(t.Context(), q, errand{entry: taken.entry})
	q.giveBack(e.Key)
	if _, due := takeOne(q, r.clock.Now()); due || r.channel.count() != 1 {
		t.Errorf("due again at once: %v; sent %d times", due, r.channel.count())
	}
}

// The time for an attempt runs from before the lease was written.
func TestAnAttemptEndsWithItsLease(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	begun := time.Now()
	var left time.Duration
	r.n.Channels["test"] = asking(func(ctx context.Context) { at, _ := ctx.Deadline(); left = at.Sub(begun) })
	r.step(1)
	if left <= 0 || left > lease-10*time.Second {
		t.Errorf("the channel has %v of a lease of %v", left, lease)
	}
}

// asking is a channel that looks at its context.
type asking func(context.Context)

func (a asking) Send(ctx context.Context, _ Message) (string, error) { a(ctx); return "ok", nil }
