package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// The page offers what can be decided in that state, passes on what the person
// saw and typed, and keeps what was typed where it was not done.
func TestDeliveriesAreDecidedUpon(t *testing.T) {
	var asked []string
	var answer error
	r := newRig(t, true, func(d *Deps) {
		d.DecideDelivery = func(_ context.Context, key string, seq uint64, a trade.DeliveryAction, by, reason string) error {
			asked = append(asked, fmt.Sprint(key, " ", seq, " ", a, " ", by != "", " ", reason))
			return answer
		}
	})
	r.seed()
	for key, state := range map[string]trade.DeliveryState{"held": trade.Held, "sending": trade.Sending, "accepted": trade.Accepted} {
		put(t, r.bus.Deliveries, key, trade.Delivery{Key: key, Subscriber: "S1", Channel: "email", Family: family, Release: 1, State: state})
	}
	waitFor(t, "the deliveries", func() bool { return len(r.view.Counts().Deliveries) > 2 && r.view.Counts().Deliveries["held"] == 1 })
	for key, want := range map[string]string{"held": "resend give_up", "sending": "", "accepted": "resend"} {
		var offered []string
		for _, b := range r.page("/deliveries/"+key, http.StatusOK).Find(`button[name=do]`).EachIter() {
			offered = append(offered, b.AttrOr("value", ""))
		}
		if got := strings.Join(offered, " "); got != want {
			t.Errorf("%s: the page offers %q, want %q", key, got, want)
		}
	}
	form := url.Values{"seq": {r.page("/deliveries/held", http.StatusOK).Find("input[name=seq]").AttrOr("value", "")}, "do": {"resend"}, "reason": {"<i>换了邮箱</i>"}}
	r.submit("/deliveries/held", form, http.StatusOK)
	answer = trade.ErrConflict
	if doc := r.submit("/deliveries/held", form, http.StatusConflict); !strings.Contains(doc.Text(), "已有变化") || doc.Find("input[name=reason]").AttrOr("value", "") != "<i>换了邮箱</i>" {
		t.Errorf("a conflict shows %s", doc.Find("main").Text())
	}
	answer = trade.Refusef("say why; 请填写理由")
	if doc := r.submit("/deliveries/held", form, http.StatusUnprocessableEntity); !strings.Contains(doc.Text(), "请填写理由") {
		t.Errorf("a refusal shows %s", doc.Find("main").Text())
	}
	if len(asked) != 3 || asked[0] != "held "+form.Get("seq")+" resend true <i>换了邮箱</i>" {
		t.Errorf("asked: %q", asked)
	}
	form.Set("seq", "x")
	r.submit("/deliveries/held", form, http.StatusUnprocessableEntity)
}
