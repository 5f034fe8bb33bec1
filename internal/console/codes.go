package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// codesBody is where the codes of a case are set: what the paper gives, what
// its words imply, what the person wrote, and what that would change.
type codesBody struct {
	view.Dossier
	HS, ICS  []trade.CodeGuess
	Typed    codesForm
	Seq      uint64 // of the family record that the person saw
	Change   *trade.AudienceChange
	In, Out  []view.BulkFirm // of the change, by firm
	Regraded []view.BulkFirm
	Refused  string
	Conflict bool
}

// codesForm is what a person writes.
type codesForm struct{ HS, ICS, Reason string }

const mostCodes = 100

func (s *site) codesBody(r *http.Request) (codesBody, error) {
	if s.Desk == nil || s.Recode == nil {
		return codesBody{}, trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	d, err := s.View.Dossier(r.Context(), r.PathValue("key"))
	if err != nil {
		return codesBody{}, err
	}
	b := codesBody{Dossier: d, Seq: d.FamilySeq}
	b.HS, b.ICS = s.Guesses(&d.Latest)
	if c := d.Family.Codes; c.Any() {
		b.Typed = codesForm{strings.Join(c.HS, " "), strings.Join(c.ICS, " "), c.Reason}
	} else {
		b.Typed = codesForm{likelyCodes(b.HS), likelyCodes(b.ICS), ""}
	}
	return b, nil
}

// likelyCodes are those that a form begins with.
func likelyCodes(all []trade.CodeGuess) string {
	var out []string
	for _, g := range all {
		if !g.Inferred || g.Confidence >= 0.5 {
			out = append(out, g.Code)
		}
	}
	return strings.Join(out, " ")
}

func (s *site) codes(w http.ResponseWriter, r *http.Request) error {
	b, err := s.codesBody(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "codes", "codes.title", "cases", b)
}

// recode says what the codes would change; do=save makes it so, do=reset gives
// the measure back to what its papers say.
func (s *site) recode(w http.ResponseWriter, r *http.Request) error {
	b, err := s.codesBody(r)
	if err != nil {
		return err
	}
	f := r.PostFormValue
	b.Typed = codesForm{f("hs"), f("ics"), strings.TrimSpace(f("reason"))}
	codes := trade.Codes{By: auth.Actor(r.Context()).Name, At: s.View.Now().UTC().Format(time.RFC3339), Reason: short(b.Typed.Reason, 500)}
	save := f("do") != "preview"
	if f("do") != "reset" {
		codes.HS, codes.ICS = splitList(b.Typed.HS), splitList(b.Typed.ICS)
		switch {
		case !codes.Any(), len(codes.HS)+len(codes.ICS) > mostCodes:
			b.Refused = label(langOf(r), "codes.some", mostCodes)
		case save && codes.Reason == "":
			b.Refused = label(langOf(r), "codes.why")
		}
	}
	status := http.StatusUnprocessableEntity
	if b.Refused == "" {
		if status, err = s.recoded(r, &b, codes, save); err != nil {
			return err
		}
		if save && status == http.StatusOK {
			return done(w, r, "/cases/"+b.Row.Key, "recoded")
		}
	}
	return s.render(w, r, status, "codes", "codes.title", "cases", b)
}

// recoded asks the matcher; what it refuses, or somebody else has changed, is
// said on the page.
func (s *site) recoded(r *http.Request, b *codesBody, codes trade.Codes, save bool) (status int, err error) {
	seq, err := strconv.ParseUint(r.PostFormValue("seq"), 10, 64)
	if err != nil || seq == 0 {
		return 0, trade.Refusef("%s", label(langOf(r), "error.form"))
	}
	change, err := s.Recode(r.Context(), b.Row.Key, codes, seq, save)
	var refused *trade.Refused
	switch {
	case errors.As(err, &refused):
		b.Refused = refused.Reason
		return http.StatusUnprocessableEntity, nil
	case errors.Is(err, trade.ErrConflict):
		b.Conflict = true
		return http.StatusConflict, nil
	case err != nil:
		return 0, err
	}
	b.Change, b.Seq = &change, change.Seq
	b.In, b.Out, b.Regraded = s.View.ByFirm(change.In), s.View.ByFirm(change.Out), s.View.ByFirm(change.Regrade)
	return http.StatusOK, nil
}

// splitList reads codes that are separated by blanks, commas or semicolons;
// a blank within a code as tariffs print it is not understood.
func splitList(text string) []string {
	return trade.Distinct(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；、", r) }))
}
