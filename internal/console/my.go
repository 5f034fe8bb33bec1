package console

import (
	"net/http"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// myBody is an exporter's first page.
type myBody struct{ portal.OwnHome }

func (p tenants) myHome(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	h, err := p.portal.OwnWarnings(r.Context(), t)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "my", "nav.my", "my", myBody{h})
}

// myWarningBody is one warning as the exporter reads and answers it.
type myWarningBody struct {
	portal.OwnWarning
	Form    surveyForm
	Problem string
}

func (p tenants) myWarning(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	return p.showMyWarning(w, r, t, http.StatusOK, nil, "")
}

func (p tenants) showMyWarning(w http.ResponseWriter, r *http.Request, t auth.TenantScope, status int, typed *trade.Survey, problem string) error {
	x, err := p.portal.OwnWarning(r.Context(), t, r.PathValue("key"))
	if err != nil {
		return err
	}
	form := newSurveyForm("/my/warnings/"+r.PathValue("key")+"/answer", "", x.Known, typed)
	return p.render(w, r, status, "mywarning", "warning.title", "my", myWarningBody{x, form, problem})
}

func (p tenants) myAnswer(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	f := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	said := trade.Response{Kind: trade.ResponseKind(f("kind")), Product: f("product"), Code: f("code"), Reason: f("reason")}
	var err error
	if said.Kind == trade.Surveyed {
		said.Survey, err = typedSurvey(r)
	}
	if err == nil {
		err = p.portal.Answer(r.Context(), t, r.PathValue("key"), said)
	}
	if reason, ok := refusal(err, langOf(r)); ok {
		return p.showMyWarning(w, r, t, http.StatusUnprocessableEntity, said.Survey, reason)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/my/warnings/"+r.PathValue("key"), "answered")
}

func typedSurvey(r *http.Request) (*trade.Survey, error) {
	s := &trade.Survey{
		Difficulties: chosen(r.PostForm["difficulty"], trade.SurveyDifficulties), Needs: chosen(r.PostForm["need"], trade.SurveyNeeds),
		Words: strings.TrimSpace(r.PostFormValue("words")),
	}
	var bad error
	for _, amount := range []struct {
		name string
		into *float64
	}{{"affected", &s.Affected}, {"cost", &s.Cost}} {
		text := strings.NewReplacer(",", "", " ", "", "，", "").Replace(r.PostFormValue(amount.name))
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			bad = trade.Refusef("%q is no amount: write US dollars such as 120000; “%s”不是金额，请填写美元数，例如 120000", text, text)
			continue // the form comes back with what could be read
		}
		*amount.into = n
	}
	return s, bad
}
