package api

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"tbtwatch/internal/export"
)

const (
	exportWithin = 5 * time.Minute // for the whole of an export
	mostExports  = 2               // at the same time; a workbook takes memory
)

// The trailers of an export: what its reader compares with what arrived.
const (
	trailerRows  = "Export-Rows"
	trailerWhole = "Export-Complete" // true, or false where rows are missing
)

// Format is a request for a list as JSON, or for the whole of it as a table.
type Format struct {
	Format export.Format `query:"format" enum:"json,ndjson,csv,xlsx" doc:"json answers a part of the list; the others answer all rows that the filters leave, whatever the paging says. Without it the header Accept chooses"`
	Lang   string        `query:"lang" enum:"zh,en" default:"zh" doc:"of the column titles and words in csv and xlsx"`
}

// Resolve reads what the client accepts.
func (f *Format) Resolve(ctx huma.Context) []error {
	if f.Format == "" {
		f.Format = export.OfMediaType(negotiation.SelectQValueFast(ctx.Header("Accept"), export.MediaTypes()))
	}
	return nil
}

func (f *Format) wanted() *Format { return f }

// listRequest is a request for a list.
type listRequest interface{ wanted() *Format }

// list adds a route that answers a part of a list by part, or all of it, which
// rows reads, as the table t.
func list[I, O, R any](s *server, op huma.Operation, t export.Table[R], part func(ctx context.Context, in *I) (*answer[O], error), rows func(ctx context.Context, in *I) (iter.Seq2[R, error], error)) {
	body := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[O](), true, op.OperationID)
	content := map[string]*huma.MediaType{}
	for i, name := range export.MediaTypes() {
		content[name] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		if i == 0 {
			content[name].Schema = body
		}
	}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "a part of the list as JSON; all of it otherwise, whose last row says so where rows are missing, as does the trailer " + trailerWhole,
		Content:     content,
	}}
	route(s, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		f := any(in).(listRequest).wanted()
		if f.Format == export.JSON {
			out, err := part(ctx, in)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				hc.SetHeader("Content-Type", "application/json")
				hc.SetHeader("Vary", "Accept")
				_ = s.huma.Marshal(hc.BodyWriter(), "application/json", out.Body)
			}}, nil
		}
		all, err := rows(ctx, in)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			exportList(s, w, r, *f, t, all)
		}}, nil
	})
}

// exportList writes the whole list, two at a time at most.
func exportList[R any](s *server, w http.ResponseWriter, r *http.Request, f Format, t export.Table[R], rows iter.Seq2[R, error]) {
	ctx, cancel := context.WithTimeout(r.Context(), exportWithin)
	defer cancel()
	select {
	case s.exports <- struct{}{}:
		defer func() { <-s.exports }()
	case <-ctx.Done():
		asProblem(ctx.Err(), false).write(w)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportWithin)) // a client that does not read holds a place
	h := w.Header()
	h.Set("Content-Type", f.Format.MediaType())
	h.Set("Content-Disposition", `attachment; filename="`+t.Name+`.`+string(f.Format)+`"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	h.Set("Trailer", trailerRows+", "+trailerWhole)
	done, err := export.Write(ctx, w, f.Format, f.Lang, t, rows)
	if err != nil && !errors.Is(err, errPartial) && r.Context().Err() == nil {
		s.Log.Error("api: export", slog.String("list", t.Name), slog.Int("rows", done.Rows), slog.Any("err", err))
	}
	h.Set(trailerRows, strconv.Itoa(done.Rows))
	h.Set(trailerWhole, strconv.FormatBool(err == nil && done.Whole()))
}
