package console

import (
	"tbtwatch/internal/auth"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// user is a person made of the sample's text.
func (s sample) user() trade.User {
	return trade.User{
		ID: "u", Name: s.text, Mail: s.text, Role: trade.RoleDistrict, Member: trade.Member{District: s.text}, Expert: []string{s.text}, Password: "x", Factor: "x",
		Consents: []trade.Consent{{Channel: "email", Version: s.text, At: now}, {Channel: s.text, At: now, Taken: true}}, Created: now, Disabled: true,
	}
}

// peopleBodies are the pages about people.
func (s sample) peopleBodies() map[string]any {
	u := s.user()
	form := personForm{User: u, Roles: trade.Roles, Districts: []string{s.text}, Associations: []trade.Subscriber{{ID: s.text, Name: s.text}}, Mails: true, Send: true}
	invited := trade.Invitation{User: u, By: s.text, At: now, Expires: now}
	token := trade.Token{ID: "abcdefgh", Name: s.text, Scopes: []string{"see", s.text}, Expires: now}
	fresh, mark := freshLink{s.text, s.text, s.text}, trade.Checkpoint{Entries: 1234, At: now, Note: s.text, To: s.text, Sent: now}
	problem := s.t()
	factor := auth.Factor{Sealed: s.text, Secret: s.text, Picture: "data:image/png;base64,AAAA"}
	return map[string]any{
		"people":  peopleBody{Users: []trade.User{u}, Invited: []trade.Invitation{invited}, Form: form, Link: fresh, Problem: s.text},
		"person":  personBody{Form: form, Tokens: []trade.Token{token}, Invited: true, Link: fresh, Problem: s.text},
		"account": accountBody{User: &u, Sessions: []auth.SessionRow{{Session: trade.Session{From: s.text, Agent: s.text, Started: now, Seen: now}, Place: "p", Current: true}}, Tokens: []trade.Token{token}, Scopes: auth.Actions, Channels: []string{"email", "feishu", "slack"}, Fresh: s.text, Problem: s.text},
		"join":    joinBody{Secret: "x", Invitation: invited, Typed: auth.Joining{Name: s.text, Phone: s.text, Language: "en", Consents: []string{"email"}}, Factor: factor, Must: true, OIDC: s.text, Channels: []string{"email", "feishu", "slack"}, Problem: s.text},
		"joined":  joinedBody{User: u, Recovery: []string{s.text}},
		"audit":   auditBody{Page: view.Page[trade.Audit]{Rows: []trade.Audit{{At: now, Actor: s.text, Action: s.text, Target: s.text, Reason: s.text, Result: 200, From: s.text}}}, Next: "/audit?before=1", Marks: auth.CheckpointState{Key: s.text, Last: mark, Other: true, To: s.text, Sent: mark, Waiting: 2, Problem: &problem}},
		"rules":   rulesBody{Policy: triage.DefaultConfig(), Sectors: nomenclature.Sectors(), Districts: []districtRow{{s.text, 3}}},
	}
}

func emptyPeople() map[string]any {
	return map[string]any{"people": peopleBody{}, "person": personBody{}, "account": accountBody{}, "join": joinBody{}, "joined": joinedBody{}, "audit": auditBody{}, "rules": rulesBody{}}
}
