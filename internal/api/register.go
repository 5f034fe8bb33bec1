package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tbtwatch/internal/auth"
)

// server is the API being made: its parts add their routes to it.
type server struct {
	Deps
	huma    huma.API
	imports chan struct{} // a token for each import that may run
	exports chan struct{} // and for each export
}

// Register adds /api/, /openapi.json, /openapi.yaml, /healthz, /readyz and
// /metrics to mux. It returns the description, which lists every route.
func Register(mux *http.ServeMux, d Deps) *huma.OpenAPI {
	inner := http.NewServeMux()
	s := newServer(inner, d)
	inner.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		problem(http.StatusNotFound, "there is no route "+r.Method+" "+r.URL.Path+"; /openapi.json lists them", "没有这个接口，全部接口见 /openapi.json").write(w)
	})
	mux.Handle("/api/", d.Guard.API(s.idempotent(inner), http.HandlerFunc(refuse)))
	mux.Handle("GET /openapi.json", inner)
	mux.Handle("GET /openapi.yaml", inner)
	s.watchRoutes(mux)
	return s.huma.OpenAPI()
}

// newServer puts every route of the API into mux.
func newServer(mux humago.Mux, d Deps) *server {
	config := huma.DefaultConfig("tbtwatch", d.Version.Version)
	config.Info.Description = "Notices, measure families, cases, warnings, deliveries, sources and the registry. " +
		"Errors are application/problem+json with detail (English) and detail_zh (Chinese). 错误信息含中英文。"
	config.CreateHooks = nil // no $schema links in the answers
	config.DocsPath, config.SchemasPath = "", ""
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {
		Type: "http", Scheme: "bearer", Description: "a token that a person made, whose scopes name what it may do; the bootstrap token in the file token of the data folder may do everything",
	}}
	config.Security = []map[string][]string{{"token": {}}}
	s := &server{Deps: d, huma: humago.New(mux, config), imports: make(chan struct{}, 1), exports: make(chan struct{}, mostExports)}
	s.searchRoutes()
	s.noticeRoutes()
	s.caseRoutes()
	s.bulkRoutes()
	s.savedRoutes()
	s.codeRoutes()
	s.bulletinRoutes()
	s.responseRoutes()
	s.statisticsRoutes()
	s.warningRoutes()
	s.sourceRoutes()
	s.registryRoutes()
	s.standardRoutes()
	s.previewRoutes()
	s.importRoutes()
	s.peopleRoutes()
	s.adminRoutes()
	s.groupRoutes()
	s.escalationRoutes()
	s.leadRoutes()
	s.flowRoutes()
	s.myRoutes()
	return s
}

func refuse(w http.ResponseWriter, _ *http.Request) {
	problem(http.StatusUnauthorized,
		"send the header Authorization: Bearer TOKEN; the token stands in the file token of the server's data folder",
		"请在请求头中携带 Authorization: Bearer 令牌；令牌在服务器数据目录的 token 文件中").write(w)
}

// answer is a response with a body.
type answer[T any] struct{ Body T }

// tagged is a response whose version the client can refer to.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"the record's sequence: send it as If-Match"`
	Body T
}

// matcher is a request that may say which version it has seen.
type matcher interface{ matched() bool }

// Precondition is the precondition of a write.
type Precondition struct {
	IfMatch string `header:"If-Match" doc:"ETag of the case as you read it; the write fails with 412 if it has changed since" example:"\"42\""`
}

func (m Precondition) matched() bool { return m.IfMatch != "" && m.IfMatch != "*" }

// seq is the sequence that the client has seen, 0 for none.
func (m Precondition) seq() (uint64, error) {
	if !m.matched() {
		return 0, nil
	}
	text := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/"), `"`)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, problem(http.StatusBadRequest, "If-Match: "+m.IfMatch+" is no ETag of ours; send back the ETag that you read", "If-Match 不是本系统给出的 ETag，请原样回传")
	}
	return n, nil
}

func etag(seq uint64) string { return `"` + strconv.FormatUint(seq, 10) + `"` }

// route adds an operation whose errors become problems.
func route[I, O any](s *server, op huma.Operation, fn func(ctx context.Context, in *I) (*O, error)) {
	s.permit(&op)
	if keepsKeys(op.Method, op.Path) {
		op.Errors = append(op.Errors, http.StatusConflict)
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: headerKey, In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Example: "8e03978e-40d5-43dd-bc93-6894a57f9324",
			Description: "one for each request that is not to be done twice: the same request with the same key within 24 hours gets the first answer again, with " +
				headerReplayed + ": true; another request with that key 422; one while the first is at work 409",
		})
	}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			m, ok := any(in).(matcher)
			return nil, s.fail(ctx, op.OperationID, err, ok && m.matched())
		}
		return out, nil
	})
}

func get(path, id, tag, summary string) huma.Operation {
	return huma.Operation{Method: http.MethodGet, Path: "/api/v1" + path, OperationID: id, Tags: []string{tag}, Summary: summary}
}

func post(path, id, tag, summary string) huma.Operation {
	op := get(path, id, tag, summary)
	op.Method = http.MethodPost
	return op
}

// self is whose records they are that are kept for each person.
func self(ctx context.Context) string { return auth.Actor(ctx).Self() }

// by is who does it, for the history.
func by(ctx context.Context) string { return auth.Actor(ctx).Name }

// ByKey is a request about one record.
type ByKey struct {
	Key string `path:"key" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$"`
}

// Paging is a request for a part of a list.
type Paging struct {
	Before uint64 `query:"before" doc:"next of the part before; 0 for the newest"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// pagedInput is a request for a list without filters.
type pagedInput struct {
	Paging
	Format
}

func notFound(what string) error {
	return problem(http.StatusNotFound, "there is no "+what, "没有找到："+what)
}
