package view

import (
	"context"
	"errors"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// CaseDetail is everything that a person needs to judge a case.
type CaseDetail struct {
	Dossier
	Changed  []trade.Text         `json:"changed" doc:"what is new since the last release"`
	State    trade.MeasureState   `json:"state" doc:"how far the measure has come"`
	Steps    []triage.PaperChange `json:"steps" doc:"each paper and what it changed, oldest first"`
	Firms    []Firm               `json:"firms" doc:"matches by exporter, best first"`
	More     int                  `json:"more_firms,omitempty" doc:"firms that are not listed"`
	City     []DistrictSum        `json:"city" doc:"who is hit, in sums by district"`
	Centre   trade.CentreDay      `json:"centre" doc:"the centre's own last day for comments"`
	Late     trade.Text           `json:"centre_late,omitzero" doc:"that this day has come or passed while comments are still open"`
	Says     []triage.Argument    `json:"arguments" doc:"arguments for a comment that the measure's days give"`
	Releases []WarningRow         `json:"releases" doc:"oldest first"`

	Standards []CaseStandard `json:"standards" doc:"standards that the papers name, those of touched products first"`

	Responses []ResponseRow `json:"responses" doc:"what recipients answered, oldest first"`
	Impact    triage.Impact `json:"impact" doc:"the same, together"`
}

// Dossier is what everything about a case stands on.
type Dossier struct {
	Row    CaseRow      `json:"row"`
	Case   trade.Case   `json:"case"`
	Family trade.Family `json:"family"`
	Latest trade.Notice `json:"latest" doc:"the family's latest paper, whole"`

	FamilySeq uint64 `json:"-"` // where the family was read
}

// CaseFirms is what a case, or a warning, shows of its firms; further ones have pages of their own.
var CaseFirms = FirmQuery{Firms: 20, Products: 5}

// Dossier reads a case with its family and the latest of its papers, or
// returns trade.ErrNotFound. The case is as the bus has it now, the family as the
// case has taken it in, or later.
func (v *View) Dossier(ctx context.Context, key string) (d Dossier, err error) {
	e, err := v.Bus.Cases.Get(ctx, key)
	if err != nil {
		return d, err
	}
	d.Case, d.Row = e.Value, v.rowOf(e)
	f, err := v.FamilyRecord(ctx, key, d.Case.FamilySeq)
	if err != nil {
		return d, err
	}
	d.Family, d.FamilySeq = f.Value, f.Seq
	if p := d.Family.Latest(); p != nil {
		n, err := v.NoticeRecord(ctx, p.Notice, p.Seq)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return d, err
		}
		d.Latest = n.Value
	}
	return d, nil
}

// Case reads a case with its family, its papers and its warnings, or returns
// trade.ErrNotFound. It reads the bus.
func (v *View) Case(ctx context.Context, key string) (CaseDetail, error) {
	read, err := v.Dossier(ctx, key)
	if err != nil {
		return CaseDetail{}, err
	}
	d := CaseDetail{Dossier: read}
	d.State, d.Steps = triage.StateOf(d.Family.Papers, v.Now()), triage.PaperChanges(&d.Family, v.Now())
	if d.Releases, d.Changed, err = v.released(ctx, &d.Dossier); err != nil {
		return d, err
	}
	if d.Responses, err = v.Responses(ctx, &d.Family); err != nil {
		return d, err
	}
	d.Impact = impactOf(d.Responses)
	d.Standards = v.caseStandards(key, d.Family.All())
	d.City, d.Centre = v.city(d.Family.All()), v.Policy.CentreDay(d.Case.Dates, d.Case.Symbols, d.Case.Markets)
	d.Says = triage.CommentArguments(d.Case.Dates, d.Family.Papers)
	if !d.Case.Withdrawn {
		d.Late = triage.LateText(d.Centre, v.Today())
	}
	touched, err := v.Firms(ctx, d.Family.All(), CaseFirms)
	d.Firms, d.More = touched.Firms, touched.More(CaseFirms)
	return d, err
}

// released lists the releases about the case's family, and what is new since
// the last one.
func (v *View) released(ctx context.Context, d *Dossier) (rows []WarningRow, changed []trade.Text, err error) {
	rows, err = v.ReleaseRows(ctx, d.Row.Key)
	if len(rows) == 0 || err != nil {
		return nil, nil, err
	}
	last, err := v.Release(ctx, d.Row.Key, rows[len(rows)-1].Release)
	if err != nil {
		return nil, nil, err
	}
	return rows, triage.Changes(&last.Value, &d.Family, d.Case.Level, v.Now()), nil
}

// rowOf makes the row of an entry that was just read: newer than the
// projection, perhaps.
func (v *View) rowOf(e bus.Entry[trade.Case]) CaseRow {
	c := newCases(nil, v.Policy)
	_ = c.take(e)
	return c.rows[e.Key].dated(v.Today())
}
