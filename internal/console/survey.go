package console

import (
	"errors"
	"net/http"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// surveyForm is the impact survey of one firm with what is known before.
type surveyForm struct {
	Action       string // address that it is sent to
	Exporter     string // whom it is for, where somebody else fills it in
	Known        triage.Known
	Survey       trade.Survey // as it is shown: typed, answered before, or what is known
	Difficulties []string
	Needs        []string
}

// newSurveyForm begins with what was typed, else with what was answered before,
// else with what is known.
func newSurveyForm(action, exporter string, known triage.Known, typed *trade.Survey) surveyForm {
	f := surveyForm{Action: action, Exporter: exporter, Known: known, Survey: trade.Survey{Affected: known.Affected}, Difficulties: trade.SurveyDifficulties, Needs: trade.SurveyNeeds}
	switch {
	case typed != nil:
		f.Survey = *typed
	case known.Previous != nil && known.Previous.Survey != nil:
		f.Survey = *known.Previous.Survey
	}
	return f
}

// surveyBody is the page on which the centre's people fill in the survey for a
// firm that told them.
type surveyBody struct {
	view.CaseDetail
	Firm    trade.Exporter
	Form    surveyForm
	Problem string
}

func (s *site) survey(w http.ResponseWriter, r *http.Request) error {
	return s.showSurvey(w, r, http.StatusOK, r.URL.Query().Get("exporter"), nil, "")
}

func (s *site) showSurvey(w http.ResponseWriter, r *http.Request, status int, exporter string, typed *trade.Survey, problem string) error {
	key := r.PathValue("key")
	d, err := s.View.Case(r.Context(), key)
	if err != nil {
		return err
	}
	known, err := s.View.Known(r.Context(), &d.Family, exporter)
	if err != nil {
		return err
	}
	firm, _ := s.View.Directory.Exporter(exporter)
	firm.ID, firm.Name = exporter, s.View.Directory.ExporterName(exporter)
	return s.render(w, r, status, "survey", "my.survey", "cases", surveyBody{CaseDetail: d, Firm: firm, Form: newSurveyForm("/cases/"+key+"/survey", exporter, known, typed), Problem: problem})
}

// saveSurvey keeps the survey of a firm as one of the centre's people typed it.
func (s *site) saveSurvey(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	key, exporter := r.PathValue("key"), strings.TrimSpace(r.PostFormValue("exporter"))
	if _, known := s.View.Directory.Exporter(exporter); !known {
		return trade.Refusef("%s", label(langOf(r), "respond.unknown"))
	}
	said := trade.Response{Exporter: exporter, Kind: trade.Surveyed, By: auth.Actor(r.Context()).Name}
	var err error
	if said.Survey, err = typedSurvey(r); err == nil {
		_, err = s.Desk.Respond(r.Context(), key, said)
	}
	var refused *trade.Refused
	switch {
	case err == nil:
		return done(w, r, "/cases/"+key, "responded")
	case errors.As(err, &refused):
		return s.showSurvey(w, r, http.StatusUnprocessableEntity, exporter, said.Survey, refused.Text().In(langOf(r)))
	}
	return err
}
