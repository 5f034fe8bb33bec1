package console

import (
	"errors"
	"io"
	"net/http"
	"net/url"

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
	Mail *letter
}

func (s *site) showDelivery(w http.ResponseWriter, r *http.Request) error {
	d, err := s.View.Delivery(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	b := deliveryBody{DeliveryDetail: d}
	if file, err := s.openMail(r, d.Key); err == nil {
		b.Mail, err = readLetter(file)
		_ = file.Close()
		if err != nil {
			s.Log.Warn("console: mail cannot be shown", "delivery", d.Key, "err", err)
		}
	} else if !errors.Is(err, trade.ErrNotFound) {
		return err
	}
	return s.render(w, r, http.StatusOK, "delivery", "delivery.title", "deliveries", b)
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
	file, err := s.openMail(r, d.Key)
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
