package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/trade"
)

// Problem is an error as RFC 9457 has it, in both languages.
type Problem struct {
	Type     string              `json:"type,omitempty" doc:"what kind of problem; about:blank when the status says it all"`
	Title    string              `json:"title" doc:"the status in words"`
	Status   int                 `json:"status"`
	Detail   string              `json:"detail" doc:"what was wrong and what to do, English"`
	DetailZH string              `json:"detail_zh" doc:"the same in Chinese"`
	Errors   []*huma.ErrorDetail `json:"errors,omitempty" doc:"each with the path of the field"`
}

// Error is the English detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// huma makes its own errors (a missing parameter, a body that does not fit) by
// this function.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p := problem(status, msg, statusZH[status])
		for _, err := range errs {
			var d huma.ErrorDetailer
			switch {
			case err == nil:
			case errors.As(err, &d):
				p.Errors = append(p.Errors, d.ErrorDetail())
			default:
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: err.Error()})
			}
		}
		return p
	}
}

var statusZH = map[int]string{
	http.StatusBadRequest:            "请求有误，详见 errors",
	http.StatusUnauthorized:          "需要令牌",
	http.StatusNotFound:              "没有找到",
	http.StatusRequestEntityTooLarge: "内容过大",
	http.StatusUnsupportedMediaType:  "不支持的内容类型",
	http.StatusUnprocessableEntity:   "参数或内容不符合要求，详见 errors",
	http.StatusInternalServerError:   "内部错误",
}

func problem(status int, en, zh string) *Problem {
	if zh == "" {
		zh = en
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: en, DetailZH: zh}
}

// asProblem says what an error means to the client. matched tells that the
// client said which version it had seen.
func asProblem(err error, matched bool) *Problem {
	var p *Problem
	var refused *trade.Refused
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, trade.ErrNotFound):
		return problem(http.StatusNotFound, "there is no such record: "+strings.TrimSuffix(err.Error(), ": not found"), "没有这条记录")
	case errors.Is(err, trade.ErrConflict) && matched:
		return problem(http.StatusPreconditionFailed, "the record has changed since you read it; read it again, compare and repeat", "记录在您读取之后已被修改；请重新读取、比对后再提交")
	case errors.Is(err, trade.ErrConflict):
		return problem(http.StatusConflict, "somebody else changed the record at the same moment; repeat the request", "记录刚刚被他人修改，请重试")
	case errors.As(err, &refused):
		why := refused.Text()
		return problem(http.StatusUnprocessableEntity, why.EN, why.ZH)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "the request was given up before it was done; repeat it", "请求在完成之前中断，请重试")
	}
	return problem(http.StatusInternalServerError, "something failed here; the server's log has the details", "服务器内部出错，详情见服务器日志")
}

// unavailable answers for a part that this process does not run.
func unavailable(what string) error {
	return problem(http.StatusServiceUnavailable, "this process does not run "+what+"; ask the one that does (serve --only)", "本进程没有运行该部分（"+what+"），请访问运行它的进程")
}

// write sends the problem without huma.
func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// fail turns an error into the problem that is answered, and logs what the
// client cannot mend.
func (s *server) fail(ctx context.Context, operation string, err error, matched bool) error {
	p := asProblem(err, matched)
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		s.Log.Error("api: request failed", slog.String("operation", operation), slog.Any("err", err))
	}
	return p
}
