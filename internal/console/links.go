package console

import (
	"net/http"

	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// stopBody is the page of a link by which a recipient unsubscribes.
type stopBody struct {
	Subscription trade.Subscriber
	Done         bool // just now
}

// receiptBody is the page of a link by which a firm confirms a warning.
type receiptBody struct {
	portal.Receivable
	Done bool // just now
}

// linkRoutes are the pages behind the links of messages. Opening one changes
// nothing: scanners of mail do.
func (p tenants) linkRoutes(audit func(r *http.Request, did, recipient string)) map[string]handler {
	audited := func(do func(w http.ResponseWriter, r *http.Request) (did, recipient string, err error)) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			did, recipient, err := do(w, r)
			if recipient != "" {
				audit(r, did, recipient)
			}
			return err
		}
	}
	return map[string]handler{
		"GET " + portal.StopPath + "{token}":     p.stopping,
		"POST " + portal.StopPath + "{token}":    audited(p.stop),
		"GET " + portal.ReceiptPath + "{token}":  p.receivable,
		"POST " + portal.ReceiptPath + "{token}": audited(p.receive),
	}
}

func (p tenants) stopping(w http.ResponseWriter, r *http.Request) error {
	return p.showStop(w, r, false)
}

func (p tenants) showStop(w http.ResponseWriter, r *http.Request, done bool) error {
	s, err := p.portal.Stopping(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "stop", "stop.title", "", stopBody{s, done})
}

// stop unsubscribes; do=resume takes it back. The body of RFC 8058 says
// List-Unsubscribe=One-Click and needs no answer but the status.
func (p tenants) stop(w http.ResponseWriter, r *http.Request) (did, recipient string, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	did, resume := "unsubscribe", r.PostFormValue("do") == "resume"
	if resume {
		did = "resume subscription"
	}
	if recipient, err = p.portal.Stop(r.Context(), r.PathValue("token"), !resume); err != nil {
		return did, "", err
	}
	return did, recipient, p.showStop(w, r, true)
}

func (p tenants) receivable(w http.ResponseWriter, r *http.Request) error {
	return p.showReceipt(w, r, false)
}

func (p tenants) showReceipt(w http.ResponseWriter, r *http.Request, done bool) error {
	x, err := p.portal.Receivable(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "receipt", "receipt.title", "", receiptBody{x, done})
}

func (p tenants) receive(w http.ResponseWriter, r *http.Request) (did, recipient string, err error) {
	if recipient, err = p.portal.Receive(r.Context(), r.PathValue("token")); err != nil {
		return "receipt", "", err
	}
	return "receipt", recipient, p.showReceipt(w, r, true)
}
