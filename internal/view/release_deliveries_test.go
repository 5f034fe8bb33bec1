package view

import (
	"fmt"
	"sync/atomic"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// A page that shows sixty deliveries of a release to very many reads about as
// many; who asks for more is given them all, each once and the latest first.
func TestDeliveriesOfAReleaseAreReadAsFarAsAskedFor(t *testing.T) {
	b, v, run := open(t)
	const many = recentRows + 1200
	for i := range many {
		d := trade.Delivery{Subscriber: fmt.Sprint("S", i), Channel: "email", Family: "F", Release: 1 + i%2, State: trade.Accepted}
		if _, err := b.Deliveries.Append(t.Context(), fmt.Sprint("d", i), d); err != nil {
			t.Fatal(err)
		}
	}
	var read atomic.Int64
	v.deliveries.row = func(e bus.Entry[trade.Delivery]) DeliveryRow { read.Add(1); return deliveryRow(e) }
	run()
	for _, c := range []struct{ limit, got, most int }{{10, 10, readFirst}, {60, 60, readFirst}, {300, 300, many}, {many, many / 2, many}} {
		read.Store(0)
		rows, more, err := v.DeliveriesOfRelease(t.Context(), "F", 2, c.limit)
		if err != nil || len(rows) != c.got || more != (c.limit < many/2) {
			t.Errorf("of %d asked for: %d, more: %v, %v", c.limit, len(rows), more, err)
		}
		if n := int(read.Load()); n > c.most {
			t.Errorf("%d asked for, and %d records read, want at most %d", c.limit, n, c.most)
		}
		for i, r := range rows {
			if want := fmt.Sprint("S", many-1-2*i); r.Subscriber != want {
				t.Fatalf("of %d asked for, number %d is %s, want %s", c.limit, i, r.Subscriber, want)
			}
		}
	}
}
