package trade

import "time"

// Role says on whose side a person stands. What a role may do is the table of
// package auth.
type Role string

// The roles.
const (
	RoleLead        Role = "lead"        // the centre's lead: everything
	RoleStaff       Role = "staff"       // the centre's staff: judges measures, keeps the registry
	RoleAdmin       Role = "admin"       // the centre's administrator: people, sources, rules; judges nothing
	RoleExporter    Role = "exporter"    // one firm: its own products and warnings
	RoleAssociation Role = "association" // a sector in its markets: sums
	RoleDistrict    Role = "district"    // a district: its firms by name, the rest in sums
	RoleDepartment  Role = "department"  // a government department: every district in sums
)

// Roles are all of them, the centre's first.
var Roles = []Role{RoleLead, RoleStaff, RoleAdmin, RoleExporter, RoleAssociation, RoleDistrict, RoleDepartment}

// Centre says whether it is a role of the centre itself.
func (r Role) Centre() bool { return r == RoleLead || r == RoleStaff || r == RoleAdmin }

// Member is where a person belongs: what a role is tied to. A centre's person
// has none.
type Member struct {
	Exporter    string `json:"exporter_id,omitempty"` // of RoleExporter
	District    string `json:"district,omitempty"`    // of RoleDistrict
	Association string `json:"association,omitempty"` // of RoleAssociation: id of its subscriber
}

// Of is the one value that belongs to the role; "" where the role has none.
func (m Member) Of(r Role) string {
	switch r {
	case RoleExporter:
		return m.Exporter
	case RoleDistrict:
		return m.District
	case RoleAssociation:
		return m.Association
	}
	return ""
}

// Consent is that a person agreed to be written to over a channel, in the
// words that were shown (PIPL, articles 13, 14 and 39).
type Consent struct {
	Channel string    `json:"channel"`
	Version string    `json:"version"` // of the words
	At      time.Time `json:"at"`
	Taken   bool      `json:"taken_back,omitempty"`
}

// User is a person who may sign in. It holds verifiers of secrets, never the
// secrets, and leaves this process in no answer.
type User struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Mail     string    `json:"mail"` // lower case: what the person signs in with
	Role     Role      `json:"role"`
	Member   Member    `json:"member,omitzero"`
	Language string    `json:"language,omitempty"`
	Expert   []string  `json:"expert,omitempty"` // sectors and ICS codes the person is an expert of
	Phone    string    `json:"phone,omitempty"`
	Consents []Consent `json:"consents,omitempty"`
	Created  time.Time `json:"created"`
	Inviter  string    `json:"inviter,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`

	Password string   `json:"password,omitempty"` // argon2id, PHC string; "" for who signs in by OIDC only
	Factor   string   `json:"factor,omitempty"`   // second factor's secret, sealed
	Step     int64    `json:"step,omitempty"`     // last step of the second factor that was used: none counts twice
	Recovery []string `json:"recovery,omitempty"` // SHA-256 of the recovery codes that are left
	Subject  string   `json:"subject,omitempty"`  // of the OIDC issuer, bound at the first sign-in
}

// Invitation lets one person in. Its key is the SHA-256 of the secret in its
// link.
type Invitation struct {
	User    User      `json:"user"` // as the inviter drew it up
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	Used    time.Time `json:"used,omitzero"`
}

// Token lets a program in. Its key is the id that stands in the token.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Sum     string    `json:"sum"` // SHA-256 of the whole token, hexadecimal
	User    string    `json:"user"`
	Scopes  []string  `json:"scopes"` // actions of package auth
	From    []string  `json:"from,omitempty"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Revoked bool      `json:"revoked,omitempty"`
}

// Session is a browser that is signed in. Its key is one of the places that a
// person has for sessions.
type Session struct {
	Sum     string    `json:"sum,omitempty"` // SHA-256 of the cookie, hexadecimal; "" once it has ended
	User    string    `json:"user"`          // "" for the bootstrap token
	Started time.Time `json:"started"`
	Seen    time.Time `json:"seen"`
	From    string    `json:"from,omitempty"`  // network address
	Agent   string    `json:"agent,omitempty"` // the browser in its own words, cut
}

// Audit is one entry of the audit: who did what to what, and why. Each holds
// the hash of the one before, so that a change of an old one shows.
type Audit struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`          // name, for readers
	User   string    `json:"user,omitempty"` // id; "" for programs of the centre and strangers
	Action string    `json:"action"`         // such as "POST /cases/{key}/release" or "sign-in"
	Target string    `json:"target"`         // what it was done to
	Reason string    `json:"reason,omitempty"`
	Result int       `json:"result,omitempty"` // HTTP status
	From   string    `json:"from,omitempty"`
	Before string    `json:"before"` // hash of the entry before; "" for the first
}

// Checkpoint is a signed word about the audit, to be kept where nobody of this
// machine can change it: how many entries there were, and what the last was.
type Checkpoint struct {
	Entries int       `json:"entries"`
	Head    string    `json:"head"` // hash of the last entry, hexadecimal
	At      time.Time `json:"at"`
	Note    string    `json:"note"`          // the same, signed
	To      string    `json:"to,omitempty"`  // mail address that it is for; "" for none
	Sent    time.Time `json:"sent,omitzero"` // when the mail was handed over
}

// Letter is a mail of a few words that is no warning.
type Letter struct {
	Key     string // stands in the Message-ID: the same at every attempt
	To      string // mail address
	Subject string
	Text    string
}
