package console

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/export"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// waitingBody is which measures wait for answers, or one of them with its firms.
type waitingBody struct {
	Policy   triage.Escalation
	All      portal.StepCounts
	Steps    []triage.Step
	Measures []portal.MeasureWaits // those that have gone furthest first
	More     int                   // measures that are not listed
	One      *portal.MeasureWaits
	Firms    []portal.Waiting // of One
	MoreFew  int              // of its firms that are not listed
	Download string
	NotReady string
}

const (
	mostWaiting     = 100 // measures, or firms of one, on the page
	mostCaseWaiting = 20  // firms on a case's page
)

// centreScope is the reader's, where this process shows answers at all.
func (s *site) centreScope(r *http.Request) (auth.CentreScope, error) {
	scope, ok := auth.Actor(r.Context()).Centre()
	if !ok || s.Portal == nil {
		return scope, errNoPage
	}
	return scope, nil
}

func (s *site) waiting(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.centreScope(r)
	if err != nil {
		return err
	}
	b := waitingBody{Policy: s.View.Policy.Escalation, Steps: triage.Steps, Download: "/waiting.csv"}
	if err := s.Portal.Ready(); err != nil {
		b.NotReady = err.Error()
	}
	if key := r.URL.Query().Get("case"); key != "" {
		m, firms := s.Portal.CaseWaits(scope, key)
		if m.Number == "" {
			return trade.ErrNotFound
		}
		b.One, b.Firms = &m, firms[:min(mostWaiting, len(firms))]
		b.MoreFew, b.Download = len(firms)-len(b.Firms), "/waiting.csv?"+url.Values{"case": {key}}.Encode()
		return s.render(w, r, http.StatusOK, "waiting", "nav.waiting", "waiting", b)
	}
	var all []portal.MeasureWaits
	b.All, all = s.Portal.Waits(scope)
	b.Measures = all[:min(mostWaiting, len(all))]
	b.More = len(all) - len(b.Measures)
	return s.render(w, r, http.StatusOK, "waiting", "nav.waiting", "waiting", b)
}

func (s *site) waitingCSV(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.centreScope(r)
	if err != nil {
		return err
	}
	rows := s.Portal.AllWaits(scope, "")
	if key := r.URL.Query().Get("case"); key != "" {
		_, firms := s.Portal.CaseWaits(scope, key)
		rows = waitingOf(firms)
	}
	return waitingFile(r.Context(), w, langOf(r), s.Portal, rows)
}

// areaWaitingCSV hands out what is with the reader's district.
func (p tenants) areaWaitingCSV(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	waits, err := p.portal.AreaWaits(t)
	if err != nil {
		return err
	}
	return waitingFile(r.Context(), w, langOf(r), p.portal, waitingOf(waits.Firms))
}

func waitingOf(firms []portal.Waiting) iter.Seq2[portal.Waiting, error] {
	return func(yield func(portal.Waiting, error) bool) {
		for _, f := range firms {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// fileWithin bounds how long a list is being written.
const fileWithin = 5 * time.Minute

func waitingFile(ctx context.Context, w http.ResponseWriter, lang string, p *portal.Portal, rows iter.Seq2[portal.Waiting, error]) error {
	ctx, cancel := context.WithTimeout(ctx, fileWithin)
	defer cancel()
	t := portal.WaitingTable(p.Level)
	attach(w, export.CSV.MediaType(), t.Name+".csv")
	_, err := export.Write(ctx, w, export.CSV, lang, t, rows)
	return err
}

// caseWaiting is what a case says of firms that have not answered.
type caseWaiting struct {
	portal.MeasureWaits
	Policy triage.Escalation
	Steps  []triage.Step
	Firms  []portal.Waiting // who waits longest first
	More   int              // firms that are not listed
}

// Asked is how many firms a release of the case has reached.
func (b caseBody) Asked() int {
	if b.Waits == nil {
		return 0
	}
	return b.Waits.Told
}

// caseWaits is nil where this process shows no answers, and where nobody was
// told.
func (s *site) caseWaits(r *http.Request, key string) *caseWaiting {
	scope, err := s.centreScope(r)
	if err != nil {
		return nil
	}
	m, firms := s.Portal.CaseWaits(scope, key)
	if m.Told == 0 {
		return nil
	}
	b := &caseWaiting{MeasureWaits: m, Policy: s.View.Policy.Escalation, Steps: triage.Steps, Firms: firms[:min(mostCaseWaiting, len(firms))]}
	b.More = len(firms) - len(b.Firms)
	return b
}
