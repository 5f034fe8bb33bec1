package console

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// deliveriesBody lists the ledger by last transition.
type deliveriesBody struct {
	State  trade.DeliveryState
	States []trade.DeliveryState
	Counts map[string]int
	Page   view.Page[view.DeliveryRow]
	Next   string
	Mail   bool
}

func (s *site) deliveries(w http.ResponseWriter, r *http.Request) error {
	b := deliveriesBody{State: trade.DeliveryState(r.URL.Query().Get("state")), States: view.DeliveryStates, Counts: s.View.Counts().Deliveries, Mail: s.Mail != nil}
	var err error
	if b.Page, err = s.View.Deliveries(r.Context(), b.State, before(r), listRows); err != nil {
		return err
	}
	b.Next = nextPart("/deliveries", b.Page.Next, url.Values{"state": {string(b.State)}})
	return s.render(w, r, http.StatusOK, "deliveries", "nav.deliveries", "deliveries", b)
}

// deliveryBody is one delivery with its history and, where mails are kept as
// files, the mail itself.
type deliveryBody struct {
	view.DeliveryDetail
	Mail    *letter
	Actions []trade.DeliveryAction // that a person may take now
	Refused string                 // why the last one was not done
	Changed bool                   // it was, meanwhile
	Reason  string                 // that was typed for it
}

func (s *site) showDelivery(w http.ResponseWriter, r *http.Request) error {
	return s.renderDelivery(w, r, http.StatusOK, deliveryBody{})
}

// decideDelivery does what a person decides about a delivery that it has seen.
func (s *site) decideDelivery(w http.ResponseWriter, r *http.Request) error {
	if s.DecideDelivery == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	seq, err := typedSeq(r)
	if err != nil {
		return err
	}
	key, b := r.PathValue("key"), deliveryBody{Reason: r.PostFormValue("reason")}
	err = s.DecideDelivery(r.Context(), key, seq, trade.DeliveryAction(r.PostFormValue("do")), auth.Actor(r.Context()).Name, b.Reason)
	var refused *trade.Refused
	switch {
	case err == nil:
		return done(w, r, "/deliveries/"+key, "decided")
	case errors.Is(err, trade.ErrConflict):
		b.Changed = true
		return s.renderDelivery(w, r, http.StatusConflict, b)
	case errors.As(err, &refused):
		b.Refused = refused.Text().In(langOf(r))
		return s.renderDelivery(w, r, http.StatusUnprocessableEntity, b)
	}
	return err
}

func (s *site) renderDelivery(w http.ResponseWriter, r *http.Request, status int, b deliveryBody) error {
	d, err := s.View.Delivery(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	b.DeliveryDetail = d
	for _, a := range trade.DeliveryActions {
		if _, err := d.State.Decide(a); err == nil && s.DecideDelivery != nil {
			b.Actions = append(b.Actions, a)
		}
	}
	if file, err := s.openMail(r, d.Wire()); err == nil {
		b.Mail, err = readLetter(file)
		_ = file.Close()
		if err != nil {
			s.Log.Warn("console: mail cannot be shown", "delivery", d.Key, "err", err)
		}
	} else if !errors.Is(err, trade.ErrNotFound) {
		return err
	}
	return s.render(w, r, status, "delivery", "delivery.title", "deliveries", b)
}

func (s *site) openMail(r *http.Request, key string) (io.ReadCloser, error) {
	if s.Mail == nil {
		return nil, trade.ErrNotFound
	}
	return s.Mail(r.Context(), key)
}

// mail hands out the mail's file.
func (s *site) mail(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Bus.Deliveries.Get(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	file, err := s.openMail(r, d.Value.Wire())
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="`+d.Key+`.eml"`)
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	_, err = io.Copy(w, file)
	return err
}
