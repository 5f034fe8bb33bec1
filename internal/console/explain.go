package console

import (
	"errors"
	"net/http"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// explainBody answers why a firm did, or did not, hear of a notice.
type explainBody struct {
	Notice   string
	Exporter string
	Unknown  bool // one of the two is not on record
	Answer   *view.Explanation
	Firms    []trade.Exporter // to choose from
}

// mostChoices bounds the firms that a field offers.
const mostChoices = 300

// choices are firms to offer in a field that asks for one.
func (s *site) choices() []trade.Exporter {
	all := s.View.Directory.Exporters()
	return all[:min(mostChoices, len(all))]
}

func (s *site) explain(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := explainBody{Notice: q.Get("notice"), Exporter: q.Get("exporter"), Firms: s.choices()}
	status := http.StatusOK
	if b.Notice != "" && b.Exporter != "" {
		x, err := s.View.Explain(r.Context(), b.Notice, b.Exporter)
		switch {
		case errors.Is(err, trade.ErrNotFound):
			b.Unknown, status = true, http.StatusNotFound
		case err != nil:
			return err
		default:
			b.Answer = &x
		}
	}
	return s.render(w, r, status, "explain", "nav.explain", "explain", b)
}
