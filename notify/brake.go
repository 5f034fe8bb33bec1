package notify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Brake is from when on a release waits until the lead lets it go: an error in
// a code, or a measure that touches everybody, must not reach a whole city
// before somebody has looked.
type Brake struct {
	Share float64 `yaml:"share"` // more than that share of all subscribers, 0 to 1; 0 switches the brake off
	Least int     `yaml:"least"` // and at least that many
}

func (b Brake) validate() error {
	if b.Share < 0 || b.Share > 1 || math.IsNaN(b.Share) {
		return fmt.Errorf("notify.brake.share: %v is no share; write 0.5 for half of the subscribers, 0 to switch the brake off", b.Share)
	}
	if b.Least < 0 {
		return fmt.Errorf("notify.brake.least: %d is no number of subscribers", b.Least)
	}
	return nil
}

// stops reports whether a release to that many of all subscribers has to wait.
func (b Brake) stops(told, all int) bool {
	return b.Share > 0 && told >= max(b.Least, 1) && float64(told) > b.Share*float64(all)
}

// brake says why the planned release waits for the lead; "" where it does not.
// It looks at everybody first and writes nothing.
func (n *Notifier) brake(ctx context.Context, about *briefing) (string, error) {
	all := n.Directory.Subscribers()
	if n.Unledgered || !n.Config.Brake.stops(about.most(all), len(all)) { // not even if all of them were told
		return "", nil
	}
	told := 0
	for part := range slices.Chunk(all, planChunk) {
		outcomes, err := n.outcomes(ctx, about, part)
		if err != nil {
			return "", err
		}
		for i := range outcomes {
			if outcomes[i].told() {
				told++
			}
		}
	}
	stops, err := n.braked(ctx, &about.warning, told, len(all))
	if err != nil || !stops {
		return "", err
	}
	percent := func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
	return recorded("held by the brake: it would tell %s of %s subscribers, %s, and the limit is %s; the lead lets it go or gives it up",
		told, len(all), percent(float64(told)/float64(len(all))), percent(n.Config.Brake.Share)), nil
}

// braked reports whether a release to that many has to wait: not where it lifts,
// corrects or recalls, nor where the lead let the release or an earlier one go.
// Exercises are the lead's own.
func (n *Notifier) braked(ctx context.Context, w *trade.Warning, told, all int) (bool, error) {
	if !n.Config.Brake.stops(told, all) || w.Lifted || w.Exercise || w.Voids() > 0 {
		return false, nil
	}
	for release := w.Release; release > 0; release-- {
		passed, err := n.passed(ctx, w.Family, release)
		if passed || err != nil {
			return false, err
		}
	}
	return true, nil
}

// passed reports whether the brake held that release and the lead let it go.
func (n *Notifier) passed(ctx context.Context, family string, release int) (bool, error) {
	for part := range slices.Chunk(n.Directory.Subscribers(), planChunk) {
		have, err := n.deliveriesOf(ctx, family, release, part)
		if err != nil {
			return false, err
		}
		for _, e := range have {
			if d := &e.Value; d.Braked && !d.WaitsForLead() && d.State != trade.Suppressed {
				return true, nil
			}
		}
	}
	return false, nil
}

// PassRelease lets the deliveries go that the brake holds of that release, each
// when its recipient wants to hear. Done again, it lets go what is left: after
// a crash, or of what was planned meanwhile. It returns how many it let go.
func (n *Notifier) PassRelease(ctx context.Context, family string, release int, by, reason string) (int, error) {
	said := recorded("let go, as %s decided: %s", by, line(reason, 300))
	return n.decideRelease(ctx, family, release, reason, func(w *trade.Warning) change {
		return change{to: trade.Planned, edit: func(d *trade.Delivery) {
			d.Reason = said
			if s, ok := n.Directory.Subscriber(d.Subscriber); ok {
				d.NotBefore = n.due(&s, w)
			}
		}}
	})
}

