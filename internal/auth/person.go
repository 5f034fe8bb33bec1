package auth

import "context"

// Role says what somebody may do.
type Role string

// The roles.
const (
	RoleLead Role = "lead" // the centre's lead: everything
)

// Person is who a request comes from. Name stands in the history of what they
// did.
type Person struct {
	Name string
	Role Role
	Demo bool // nobody in particular: the demo lets everybody in
}

// demoLead is everybody in the demo.
var demoLead = Person{Name: "演示 lead", Role: RoleLead, Demo: true}

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
