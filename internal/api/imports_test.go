package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestImportsTellHowTheyGo(t *testing.T) {
	type fate struct {
		name, body string
		do         ImportFunc
		want       []string // lines of the answer
	}
	var seen, filename string
	for _, c := range []fate{
		{"all taken", "a,b\n1,2\n", func(_ context.Context, body io.Reader, name string, progress func(Progress)) (any, error) {
			b, err := io.ReadAll(body)
			seen, filename = string(b), name
			progress(Progress{Phase: "reading", Rows: 1, Total: 2})
			progress(Progress{Line: "line 2: bad"})
			return map[string]int{"rows": 2}, err
		}, []string{`{"progress":{"phase":"reading","rows":1,"total":2}}`, `{"line":"line 2: bad"}`, `{"summary":{"rows":2}}`}},
		{"refused file", "x", func(context.Context, io.Reader, string, func(Progress)) (any, error) {
			return nil, trade.Refusef("no column product_id; 缺少 product_id 列")
		}, []string{`{"error":"no column product_id","error_zh":"缺少 product_id 列"}`}},
		{"broken half-way", "x", func(context.Context, io.Reader, string, func(Progress)) (any, error) {
			return map[string]int{"rows": 500}, errors.New("disk full")
		}, []string{`{"summary":{"rows":500},"error":"disk full","error_zh":"导入中断：disk full"}`}},
	} {
		r := newRig(t, func(d *Deps) { d.ImportProducts = c.do })
		got := r.do("POST", "/api/v1/imports/products?filename=..%5C..%2Fmy.csv", c.body, "Content-Type", "application/octet-stream")
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "application/x-ndjson") {
			t.Fatalf("%s: %d %v %s", c.name, got.status, got.header, got.body)
		}
		if lines := strings.Split(strings.TrimSpace(got.body), "\n"); strings.Join(lines, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got.body, strings.Join(c.want, "\n"))
		}
	}
	if seen != "a,b\n1,2\n" || filename != "my.csv" {
		t.Errorf("the import read %q of %q", seen, filename)
	}
}

func TestUploadsAreBounded(t *testing.T) {
	called, spool := false, t.TempDir()
	r := newRig(t, func(d *Deps) {
		d.Spool = spool
		d.ImportNotices = func(context.Context, io.Reader, string, func(Progress)) (any, error) { called = true; return 1, nil }
	})
	checkProblem(t, "empty upload", r.do("POST", "/api/v1/imports/notices", ""), http.StatusBadRequest)
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/api/v1/imports/notices", io.LimitReader(zeros{}, MaxUpload+1))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	req.ContentLength = MaxUpload + 1
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("an upload larger than the limit: %d, want 413", resp.StatusCode)
		}
	}
	if called {
		t.Error("a refused upload was imported")
	}
	if left, _ := os.ReadDir(spool); len(left) > 0 {
		t.Errorf("uploads left behind: %v", left)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestImportEndsWhenTheClientGoes(t *testing.T) {
	ended := make(chan error, 1)
	r := newRig(t, func(d *Deps) {
		d.ImportProducts = func(ctx context.Context, _ io.Reader, _ string, progress func(Progress)) (any, error) {
			progress(Progress{Rows: 500})
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		}
	})
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", r.url+"/api/v1/imports/products", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the import ended with %v", err)
	}
}
