package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

func (s *server) bulletinRoutes() {
	type bulletinInput struct {
		ByKey
		Audience triage.Audience `query:"audience" enum:"internal,public" default:"internal" doc:"internal (通报) names firms; public (通告) names none, and gives sums of three firms or more only"`
	}
	op := get("/cases/{key}/bulletin", "get-bulletin", "cases", "The bulletin of a case in its fourteen parts, as it stands now")
	route(s, op, func(ctx context.Context, in *bulletinInput) (*tagged[view.BulletinDetail], error) {
		d, err := s.View.Bulletin(ctx, in.Key, in.Audience)
		if err != nil {
			return nil, err
		}
		return &tagged[view.BulletinDetail]{ETag: etag(d.Seq), Body: d}, nil
	})
	type opinionInput struct {
		ByKey
		Quote []string `query:"quote,explode" maxItems:"50" doc:"keys of firms' comments that are quoted, with the firm's name; ask the firms first"`
	}
	op = get("/cases/{key}/opinion", "get-opinion", "cases", "The draft of the centre's comment on a measure (评议意见)")
	op.Description = "Composed from the case, what firms answered and the comparisons. Sums of three firms or more only, and no firm's name unless its comment is quoted; what is not known says 待补充."
	route(s, op, func(ctx context.Context, in *opinionInput) (*tagged[view.OpinionDetail], error) {
		d, err := s.View.Opinion(ctx, in.Key, in.Quote)
		if err != nil {
			return nil, err
		}
		return &tagged[view.OpinionDetail]{ETag: etag(d.Seq), Body: d}, nil
	})
	s.partRoutes()
	s.publicRoutes()
	s.comparisonRoutes()
}

// PartInput is a part of the bulletin in one language.
type PartInput struct {
	ByKey
	Precondition
	Part string `path:"part" maxLength:"40" doc:"key of the part, as the bulletin has it" example:"advice"`
}

func (s *server) partRoutes() {
	type rewritten struct {
		PartInput
		Body struct {
			Audience triage.Audience `json:"audience" enum:"internal,public"`
			Lang     string          `json:"lang" enum:"zh,en"`
			Text     string          `json:"text" minLength:"1" maxLength:"4000"`
			Facts    string          `json:"facts,omitempty" maxLength:"64" doc:"digest of the facts that you read, as the part has it: the bulletin then says when they have changed since"`
			Reason   string          `json:"reason" minLength:"1" maxLength:"500" doc:"stays with the case"`
		}
	}
	op := get("/cases/{key}/bulletin/{part}", "rewrite-part", "cases", "Put your text in the place of what the facts say in one part")
	op.Method, op.Errors = http.MethodPut, []int{http.StatusPreconditionFailed}
	route(s, op, func(ctx context.Context, in *rewritten) (*tagged[view.BulletinDetail], error) {
		b := in.Body
		return s.onBulletin(ctx, in.ByKey, in.Precondition, b.Audience, func(family string, seq uint64) error {
			o := trade.Override{Audience: string(b.Audience), Part: in.Part, Lang: b.Lang, Text: b.Text, Facts: b.Facts}
			return s.Desk.Rewrite(ctx, family, seq, o, by(ctx), b.Reason)
		})
	})
	type restored struct {
		PartInput
		Body struct {
			Audience triage.Audience `json:"audience" enum:"internal,public"`
			Lang     string          `json:"lang" enum:"zh,en"`
			Reason   string          `json:"reason" minLength:"1" maxLength:"500" doc:"stays with the case"`
		}
	}
	op = post("/cases/{key}/bulletin/{part}/restore", "restore-part", "cases", "Take a person's text back: the part follows the facts again")
	op.Errors = []int{http.StatusPreconditionFailed}
	route(s, op, func(ctx context.Context, in *restored) (*tagged[view.BulletinDetail], error) {
		b := in.Body
		return s.onBulletin(ctx, in.ByKey, in.Precondition, b.Audience, func(family string, seq uint64) error {
			return s.Desk.Restore(ctx, family, seq, trade.Override{Audience: string(b.Audience), Part: in.Part, Lang: b.Lang}, by(ctx), b.Reason)
		})
	})
}

