package api

import (
	"context"
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// Person is a user as the API shows one: no verifier of a secret leaves the
// server.
type Person struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Mail     string          `json:"mail"`
	Role     trade.Role      `json:"role"`
	Member   trade.Member    `json:"member"`
	Expert   []string        `json:"expert" nullable:"false"`
	Disabled bool            `json:"disabled"`
	Factor   bool            `json:"second_factor"`
	Consents []trade.Consent `json:"consents" nullable:"false"`
}

func personOf(u trade.User) Person {
	return Person{u.ID, u.Name, u.Mail, u.Role, u.Member, append([]string{}, u.Expert...), u.Disabled, u.Factor != "" || u.Subject != "", append([]trade.Consent{}, u.Consents...)}
}

func (s *server) peopleRoutes() {
	list := get("/users", "list-users", "people", "Everybody who may sign in")
	route(s, list, func(context.Context, *struct{}) (*answer[[]Person], error) {
		out := []Person{}
		for _, u := range s.Guard.Users() {
			out = append(out, personOf(u))
		}
		return &answer[[]Person]{out}, nil
	})
	type invitation struct {
		Body struct {
			Name   string       `json:"name" maxLength:"60"`
			Mail   string       `json:"mail" format:"email"`
			Role   trade.Role   `json:"role"`
			Member trade.Member `json:"member,omitempty"`
			Expert []string     `json:"expert,omitempty"`
			Send   bool         `json:"send,omitempty" doc:"send the link to the person by e-mail"`
		}
	}
	type opening struct {
		Path    string `json:"path" doc:"to be opened by the person, below the address of the pages; shown once"`
		Sent    string `json:"sent,omitempty" doc:"mail address that the link was sent to"`
		Problem string `json:"problem,omitempty" doc:"why it could not be sent; it opens all the same"`
	}
	route(s, post("/invitations", "invite", "people", "Invite a person"), func(ctx context.Context, in *invitation) (*answer[opening], error) {
		b := in.Body
		if err := s.mailable(b.Send); err != nil {
			return nil, err
		}
		secret, err := s.Guard.Invite(ctx, auth.Actor(ctx), trade.User{Name: b.Name, Mail: b.Mail, Role: b.Role, Member: b.Member, Expert: b.Expert})
		if err != nil {
			return nil, err
		}
		out := opening{Path: "/join/" + secret}
		if b.Send {
			if out.Sent, err = s.Guard.MailInvitation(ctx, auth.Actor(ctx), secret, s.PublicURL); err != nil {
				out.Sent, out.Problem = "", err.Error()
			}
		}
		return &answer[opening]{out}, nil
	})
	type change struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Role     *trade.Role   `json:"role,omitempty"`
			Member   *trade.Member `json:"member,omitempty"`
			Expert   *[]string     `json:"expert,omitempty"`
			Disabled *bool         `json:"disabled,omitempty"`
		}
	}
	op := post("/users/{id}", "change-user", "people", "Change role, place or standing of a person, whose sessions end with it")
	route(s, op, func(ctx context.Context, in *change) (*answer[Person], error) {
		u, err := s.Guard.ChangeUser(ctx, auth.Actor(ctx), in.ID, auth.Change(in.Body))
		return &answer[Person]{personOf(u)}, err
	})
	s.auditRoutes()
}

// mailable refuses to invite somebody by a mail that cannot be sent.
func (s *server) mailable(send bool) error {
	switch {
	case !send:
	case !s.Guard.Mails():
		return problem(http.StatusUnprocessableEntity, "send: no e-mail channel is configured (channels.email); leave it out and hand the link over yourself", "send：没有配置邮件渠道（channels.email）；请去掉该项并自行转交链接")
	case s.PublicURL == "":
		return problem(http.StatusUnprocessableEntity, "send: public_url is not configured, so that the mail could not say where the link opens; leave it out and hand the link over yourself", "send：没有配置 public_url，邮件无法给出链接地址；请去掉该项并自行转交链接")
	}
	return nil
}
