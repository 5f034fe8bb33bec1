package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// MaxUpload bounds an uploaded file, in bytes.
const MaxUpload = 256 << 20

type importInput struct {
	Filename string `query:"filename" maxLength:"255" doc:"the file's name; its ending helps to recognise the format"`
}

func (s *server) importRoutes() {
	s.importRoute("notices", "Take a file of notices (ePing sheet or JSON lines) as history: it never alerts", s.ImportNotices)
	s.importRoute("products", "Take a file of exporters and their products (CSV or XLSX)", s.ImportProducts)
	s.importRoute("subscribers", "Take a file of subscribers (CSV or XLSX)", s.ImportSubscribers)
}

func (s *server) importRoute(what, summary string, do ImportFunc) {
	op := post("/imports/"+what, "import-"+what, "imports", summary)
	op.Description = "The body is the file. The answer is a stream of JSON lines: {\"progress\":{…}}, {\"line\":\"…\"} for each refused row, " +
		"and at last {\"summary\":{…}} or {\"error\":\"…\",\"error_zh\":\"…\"}. The same file again changes nothing."
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
	}}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "JSON lines; the last one has summary or error",
		Content:     map[string]*huma.MediaType{"application/x-ndjson": {Schema: &huma.Schema{Type: "string"}}},
	}}
	op.Errors = []int{http.StatusRequestEntityTooLarge}
	route(s, op, func(_ context.Context, in *importInput) (*huma.StreamResponse, error) {
		if do == nil {
			return nil, unavailable("imports of " + what)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			s.runImport(w, r, baseName(in.Filename), do)
		}}, nil
	})
}

// baseName keeps the last element of a name that the client chose.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return "upload"
	}
	return name
}

// runImport keeps the whole upload aside first, so that a connection that
// breaks leaves nothing half imported, then imports and tells how it goes.
func (s *server) runImport(w http.ResponseWriter, r *http.Request, name string, do ImportFunc) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // a large file on a slow line
	_ = control.SetWriteDeadline(time.Time{})
	file, err := s.spool(w, r)
	if err != nil {
		asProblem(err, false).write(w)
		return
	}
	defer func() { _ = file.Close(); _ = os.Remove(file.Name()) }()
	select {
	case s.imports <- struct{}{}: // one at a time: an import takes much memory
		defer func() { <-s.imports }()
	case <-r.Context().Done():
		return
	}
	out := &lines{w: w, flush: control.Flush}
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	summary, err := do(r.Context(), file, name, out.progress)
	if err != nil {
		if r.Context().Err() != nil {
			s.Log.Info("api: import stopped, the client has gone; the same file again completes it", slog.String("file", name))
			return
		}
		p := importProblem(err)
		if p.Status >= http.StatusInternalServerError {
			s.Log.Error("api: import failed", slog.String("file", name), slog.Any("err", err))
		}
		out.send(lastLine{Error: p.Detail, ErrorZH: p.DetailZH, Summary: summary})
		return
	}
	out.send(lastLine{Summary: summary})
}

// importProblem shows an import's own words: they tell the person what is
// wrong with the file.
func importProblem(err error) *Problem {
	p := asProblem(err, false)
	if p.Status == http.StatusInternalServerError {
		p.Detail, p.DetailZH = err.Error(), "导入中断："+err.Error()
	}
	return p
}

// spool writes the body to a file and rewinds it.
func (s *server) spool(w http.ResponseWriter, r *http.Request) (*os.File, error) {
	tooLarge := problem(http.StatusRequestEntityTooLarge, "the file is larger than 256 MiB; split it", "文件超过 256 MiB，请拆分后再传")
	if r.ContentLength > MaxUpload {
		return nil, tooLarge
	}
	file, err := os.CreateTemp(s.Spool, "tbtwatch-upload-*")
	if err != nil {
		return nil, err
	}
	drop := func(err error) (*os.File, error) {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, err
	}
	n, err := io.Copy(file, http.MaxBytesReader(w, r.Body, MaxUpload))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return drop(tooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return drop(problem(http.StatusBadRequest, "the upload was cut off; send the file again", "上传中断，请重新上传"))
	case err != nil:
		return drop(err)
	case n == 0:
		return drop(problem(http.StatusBadRequest, "the body is empty; send the file's bytes as the body", "请求体为空；请把文件内容作为请求体发送"))
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return drop(err)
	}
	return file, nil
}

// lastLine ends the answer of an import.
type lastLine struct {
	Summary any    `json:"summary,omitempty"`
	Error   string `json:"error,omitempty"`
	ErrorZH string `json:"error_zh,omitempty"`
}

// lines writes JSON lines, each at once.
type lines struct {
	w     io.Writer
	flush func() error
}

func (l *lines) send(v any) {
	if err := json.NewEncoder(l.w).Encode(v); err == nil {
		_ = l.flush()
	}
}

func (l *lines) progress(p Progress) {
	if p.Line != "" {
		l.send(map[string]string{"line": p.Line})
		return
	}
	l.send(map[string]Progress{"progress": p})
}
