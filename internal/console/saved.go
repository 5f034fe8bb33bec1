package console

import (
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/view"
)

// saveView keeps the queue as it is shown under a name, or drops that name.
func (s *site) saveView(w http.ResponseWriter, r *http.Request) error {
	person, name := auth.Actor(r.Context()).Name, r.PostFormValue("name")
	values, err := view.QueueQuery(r.PostFormValue("query"))
	said := "saved"
	switch {
	case err != nil:
		return err
	case r.PostFormValue("drop") != "":
		said, err = "unsaved", s.View.DropView(r.Context(), person, name)
	default:
		_, err = s.View.SaveView(r.Context(), person, name, values.Encode())
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/cases?"+values.Encode()+"&done="+said, http.StatusSeeOther)
	return nil
}
