package view

import (
	"fmt"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// A reminder is no release: the statistics count what was planned when the
// release came out.
func TestReminderCountsAsNoRelease(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Format(time.RFC3339)
	for _, c := range []struct {
		occasion string
		planned  int
	}{{"", 2}, {"remind-10-2026-04-01", 1}, {"escalate-district-2026-03-10", 1}} {
		w := &ledgerWorld{warnings: []trade.Warning{{Family: "F", Release: 1, Level: "red", At: at}}}
		for i, occasion := range []string{"", c.occasion} {
			d := trade.Delivery{Subscriber: "S", Exporter: "E", Channel: "email", Family: "F", Release: 1, State: trade.Accepted, At: at, Occasion: occasion}
			w.deliveries = append(w.deliveries, bus.Entry[trade.Delivery]{Key: fmt.Sprint("d", i), Seq: uint64(i + 1), Value: d})
		}
		f, err := flowView(w, false).Flow(FlowQuery{}, nil)
		if err != nil || f.Total.Planned != c.planned || f.Total.Accepted != c.planned {
			t.Errorf("with a delivery of occasion %q: %+v, %v, want %d planned", c.occasion, f.Total, err, c.planned)
		}
	}
}
