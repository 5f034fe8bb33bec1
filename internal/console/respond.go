package console

import (
	"errors"
	"net/http"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// respond keeps what a firm told the centre about the measure of a case.
func (s *site) respond(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	key, f := r.PathValue("key"), func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	said := trade.Response{
		Exporter: f("exporter"), Product: f("product"), Kind: trade.ResponseKind(f("kind")), Reason: f("reason"),
		By: auth.Actor(r.Context()).Name,
	}
	if said.Kind == trade.NotRelevant {
		said.Code = f("code")
	}
	err := error(trade.Refusef("%s", label(langOf(r), "respond.unknown")))
	if _, known := s.View.Directory.Exporter(said.Exporter); known {
		_, err = s.Desk.Respond(r.Context(), key, said)
	}
	var refused *trade.Refused
	switch {
	case err == nil:
		return done(w, r, "/cases/"+key, "responded")
	case !errors.As(err, &refused):
		return err
	}
	b, err := s.caseBody(r, key)
	if err != nil {
		return err
	}
	b.Refused = refused.Reason
	return s.render(w, r, http.StatusUnprocessableEntity, "case", "case.title", "cases", b)
}
