package console

import (
	"net/http"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// bulkBody is one decision about several cases: first what it would do, then
// what became of it.
type bulkBody struct {
	view.Bulk
	Missing string // key of what has to be filled in first
}

// bulkPreview says what a decision about the chosen cases would do.
func (s *site) bulkPreview(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	b, err := s.bulkBody(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "bulk", "bulk.title", "cases", b)
}

func (s *site) bulkBody(r *http.Request) (bulkBody, error) {
	if err := r.ParseForm(); err != nil {
		return bulkBody{}, trade.Refusef("%s", label(langOf(r), "error.form"))
	}
	b := bulkBody{Bulk: view.Bulk{Action: r.Form.Get("do"), To: strings.TrimSpace(r.Form.Get("to")), Reason: strings.TrimSpace(r.Form.Get("reason"))}}
	if b.To == me {
		b.To = auth.Actor(r.Context()).Name
	}
	if b.Action == view.BulkDismiss && b.Reason == "" {
		b.Missing = "bulk.reason.missing"
	}
	var picks []view.BulkPick
	for _, c := range trade.Distinct(r.Form["case"]) {
		key, seq, _ := strings.Cut(c, "@")
		n, _ := strconv.ParseUint(seq, 10, 64)
		picks = append(picks, view.BulkPick{Key: key, Seq: n})
	}
	var err error
	b.Bulk, err = s.View.PlanBulk(r.Context(), s.Desk, b.Bulk, picks)
	return b, err
}

// bulk carries the decision out, case by case: one that somebody else changed
// meanwhile is left and said, the others go on.
func (s *site) bulk(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	b, err := s.bulkBody(r)
	if err != nil {
		return err
	}
	if b.Missing != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, "bulk", "bulk.title", "cases", b)
	}
	if b.Bulk, err = s.View.DoBulk(r.Context(), s.Desk, b.Bulk, auth.Actor(r.Context()).Name); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "bulk", "bulk.title", "cases", b)
}

// keysOf lists the keys of a page, with what they do.
func keysOf(page string) []choice {
	keys := map[string]string{"queue": "j k Enter x b / ?", "case": "a g c m r p d o u ?"}[page]
	var out []choice
	for _, k := range strings.Fields(keys) {
		out = append(out, choice{Value: k, Label: "keys." + page + "." + k})
	}
	return out
}
