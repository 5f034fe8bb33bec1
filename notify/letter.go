package notify

import (
	"context"
	"fmt"

	"tbtwatch/internal/trade"
)

// poster is a channel that takes letters.
type poster interface {
	post(ctx context.Context, l trade.Letter) error
}

// Post sends a letter by e-mail. It is not in the ledger: whoever sends it
// repeats it, under the same key, and it is one mail to mailboxes that know
// Message-IDs.
func (n *Notifier) Post(ctx context.Context, l trade.Letter) error {
	c, ok := n.Channels["email"].(poster)
	if !ok {
		return trade.Refusef("there is no e-mail channel; 没有邮件渠道")
	}
	if err := c.post(ctx, l); err != nil {
		return fmt.Errorf("mail to %s: %w", l.To, err)
	}
	return nil
}

func (e *email) post(ctx context.Context, l trade.Letter) error {
	mail, err := e.form.letter(l)
	if err != nil {
		return trade.Permanent(err)
	}
	_, err = e.mailer.deliver(ctx, mail)
	return err
}
