package notify

import (
	"testing"

	"tbtwatch/internal/trade"
)

// A test message can be unsubscribed from, and asks for no receipt: there is no
// warning to confirm.
func TestATestMessageAsksForNoReceipt(t *testing.T) {
	r := newRig(t)
	if _, err := r.n.Test(t.Context(), trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a"}); err != nil {
		t.Fatal(err)
	}
	env := Env{
		Stop:    func(trade.Subscriber) string { return "https://warn.example.org/stop/x" },
		Page:    func(trade.Subscriber, string) string { return "https://warn.example.org/my/warnings/x" },
		Receipt: func(trade.Subscriber, string, int) string { return "https://warn.example.org/receipt/x" },
	}
	if c := Compose(r.channel.sent[0], env); c.Receipt != "" || c.Page != "" || c.Stop == "" {
		t.Errorf("receipt %q, page %q, stop %q", c.Receipt, c.Page, c.Stop)
	}
}
