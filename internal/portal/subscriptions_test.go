package portal

import (
	"context"
	"strings"
	"testing"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// reads reads what was typed over one subscription.
type reads func(ctx context.Context, typed map[string]string) (trade.Subscriber, *registry.RowError, error)

// A web address is a password: its owner is shown the host, and what was shown
// stands for the address that it is, whoever owns it.
func TestAShownAddressStandsForTheOneThatItIs(t *testing.T) {
	w := newWorld(t)
	long := "https://hooks.example.org/T/" + strings.Repeat("s", 900) // as long as signed addresses are
	firm, association := scope(t, "E1"), scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"})
	for _, key := range []string{"SE1", "A"} {
		key = registry.SubscriberKey(key)
		e, err := w.bus.Subscribers.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		e.Value.Channel, e.Value.Address = "slack", long
		put(t, w.bus.Subscribers, key, e.Value, e.Seq)
	}
	w.settled()
	own, _, err := w.portal.OwnSubscription(t.Context(), firm, "SE1")
	if err != nil {
		t.Fatal(err)
	}
	members, err := w.portal.Subscription(t.Context(), association)
	if err != nil {
		t.Fatal(err)
	}
	const shown, other = "https://hooks.example.org/…", "https://hooks.example.org/T/other"
	for who, s := range map[string]struct {
		shown string
		read  reads
	}{
		"exporter": {own.Address, func(ctx context.Context, typed map[string]string) (trade.Subscriber, *registry.RowError, error) {
			return w.portal.ReadSubscription(ctx, firm, "SE1", typed)
		}},
		"association": {members.Address, func(ctx context.Context, typed map[string]string) (trade.Subscriber, *registry.RowError, error) {
			return w.portal.ReadChange(ctx, association, typed)
		}},
	} {
		if s.shown != shown {
			t.Errorf("the %s is shown %.60s, want %s", who, s.shown, shown)
		}
		for _, c := range []struct{ name, channel, address, want string }{ // "" for refused
			{"nothing typed", "slack", "", long},
			{"the shown one comes back", "slack", " " + shown, long},
			{"another", "slack", other, other},
			{"a long one", "slack", long + "x", long + "x"},
			{"nothing typed for another channel", "webhook", "", ""},
			{"the shown one for another channel", "webhook", shown, ""},
		} {
			got, bad, err := s.read(t.Context(), map[string]string{"channel": c.channel, "address": c.address})
			if err != nil || (bad == nil) != (c.want != "") || bad == nil && got.Address != c.want || bad != nil && bad.Column != "address" {
				t.Errorf("%s, %s: address %.60q, refused %v, %v; want %.60q", who, c.name, got.Address, bad, err, c.want)
			}
			if bad != nil && strings.Contains(bad.Error()+bad.ZH(), "ssss") {
				t.Errorf("%s, %s: the refusal repeats the secret: %v", who, c.name, bad)
			}
		}
	}
}

// Of a robot's address nobody is shown the token, nor the secret behind '#'.
func TestAddressesAreShownWithoutTheirSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=token": "https://qyapi.weixin.qq.com/…", "https://oapi.dingtalk.com/robot/send?access_token=token#SECsecret": "https://oapi.dingtalk.com/…",
		"https://open.feishu.cn/open-apis/bot/v2/hook/token#secret": "https://open.feishu.cn/…", "https://oapi.dingtalk.com/robot/send#%zzsecret": "…", "C0123456789": "C0123456789",
	} {
		if got := trade.MaskedAddress("dingtalk", address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}