// DropRelease gives up what the brake holds of that release: nobody is told.
func (n *Notifier) DropRelease(ctx context.Context, family string, release int, by, reason string) (int, error) {
	said := recorded("the release was given up, as %s decided: %s", by, line(reason, 300))
	return n.decideRelease(ctx, family, release, reason, func(*trade.Warning) change {
		return change{to: trade.Suppressed, edit: func(d *trade.Delivery) { d.Reason = said }}
	})
}

// decideRelease changes all that the brake holds of a release. It looks again
// until nothing is left: the planner may still be at it.
func (n *Notifier) decideRelease(ctx context.Context, family string, release int, reason string, how func(*trade.Warning) change) (done int, err error) {
	if strings.TrimSpace(reason) == "" {
		return 0, trade.Refusef("say why: it stays in the ledger; 请填写理由，理由会留在通知记录中")
	}
	w, err := n.releaseOf(ctx, family, release)
	if err != nil {
		return 0, err
	}
	for {
		held, err := n.heldOf(ctx, w)
		if err != nil {
			return done, err
		}
		before := done
		for part := range slices.Chunk(held, planChunk) {
			moved, err := n.ledger().moveAll(ctx, part, how(&w.Value))
			if done += moved; err != nil {
				return done, err
			}
		}
		if done == before {
			break
		}
	}
	if done == 0 {
		return 0, trade.Refusef("nothing of release %d waits for the lead any more; 第 %[1]d 次发布已没有待放行的通知", release)
	}
	return done, nil
}

// releaseOf finds the family's release with that number.
func (n *Notifier) releaseOf(ctx context.Context, family string, release int) (found bus.Entry[trade.Warning], err error) {
	err = n.Bus.Warnings.History(ctx, trade.FamilyKey(family), func(e bus.Entry[trade.Warning]) error {
		if !e.Deleted && e.Value.Release == release {
			found = e
		}
		return nil
	})
	if err == nil && found.Seq == 0 {
		err = fmt.Errorf("warning of %s, release %d: %w", family, release, trade.ErrNotFound)
	}
	return found, err
}

// clockSkew is how far the clocks of servers that keep different streams may be
// apart.
const clockSkew = time.Minute

// heldOf are the deliveries of the release that the brake holds, by the ledger
// since it was made: recipients may have gone or moved to other channels.
func (n *Notifier) heldOf(ctx context.Context, w bus.Entry[trade.Warning]) ([]entry, error) {
	last := map[string]entry{}
	var order []string
	err := n.Bus.Deliveries.Since(ctx, w.At.Add(-clockSkew), func(e entry) error {
		if d := &e.Value; d.Family != w.Value.Family || d.Release != w.Value.Release {
			return nil
		}
		if _, known := last[e.Key]; !known && !e.Value.Braked {
			return nil
		} else if !known {
			order = append(order, e.Key)
		}
		last[e.Key] = e
		return nil
	})
	var out []entry
	for _, key := range order {
		if e := last[key]; e.Value.WaitsForLead() {
			out = append(out, e)
		}
	}
	return out, err
}

// moveAll makes the change to all of the entries at once, or to each by itself
// where somebody moved one of them meanwhile; that one is left.
func (l ledger) moveAll(ctx context.Context, entries []entry, c change) (moved int, err error) {
	writes := make([]bus.Write[trade.Delivery], len(entries))
	for i, e := range entries {
		if err := e.Value.State.Move(c.to); err != nil {
			return 0, fmt.Errorf("delivery %s: %w", e.Key, err)
		}
		writes[i] = bus.Write[trade.Delivery]{Key: e.Key, Value: l.after(e.Value, c), Last: e.Seq}
	}
	if err = l.table.PutBatch(ctx, writes); err == nil {
		return len(writes), nil
	}
	if !errors.Is(err, trade.ErrConflict) {
		return 0, err
	}
	for _, e := range entries {
		if _, err := l.change(ctx, e, c); err == nil {
			moved++
		} else if !errors.Is(err, trade.ErrConflict) {
			return moved, err
		}
	}
	return moved, nil
}
