package view

import (
	"context"
	"slices"

	"tbtwatch/internal/trade"
)

// Braked is what of a release waits until the lead lets it go.
type Braked struct {
	Waiting int    // deliveries
	Reason  string // as the ledger has it
}

// readAtOnce bounds what is held in memory of a release to very many.
const readAtOnce = 5000

// Braked counts what the brake holds of the family's release.
func (v *View) Braked(ctx context.Context, family string, release int) (out Braked, err error) {
	group, held := groupOf(family), indexOf(DeliveryStates, trade.Held)
	v.deliveries.mu.RLock()
	refs, _ := v.deliveries.refs.page(0, v.deliveries.refs.count[held], func(r ref) bool { return r.group == group && r.tag == held })
	v.deliveries.mu.RUnlock()
	for part := range slices.Chunk(refs, readAtOnce) {
		read, err := v.deliveries.read(ctx, part)
		if err != nil {
			return out, err
		}
		for _, e := range read {
			if d := &e.Value; d.WaitsForLead() && d.Family == family && d.Release == release {
				out.Waiting++
				out.Reason = d.Reason
			}
		}
	}
	return out, nil
}
