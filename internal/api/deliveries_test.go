package api

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestDeliveriesAreDecidedUpon(t *testing.T) {
	asked := ""
	r := newRig(t, func(d *Deps) {
		d.DecideDelivery = func(_ context.Context, key string, seq uint64, a trade.DeliveryAction, by, reason string) error {
			asked = fmt.Sprint(key, " ", seq, " ", a, " ", by, " ", reason)
			if reason == "late" {
				return trade.ErrConflict
			}
			_, err := trade.Accepted.Decide(a)
			return err
		}
	})
	key := ledger(t, r.bus)
	path := "/api/v1/deliveries/" + key
	etag := r.do("GET", path, "").header.Get("ETag")
	if etag == "" {
		t.Fatal("a delivery has no ETag")
	}
	for _, c := range []struct {
		name, body, etag string
		status           int
	}{
		{"sent again", `{"do":"resend","reason":"换了邮箱"}`, etag, 200},
		{"unseen", `{"do":"resend","reason":"x"}`, "", 428},
		{"changed meanwhile", `{"do":"resend","reason":"late"}`, etag, 412},
		{"not in that state", `{"do":"hold","reason":"x"}`, etag, 422},
		{"no reason", `{"do":"resend","reason":""}`, etag, 422},
		{"no such decision", `{"do":"burn","reason":"x"}`, etag, 422},
	} {
		var headers []string
		if c.etag != "" {
			headers = []string{"If-Match", c.etag}
		}
		if got := r.do("POST", path+"/decisions", c.body, headers...); got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, got.status, c.status, got.body)
		}
		if c.status == 200 && !strings.HasPrefix(asked, key+" "+strings.Trim(etag, `"`)+" resend ") {
			t.Errorf("asked %q", asked)
		}
	}
}
