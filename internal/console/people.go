package console

import (
	"net/http"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// peopleBody is everybody who may sign in, who is invited, and the form for
// one more.
type peopleBody struct {
	Users   []trade.User
	Invited []trade.Invitation
	Form    personForm
	Link    string // of an invitation that was just made: shown once
	Problem string
}

// personForm is what can be said of a person, and what there is to choose from.
type personForm struct {
	User         trade.User
	Roles        []trade.Role
	Districts    []string
	Associations []trade.Subscriber
}

// personBody is one person.
type personBody struct {
	Form    personForm
	Tokens  []trade.Token
	Invited bool // an invitation is open
	Link    string
	Problem string
}

func (s *site) personForm(u trade.User) personForm {
	f := personForm{User: u, Roles: trade.Roles}
	for _, sub := range s.View.Directory.Subscribers() {
		if sub.Kind == trade.SubAssociation {
			f.Associations = append(f.Associations, sub)
		}
	}
	f.Districts = s.View.Directory.Districts()
	return f
}

func (s *site) people(w http.ResponseWriter, r *http.Request) error {
	return s.showPeople(w, r, http.StatusOK, peopleBody{Form: s.personForm(trade.User{Role: trade.RoleStaff})})
}

func (s *site) showPeople(w http.ResponseWriter, r *http.Request, status int, b peopleBody) error {
	b.Users, b.Invited = s.Guard.Users(), s.Guard.Invitations()
	return s.render(w, r, status, "people", "nav.people", "people", b)
}

func (s *site) invite(w http.ResponseWriter, r *http.Request) error {
	u := typedPerson(w, r)
	secret, err := s.Guard.Invite(r.Context(), auth.Actor(r.Context()), u)
	if reason, ok := refusal(err, langOf(r)); ok {
		return s.showPeople(w, r, http.StatusUnprocessableEntity, peopleBody{Form: s.personForm(u), Problem: reason})
	}
	if err != nil {
		return err
	}
	return s.showPeople(w, r, http.StatusOK, peopleBody{Form: s.personForm(trade.User{Role: trade.RoleStaff}), Link: s.joinLink(r, secret)})
}

// joinLink is the address that an invited person opens.
func (s *site) joinLink(r *http.Request, secret string) string {
	return s.origin(r) + "/join/" + secret
}

// origin is where browsers find these pages, without a slash at the end.
func (s *site) origin(r *http.Request) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// typedPerson reads the form of a person.
func typedPerson(w http.ResponseWriter, r *http.Request) trade.User {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	return trade.User{
		Name: r.PostFormValue("name"), Mail: r.PostFormValue("mail"), Role: trade.Role(r.PostFormValue("role")), Expert: experts(r.PostFormValue("expert")),
		Member: trade.Member{Exporter: short(r.PostFormValue("exporter"), 80), District: short(r.PostFormValue("district"), 80), Association: short(r.PostFormValue("association"), 80)},
	}
}

// experts reads sectors and ICS codes, parted by anything but words.
func experts(text string) []string {
	fields := strings.FieldsFunc(short(text, 400), func(r rune) bool { return strings.ContainsRune(" ,;，；、\t\r\n", r) })
	slices.Sort(fields)
	return slices.Compact(fields)
}

func (s *site) showPerson(w http.ResponseWriter, r *http.Request) error {
	return s.showPersonWith(w, r, http.StatusOK, "", "")
}

func (s *site) showPersonWith(w http.ResponseWriter, r *http.Request, status int, link, problem string) error {
	u, err := s.Guard.User(r.PathValue("id"))
	if err != nil {
		return err
	}
	b := personBody{Form: s.personForm(u), Tokens: s.Guard.Tokens(u.ID), Link: link, Problem: problem}
	b.Invited = slices.ContainsFunc(s.Guard.Invitations(), func(i trade.Invitation) bool { return i.User.ID == u.ID })
	return s.render(w, r, status, "person", "nav.people", "people", b)
}

func (s *site) changePerson(w http.ResponseWriter, r *http.Request) error {
	u := typedPerson(w, r)
	now, err := s.Guard.User(r.PathValue("id"))
	if err != nil {
		return err
	}
	c := auth.Change{Expert: &u.Expert}
	if u.Role != now.Role || u.Member != now.Member {
		c.Role, c.Member = &u.Role, &u.Member
	}
	if off := r.PostFormValue("disabled") != ""; off != now.Disabled {
		c.Disabled = &off
	}
	_, err = s.Guard.ChangeUser(r.Context(), auth.Actor(r.Context()), now.ID, c)
	if reason, ok := refusal(err, langOf(r)); ok {
		return s.showPersonWith(w, r, http.StatusUnprocessableEntity, "", reason)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/people/"+now.ID, "changed")
}

func (s *site) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	u, err := s.Guard.User(r.PathValue("id"))
	if err != nil {
		return err
	}
	secret, err := s.Guard.Invite(r.Context(), auth.Actor(r.Context()), u)
	if err != nil {
		return err
	}
	return s.showPersonWith(w, r, http.StatusOK, s.joinLink(r, secret), "")
}

func (s *site) withdrawInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := s.Guard.Withdraw(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "/people", "shut")
}
