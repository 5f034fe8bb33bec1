package notify

import (
	"context"
	"errors"
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

// Of very many deliveries a process holds only where they stand. One that
// another process has begun meanwhile is left to it, whatever the queue says.
func TestADeliveryThatAnotherHasBegunIsLeftToIt(t *testing.T) {
	for name, answer := range map[string]error{"being sent": nil, "sent": errors.New("")} {
		r := newRig(t)
		r.warn(1)
		q := newQueue(0)
		r.n.init()
		r.n.queues["test"] = q
		_ = r.n.note(r.delivery(1))
		other := &Notifier{Bus: r.n.Bus, Channels: r.n.Channels, Directory: r.n.Directory, Config: r.n.Config, Owner: "other", Now: r.n.Now, Log: r.n.Log}
		look := func() {
			some, _ := q.take(r.clock.Now(), 5)
			if len(some) != 1 {
				t.Fatalf("%s: %d due", name, len(some))
			}
			if jobs := r.n.prepare(t.Context(), q, some); len(jobs) > 0 {
				t.Errorf("%s: it is begun once more", name)
			}
		}
		if answer == nil {
			r.channel.during = func(Message) { look() }
		}
		if err := other.step(t.Context(), errand{entry: r.delivery(1)}); err != nil {
			t.Fatal(err)
		}
		if answer != nil {
			look()
		}
		if some, next := q.take(r.clock.Now(), 5); len(some) > 0 || answer == nil && next.Sub(r.clock.Now()) < time.Minute {
			t.Errorf("%s: %d due again, next at %v", name, len(some), next)
		}
	}
}

// A process that has not heard yet that a delivery was made does not make it
// again over the channel to which its recipient has moved since.
func TestWhatWasToldDoesNotMove(t *testing.T) {
	r := newRig(t)
	r.warn(1)
	old := r.delivery(1)
	r.step(1)
	r.n.Channels["another"] = r.channel
	r.n.Directory = people{[]trade.Subscriber{{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "another", Address: "a"}}}
	if err := r.n.step(t.Context(), errand{entry: old}); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("%v", err)
	}
	if e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S1", "another", vietnam, 1)); err == nil {
		t.Errorf("it is told again: %+v", e.Value)
	}
}
