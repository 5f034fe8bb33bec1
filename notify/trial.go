package notify

import (
	"context"
	"fmt"
	"time"

	"tbtwatch/internal/trade"
)

var testLevel = Level{ID: "test", Name: trade.Text{ZH: "测试", EN: "Test"}, Colour: "#616161"}

// Test sends a message over the subscriber's channel that says of itself, in
// both languages, that it is no warning, and returns the channel's receipt. It
// is not in the ledger: nothing is repeated, and nobody waits for it. Two
// within a second are one message to receivers that know its identity.
func (n *Notifier) Test(ctx context.Context, to trade.Subscriber) (receipt string, err error) {
	channel, ok := n.Channels[to.Channel]
	if !ok {
		return "", trade.Refusef("there is no channel %q; 没有这个渠道", to.Channel)
	}
	at := stamp(n.Now())
	w := trade.Warning{
		Number: "TEST", Family: "TEST", Release: 1, Level: testLevel.ID, At: at,
		Headline: trade.Text{ZH: "这是一条测试消息，不是预警", EN: "This is a test message, not a warning"},
		Summary:  trade.Text{ZH: "您收到它，说明该渠道可用，今后的预警将由此送达。无需任何操作。", EN: "That you read it shows that the channel works: warnings will come this way. Nothing needs to be done."},
	}
	v := View{Kind: to.Kind, Name: to.Name, Lang: "zh", Level: testLevel, Warning: w}
	if to.Language == "en" {
		v.Lang = "en"
	}
	key := trade.Key("test", to.ID, to.Channel, n.Now().UTC().Format(time.DateTime))
	receipt, err = n.attempt(ctx, channel, Message{Key: key, To: to, Warning: &w, View: v, Test: true}, time.Now())
	if err != nil {
		return "", fmt.Errorf("test of channel %s: %w", to.Channel, err)
	}
	return receipt, nil
}

// test leaves nothing in the content that a warning would ask for.
func (c *Content) test() {
	c.Subject = line(fmt.Sprintf(in(c.Lang, "【%s】", "[%s] "), c.Level.Name.In(c.Lang))+c.Headline, maxSubject)
	c.Bulletin, c.Actions, c.You, c.Kind, c.Symbols, c.Remarks = c.Level.Name.In(c.Lang), nil, nil, "", "", nil
	c.Receipt = ""
}
