package api

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// CodesRecord is what a measure's codes are: what its latest paper gives, what
// its words imply, and what a person has set in their place.
type CodesRecord struct {
	HS  []trade.CodeGuess `json:"hs" nullable:"false" doc:"those that the latest paper gives, then those that its words imply, the surest first"`
	ICS []trade.CodeGuess `json:"ics" nullable:"false"`
	Set *trade.Codes      `json:"set,omitempty" doc:"what a person has set in the place of the papers' own"`
}

// CodesChange says how codes change whom a measure touches.
type CodesChange struct {
	Saved    bool                 `json:"saved"`
	In       []view.BulkFirm      `json:"in" nullable:"false" doc:"firms with products that come in"`
	Out      []view.BulkFirm      `json:"out" nullable:"false" doc:"firms with products that drop out"`
	Regraded []view.BulkFirm      `json:"regraded" nullable:"false" doc:"firms with products of another grade"`
	Matches  trade.AudienceChange `json:"matches" doc:"the same, product by product"`
}

type codesInput struct {
	ByKey
	Precondition
	Body struct {
		Codes struct {
			HS  []string `json:"hs,omitempty" maxItems:"100" example:"[\"871120\"]" doc:"2 to 10 digits"`
			ICS []string `json:"ics,omitempty" maxItems:"100" example:"[\"43.140\"]" doc:"43, 43.140 or 43.140.10"`
		} `json:"codes"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"stays with the case; required to save"`
	}
}

// mostCodes is how many codes a person may set.
const mostCodes = 100

var (
	hsForm  = regexp.MustCompile(`^[0-9]{2,10}$`)
	icsForm = regexp.MustCompile(`^[0-9]{2}(\.[0-9]{3}(\.[0-9]{2})?)?$`)
)

// wrongCodes names each code that is none by its place in the body.
func (in *codesInput) wrongCodes() []*huma.ErrorDetail {
	var wrong []*huma.ErrorDetail
	check := func(of string, codes []string, form *regexp.Regexp, why string) {
		for i, c := range codes {
			if !form.MatchString(c) {
				wrong = append(wrong, &huma.ErrorDetail{Location: fmt.Sprintf("body.codes.%s[%d]", of, i), Value: c, Message: why})
			}
		}
	}
	check("hs", in.Body.Codes.HS, hsForm, "is no HS code: 2 to 10 digits; 不是有效的 HS 编码（2 至 10 位数字）")
	check("ics", in.Body.Codes.ICS, icsForm, "is no ICS code, such as 43, 43.140 or 43.140.10; 不是有效的 ICS 编码")
	if n := len(in.Body.Codes.HS) + len(in.Body.Codes.ICS); n == 0 || n > mostCodes {
		wrong = append(wrong, &huma.ErrorDetail{Location: "body.codes", Message: fmt.Sprintf("give 1 to %d codes; 请填写 1 至 %d 个编码", mostCodes, mostCodes)})
	}
	return wrong
}

func (s *server) codeRoutes() {
	route(s, get("/cases/{key}/codes", "get-codes", "cases", "The codes of a measure; the ETag is that of its family, to be sent when codes are set"), func(ctx context.Context, in *ByKey) (*tagged[CodesRecord], error) {
		if s.Guesses == nil {
			return nil, unavailable("matcher")
		}
		d, err := s.View.Dossier(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		out := CodesRecord{Set: d.Family.Codes}
		out.HS, out.ICS = s.Guesses(&d.Latest)
		out.HS, out.ICS = append([]trade.CodeGuess{}, out.HS...), append([]trade.CodeGuess{}, out.ICS...)
		return &tagged[CodesRecord]{etag(d.FamilySeq), out}, nil
	})
	route(s, post("/cases/{key}/codes/preview", "preview-codes", "cases", "Who would come in and who drop out with other codes; nothing is stored"), func(ctx context.Context, in *codesInput) (*tagged[CodesChange], error) {
		if wrong := in.wrongCodes(); wrong != nil {
			return nil, invalid(wrong...)
		}
		return s.recode(ctx, in.Key, in.Precondition, trade.Codes{HS: in.Body.Codes.HS, ICS: in.Body.Codes.ICS, Reason: in.Body.Reason}, false)
	})
	op := get("/cases/{key}/codes", "set-codes", "cases", "Set codes in the place of the papers' own; needs If-Match")
	op.Method, op.Errors = http.MethodPut, []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	route(s, op, func(ctx context.Context, in *codesInput) (*tagged[CodesChange], error) {
		wrong := in.wrongCodes()
		if strings.TrimSpace(in.Body.Reason) == "" {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body.reason", Message: "say why; 请填写理由"})
		}
		if wrong != nil {
			return nil, invalid(wrong...)
		}
		return s.recode(ctx, in.Key, in.Precondition, trade.Codes{HS: in.Body.Codes.HS, ICS: in.Body.Codes.ICS, Reason: in.Body.Reason}, true)
	})
	type reset struct {
		ByKey
		Precondition
		Reason string `query:"reason" maxLength:"500" doc:"stays with the case"`
	}
	op = get("/cases/{key}/codes", "reset-codes", "cases", "Give the measure back to what its papers say; needs If-Match")
	op.Method, op.Errors = http.MethodDelete, []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	route(s, op, func(ctx context.Context, in *reset) (*tagged[CodesChange], error) {
		return s.recode(ctx, in.Key, in.Precondition, trade.Codes{Reason: in.Reason}, true)
	})
}

// recode asks the matcher. The precondition is the family's sequence: codes
// belong to the measure, whose papers may have changed unseen.
func (s *server) recode(ctx context.Context, key string, m Precondition, codes trade.Codes, save bool) (*tagged[CodesChange], error) {
	if s.Recode == nil {
		return nil, unavailable("matcher")
	}
	if save && !m.matched() {
		return nil, problem(http.StatusPreconditionRequired, "send If-Match with the ETag of the codes that you read (GET on this address)", "请携带 If-Match（您所读取编码的 ETag，见本地址的 GET）")
	}
	seq, err := m.seq()
	if err != nil {
		return nil, err
	}
	if _, err := s.Bus.Cases.Get(ctx, key); err != nil {
		return nil, err
	}
	codes.By, codes.At, codes.Reason = by(ctx), s.View.Now().UTC().Format(time.RFC3339), strings.TrimSpace(codes.Reason)
	change, err := s.Recode(ctx, key, codes, seq, save)
	if err != nil {
		return nil, err
	}
	out := CodesChange{Saved: save, In: s.View.ByFirm(change.In), Out: s.View.ByFirm(change.Out), Regraded: s.View.ByFirm(change.Regrade), Matches: change}
	now := change.Seq
	if save { // the record was written anew
		var e bus.Entry[trade.Family]
		if e, err = s.Bus.Families.Get(ctx, key); err == nil {
			now = e.Seq
		}
	}
	return &tagged[CodesChange]{etag(now), out}, err
}
