package auth

import (
	"context"
	"strings"

	"tbtwatch/internal/trade"
)

// Person is who a request comes from. Name stands in the history of what they
// did.
type Person struct {
	ID     string // of the user; "" for the bootstrap token and in the demo
	Name   string
	Role   trade.Role
	Member trade.Member
	Demo   bool // nobody in particular: the demo lets everybody in

	Session string   // key of the browser's session; "" for programs
	anybody bool     // in the demo: no role was chosen
	program string   // what the token is for; "" for a person
	scopes  []Action // of the token that speaks for the person; nil for all of the role
}

// of is the person that a user is.
func of(u trade.User) Person {
	name := u.Name
	if m := u.Member.Of(u.Role); m != "" {
		name += "（" + m + "）" // so that no tenant can take the name of somebody at the centre
	}
	return Person{ID: u.ID, Name: name, Role: u.Role, Member: u.Member}
}

// Self is the person's own name, also where a program speaks for them: what is
// kept for somebody hangs on it.
func (p Person) Self() string { return strings.TrimSuffix(p.Name, p.program) }

type personKey struct{}

// With returns ctx with the person that its request comes from.
func With(ctx context.Context, p Person) context.Context {
	return context.WithValue(ctx, personKey{}, p)
}

// Actor is the person that the request comes from; the zero Person when it is
// not known.
func Actor(ctx context.Context) Person {
	p, _ := ctx.Value(personKey{}).(Person)
	return p
}
