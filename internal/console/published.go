package console

import (
	"errors"
	"net/http"
	"strconv"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// publish opens the public notice of the last release to everybody, as the
// person saw it: what has changed since then is a conflict.
func (s *site) publish(w http.ResponseWriter, r *http.Request) error {
	return s.onBulletin(w, r, triage.Public, "published", func(family string, seq uint64, by string) error {
		d, err := s.View.Bulletin(r.Context(), r.PathValue("key"), triage.Public)
		if err != nil {
			return err
		}
		if d.Seq != seq {
			return trade.ErrConflict
		}
		return s.Desk.Publish(r.Context(), family, seq, d.Bulletin, d.Firms, by, r.PostFormValue("reason"))
	})
}

func (s *site) withdraw(w http.ResponseWriter, r *http.Request) error {
	return s.onBulletin(w, r, triage.Public, "withdrawn", func(family string, seq uint64, by string) error {
		release, err := strconv.Atoi(r.PostFormValue("release"))
		if err != nil {
			return trade.Refusef("%s", label(langOf(r), "error.form"))
		}
		return s.Desk.Withdraw(r.Context(), family, seq, release, by, r.PostFormValue("reason"))
	})
}

// publishedBody is a public notice as everybody reads it.
type publishedBody struct {
	view.PublicBulletin
	Key string
}

// Nobody writes on this page.
func (publishedBody) Nobody() *bulletinBody { return nil }

// published shows what a person has made public, and nothing else: a case that
// is not, and one that there is not, look alike.
func (s *site) published(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	release, err := strconv.Atoi(r.PathValue("release"))
	if err != nil {
		return errNoPage
	}
	p, err := s.View.Published(r.Context(), key, release)
	if errors.Is(err, trade.ErrNotFound) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "published", "published.title", "", publishedBody{p, key})
}
