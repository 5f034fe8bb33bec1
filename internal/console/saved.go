package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

const (
	mostViews   = 20
	longestView = 40 // characters of a name
)

func viewsKey(person string) string { return trade.Key("views", person) }

// savedViews are the person's; seq is what a write has to expect.
func (s *site) savedViews(ctx context.Context, person string) (views []trade.SavedView, seq uint64, err error) {
	e, err := s.Bus.SavedViews.Get(ctx, viewsKey(person))
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, 0, err
	}
	return e.Value.Views, e.Seq, nil
}

// saveView keeps the queue as it is shown under a name, or drops that name.
func (s *site) saveView(w http.ResponseWriter, r *http.Request) error {
	person := auth.Actor(r.Context()).Name
	name, query := strings.Join(strings.Fields(r.PostFormValue("name")), " "), r.PostFormValue("query")
	if name == "" || len([]rune(name)) > longestView {
		return trade.Refusef("%s", label(langOf(r), "view.name", longestView))
	}
	values, err := url.ParseQuery(query)
	if err != nil || len(query) > 2000 {
		return trade.Refusef("%s", label(langOf(r), "error.form"))
	}
	for name := range values { // an address cannot bring anything else in
		if name != "state" && name != "q" && !slices.Contains(caseFilters, name) {
			values.Del(name)
		}
	}
	views, seq, err := s.savedViews(r.Context(), person)
	if err != nil {
		return err
	}
	views = slices.DeleteFunc(views, func(v trade.SavedView) bool { return v.Name == name })
	said := "unsaved"
	if r.PostFormValue("drop") == "" {
		if len(views) >= mostViews {
			return trade.Refusef("%s", label(langOf(r), "view.many", mostViews))
		}
		views, said = append(views, trade.SavedView{Name: name, Query: values.Encode()}), "saved"
	}
	if _, err := s.Bus.SavedViews.Put(r.Context(), viewsKey(person), trade.SavedViews{Views: views}, seq); err != nil {
		return err
	}
	http.Redirect(w, r, "/cases?"+values.Encode()+"&done="+said, http.StatusSeeOther)
	return nil
}
