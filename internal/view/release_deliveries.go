package view

import (
	"context"
	"iter"
	"math"

	"tbtwatch/internal/trade"
)

// What is read at once of a release's deliveries: first about as many as a page
// shows, then more and more, up to what may be held in memory.
const (
	readFirst  = 128
	readAtOnce = 5000
)

// ofRelease gives every delivery of the family's release, latest first, that is
// in that state ("": any). They are read in parts, as far as they are asked for.
func (v *View) ofRelease(ctx context.Context, family string, release int, state trade.DeliveryState) iter.Seq2[*DeliveryRow, error] {
	return func(yield func(*DeliveryRow, error) bool) {
		group, tag := groupOf(family), indexOf(DeliveryStates, state)
		v.deliveries.mu.RLock()
		refs, _ := v.deliveries.refs.page(0, math.MaxInt, func(r ref) bool { return r.group == group && (state == "" || r.tag == tag) })
		v.deliveries.mu.RUnlock()
		for at, n := 0, readFirst; at < len(refs); n = min(2*n, readAtOnce) {
			part := refs[at:min(at+n, len(refs))]
			at += len(part)
			rows, err := v.deliveries.rows(ctx, part)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range rows {
				if d := &rows[i]; d.Family == family && d.Release == release && !yield(d, nil) {
					return
				}
			}
		}
	}
}

// DeliveriesOfRelease lists the latest ones that tell of that release, up to
// limit, and reports whether there are more.
func (v *View) DeliveriesOfRelease(ctx context.Context, family string, release, limit int) (out []DeliveryRow, more bool, err error) {
	for d, err := range v.ofRelease(ctx, family, release, "") {
		if err != nil {
			return nil, false, err
		}
		if more = len(out) == limit; more {
			break
		}
		out = append(out, *d)
	}
	v.name(out)
	return out, more, nil
}

// Braked is what of a release waits until the lead lets it go.
type Braked struct {
	Waiting int    // deliveries
	Reason  string // as the ledger has it
}

// Braked counts what the brake holds of the family's release.
func (v *View) Braked(ctx context.Context, family string, release int) (out Braked, err error) {
	for d, err := range v.ofRelease(ctx, family, release, trade.Held) {
		if err != nil {
			return out, err
		}
		if d.WaitsForLead() {
			out.Waiting++
			out.Reason = d.Reason
		}
	}
	return out, nil
}
