package auth

import (
	"context"
	"slices"
	"time"

	"tbtwatch/internal/trade"
)

// ConsentVersion names the words that a person consents to; new words, new
// version.
const ConsentVersion = "2026-11"

// consents adds what is newly agreed to and marks what is taken back; nothing
// is forgotten.
func consents(have []trade.Consent, now []string, at time.Time) []trade.Consent {
	out := slices.Clone(have)
	for _, channel := range now {
		if !Consented(out, channel) {
			out = append(out, trade.Consent{Channel: channel, Version: ConsentVersion, At: at})
		}
	}
	for _, c := range have {
		if Consented(out, c.Channel) && !slices.Contains(now, c.Channel) {
			out = append(out, trade.Consent{Channel: c.Channel, Version: ConsentVersion, At: at, Taken: true})
		}
	}
	return out
}

// Consented says whether the last word on the channel is yes.
func Consented(all []trade.Consent, channel string) bool {
	yes := false
	for _, c := range all {
		if c.Channel == channel {
			yes = !c.Taken
		}
	}
	return yes
}

// SetConsents records which channels the person agrees to be written to over.
func (g *Guard) SetConsents(ctx context.Context, user string, channels []string) error {
	_, err := g.changeUser(ctx, user, func(u *trade.User) error {
		u.Consents = consents(u.Consents, channels, g.now().UTC())
		return nil
	})
	return err
}
