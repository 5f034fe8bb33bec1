package console

import (
	"net/http"

	"tbtwatch/internal/view"
)

// overviewBody is the first page: what is running, the numbers, what has to be
// done next, and the latest of everything.
type overviewBody struct {
	Running    []string
	NotReady   string // what is still being read, empty when all is shown
	Counts     view.Counts
	Sources    []view.SourceRow
	Healthy    int
	Troubled   []view.SourceRow
	Queue      []view.CaseRow
	Waiting    int
	Next       *view.CaseRow // the waiting case whose day comes first
	Warnings   []view.WarningRow
	Notices    []view.NoticeRow
	Deliveries []view.DeliveryRow
	Mail       bool // mails can be read here
}

const (
	latestRows = 8
	queueRows  = 8
)

func (s *site) overview(w http.ResponseWriter, r *http.Request) error {
	b := overviewBody{Running: s.Running, Counts: s.View.Counts(), Sources: s.View.SourceRows(), Mail: s.Mail != nil}
	if err := s.View.Ready(); err != nil {
		b.NotReady = err.Error()
	}
	for _, src := range b.Sources {
		switch src.Health {
		case view.HealthOK:
			b.Healthy++
		case view.HealthFailing, view.HealthSilent:
			b.Troubled = append(b.Troubled, src)
		}
	}
	queue := s.View.Cases(r.Context(), view.CaseQuery{Waiting: true, Limit: 200})
	b.Waiting, b.Queue = queue.Total, queue.Rows[:min(queueRows, len(queue.Rows))]
	for i, c := range queue.Rows {
		if c.Next != "" && (b.Next == nil || c.Next < b.Next.Next) {
			b.Next = &queue.Rows[i]
		}
	}
	warnings, err := s.View.Warnings(r.Context(), 0, latestRows)
	if err != nil {
		return err
	}
	notices, err := s.View.Notices(r.Context(), view.NoticeQuery{Limit: latestRows})
	if err != nil {
		return err
	}
	deliveries, err := s.View.Deliveries(r.Context(), "", 0, latestRows)
	if err != nil {
		return err
	}
	b.Warnings, b.Notices, b.Deliveries = warnings.Rows, notices.Rows, deliveries.Rows
	return s.render(w, r, http.StatusOK, "overview", "nav.overview", "overview", b)
}
