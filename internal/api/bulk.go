package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// bulkInput is one decision about several cases.
type bulkInput struct {
	Body struct {
		Action string `json:"action" enum:"review,assign,dismiss,release"`
		To     string `json:"to,omitempty" maxLength:"60" doc:"with assign: the assignee; empty for nobody"`
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"stays with each case; required with dismiss"`
		Cases  []struct {
			Key string `json:"key" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$"`
			Seq uint64 `json:"seq,omitempty" doc:"the case as you read it (seq, its ETag): one that has changed since is left and said"`
		} `json:"cases" minItems:"1" maxItems:"100"`
	}
}

// invalid is a problem with fields of the body, each named by its path.
func invalid(fields ...*huma.ErrorDetail) error {
	p := problem(http.StatusUnprocessableEntity, "fields of the request are not right, see errors", statusZH[http.StatusUnprocessableEntity])
	p.Errors = fields
	return p
}

func (s *server) bulkRoutes() {
	op := post("/cases/bulk/preview", "preview-bulk", "cases", "What one decision about several cases would do: where it is possible, whom releases would speak to")
	op.Description = "The body is that of the decision itself; nothing is done."
	route(s, op, func(ctx context.Context, in *bulkInput) (*answer[view.Bulk], error) {
		b, err := s.planned(ctx, in)
		return &answer[view.Bulk]{b}, err
	})
	op = post("/cases/bulk", "decide-bulk", "cases", "One decision about several cases; what became of each is told")
	op.Description = "Each case is decided by itself: one that is not in a state for it, or has changed since you read it, is left and says why; the others are done."
	route(s, op, func(ctx context.Context, in *bulkInput) (*answer[view.Bulk], error) {
		b, err := s.planned(ctx, in)
		if err != nil {
			return nil, err
		}
		if b.Action == view.BulkDismiss && b.Reason == "" {
			return nil, invalid(&huma.ErrorDetail{Location: "body.reason", Message: "judging irrelevant needs a reason; 判为不涉及需要理由"})
		}
		b, err = s.View.DoBulk(ctx, s.Desk, b, by(ctx), auth.Actor(ctx).Can(auth.Oversee))
		return &answer[view.Bulk]{b}, err
	})
}

// planned is the decision before it is done. Unlike the page, which leaves out
// what has gone, it refuses keys that name no case: a program is mistaken.
func (s *server) planned(ctx context.Context, in *bulkInput) (view.Bulk, error) {
	if s.Desk == nil {
		return view.Bulk{}, unavailable("triage")
	}
	var picks []view.BulkPick
	var wrong []*huma.ErrorDetail
	seen := map[string]bool{}
	for i, c := range in.Body.Cases {
		_, known := s.View.CaseRow(c.Key)
		at := fmt.Sprintf("body.cases[%d].key", i)
		switch {
		case !known:
			wrong = append(wrong, &huma.ErrorDetail{Location: at, Value: c.Key, Message: "there is no such case; 没有这一件"})
		case seen[c.Key]:
			wrong = append(wrong, &huma.ErrorDetail{Location: at, Value: c.Key, Message: "stands there twice; 重复"})
		}
		seen[c.Key] = true
		picks = append(picks, view.BulkPick{Key: c.Key, Seq: c.Seq})
	}
	if wrong != nil {
		return view.Bulk{}, invalid(wrong...)
	}
	b := view.Bulk{Action: in.Body.Action, To: strings.TrimSpace(in.Body.To), Reason: strings.TrimSpace(in.Body.Reason)}
	return s.View.PlanBulk(ctx, s.Desk, b, picks)
}

// SavedView is a view of the queue that a person keeps.
type SavedView struct {
	trade.SavedView
	Cases string `json:"cases" doc:"address of the same cases in this API"`
}

func (s *server) savedRoutes() {
	saved := func(ctx context.Context) (*answer[[]SavedView], error) {
		all, _, err := s.View.SavedViews(ctx, self(ctx))
		out := make([]SavedView, 0, len(all))
		for _, v := range all {
			out = append(out, SavedView{v, casesAddress(v.Query, self(ctx))})
		}
		return &answer[[]SavedView]{out}, err
	}
	type Named struct {
		Name string `path:"name" minLength:"1" maxLength:"160" doc:"at most 40 characters"`
	}
	route(s, get("/views", "list-views", "cases", "The views of the queue that you keep"), func(ctx context.Context, _ *struct{}) (*answer[[]SavedView], error) {
		return saved(ctx)
	})
	type kept struct {
		Named
		Body struct {
			Query string `json:"query" maxLength:"2000" example:"level=red&market=EU" doc:"of the page's address: state, q, level, sector, market, kind, grade, who (me, - for nobody)"`
		}
	}
	op := get("/views/{name}", "save-view", "cases", "Keep a view under a name, in place of what has it")
	op.Method = http.MethodPut
	route(s, op, func(ctx context.Context, in *kept) (*answer[[]SavedView], error) {
		given, err := url.ParseQuery(in.Body.Query)
		if err != nil {
			return nil, invalid(&huma.ErrorDetail{Location: "body.query", Value: in.Body.Query, Message: "is no query of an address; 无法识别"})
		}
		values, err := view.QueueQuery(in.Body.Query)
		if err != nil {
			return nil, err
		}
		for name := range given {
			if !values.Has(name) {
				return nil, invalid(&huma.ErrorDetail{Location: "body.query", Value: name, Message: "the queue has no parameter of that name; 没有这个筛选条件"})
			}
		}
		if _, err := s.View.SaveView(ctx, self(ctx), in.Name, in.Body.Query); err != nil {
			return nil, err
		}
		return saved(ctx)
	})
	op = get("/views/{name}", "drop-view", "cases", "Forget a view; one that there is not is forgotten already")
	op.Method = http.MethodDelete
	route(s, op, func(ctx context.Context, in *Named) (*answer[[]SavedView], error) {
		if err := s.View.DropView(ctx, self(ctx), in.Name); err != nil {
			return nil, err
		}
		return saved(ctx)
	})
}

// casesAddress is the list of the cases that a view of the page shows.
func casesAddress(query, person string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	if who := values.Get("who"); who != "" {
		values.Del("who")
		if who == "me" {
			who = person
		}
		values.Set("assignee", who)
	}
	if !values.Has("state") {
		values.Set("waiting", "true")
	}
	return "/api/v1/cases?" + values.Encode()
}
