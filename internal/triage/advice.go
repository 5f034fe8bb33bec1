package triage

import (
	"time"

	"tbtwatch/internal/trade"
)

// Advice says what a side should do about a released warning, at that moment:
// the part of the bulletin for readers of that kind.
func Advice(w *trade.Warning, to trade.SubscriberKind, c Config, now time.Time) []trade.Text {
	a := &author{
		BulletinFacts: BulletinFacts{Family: &trade.Family{ID: w.Family, Papers: w.Papers}, Config: c, Now: now},
		says:          standingOf(w.Papers, now), dates: w.Dates, own: CentreOf(w, c), lifted: w.Lifted,
	}
	var out []trade.Text
	for _, d := range a.deeds() {
		switch to {
		case trade.SubAssociation:
			out = append(out, d.association)
		case trade.SubDistrict:
			out = append(out, d.district)
		case trade.SubDepartment:
			out = append(out, d.department)
		default:
			out = append(out, d.firm)
		}
	}
	return out
}
