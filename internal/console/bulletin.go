package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// bulletinBody is the bulletin of a case for one audience, with the forms that
// rewrite its parts.
type bulletinBody struct {
	view.BulletinDetail
	Key      string
	Lang     string
	Writable bool     // by this process
	Open     *opening // of the public notice; nil on the internal bulletin
	Earlier  []opened // releases that were opened before
	Part     string   // the part that was typed in when the action was refused
	Yours    string   // what was typed
	Conflict bool     // somebody else was quicker
	Refused  string   // why the action was refused
}

// opening is whether the last release is public, may be, or why it may not.
type opening struct {
	Release int
	Address string // where everybody reads it
	Why     string // it may not be opened
}

// opened is a release that was made public.
type opened struct {
	trade.Publication
	Address string
}

// Edit is the page for the forms, or nil where nothing can be written.
func (b *bulletinBody) Edit() *bulletinBody {
	if !b.Writable {
		return nil
	}
	return b
}

// TypedIn is what was typed in a part that was refused.
func (b *bulletinBody) TypedIn(part string) string {
	if b.Refused == "" || b.Part != part {
		return ""
	}
	return b.Yours
}

func audienceOf(value string) triage.Audience {
	return triage.Audience(cmp.Or(value, string(triage.Internal)))
}

func publicAddress(key string, release int) string {
	return fmt.Sprintf("/bulletins/%s/%d", key, release)
}

func (s *site) bulletinBody(r *http.Request, to triage.Audience) (*bulletinBody, error) {
	key := r.PathValue("key")
	d, err := s.View.Bulletin(r.Context(), key, to)
	if err != nil {
		return nil, err
	}
	b := &bulletinBody{BulletinDetail: d, Key: key, Lang: langOf(r), Writable: s.Desk != nil}
	if to == triage.Public && b.Writable {
		b.Open = s.opening(b)
		for _, p := range d.Case.Public {
			if p.Release != d.Bulletin.Release || p.Withdrawn != "" {
				b.Earlier = append(b.Earlier, opened{p, publicAddress(key, p.Release)})
			}
		}
	}
	return b, nil
}

func (s *site) opening(b *bulletinBody) *opening {
	o := &opening{Release: b.Bulletin.Release}
	name := b.Bulletin.NamedIn(b.Firms)
	switch p := b.Case.Publication(o.Release); {
	case p != nil && p.Withdrawn == "":
		o.Address = publicAddress(b.Key, o.Release)
	case b.Case.State != trade.CaseReleased || o.Release == 0:
		o.Why = label(b.Lang, "bulletin.why.draft")
	case b.News:
		o.Why = label(b.Lang, "bulletin.why.news")
	case name != "":
		o.Why = label(b.Lang, "bulletin.why.named", name)
	}
	return o
}

func (s *site) bulletin(w http.ResponseWriter, r *http.Request) error {
	b, err := s.bulletinBody(r, audienceOf(r.URL.Query().Get("audience")))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "bulletin", "bulletin.title", "cases", b)
}

// onBulletin does what a form of the bulletin asks and comes back to the page.
// When somebody else was quicker, or the action is refused, the page says so
// and what was typed is not lost.
func (s *site) onBulletin(w http.ResponseWriter, r *http.Request, to triage.Audience, said string, do func(family string, seq uint64, by string) error) error {
	key, part := r.PathValue("key"), r.PathValue("part")
	err := s.decided(r, key, do)
	var refused *trade.Refused
	switch {
	case err == nil:
		http.Redirect(w, r, "/cases/"+key+"/bulletin?audience="+string(to)+"&done="+said+anchor(part), http.StatusSeeOther)
		return nil
	case !errors.Is(err, trade.ErrConflict) && !errors.As(err, &refused):
		return err
	}
	b, errBody := s.bulletinBody(r, to)
	if errBody != nil {
		return errBody
	}
	b.Part, b.Yours = part, strings.ToValidUTF8(r.PostFormValue("text"), "")
	status := http.StatusConflict
	if b.Conflict = refused == nil; refused != nil {
		status, b.Refused = http.StatusUnprocessableEntity, refused.Reason
	}
	return s.render(w, r, status, "bulletin", "bulletin.title", "cases", b)
}

// anchor leads back to the part that was written in.
func anchor(part string) string {
	if part == "" {
		return ""
	}
	return "#part-" + part
}

// overrideOf is the part that a form is about.
func overrideOf(r *http.Request) trade.Override {
	f := r.PostFormValue
	return trade.Override{Audience: f("audience"), Part: r.PathValue("part"), Lang: f("lang"), Text: f("text"), Facts: f("facts")}
}

func (s *site) rewrite(w http.ResponseWriter, r *http.Request) error {
	o := overrideOf(r)
	return s.onBulletin(w, r, audienceOf(o.Audience), "rewritten", func(family string, seq uint64, by string) error {
		return s.Desk.Rewrite(r.Context(), family, seq, o, by, r.PostFormValue("reason"))
	})
}

func (s *site) restore(w http.ResponseWriter, r *http.Request) error {
	o := overrideOf(r)
	return s.onBulletin(w, r, audienceOf(o.Audience), "restored", func(family string, seq uint64, by string) error {
		return s.Desk.Restore(r.Context(), family, seq, o, by, r.PostFormValue("reason"))
	})
}
