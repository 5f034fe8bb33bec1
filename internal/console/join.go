package console

import (
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// joinBody is the form of who follows an invitation.
type joinBody struct {
	Secret     string
	Invitation trade.Invitation
	Typed      auth.Joining
	Factor     auth.Factor
	Must       bool // the second factor cannot be left out
	OIDC       string
	Channels   []string
	Problem    string // why the form was not taken
}

// joinedBody tells the recovery codes, once.
type joinedBody struct {
	User     trade.User
	Recovery []string
}

func (s *site) joinForm(w http.ResponseWriter, r *http.Request) error {
	return s.showJoin(w, r, http.StatusOK, auth.Joining{Language: langOf(r)}, "")
}

func (s *site) showJoin(w http.ResponseWriter, r *http.Request, status int, typed auth.Joining, problem string) error {
	b := joinBody{Secret: r.PathValue("secret"), Typed: typed, OIDC: s.Guard.OIDC(), Channels: s.Channels, Problem: problem}
	var err error
	if b.Invitation, err = s.Guard.Invitation(b.Secret); err != nil {
		return err
	}
	if b.Typed.Name == "" {
		b.Typed.Name = b.Invitation.User.Name
	}
	b.Must = s.Guard.NeedsFactor(b.Invitation.User.Role)
	if b.Factor, err = s.Guard.JoinFactor(b.Secret, typed.Sealed); err != nil {
		return err
	}
	return s.render(w, r, status, "join", "join.title", "", b)
}

func (s *site) join(w http.ResponseWriter, r *http.Request) error {
	j := s.joining(w, r)
	if j.Password != r.PostFormValue("again") {
		return s.showJoin(w, r, http.StatusUnprocessableEntity, j, label(langOf(r), "join.differ"))
	}
	u, recovery, err := s.Guard.Join(r.Context(), r.PathValue("secret"), j)
	if reason, ok := refusal(err, langOf(r)); ok {
		return s.showJoin(w, r, http.StatusUnprocessableEntity, j, reason)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "joined", "join.done", "", joinedBody{u, recovery})
}

func (s *site) joinByProvider(w http.ResponseWriter, r *http.Request) error {
	j := s.joining(w, r)
	if _, err := s.Guard.Invitation(r.PathValue("secret")); err != nil {
		return err
	}
	j.Password, j.Code, j.Sealed = "", "", ""
	return s.Guard.ToProvider(w, r, "/", r.PathValue("secret"), &j)
}

func (s *site) joining(w http.ResponseWriter, r *http.Request) auth.Joining {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	_ = r.ParseForm() // what does not parse is empty and refused as such
	lang := "zh"
	if r.PostFormValue("language") == "en" {
		lang = "en"
	}
	return auth.Joining{
		Name: short(r.PostFormValue("name"), 80), Language: lang, Phone: short(r.PostFormValue("phone"), 40), Password: r.PostFormValue("password"),
		Sealed: r.PostFormValue("sealed"), Code: r.PostFormValue("code"), Consents: chosen(r.PostForm["consent"], s.Channels),
	}
}

// chosen are those of the choices that exist.
func chosen(choices, exist []string) []string {
	var out []string
	for _, x := range exist {
		for _, c := range choices {
			if c == x {
				out = append(out, x)
				break
			}
		}
	}
	return out
}
