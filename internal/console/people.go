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
	Link    freshLink
	Problem string
}

// freshLink is the link of an invitation that was just made: shown once.
type freshLink struct {
	Link   string
	Sent   string // mail address that it was sent to
	Unsent string // why it could not be sent
}

// personForm is what can be said of a person, and what there is to choose from.
type personForm struct {
	User         trade.User
	Roles        []trade.Role
	Districts    []string
	Associations []trade.Subscriber
	Mails, Send  bool // the link can be sent by mail; the box is ticked
}

// personBody is one person.
type personBody struct {
	Form    personForm
	Tokens  []trade.Token
	Invited bool // an invitation is open
	Link    freshLink
	Problem string
}

func (s *site) personForm(u trade.User) personForm {
	f := personForm{User: u, Roles: trade.Roles, Mails: s.Guard.Mails(), Send: true}
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
		form := s.personForm(u)
		form.Send = r.PostFormValue("send") != ""
		return s.showPeople(w, r, http.StatusUnprocessableEntity, peopleBody{Form: form, Problem: reason})
	}
	if err != nil {
		return err
	}
	return s.showPeople(w, r, http.StatusOK, peopleBody{Form: s.personForm(trade.User{Role: trade.RoleStaff}), Link: s.freshLink(r, secret)})
}

// freshLink is the address that an invited person opens; it is sent where the
// form asks for that.
func (s *site) freshLink(r *http.Request, secret string) freshLink {
	l := freshLink{Link: s.origin(r) + "/join/" + secret}
	if r.PostFormValue("send") != "" {
		to, err := s.Guard.MailInvitation(r.Context(), auth.Actor(r.Context()), secret, s.origin(r))
		if reason, ok := refusal(err, langOf(r)); ok {
			l.Unsent = reason
		} else if err != nil {
			l.Unsent = err.Error()
		} else {
			l.Sent = to
		}
	}
	return l
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
	return s.showPersonWith(w, r, http.StatusOK, freshLink{}, "")
}

func (s *site) showPersonWith(w http.ResponseWriter, r *http.Request, status int, link freshLink, problem string) error {
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
		return s.showPersonWith(w, r, http.StatusUnprocessableEntity, freshLink{}, reason)
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
	return s.showPersonWith(w, r, http.StatusOK, s.freshLink(r, secret), "")
}

func (s *site) withdrawInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := s.Guard.Withdraw(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "/people", "shut")
}