// publicRoutes open a release to everybody, and shut it again.
func (s *server) publicRoutes() {
	type published struct {
		ByKey
		Precondition
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"stays with the case"`
		}
	}
	op := post("/cases/{key}/bulletin/publish", "publish-bulletin", "cases", "Open the public notice of the last release to everybody, as you read it; needs If-Match")
	op.Errors = []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	route(s, op, func(ctx context.Context, in *published) (*tagged[view.BulletinDetail], error) {
		if !in.matched() {
			return nil, problem(http.StatusPreconditionRequired, "send If-Match with the ETag of the public bulletin that you read: what is opened is what you saw", "请携带 If-Match（您所阅读的通告的 ETag），以确保公开的正是您看到的内容")
		}
		return s.onBulletin(ctx, in.ByKey, in.Precondition, triage.Public, func(family string, seq uint64) error {
			d, err := s.View.Bulletin(ctx, in.Key, triage.Public)
			if err != nil {
				return err
			}
			if d.Seq != seq {
				return trade.ErrConflict
			}
			return s.Desk.Publish(ctx, family, seq, d.Bulletin, d.Firms, by(ctx), in.Body.Reason)
		})
	})
	type withdrawn struct {
		ByKey
		Precondition
		Body struct {
			Release int    `json:"release" minimum:"1"`
			Reason  string `json:"reason" minLength:"1" maxLength:"500" doc:"stays with the case"`
		}
	}
	op = post("/cases/{key}/bulletin/withdraw", "withdraw-bulletin", "cases", "Take a public notice back; its page then says that it was withdrawn")
	op.Errors = []int{http.StatusPreconditionFailed}
	route(s, op, func(ctx context.Context, in *withdrawn) (*tagged[view.BulletinDetail], error) {
		return s.onBulletin(ctx, in.ByKey, in.Precondition, triage.Public, func(family string, seq uint64) error {
			return s.Desk.Withdraw(ctx, family, seq, in.Body.Release, by(ctx), in.Body.Reason)
		})
	})
}

// onBulletin does what is asked about a case and answers with its bulletin as
// it is then.
func (s *server) onBulletin(ctx context.Context, in ByKey, m Precondition, to triage.Audience, do func(family string, seq uint64) error) (*tagged[view.BulletinDetail], error) {
	if _, err := s.onCase(ctx, in, m, do); err != nil {
		return nil, err
	}
	d, err := s.View.Bulletin(ctx, in.Key, to)
	return &tagged[view.BulletinDetail]{ETag: etag(d.Seq), Body: d}, err
}

func (s *server) comparisonRoutes() {
	type compared struct {
		ByKey
		Precondition
		Body struct {
			Standard string `json:"standard" minLength:"1" maxLength:"200" doc:"as you name it"`
			Domestic string `json:"domestic,omitempty" maxLength:"2000" doc:"the domestic requirement"`
			Foreign  string `json:"foreign,omitempty" maxLength:"2000" doc:"the foreign requirement"`
			Gap      string `json:"gap,omitempty" maxLength:"2000" doc:"how they differ"`
		}
	}
	op := get("/cases/{key}/comparisons", "compare-standard", "cases", "Write down how the domestic requirement of a standard differs from the foreign one, in place of what the case says about it")
	op.Method, op.Errors = http.MethodPut, []int{http.StatusPreconditionFailed}
	route(s, op, func(ctx context.Context, in *compared) (*caseAnswer, error) {
		b := in.Body
		if strings.TrimSpace(b.Domestic+b.Foreign+b.Gap) == "" {
			return nil, invalid(&huma.ErrorDetail{Location: "body", Message: "write at least one of domestic, foreign and gap; DELETE removes a comparison. 国内要求、国外要求、差异至少填写一项"})
		}
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			return s.Desk.Compare(ctx, family, seq, trade.Comparison{Standard: b.Standard, Domestic: b.Domestic, Foreign: b.Foreign, Gap: b.Gap}, by(ctx))
		})
	})
	type removed struct {
		ByKey
		Precondition
		Standard string `query:"standard" required:"true" maxLength:"200"`
	}
	op = get("/cases/{key}/comparisons", "remove-comparison", "cases", "Remove a comparison")
	op.Method, op.Errors = http.MethodDelete, []int{http.StatusPreconditionFailed}
	route(s, op, func(ctx context.Context, in *removed) (*caseAnswer, error) {
		return s.onCase(ctx, in.ByKey, in.Precondition, func(family string, seq uint64) error {
			c, err := s.Bus.Cases.Get(ctx, in.Key)
			if err == nil && !slices.ContainsFunc(c.Value.Comparisons, func(o trade.Comparison) bool { return strings.EqualFold(o.Standard, in.Standard) }) {
				err = notFound("comparison of " + in.Standard)
			}
			if err != nil {
				return err
			}
			return s.Desk.Compare(ctx, family, seq, trade.Comparison{Standard: in.Standard}, by(ctx))
		})
	})
}
