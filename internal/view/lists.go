package view

import (
	"context"
	"fmt"
	"slices"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Warnings lists the last release of every warning, latest first.
func (v *View) Warnings(ctx context.Context, before uint64, limit int) (Page[WarningRow], error) {
	return v.warnings.page(ctx, before, limit, nil)
}

// Releases reads every release of the family's warning, oldest first. It reads
// the bus.
func (v *View) Releases(ctx context.Context, key string) ([]bus.Entry[trade.Warning], error) {
	return v.warnings.writes(ctx, key)
}

// ReleaseRows lists every release of the family's warning, oldest first.
func (v *View) ReleaseRows(ctx context.Context, key string) ([]WarningRow, error) {
	return v.warnings.rows(ctx, v.warnings.refsTo(key))
}

// Release reads one release of the family's warning, or returns
// trade.ErrNotFound.
func (v *View) Release(ctx context.Context, key string, release int) (bus.Entry[trade.Warning], error) {
	for _, r := range slices.Backward(v.warnings.refsTo(key)) {
		rows, err := v.warnings.rows(ctx, []ref{r})
		if err != nil {
			return bus.Entry[trade.Warning]{}, err
		}
		if len(rows) == 1 && rows[0].Release == release {
			return v.Bus.Warnings.At(ctx, r.seq)
		}
	}
	return bus.Entry[trade.Warning]{}, fmt.Errorf("warning %s, release %d: %w", key, release, trade.ErrNotFound)
}

// Deliveries lists deliveries by their last transition, latest first; state ""
// means all.
func (v *View) Deliveries(ctx context.Context, state trade.DeliveryState, before uint64, limit int) (Page[DeliveryRow], error) {
	var keep func(ref) bool
	if state != "" {
		tag := indexOf(DeliveryStates, state)
		keep = func(r ref) bool { return r.tag == tag }
	}
	p, err := v.deliveries.page(ctx, before, limit, keep)
	v.name(p.Rows)
	return p, err
}

// DeliveriesOf lists what was sent, or is to be sent, about a family.
func (v *View) DeliveriesOf(ctx context.Context, family string, limit int) (Page[DeliveryRow], error) {
	group := groupOf(family)
	p, err := v.deliveries.page(ctx, 0, limit, func(r ref) bool { return r.group == group })
	p.Rows = slices.DeleteFunc(p.Rows, func(r DeliveryRow) bool { return r.Family != family })
	v.name(p.Rows)
	return p, err
}

func (v *View) name(rows []DeliveryRow) {
	for i := range rows {
		rows[i].Name = rows[i].Subscriber
		if s, ok := v.Directory.Subscriber(rows[i].Subscriber); ok && s.Name != "" {
			rows[i].Name = s.Name
		}
	}
}

// DeliveryDetail is a delivery with everything that happened to it.
type DeliveryDetail struct {
	DeliveryRow
	Seq     uint64           `json:"seq" doc:"the delivery's sequence: its ETag"`
	History []trade.Delivery `json:"history" doc:"every transition, oldest first"`
	Warning *WarningRow      `json:"warning,omitempty" doc:"the release that it carries"`
}

// Delivery reads a delivery with its history, or returns trade.ErrNotFound.
func (v *View) Delivery(ctx context.Context, key string) (DeliveryDetail, error) {
	e, err := v.Bus.Deliveries.Get(ctx, key)
	if err != nil {
		return DeliveryDetail{}, err
	}
	rows := []DeliveryRow{deliveryRow(e)}
	v.name(rows)
	d := DeliveryDetail{DeliveryRow: rows[0], Seq: e.Seq}
	all, err := v.deliveries.writes(ctx, key)
	if err != nil {
		return d, err
	}
	for _, e := range all {
		d.History = append(d.History, e.Value)
	}
	if d.WarningSeq == 0 {
		return d, nil
	}
	releases, err := v.ReleaseRows(ctx, trade.FamilyKey(d.Family))
	for _, row := range releases {
		if row.Release == d.Release {
			d.Warning = &row
		}
	}
	return d, err
}

// Quarantined lists what was not believed, latest first.
func (v *View) Quarantined(ctx context.Context, before uint64, limit int) (Page[QuarantineRow], error) {
	return v.quarantine.page(ctx, before, limit, nil)
}

// DeadLetters lists the messages that a stage gave up, latest first.
func (v *View) DeadLetters(ctx context.Context, before uint64, limit int) (Page[DeadLetterRow], error) {
	return v.deadLetters.page(ctx, before, limit, nil)
}

// Products lists registered products, latest change first; exporter "" means
// all. It reads the bus.
func (v *View) Products(ctx context.Context, exporter string, before uint64, limit int) (Page[trade.Product], error) {
	var keep func(ref) bool
	if exporter != "" {
		firm := v.firms.known(exporter)
		keep = func(r ref) bool { return firm > 0 && r.group == firm }
	}
	return v.products.page(ctx, before, limit, keep)
}

// ShowsProducts reports whether the lists of products show the write with that
// sequence.
func (v *View) ShowsProducts(seq uint64) bool {
	v.products.mu.RLock()
	defer v.products.mu.RUnlock()
	return v.products.pos >= seq
}

// sectorTag is 1 + the place of the product's sector in nomenclature's list, 0
// where it is in none.
func sectorTag(p *trade.Product) uint8 {
	id := nomenclature.SectorOf(p.HS)
	return uint8(1 + slices.IndexFunc(sectors(), func(s nomenclature.Sector) bool { return s.ID == id })) //nolint:gosec // there are few
}

// Audit lists who did what, the newest first. It reads the bus.
func (v *View) Audit(ctx context.Context, before uint64, limit int) (Page[trade.Audit], error) {
	return v.audit.page(ctx, before, limit, nil)
}
