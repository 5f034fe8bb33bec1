package api

import (
	"context"
	"iter"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/export"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// mostMeasures is how many measures one answer lists.
const mostMeasures = 1000

// Escalations are the measures to which firms have not answered.
type Escalations struct {
	Policy   triage.Escalation     `json:"working_days" doc:"after which each takes it up; half of them for the most serious level"`
	Open     portal.StepCounts     `json:"open" doc:"firms × measures that are not answered, by who has them now"`
	Measures []portal.MeasureWaits `json:"measures" doc:"those first that have gone furthest; at most 1000"`
	More     int                   `json:"more,omitempty" doc:"measures that are not listed"`
}

// CaseEscalation is one measure with the firms that have not answered.
type CaseEscalation struct {
	Policy  triage.Escalation   `json:"working_days"`
	Measure portal.MeasureWaits `json:"measure"`
	Waiting []portal.Waiting    `json:"waiting" doc:"who waits longest first"`
}

// escalationRoutes tell who has not answered, and who has to ask.
func (s *server) escalationRoutes() {
	table := portal.WaitingTable(func(id string) triage.Level { return s.View.Policy.Level(id) })
	type allInput struct {
		Step triage.Step `query:"step" enum:"firm,association,district,department" doc:"only what is with them, in tables"`
		Format
	}
	op := get("/escalations", "list-escalations", "cases", "Measures to which firms have not answered, by who has to ask them now")
	op.Description = "A warning that a firm does not answer goes on to the associations of its sector, to its district and to the departments as working days pass; any answer ends that. JSON counts by measure, once a minute; the tables list every firm."
	list(s, op, table, func(ctx context.Context, _ *allInput) (*answer[Escalations], error) {
		scope, err := s.centreOf(ctx)
		if err != nil {
			return nil, err
		}
		out := Escalations{Policy: s.View.Policy.Escalation}
		var measures []portal.MeasureWaits
		out.Open, measures = s.Portal.Waits(scope)
		out.Measures = append([]portal.MeasureWaits{}, measures[:min(mostMeasures, len(measures))]...)
		out.More = len(measures) - len(out.Measures)
		return &answer[Escalations]{out}, nil
	}, func(ctx context.Context, in *allInput) (iter.Seq2[portal.Waiting, error], error) {
		scope, err := s.centreOf(ctx)
		if err != nil {
			return nil, err
		}
		return s.Portal.AllWaits(scope, in.Step), nil
	})
	s.caseEscalation(table)
}

func (s *server) caseEscalation(table export.Table[portal.Waiting]) {
	type caseInput struct {
		ByKey
		Format
	}
	read := func(ctx context.Context, in *caseInput) (CaseEscalation, error) {
		scope, err := s.centreOf(ctx)
		if err != nil {
			return CaseEscalation{}, err
		}
		if _, err := s.Bus.Cases.Get(ctx, in.Key); err != nil {
			return CaseEscalation{}, err
		}
		out := CaseEscalation{Policy: s.View.Policy.Escalation}
		out.Measure, out.Waiting = s.Portal.CaseWaits(scope, in.Key)
		out.Waiting = append([]portal.Waiting{}, out.Waiting...)
		return out, nil
	}
	list(s, get("/cases/{key}/escalation", "get-case-escalation", "cases", "The firms that were told of a case and have not answered, and who has to ask them now"), table,
		func(ctx context.Context, in *caseInput) (*answer[CaseEscalation], error) {
			out, err := read(ctx, in)
			return &answer[CaseEscalation]{out}, err
		}, func(ctx context.Context, in *caseInput) (iter.Seq2[portal.Waiting, error], error) {
			out, err := read(ctx, in)
			return allOf(out.Waiting), err
		})
}

// centreOf is the scope of the centre's person whose token it is.
func (s *server) centreOf(ctx context.Context) (auth.CentreScope, error) {
	scope, ok := auth.Actor(ctx).Centre()
	if !ok {
		return scope, trade.ErrNotFound
	}
	if s.Portal == nil {
		return scope, unavailable("console")
	}
	return scope, nil
}
