package api

import (
	"context"
	"iter"
	"net/http"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// respondInput is what a recipient, or the centre for it, answers.
type respondInput struct {
	ByKey
	Body struct {
		Exporter string             `json:"exporter" minLength:"1" maxLength:"200" doc:"its id"`
		Product  string             `json:"product,omitempty" maxLength:"200" doc:"its id; all of the exporter's products without"`
		Kind     trade.ResponseKind `json:"kind" enum:"not_relevant,relevant,receipt,survey,comment"`
		Code     string             `json:"code,omitempty" enum:"other_goods,not_exported,compliant,discontinued,other" doc:"why it is not relevant, to be counted"`
		Reason   string             `json:"reason,omitempty" maxLength:"1000" doc:"in words"`
		Survey   *trade.Survey      `json:"survey,omitempty" doc:"with kind survey: what the measure costs the exporter"`
		By       string             `json:"by,omitempty" maxLength:"200" doc:"subscriber, exporter or person who says so; the token's name without"`
	}
}

func (s *server) responseRoutes() {
	op := post("/families/{key}/responses", "respond", "cases", "Say that a measure is, or is not, relevant to an exporter's product")
	op.Description = "\"Not relevant\" silences this exporter for this product and measure: later releases do not reach it, until it says \"relevant\" " +
		"or a later paper names by a code a product that was only implied. The same response again changes nothing."
	op.Errors = []int{http.StatusNotFound}
	route(s, op, func(ctx context.Context, in *respondInput) (*answer[trade.Response], error) {
		if s.Desk == nil {
			return nil, unavailable("triage")
		}
		b := &in.Body
		if _, ok := s.View.Directory.Exporter(b.Exporter); !ok {
			return nil, notFound("exporter " + b.Exporter)
		}
		r := trade.Response{Exporter: b.Exporter, Product: b.Product, Kind: b.Kind, Code: b.Code, Reason: b.Reason, Survey: b.Survey, By: b.By}
		if r.By == "" {
			r.By = by(ctx)
		}
		r, err := s.Desk.Respond(ctx, in.Key, r)
		return &answer[trade.Response]{r}, err
	})
	type surveyInput struct {
		ByKey
		Exporter string `query:"exporter" required:"true" minLength:"1" maxLength:"200" doc:"its id"`
	}
	route(s, get("/families/{key}/survey", "get-survey", "cases", "What is known of an exporter before it answers the impact survey about a measure, and what it answered"), func(ctx context.Context, in *surveyInput) (*answer[triage.Known], error) {
		f, err := s.View.Family(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		known, err := s.View.Known(ctx, &f.Value, in.Exporter)
		return &answer[triage.Known]{known}, err
	})
	type listInput struct {
		ByKey
		Format
	}
	rows := func(ctx context.Context, in *listInput) ([]view.ResponseRow, error) {
		f, err := s.View.Family(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		return s.View.Responses(ctx, &f.Value)
	}
	list(s, get("/families/{key}/responses", "list-responses", "cases", "The responses about a measure that stand"), responseTable(), func(ctx context.Context, in *listInput) (*answer[[]view.ResponseRow], error) {
		all, err := rows(ctx, in)
		return &answer[[]view.ResponseRow]{all}, err
	}, func(ctx context.Context, in *listInput) (iter.Seq2[view.ResponseRow, error], error) {
		all, err := rows(ctx, in)
		return allOf(all), err
	})
	type within struct {
		Market string `query:"market" maxLength:"10" doc:"only matches in that market"`
		Sector string `query:"sector" maxLength:"64" doc:"only products of that sector; not together with market"`
	}
	route(s, get("/precision", "get-precision", "cases", "What recipients said about matches, by the rules that brought them"), func(_ context.Context, in *within) (*answer[view.Precision], error) {
		if in.Market != "" && in.Sector != "" {
			return nil, problem(http.StatusUnprocessableEntity, "ask for a market or for a sector, not for both", "市场与行业只能选一项")
		}
		return &answer[view.Precision]{s.View.Precision(in.Market, in.Sector)}, nil
	})
}
