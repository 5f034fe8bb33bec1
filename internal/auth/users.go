package auth

import (
	"cmp"
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

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

var errOwnRole = refused("不能停用自己或改变自己的角色", "nobody can disable themselves or change their own role")

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
			return errOwnRole
		}
		if err := g.draft(u); err != nil {
			return err
		}
		return g.nameIsFree(*u)
	})
	if err != nil || c.Role == nil && c.Member == nil && c.Disabled == nil {
		return u, err
	}
	if err := g.Withdraw(ctx, id); err != nil { // a link would bring back what was taken
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
