package auth

import (
	"slices"

	"tbtwatch/internal/trade"
)

// Action is what a route does, as far as permission goes. The scopes of a
// token are actions, too.
type Action string

// The actions. Every route of the pages and of the API names one.
const (
	See     Action = "see"     // read what the centre has: notices, cases, warnings, statistics, registry
	Judge   Action = "judge"   // assign, comment, grade, dismiss, release
	Oversee Action = "oversee" // what reaches many or the public: publish, withdraw, decide in bulk
	Pass    Action = "pass"    // let go, or give up, what the brake holds because it would reach very many
	Enrol   Action = "enrol"   // keep the registry: import products and subscribers
	Operate Action = "operate" // run sources, replay quarantine, import notices, rebuild the index
	Manage  Action = "manage"  // people, roles, tokens, the audit
	Own     Action = "own"     // an exporter's portal
	Members Action = "members" // an association's pages
	Area    Action = "area"    // a district's or department's pages
	Account Action = "account" // one's own password, sessions, tokens
)

// Actions are all of them, in the order of the settings page.
var Actions = []Action{See, Judge, Oversee, Pass, Enrol, Operate, Manage, Own, Members, Area, Account}

// allowed is who may do what; what is not here is refused.
var allowed = map[trade.Role][]Action{
	trade.RoleLead:        {See, Judge, Oversee, Pass, Enrol, Operate, Manage, Account},
	trade.RoleStaff:       {See, Judge, Enrol, Account},
	trade.RoleAdmin:       {See, Pass, Enrol, Operate, Manage, Account},
	trade.RoleExporter:    {Own, Account},
	trade.RoleAssociation: {Members, Account},
	trade.RoleDistrict:    {Area, Account},
	trade.RoleDepartment:  {Area, Account},
}

// May reports whether the role allows the action.
func May(r trade.Role, a Action) bool { return slices.Contains(allowed[r], a) }

// RoleActions are what the role allows.
func RoleActions(r trade.Role) []Action { return slices.Clone(allowed[r]) }

// Can reports whether the person may do a: by the role and, where a token
// speaks for the person, by the token's scopes.
func (p Person) Can(a Action) bool {
	return May(p.Role, a) && (p.scopes == nil || slices.Contains(p.scopes, a))
}

// TenantScope is whose records a reader from outside the centre may see. It
// can only be had from a person who signed in, and what reads for tenants
// takes one: a query without it does not compile. The zero scope sees nothing.
type TenantScope struct {
	role   trade.Role
	member trade.Member
	person Person
}

// Tenant is the person's scope. It is false for the centre's people, who have
// pages of their own, and for a tenant who belongs to nobody.
func (p Person) Tenant() (TenantScope, bool) {
	if p.Role.Centre() || p.Role == "" || p.Role != trade.RoleDepartment && p.Member.Of(p.Role) == "" {
		return TenantScope{}, false
	}
	return TenantScope{p.Role, p.Member, p}, true
}

// CentreScope is what the centre's own people read other sides' pages with. It
// can only be had from a person who may see what the centre has.
type CentreScope struct{ person Person }

// Centre is the person's scope as one of the centre's people.
func (p Person) Centre() (CentreScope, bool) { return CentreScope{p}, p.Can(See) }

// Role is the side the reader stands on.
func (t TenantScope) Role() trade.Role { return t.role }

// Exporter is the only firm whose records the scope opens; "" for none.
func (t TenantScope) Exporter() string {
	if t.role != trade.RoleExporter {
		return ""
	}
	return t.member.Exporter
}

// District is the district whose firms the scope opens by name; "" for none.
func (t TenantScope) District() string {
	if t.role != trade.RoleDistrict {
		return ""
	}
	return t.member.District
}

// Association is the id of the association whose sums the scope opens; "" for
// none.
func (t TenantScope) Association() string {
	if t.role != trade.RoleAssociation {
		return ""
	}
	return t.member.Association
}

// Person is who reads.
func (t TenantScope) Person() Person { return t.person }
