package api

import (
	"context"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

type decision struct {
	ByKey
	Precondition
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"stays with the case"`
	} `required:"false"`
}

func (d *decision) reason() string {
	if d.Body == nil {
		return ""
	}
	return d.Body.Reason
}

type edit struct {
	ByKey
	Precondition
	Body struct {
		Headline trade.Text `json:"headline,omitempty" doc:"an empty language keeps what stands"`
		Summary  trade.Text `json:"summary,omitempty"`
	}
}

type caseAnswer = tagged[view.CaseDetail]

func (s *server) caseRoutes() {
	type listInput struct {
		State    trade.CaseState `query:"state" enum:"open,in_review,released,irrelevant,closed"`
		Level    string          `query:"level" maxLength:"40"`
		Bucket   view.Bucket     `query:"bucket" enum:"overdue,soon,later"`
		Sector   string          `query:"sector" maxLength:"40"`
		Market   string          `query:"market" maxLength:"20" doc:"a country, which a bloc's measures reach too, or a bloc"`
		Kind     trade.Kind      `query:"kind" maxLength:"40" doc:"of the latest paper"`
		Grade    trade.Grade     `query:"grade" enum:"direct,likely,reference" doc:"touches a registered product so, or more surely"`
		Assignee string          `query:"assignee" maxLength:"60" doc:"- for nobody"`
		Text     string          `query:"q" maxLength:"200" doc:"words that all stand in headline, title, symbols, number or assignee, or in the case with its papers; Chinese in either script"`
		Waiting  bool            `query:"waiting" doc:"only those that wait for a person, as the page shows them"`
		Offset   int             `query:"offset" minimum:"0"`
		Limit    int             `query:"limit" minimum:"1" maximum:"200" default:"50"`
		Format
	}
	query := func(in *listInput) view.CaseQuery {
		q := view.CaseQuery{Waiting: in.Waiting, Level: in.Level, Bucket: in.Bucket, Sector: in.Sector, Market: in.Market, Kind: in.Kind, Grade: in.Grade, Assignee: in.Assignee, Text: in.Text, Offset: in.Offset, Limit: in.Limit}
		if in.State != "" {
			q.States = []trade.CaseState{in.State}
		}
		return q
	}
	list(s, get("/cases", "list-cases", "cases", "Cases in the order of the queue: overdue, level, days left"), s.caseTable(), func(ctx context.Context, in *listInput) (*answer[view.CasePage], error) {
		return &answer[view.CasePage]{s.View.Cases(ctx, query(in))}, nil
	}, func(ctx context.Context, in *listInput) (iter.Seq2[view.CaseRow, error], error) {
		rows, coverage := s.View.AllCases(ctx, query(in))
		return covered(rows, coverage), nil
	})
	route(s, get("/cases/{key}", "get-case", "cases", "A case with its family, matches and releases"), func(ctx context.Context, in *ByKey) (*caseAnswer, error) {
		return s.caseDetail(ctx, in.Key)
	})
	s.decisions()
	s.caseWork()
	op := huma.Operation{
		Method: http.MethodPatch, Path: "/api/v1/cases/{key}", OperationID: "edit-case", Tags: []string{"cases"},
		Summary: "Replace headline and summary; needs If-Match", Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
	route(s, op, func(ctx context.Context, in *edit) (*caseAnswer, error) {
		if !in.matched() {
			return nil, problem(http.StatusPreconditionRequired, "send If-Match with the ETag of the case that you edited, so that nobody's words are overwritten unseen", "请携带 If-Match（您所编辑版本的 ETag），以免覆盖他人的修改")
		}
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			return s.Desk.Edit(ctx, family, seq, in.Body.Headline, in.Body.Summary, by(ctx))
		})
	})
}

// decisions are the moves of a case by a person.
func (s *server) decisions() {
	decide := func(verb, summary string, do func(ctx context.Context, family string, seq uint64, reason string) error) {
		op := post("/cases/{key}/"+verb, verb+"-case", "cases", summary)
		op.Errors = []int{http.StatusConflict, http.StatusPreconditionFailed}
		route(s, op, func(ctx context.Context, in *decision) (*caseAnswer, error) {
			return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error { return do(ctx, family, seq, in.reason()) })
		})
	}
	decide("release", "Release the warning to everybody it concerns", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Release(ctx, family, seq, by(ctx), reason)
	})
	decide("correct", "Release once more what the case says now, in the place of the last release; the reason is required and stands first", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Correct(ctx, family, seq, by(ctx), reason)
	})
	decide("recall", "Take the last release back: those who have it, or may have it, are told; the reason is required", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Recall(ctx, family, seq, by(ctx), reason)
	})
	decide("exercise", "Send a drill about the case to everybody whom a release would reach; case and warning stay as they are, the reason is required", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Exercise(ctx, family, seq, by(ctx), reason)
	})
	decide("dismiss", "Judge the case irrelevant; the reason is required", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Decide(ctx, family, seq, trade.CaseIrrelevant, by(ctx), reason)
	})
	decide("reopen", "Open a judged case again", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Decide(ctx, family, seq, trade.CaseOpen, by(ctx), reason)
	})
	decide("review", "Take the case into review", func(ctx context.Context, family string, seq uint64, reason string) error {
		return s.Desk.Decide(ctx, family, seq, trade.CaseInReview, by(ctx), reason)
	})
}

// caseWork are the steps of a person that leave the case's state.
func (s *server) caseWork() {
	type assignment struct {
		ByKey
		Precondition
		Body struct {
			Assignee string `json:"assignee" maxLength:"60" doc:"empty: nobody"`
		}
	}
	type level struct {
		ByKey
		Precondition
		Body struct {
			Level  string `json:"level" maxLength:"40" doc:"empty gives it back to the rule"`
			Reason string `json:"reason,omitempty" maxLength:"2000" doc:"required with a level; stays with the case"`
		}
	}
	work := func(verb, summary string) huma.Operation {
		op := post("/cases/{key}/"+verb, verb+"-case", "cases", summary)
		op.Errors = []int{http.StatusConflict, http.StatusPreconditionFailed}
		return op
	}
	route(s, work("assign", "Hand the case to a person"), func(ctx context.Context, in *assignment) (*caseAnswer, error) {
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			return s.Desk.Assign(ctx, family, seq, in.Body.Assignee, by(ctx))
		})
	})
	route(s, work("grade", "Set the level in the place of the rule's"), func(ctx context.Context, in *level) (*caseAnswer, error) {
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			return s.Desk.SetLevel(ctx, family, seq, in.Body.Level, by(ctx), in.Body.Reason)
		})
	})
	type comment struct {
		ByKey
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"2000"`
		}
	}
	route(s, work("comment", "Add words to the case's history"), func(ctx context.Context, in *comment) (*caseAnswer, error) {
		return s.onCase(ctx, in.ByKey, Precondition{}, func(family string, _ uint64) error {
			return s.Desk.Comment(ctx, family, in.Body.Text, by(ctx))
		})
	})
	route(s, work("undo", "Take your last step back, unless it was a release"), func(ctx context.Context, in *struct {
		ByKey
		Precondition
	}) (*caseAnswer, error) {
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			return s.Desk.Undo(ctx, family, seq, by(ctx))
		})
	})
}

// onCase finds the case, does what is asked and answers with the case as it is
// then.
func (s *server) onCase(ctx context.Context, in ByKey, m Precondition, do func(family string, seq uint64) error) (*caseAnswer, error) {
	if s.Desk == nil {
		return nil, unavailable("triage")
	}
	seq, err := m.seq()
	if err != nil {
		return nil, err
	}
	e, err := s.Bus.Cases.Get(ctx, in.Key)
	if err != nil {
		return nil, err
	}
	if err := do(e.Value.Family, seq); err != nil {
		return nil, err
	}
	return s.caseDetail(ctx, in.Key)
}

func (s *server) caseDetail(ctx context.Context, key string) (*caseAnswer, error) {
	d, err := s.View.Case(ctx, key)
	d.Family.Expand()
	if err != nil {
		return nil, err
	}
	return &caseAnswer{ETag: etag(d.Row.Seq), Body: d}, nil
}
