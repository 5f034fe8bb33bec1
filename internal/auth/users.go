package auth

import (
	"cmp"
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// invitationLasts is how long the link of an invitation opens.
const invitationLasts = 7 * 24 * time.Hour

// newID makes a key for a user.
func newID() string { return strings.TrimPrefix(newToken(), "tbt_")[:8] }

// Users are all people, the centre's first, then by name.
func (g *Guard) Users() []trade.User {
	out := g.users.all()
	slices.SortFunc(out, func(a, b trade.User) int {
		return cmp.Or(cmp.Compare(slices.Index(trade.Roles, a.Role), slices.Index(trade.Roles, b.Role)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// User is the person with that id.
func (g *Guard) User(id string) (trade.User, error) {
	u, ok := g.users.get(id)
	if !ok {
		return u, trade.ErrNotFound
	}
	return u, nil
}

// byMail is whoever signs in with that address.
func (g *Guard) byMail(address string) (trade.User, bool) {
	for _, u := range g.users.all() {
		if u.Mail == address && address != "" {
			return u, true
		}
	}
	return trade.User{}, false
}

// draft checks what an inviter wrote of a person.
func (g *Guard) draft(u *trade.User) error {
	u.Mail = strings.ToLower(strings.TrimSpace(u.Mail))
	u.Name = strings.Join(strings.Fields(u.Name), " ")
	if a, err := mail.ParseAddress(u.Mail); err != nil || a.Address != u.Mail || len(u.Mail) > 254 {
		return refused("电子邮箱格式不对", "this is no mail address")
	}
	if u.Name == "" || utf8.RuneCountInString(u.Name) > 60 {
		return refused("请填写姓名（最多 60 字）", "give a name of at most 60 characters")
	}
	if !slices.Contains(trade.Roles, u.Role) {
		return refused("没有这个角色", "there is no such role")
	}
	keep := trade.Member{}
	switch u.Role {
	case trade.RoleExporter:
		keep.Exporter = strings.TrimSpace(u.Member.Exporter)
	case trade.RoleDistrict:
		keep.District = strings.TrimSpace(u.Member.District)
	case trade.RoleAssociation:
		keep.Association = strings.TrimSpace(u.Member.Association)
	}
	u.Member = keep
	if !u.Role.Centre() && u.Role != trade.RoleDepartment && keep.Of(u.Role) == "" {
		return refused("请填写所属企业编号、区县或协会编号", "say which firm, district or association the person belongs to")
	}
	return nil
}

// Invite lets a person in and returns the secret of the link, which is shown
// once. Inviting somebody who is there already gives them a way to set a new
// password and second factor.
func (g *Guard) Invite(ctx context.Context, by Person, u trade.User) (secret string, err error) {
	if err := g.draft(&u); err != nil {
		return "", err
	}
	now := g.now()
	if there, ok := g.byMail(u.Mail); ok {
		u.ID, u.Created = there.ID, there.Created
	} else {
		u.ID, u.Created = newID(), now.UTC()
	}
	u.Inviter = by.Name
	secret = newToken()[13:]
	i := trade.Invitation{User: u, By: by.Name, At: now.UTC(), Expires: now.Add(invitationLasts).UTC()}
	_, err = g.invitations.change(ctx, sum(secret), func(v *trade.Invitation, _ bool) error { *v = i; return nil })
	return secret, err
}

// Invitations are those that still open, the newest first.
func (g *Guard) Invitations() []trade.Invitation {
	out := slices.DeleteFunc(g.invitations.all(), func(i trade.Invitation) bool { return !i.Used.IsZero() || g.now().After(i.Expires) })
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
		if i.User.ID == user && i.Used.IsZero() && !g.now().After(i.Expires) {
			keys = append(keys, key)
		}
	})
	return keys
}

// Invitation is the open invitation of a link.
func (g *Guard) Invitation(secret string) (trade.Invitation, error) {
	i, ok := g.invitations.get(sum(secret))
	if !ok || !i.Used.IsZero() || g.now().After(i.Expires) {
		return trade.Invitation{}, trade.ErrNotFound
	}
	return i, nil
}

// JoinFactor is a second factor for whoever follows the link: a new one, or
// that which the form brings back.
func (g *Guard) JoinFactor(secret, sealed string) (Factor, error) {
	i, err := g.Invitation(secret)
	if err != nil {
		return Factor{}, err
	}
	return g.factorAgain("join "+sum(secret), i.User.Mail, sealed)
}

// Joining is what a person fills in who follows an invitation.
type Joining struct {
	Name, Language, Phone string
	Password              string
	Sealed, Code          string   // second factor; both empty where it is left out
	Subject               string   // of the OIDC issuer instead of password and factor
	Consents              []string // channels
}

// ConsentVersion names the words that a person consents to; new words, new
// version.
const ConsentVersion = "2026-11"

// Join turns an invitation into a user and shuts it. It returns recovery codes,
// which are shown once, where a second factor was set up.
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
	return u, recovery, g.endSessions(ctx, u.ID)
}

// nameIsFree keeps the names of the centre's people apart: the history of a
// case names who did what.
func (g *Guard) nameIsFree(u trade.User) error {
	for _, x := range g.users.all() {
		if u.Role.Centre() && x.Role.Centre() && x.ID != u.ID && strings.EqualFold(x.Name, u.Name) {
			return refused("本中心已有同名人员，请在姓名后加以区分", "somebody at the centre has this name: add something that tells you apart")
		}
	}
	return nil
}

// credentials sets password and second factor from what a form brought.
func (g *Guard) credentials(ctx context.Context, u *trade.User, purpose string, j Joining) (recovery []string, err error) {
	if err := checkPassword(j.Password, u.Name, u.Mail, u.Member.Exporter); err != nil {
		return nil, err
	}
	if u.Factor, u.Step, u.Recovery = "", 0, nil; j.Code != "" || g.needsFactor(u.Role) {
		secret, err := g.sealer.open(purpose, j.Sealed)
		if err != nil {
			return nil, refused("二次验证设置已失效，请重新扫描", "the second factor was not set up here: scan the picture again")
		}
		if u.Step = stepOf(j.Code, secret, g.now()); u.Step == 0 {
			return nil, refused("验证码不正确，请输入验证器当前显示的 6 位数字", "this is not the code that the authenticator shows now")
		}
		u.Factor = g.sealer.seal("factor "+u.ID, secret)
		recovery, u.Recovery = newRecovery()
	}
	u.Password, err = g.hasher.hash(ctx, j.Password)
	return recovery, err
}

// needsFactor says whether people of that role must have a second factor.
func (g *Guard) needsFactor(r trade.Role) bool {
	return g.config.SecondFactor == FactorAll || r.Centre()
}

// NeedsFactor is needsFactor for the form of an invitation.
func (g *Guard) NeedsFactor(r trade.Role) bool { return g.needsFactor(r) }

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

// Change is what Manage may change of a user; nil leaves alone.
type Change struct {
	Role     *trade.Role
	Member   *trade.Member
	Expert   *[]string
	Disabled *bool
}

// ChangeUser changes role, place or standing of a person, whose sessions end
// with it.
func (g *Guard) ChangeUser(ctx context.Context, by Person, id string, c Change) (trade.User, error) {
	u, err := g.changeUser(ctx, id, func(u *trade.User) error {
		was := u.Role
		if c.Role != nil {
			u.Role = *c.Role
		}
		if c.Member != nil {
			u.Member = *c.Member
		}
		if c.Expert != nil {
			u.Expert = *c.Expert
		}
		if c.Disabled != nil {
			u.Disabled = *c.Disabled
		}
		if u.ID == by.ID && (u.Disabled || u.Role != was) {
			return refused("不能停用自己或改变自己的角色", "nobody can disable themselves or change their own role")
		}
		if err := g.draft(u); err != nil {
			return err
		}
		return g.nameIsFree(*u)
	})
	if err != nil || c.Role == nil && c.Member == nil && c.Disabled == nil {
		return u, err
	}
	return u, g.endSessions(ctx, id)
}

func (g *Guard) changeUser(ctx context.Context, id string, fn func(*trade.User) error) (trade.User, error) {
	return g.users.change(ctx, id, func(u *trade.User, have bool) error {
		if !have {
			return trade.ErrNotFound
		}
		return fn(u)
	})
}

// ErrPassword means that the present password, or the code with it, is wrong.
var ErrPassword = errors.New("auth: the present password or code is wrong")

// SetPassword changes the person's own password; all other sessions end.
func (g *Guard) SetPassword(ctx context.Context, p Person, present, code, fresh string) error {
	u, err := g.User(p.ID)
	if err != nil {
		return err
	}
	if err := g.verify(ctx, u, present, code); err != nil {
		return err
	}
	if err := checkPassword(fresh, u.Name, u.Mail, u.Member.Exporter); err != nil {
		return err
	}
	hash, err := g.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	if _, err := g.changeUser(ctx, p.ID, func(u *trade.User) error { u.Password = hash; return nil }); err != nil {
		return err
	}
	return g.endSessions(ctx, p.ID, p.Session)
}

// verify checks a password with its code and uses the code up.
func (g *Guard) verify(ctx context.Context, u trade.User, password, code string) error {
	ok, err := g.hasher.is(ctx, password, u.Password)
	if err != nil {
		return err
	}
	if !ok || u.ID == "" || u.Disabled {
		return ErrPassword
	}
	if u.Factor == "" {
		if g.needsFactor(u.Role) {
			return ErrPassword
		}
		return nil
	}
	_, err = g.changeUser(ctx, u.ID, func(u *trade.User) error {
		if !g.useFactor(u, code, g.now()) {
			return ErrPassword
		}
		return nil
	})
	return err
}
