package demo

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// ask sends one request to the world and returns the answer.
func ask(t testing.TB, w *World, method, target, body string, head ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://world.example"+target, strings.NewReader(body))
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

func TestAdvanceShowsFollowUpsOnce(t *testing.T) {
	w := New(noon)
	before := search(t, w, "").TotalCount
	w.Advance()
	after := search(t, w, "").TotalCount
	w.Advance()
	if again := search(t, w, "").TotalCount; after <= before || again != after {
		t.Errorf("%d items, then %d, then %d", before, after, again)
	}
	if p := search(t, w, "documentSymbol=G/TBT/N/BRA/1641/Add.1"); len(p.Items) != 1 || len(p.Items[0].HSCodes) != 0 {
		t.Errorf("the addendum without codes is %+v", p.Items)
	}
}

func TestConditionalRequest(t *testing.T) {
	w := New(noon)
	for _, path := range []string{"/feed/news.rss", "/page/zh/index.html", "/eping-bulk/NotificationExcelFiles/Notification_EN.xlsx", "/federal-register/api/v1/documents.json"} {
		tag := ask(t, w, "GET", path, "").Header().Get("ETag")
		if tag == "" || ask(t, w, "GET", path, "", "If-None-Match", tag).Code != http.StatusNotModified {
			t.Errorf("%s with its ETag %q again is not answered with 304", path, tag)
		}
	}
	tag := ask(t, w, "GET", "/feed/news.rss", "").Header().Get("ETag")
	w.Advance()
	if ask(t, w, "GET", "/feed/news.rss", "", "If-None-Match", tag).Code != 200 {
		t.Error("what has changed is answered with 304")
	}
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	for _, path := range []string{"/page/zh/list_9.html", "/page/pt/portaria-450.html", "/safety-gate/public/api/notification/1", "/federal-register/api/v1/documents/1.json", "/nowhere"} {
		if rec := ask(t, New(noon), "GET", path, ""); rec.Code != 404 {
			t.Errorf("%s is answered with %d", path, rec.Code)
		}
	}
}

func TestEverySourceHasItsDocument(t *testing.T) {
	for _, s := range Sources("http://world.example/") {
		line, _, _ := strings.Cut(s.Options, "\n")
		path := strings.TrimPrefix(line, "url: http://world.example")
		method := "GET"
		switch {
		case strings.HasPrefix(path, "/eping-bulk"):
		case strings.HasPrefix(path, "/eping-api"):
			path += "/notifications/search"
		case strings.HasPrefix(path, "/eping"):
			path += "/api/v1/azureSearch/getAll"
		case s.Kind == "federal-register":
			path += "/documents.json"
		case s.Kind == "safety-gate":
			path, method = path+"/notification/mostRecent/", "POST"
		}
		rec := ask(t, New(noon), method, path, `{"page":0}`, "Ocp-Apim-Subscription-Key", Key)
		if rec.Code != 200 || rec.Body.Len() == 0 {
			t.Errorf("source %s: %s %s is answered with %d", s.Name, method, path, rec.Code)
		}
	}
}

// At any moment the world can be read, and the same moment gives the same bytes.
func TestWorldAtAnyMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "now"), 0)
		now = now.In(time.FixedZone("", 3600*rapid.IntRange(-12, 14).Draw(t, "zone")))
		w, tb := New(now), &recorder{T: t}
		w.Advance()
		p := search(tb, w, "pageSize=100")
		for _, it := range p.Items {
			day, err := time.Parse("2006-01-02T15:04:05-07:00", it.DistributionDate)
			if err != nil || day.After(now) || now.Sub(day) > 6*24*time.Hour {
				t.Fatalf("%s was distributed on %s, now is %s: %v", it.DocumentSymbol, it.DistributionDate, now, err)
			}
			if d := it.CommentDeadlineDate; d != nil && *d <= now.UTC().Format(time.DateOnly) {
				t.Fatalf("%s: the deadline %s has passed", it.DocumentSymbol, *d)
			}
		}
		for _, path := range []string{"/feed/news.rss", "/feed/recalls.atom"} {
			if err := wellFormed(ask(tb, w, "GET", path, "").Body); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		first := ask(tb, New(now), "GET", "/eping-site/api/v1/azureSearch/getAll", "").Body.String()
		if second := ask(tb, New(now), "GET", "/eping-site/api/v1/azureSearch/getAll", "").Body.String(); first != second {
			t.Fatal("the same moment gives other bytes")
		}
	})
}

// recorder lets a property use helpers that take a testing.TB.
type recorder struct {
	testing.TB
	T *rapid.T
}

func (r *recorder) Helper()                           {}
func (r *recorder) Fatalf(format string, args ...any) { r.T.Fatalf(format, args...) }

func wellFormed(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
