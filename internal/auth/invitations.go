package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// invitationLasts is how long the link of an invitation opens.
const invitationLasts = 7 * 24 * time.Hour

// Invite lets a person in and returns the secret of the link, which is shown
// once. Inviting somebody who is there already gives them a way to set a new
// password and second factor. The newest link of a person is the only one that
// opens.
func (g *Guard) Invite(ctx context.Context, by Person, u trade.User) (secret string, err error) {
	if err := g.draft(&u); err != nil {
		return "", err
	}
	there, known := g.byMail(u.Mail)
	if known && there.ID == by.ID && there.Role != u.Role {
		return "", errOwnRole
	}
	now := g.now().UTC()
	switch waiting, open := g.waiting(u.Mail); {
	case known:
		u.ID, u.Created = there.ID, there.Created
	case open:
		u.ID, u.Created = waiting.User.ID, waiting.User.Created
	default:
		u.ID, u.Created = newID(), now
	}
	if err := g.Withdraw(ctx, u.ID); err != nil {
		return "", err
	}
	u.Inviter = by.Name
	secret = newToken()[13:]
	i := trade.Invitation{User: u, By: by.Name, At: now, Expires: now.Add(invitationLasts)}
	_, err = g.invitations.change(ctx, sum(secret), func(v *trade.Invitation, _ bool) error { *v = i; return nil })
	return secret, err
}

// waiting is the open invitation of an address.
func (g *Guard) waiting(address string) (trade.Invitation, bool) {
	for _, i := range g.Invitations() {
		if i.User.Mail == address {
			return i, true
		}
	}
	return trade.Invitation{}, false
}

// Invitations are those that still open, the newest first.
func (g *Guard) Invitations() []trade.Invitation {
	out := slices.DeleteFunc(g.invitations.all(), func(i trade.Invitation) bool { return !g.opens(i) })
	slices.SortFunc(out, func(a, b trade.Invitation) int { return b.At.Compare(a.At) })
	return out
}

// Withdraw shuts the open invitations of that user.
func (g *Guard) Withdraw(ctx context.Context, user string) error {
	for _, key := range g.openInvitations(user) {
		if _, err := g.invitations.change(ctx, key, func(v *trade.Invitation, _ bool) error { v.Expires = g.now().UTC(); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (g *Guard) openInvitations(user string) (keys []string) {
	g.invitations.each(func(key string, i trade.Invitation) {
		if i.User.ID == user && g.opens(i) {
			keys = append(keys, key)
		}
	})
	return keys
}

func (g *Guard) opens(i trade.Invitation) bool {
	return i.Used.IsZero() && g.now().Before(i.Expires)
}

// Invitation is the open invitation of a link.
func (g *Guard) Invitation(secret string) (trade.Invitation, error) {
	i, ok := g.invitations.get(sum(secret))
	if !ok || !g.opens(i) {
		return trade.Invitation{}, trade.ErrNotFound
	}
	return i, nil
}

// Mails reports whether the link of an invitation can be sent by mail.
func (g *Guard) Mails() bool { return g.post != nil }

// MailInvitation sends the link that Invite has given the secret of to the
// person; base is where the pages are opened. Where it fails the link opens all
// the same. The audit tells of it, not the link.
func (g *Guard) MailInvitation(ctx context.Context, by Person, secret, base string) (to string, err error) {
	i, err := g.Invitation(secret)
	if err != nil {
		return "", err
	}
	if g.post == nil {
		return i.User.Mail, refused("没有配置邮件渠道", "no e-mail channel is configured")
	}
	e := trade.Audit{Action: "mail invitation", Target: i.User.Mail, Result: http.StatusOK}
	if err = g.send(ctx, g.invitationLetter(i, secret, base)); err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), secret, "…")) // a mail server may repeat what it refuses
		e.Result, e.Reason = http.StatusBadGateway, err.Error()
	}
	g.Audit(ctx, by, e)
	return i.User.Mail, err
}

func (g *Guard) invitationLetter(i trade.Invitation, secret, base string) trade.Letter {
	link, until := base+"/join/"+secret, g.moment(i.Expires)
	return trade.Letter{
		Key: trade.Key("invitation", sum(secret)), To: i.User.Mail,
		Subject: fmt.Sprintf("邀请您加入：%s · Invitation: %s", g.centre.ZH, g.centre.EN),
		Text: fmt.Sprintf(`%s：

%s 邀请您加入%s的预警系统。请打开以下链接，设置密码和登录方式：

%s

链接有效至 %s，仅限您本人使用一次，请勿转发。如您不认识邀请人，请忽略本邮件。

---

%s,

%s invites you to the early-warning system of the %s. Open this link and set a password and how you sign in:

%s

It opens until %s, once, for you alone: do not pass it on. If you do not know who invites you, ignore this mail.
`, i.User.Name, i.By, g.centre.ZH, link, until, i.User.Name, i.By, g.centre.EN, link, until),
	}
}

// JoinFactor is a second factor for whoever follows the link: a new one, or
// that which the form brings back.
func (g *Guard) JoinFactor(secret, sealed string) (Factor, error) {
	i, err := g.Invitation(secret)
	if err != nil {
		return Factor{}, err
	}
	return g.newFactor("join "+sum(secret), i.User.Mail, sealed)
}

// Joining is what a person fills in who follows an invitation.
type Joining struct {
	Name, Language, Phone string
	Password              string
	Sealed, Code          string   // second factor; both empty where it is left out
	Subject               string   // of the OIDC issuer instead of password and factor
	Consents              []string // channels
}

// Join turns an invitation into a user and shuts it. It returns recovery codes,
// which are shown once, where a second factor was set up. The invitation is
// shut first: of two who follow one link only one comes in. A process that dies
// in between leaves a link that is used up and nobody who joined; the person is
// invited again.
func (g *Guard) Join(ctx context.Context, secret string, j Joining) (u trade.User, recovery []string, err error) {
	i, err := g.Invitation(secret)
	if err != nil {
		return u, nil, err
	}
	u = i.User
	u.Name = cmp.Or(strings.Join(strings.Fields(j.Name), " "), u.Name)
	u.Language, u.Phone, u.Subject, u.Disabled = j.Language, strings.TrimSpace(j.Phone), j.Subject, false
	if err := g.draft(&u); err != nil {
		return u, nil, err
	}
	if err := g.nameIsFree(u); err != nil {
		return u, nil, err
	}
	if j.Subject == "" {
		if recovery, err = g.credentials(ctx, &u, "join "+sum(secret), j); err != nil {
			return u, nil, err
		}
	}
	u.Consents = consents(nil, j.Consents, g.now().UTC())
	shut := func(v *trade.Invitation, _ bool) error {
		if !v.Used.IsZero() {
			return trade.ErrNotFound
		}
		v.Used = g.now().UTC()
		return nil
	}
	if _, err := g.invitations.change(ctx, sum(secret), shut); err != nil {
		return u, nil, err
	}
	u, err = g.users.change(ctx, u.ID, func(v *trade.User, have bool) error {
		if have {
			u.Consents = consents(v.Consents, j.Consents, g.now().UTC())
		}
		*v = u
		return nil
	})
	if err != nil {
		return u, nil, err
	}
	g.Audit(ctx, of(u), trade.Audit{Action: "join", Target: u.ID, Result: http.StatusOK})
	return u, recovery, g.endSessions(ctx, u.ID)
}
