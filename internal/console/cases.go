package console

import (
	"net/http"
	"net/url"
	"strconv"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// casesBody is the queue in its buckets, or the cases of one state.
type casesBody struct {
	State   trade.CaseState // "" shows what waits for a decision
	Level   string
	Text    string
	Levels  []triage.Level
	States  []trade.CaseState
	Counts  map[string]int
	Waiting int // cases in all that wait for a decision
	Buckets []bucket
	Total   int
	Next    string // address of the next part, empty at the end
}

type bucket struct {
	Name view.Bucket
	Rows []view.CaseRow
}

const caseRows = 60

func (s *site) cases(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := casesBody{
		State: trade.CaseState(q.Get("state")), Level: q.Get("level"), Text: q.Get("q"),
		Levels: s.View.Policy.Levels, States: trade.CaseStates, Counts: s.View.Counts().Cases,
	}
	query := view.CaseQuery{Waiting: true, Level: b.Level, Text: b.Text, Limit: caseRows}
	if b.State.Validate() == nil {
		query.States, query.Waiting = []trade.CaseState{b.State}, false
	} else {
		b.State = ""
	}
	b.Waiting = s.View.Cases(view.CaseQuery{Waiting: true, Limit: 1}).Total
	query.Offset, _ = strconv.Atoi(q.Get("offset"))
	p := s.View.Cases(query)
	b.Total = p.Total
	for _, c := range p.Rows {
		if n := len(b.Buckets); n == 0 || b.Buckets[n-1].Name != c.Bucket {
			b.Buckets = append(b.Buckets, bucket{Name: c.Bucket})
		}
		last := &b.Buckets[len(b.Buckets)-1]
		last.Rows = append(last.Rows, c)
	}
	if end := p.Offset + len(p.Rows); end < p.Total {
		b.Next = "/cases?" + url.Values{"state": {string(b.State)}, "level": {b.Level}, "q": {b.Text}, "offset": {strconv.Itoa(end)}}.Encode()
	}
	return s.render(w, r, http.StatusOK, "cases", "nav.cases", "cases", b)
}
