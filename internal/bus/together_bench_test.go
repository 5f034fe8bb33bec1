package bus

import (
	"fmt"
	"sync/atomic"
	"testing"

	"tbtwatch/internal/trade"
)

// Writes of many at once, beside one after the other.
func BenchmarkPutTogether(b *testing.B) {
	for _, writers := range []int{1, 16, 128} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			bus := open(b, Config{})
			var n atomic.Int64
			b.SetParallelism((writers + 1) / 2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					d := trade.Delivery{Key: fmt.Sprint(n.Add(1)), Subscriber: "S", Channel: "email", Family: "G/TBT/N/VNM/1", State: trade.Planned, At: "2026-03-02T06:00:00Z"}
					if _, err := bus.Deliveries.PutTogether(b.Context(), d.Key, d, 0); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
