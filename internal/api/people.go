package api

import (
	"context"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
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

// Verified is what a check of the audit found.
type Verified struct {
	Entries int    `json:"entries"`
	Head    string `json:"head" doc:"hash of the last entry: keep it elsewhere and compare"`
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
		}
	}
	type opening struct {
		Path string `json:"path" doc:"to be opened by the person, below the address of the pages; shown once"`
	}
	route(s, post("/invitations", "invite", "people", "Invite a person"), func(ctx context.Context, in *invitation) (*answer[opening], error) {
		b := in.Body
		secret, err := s.Guard.Invite(ctx, auth.Actor(ctx), trade.User{Name: b.Name, Mail: b.Mail, Role: b.Role, Member: b.Member, Expert: b.Expert})
		return &answer[opening]{opening{"/join/" + secret}}, err
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
	route(s, get("/audit", "list-audit", "people", "Who did what, the newest first"), func(ctx context.Context, in *Paging) (*answer[view.Page[trade.Audit]], error) {
		page, err := s.View.Audit(ctx, in.Before, in.Limit)
		return &answer[view.Page[trade.Audit]]{page}, err
	})
	verify := get("/audit/verify", "verify-audit", "people", "Read the whole audit and check its chain")
	route(s, verify, func(ctx context.Context, _ *struct{}) (*answer[Verified], error) {
		n, head, err := auth.VerifyAudit(ctx, s.Bus)
		if err != nil {
			return nil, &trade.Refused{Reason: err.Error()}
		}
		return &answer[Verified]{Verified{n, head}}, nil
	})
}
