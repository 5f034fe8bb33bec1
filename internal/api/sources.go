package api

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// QuarantineRecord is a quarantined input with its bytes.
type QuarantineRecord struct {
	Key        string           `json:"key"`
	Quarantine trade.Quarantine `json:"quarantine"`
}

func (s *server) sourceRoutes() {
	type listInput struct{ Format }
	list(s, get("/sources", "list-sources", "sources", "Sources with their health and last run"), sourceTable(), func(context.Context, *listInput) (*answer[[]view.SourceRow], error) {
		return &answer[[]view.SourceRow]{s.View.SourceRows()}, nil
	}, func(context.Context, *listInput) (iter.Seq2[view.SourceRow, error], error) {
		return allOf(s.View.SourceRows()), nil
	})
	type named struct {
		Name string `path:"name" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$"`
	}
	route(s, post("/sources/{name}/run", "run-source", "sources", "Run a source once; answers when it is done"), func(ctx context.Context, in *named) (*answer[bus.Run], error) {
		if s.RunSource == nil {
			return nil, unavailable("ingest")
		}
		run, err := s.RunSource(ctx, in.Name, by(ctx))
		return &answer[bus.Run]{run}, err
	})
	type runsInput struct {
		Format
		Source string `query:"source" maxLength:"64"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	list(s, get("/runs", "list-runs", "sources", "What the runs of sources and imports did, latest first"), runTable(), func(_ context.Context, in *runsInput) (*answer[[]bus.Run], error) {
		return &answer[[]bus.Run]{s.View.Runs(in.Source, in.Limit)}, nil
	}, func(_ context.Context, in *runsInput) (iter.Seq2[bus.Run, error], error) {
		return allOf(s.runs(in.Source)), nil
	})
	s.quarantineRoutes()
	s.rawRoute()
}

// runs are all that the view keeps, latest first.
func (s *server) runs(source string) []bus.Run {
	var out []bus.Run
	for _, r := range s.View.SourceRows() {
		if source == "" || source == r.Name {
			out = append(out, s.View.Runs(r.Name, partRows)...)
		}
	}
	slices.SortStableFunc(out, func(a, b bus.Run) int { return strings.Compare(b.Started, a.Started) })
	return out
}

func (s *server) quarantineRoutes() {
	type quarantinePage = view.Page[view.QuarantineRow]
	list(s, get("/quarantine", "list-quarantine", "quarantine", "Inputs that were not believed, latest first"), quarantineTable(), func(ctx context.Context, in *pagedInput) (*answer[quarantinePage], error) {
		p, err := s.View.Quarantined(ctx, in.Before, in.Limit)
		return &answer[quarantinePage]{p}, err
	}, func(ctx context.Context, _ *pagedInput) (iter.Seq2[view.QuarantineRow, error], error) {
		return newestFirst(ctx, func(r *view.QuarantineRow) string { return r.Key }, s.View.Quarantined), nil
	})
	route(s, get("/quarantine/{key}", "get-quarantine", "quarantine", "A quarantined input with its bytes (base64)"), func(ctx context.Context, in *ByKey) (*answer[QuarantineRecord], error) {
		e, err := s.Bus.Quarantine.Get(ctx, in.Key)
		return &answer[QuarantineRecord]{QuarantineRecord{in.Key, e.Value}}, err
	})
	type replayInput struct {
		ByKey
		Force bool `query:"force" doc:"believe the input as it is"`
	}
	route(s, post("/quarantine/{key}/replay", "replay-quarantine", "quarantine", "Read a quarantined input again"), func(ctx context.Context, in *replayInput) (*answer[bus.Run], error) {
		if s.Replay == nil {
			return nil, unavailable("ingest")
		}
		run, err := s.Replay(ctx, in.Key, by(ctx), in.Force)
		return &answer[bus.Run]{run}, err
	})
	type deadPage = view.Page[view.DeadLetterRow]
	list(s, get("/dead-letters", "list-dead-letters", "quarantine", "Messages that a stage gave up, latest first"), deadLetterTable(), func(ctx context.Context, in *pagedInput) (*answer[deadPage], error) {
		p, err := s.View.DeadLetters(ctx, in.Before, in.Limit)
		return &answer[deadPage]{p}, err
	}, func(ctx context.Context, _ *pagedInput) (iter.Seq2[view.DeadLetterRow, error], error) {
		return newestFirst(ctx, func(r *view.DeadLetterRow) string { return r.Key }, s.View.DeadLetters), nil
	})
}

func (s *server) rawRoute() {
	type rawInput struct {
		SHA string `path:"sha256" pattern:"^[0-9a-f]{64}$"`
	}
	op := get("/raw/{sha256}", "get-raw", "sources", "A raw capture, as received")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "the bytes, as text in a sandbox or as a download",
		Content: map[string]*huma.MediaType{
			"text/plain":               {Schema: &huma.Schema{Type: "string"}},
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		},
	}}
	route(s, op, func(ctx context.Context, in *rawInput) (*huma.StreamResponse, error) {
		body, err := s.Bus.Raw.Get(ctx, in.SHA)
		if err != nil {
			return nil, err
		}
		_ = body.Close()
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			if err := s.View.ServeRaw(w, r, in.SHA); err != nil && r.Context().Err() == nil {
				s.Log.Error("api: raw capture", "sha256", in.SHA, "err", err)
				panic(http.ErrAbortHandler) // part of it may have been sent: the client must not take it for whole
			}
		}}, nil
	})
}
