package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// actions is what each operation that is no plain reading of the centre's
// records does, as far as permission goes. A token needs the scope of the same
// name.
var actions = map[string]auth.Action{
	"import-notices":     auth.Operate,
	"import-products":    auth.Enrol,
	"import-subscribers": auth.Enrol,
	"run-source":         auth.Operate,
	"replay-quarantine":  auth.Operate,
	"rebuild-index":      auth.Operate,
	"preview-subscriber": auth.See,
	"preview-product":    auth.See,
	"decide-delivery":    auth.Judge,
	"pass-release":       auth.Pass,
	"edit-case":          auth.Judge,
	"release-case":       auth.Judge,
	"correct-case":       auth.Judge,
	"recall-case":        auth.Judge,
	"exercise-case":      auth.Oversee,
	"dismiss-case":       auth.Judge,
	"reopen-case":        auth.Judge,
	"review-case":        auth.Judge,
	"assign-case":        auth.Judge,
	"grade-case":         auth.Judge,
	"comment-case":       auth.Judge,
	"undo-case":          auth.Judge,
	"respond":            auth.Judge,
	"preview-bulk":       auth.See,
	"decide-bulk":        auth.Judge,
	"save-view":          auth.See,
	"drop-view":          auth.See,
	"preview-codes":      auth.See,
	"set-codes":          auth.Judge,
	"reset-codes":        auth.Judge,
	"rewrite-part":       auth.Judge,
	"restore-part":       auth.Judge,
	"publish-bulletin":   auth.Oversee,
	"withdraw-bulletin":  auth.Oversee,
	"compare-standard":   auth.Judge,
	"remove-comparison":  auth.Judge,
	"group-members":      auth.Members,
	"group-report":       auth.Members,
	"group-subscription": auth.Members,
	"group-subscribe":    auth.Members,
	"group-preview":      auth.Members,
	"group-scorecard":    auth.Area,
	"group-firm":         auth.Area,
	"group-area":         auth.Area,
	"group-waiting":      auth.Area,
	"group-measures":     auth.Area,
	"list-users":         auth.Manage,
	"invite":             auth.Manage,
	"change-user":        auth.Manage,
	"list-audit":         auth.Manage,
	"verify-audit":       auth.Manage,
	"list-checkpoints":   auth.Manage,

	"my-warnings": auth.Own, "my-warning": auth.Own, "my-respond": auth.Own,
	"my-products": auth.Own, "my-product": auth.Own, "my-save-product": auth.Own, "my-remove-product": auth.Own, "my-preview-product": auth.Own,
	"my-subscriptions": auth.Own, "my-subscription": auth.Own, "my-save-subscription": auth.Own, "my-remove-subscription": auth.Own, "my-preview-subscription": auth.Own,
}

// actionOf is the operation's action. One that writes has to be in the table:
// to forget it is an error of the program.
func actionOf(op *huma.Operation) auth.Action {
	if a, ok := actions[op.OperationID]; ok {
		return a
	}
	if op.Method != http.MethodGet {
		panic("api: the table of actions lacks " + op.OperationID)
	}
	return auth.See
}

// permit lets those pass who may do what the operation does, and writes what
// they change into the audit.
func (s *server) permit(op *huma.Operation) {
	a := actionOf(op)
	op.Security = []map[string][]string{{"token": {string(a)}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		p := auth.Actor(r.Context())
		status := http.StatusForbidden
		if p.Can(a) {
			next(ctx)
			status = ctx.Status()
		} else {
			problem(status, "this token may not do that: it needs the scope "+string(a), "该令牌没有权限："+string(a)).write(w)
		}
		if op.Method != http.MethodGet {
			s.Guard.Audit(ctx.Context(), p, trade.Audit{Action: op.Method + " " + op.Path, Target: r.URL.Path, Result: status, From: auth.Client(r)})
		}
	})
}
