package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// methods returns the operations of a path as the description has them.
func methods(t *testing.T, r *rig) map[string][]string {
	t.Helper()
	var doc struct {
		OpenAPI string                                `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage `json:"paths"`
	}
	got := r.do("GET", "/openapi.json", "", "Authorization", "")
	if got.status != http.StatusOK {
		t.Fatalf("GET /openapi.json: %d", got.status)
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("the description says OpenAPI %q, want 3.1", doc.OpenAPI)
	}
	out := map[string][]string{}
	for path, item := range doc.Paths {
		for method := range item {
			out[path] = append(out[path], strings.ToUpper(method))
		}
	}
	return out
}

// recording keeps what is registered.
type recording struct {
	*http.ServeMux
	patterns []string
}

func (m *recording) HandleFunc(pattern string, fn func(http.ResponseWriter, *http.Request)) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.HandleFunc(pattern, fn)
}

// Every route that is served is described, every route that is described is
// served, and whatever the table of actions names is there.
func TestDescriptionListsEveryRoute(t *testing.T) {
	r := newRig(t, nil)
	described := map[string]bool{}
	for path, ms := range methods(t, r) {
		for _, m := range ms {
			described[m+" "+path] = true
		}
	}
	served := &recording{ServeMux: http.NewServeMux()}
	newServer(served, Deps{})
	for _, pattern := range served.patterns {
		if strings.Contains(pattern, "/api/") && !described[pattern] {
			t.Errorf("the description does not list %s", pattern)
		}
		delete(described, pattern)
	}
	for pattern := range described {
		t.Errorf("the description lists %s, which is not served", pattern)
	}
	known := map[string]bool{}
	for _, item := range r.openapi.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if op != nil {
				known[op.OperationID] = true
			}
		}
	}
	for id, action := range actions {
		if !known[id] {
			t.Errorf("the table of actions gives %s to %s, which is no operation", action, id)
		}
	}
	if got := r.do("GET", "/openapi.yaml", "", "Authorization", ""); got.status != http.StatusOK || !strings.Contains(got.body, "openapi:") {
		t.Errorf("GET /openapi.yaml: %d", got.status)
	}
}

// Every route of the description, and what is no route, is shut to those who
// bring no token, the wrong one, or one in a cookie.
func TestEveryRouteNeedsTheToken(t *testing.T) {
	r := newRig(t, nil)
	fill := strings.NewReplacer("{key}", "k", "{release}", "1", "{name}", "eping", "{sha256}", strings.Repeat("a", 64), "{id}", "E1", "{part}", "advice")
	routes := methods(t, r)
	routes["/api/v1/nothing"] = []string{"GET", "POST"}
	for path, ms := range routes {
		for _, m := range ms {
			for name, headers := range map[string][]string{
				"no token":          {"Authorization", ""},
				"wrong token":       {"Authorization", "Bearer tbt_abcdefgh_" + strings.Repeat("b", 52)},
				"token as cookie":   {"Authorization", "", "Cookie", "tbtwatch=" + testToken},
				"basic credentials": {"Authorization", "Basic " + testToken},
			} {
				got := r.do(m, fill.Replace(path), "", headers...)
				if got.status != http.StatusUnauthorized {
					t.Errorf("%s %s with %s: %d, want 401", m, path, name, got.status)
				}
				checkProblem(t, m+" "+path, got, http.StatusUnauthorized)
			}
		}
	}
}

func checkProblem(t *testing.T, what string, got reply, status int) Problem {
	t.Helper()
	var p Problem
	if got.status != status || got.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s: %d %s %s, want a problem with status %d", what, got.status, got.header.Get("Content-Type"), got.body, status)
	}
	if err := json.Unmarshal([]byte(got.body), &p); err != nil {
		t.Fatalf("%s: %v in %s", what, err, got.body)
	}
	if p.Status != status || p.Detail == "" || p.DetailZH == "" || p.Title == "" {
		t.Errorf("%s: the problem is incomplete: %s", what, got.body)
	}
	return p
}

func TestReads(t *testing.T) {
	r := newRig(t, nil)
	delivery := ledger(t, r.bus)
	sha := must(r.bus.Raw.PutBytes(t.Context(), []byte("<html><script>alert(1)</script>")))(t)
	family := trade.FamilyKey("G/TBT/N/BRA/9001")
	waitFor(t, "the delivery to be seen", func() bool { return r.view.Counts().Deliveries["accepted"] == 1 })
	for _, c := range []struct {
		path string
		want []string // words of the body
	}{
		{"/notices", []string{`"total":1`, "motorcycle helmets"}},
		{"/cases/" + family + "/bulletin", []string{`"audience":"internal"`, `"key":"issued"`, "甲头盔厂"}},
		{"/cases/" + family + "/bulletin?audience=public", []string{`"audience":"public"`, "少于三家"}},
		{"/notices?q=HELMETS", []string{`"total":1`}},
		{"/notices?q=nothing", []string{`"rows":[]`, `"total":0`}},
		{"/notices?source=elsewhere", []string{`"total":0`}},
		{"/notices/by-symbol?symbol=G/TBT/N/BRA/9001", []string{"650610", `"family_key":"` + family}},
		{"/notices/by-symbol?symbol=%20g/tbt/n/bra/9001", []string{"650610"}},
		{"/families?id=G/TBT/N/BRA/9001", []string{`"likely"`}},
		{"/families/" + family, []string{`"exporter":"E1"`}},
		{"/cases", []string{`"bucket":"later"`, `"due":"2026-04-30"`, "巴西新措施"}},
		{"/cases?state=released", []string{`"total":0`}},
		{"/cases?level=yellow&q=helmets", []string{`"total":1`}},
		{"/cases/" + family, []string{`"matched":1`, "甲头盔厂", "HS code 650610", "产品税号 650610 一致", "摩托车头盔", `"centre":{"day":"2026-04-16","close":"2026-04-30"`, `"arguments":[]`}},
		{"/warnings", []string{"2026-0001"}},
		{"/warnings/" + family + "/1", []string{`"release":1`}},
		{"/warnings/" + family + "/1/cap", []string{`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">`, "<msgType>Alert</msgType>", "<language>zh-CN</language>", "<scope>Restricted</scope>"}},
		{"/cases/" + family + "/exercises/1/cap", []string{"<status>Exercise</status>", "<msgType>Alert</msgType>", "<scope>Restricted</scope>"}},
		{"/deliveries?state=accepted", []string{"甲头盔厂 收件人"}},
		{"/deliveries?state=held", []string{`"total":0`}},
		{"/deliveries/" + delivery, []string{`"planned"`, `"sending"`, `"accepted"`, `"number":"2026-0001"`}},
		{"/sources", []string{`"health":"ok"`, `"rows":3`}},
		{"/runs?source=eping", []string{`"schedule"`}},
		{"/quarantine", []string{"the title is HTML"}},
		{"/quarantine/q1", []string{"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}},
		{"/dead-letters", []string{"cannot be read"}},
		{"/raw/" + sha, []string{"<script>"}},
		{"/exporters", []string{"甲头盔厂"}},
		{"/exporters/E1", []string{"江北"}},
		{"/products?exporter=E1", []string{"摩托车头盔"}},
		{"/products?exporter=E2", []string{`"rows":[]`}},
		{"/subscribers", []string{"S1"}},
		{"/standards", []string{`"total":1`, `"name":"UN R22"`, `"measures":1`, `"products":1`, "巴西新措施", "WP.29", `"standards":1`}},
		{"/standards?q=ece+r22.05&body=UN+R&named=both", []string{`"total":1`}},
		{"/standards?q=ISO+9001", []string{`"total":0`, `"rows":[]`, `"bodies":[`}},
		{"/standards?offset=1", []string{`"total":1`, `"rows":[]`, `"offset":1`}},
		{"/standards/" + view.StandardKey("UN R22"), []string{`"forms":["UN R22.06"]`, `"newer":{"name":"UN R22","measure":"06","product":"05"}`, "甲头盔厂", "摩托车头盔", `"family_key":"` + family}},
		{"/standards/" + view.StandardKey("UN R22") + "?naming_offset=1&claiming_offset=1", []string{`"naming":[]`, `"claiming":[]`, `"exporters":1`}},
		{"/explain?notice=G/TBT/N/BRA/9001&exporter=E1", []string{"The firm was told", "甲头盔厂 收件人", `"grade":"likely"`}},
		{"/statistics?month=2026-03", []string{`"month":"2026-03"`, `"papers":{"count":1,"before":0}`, `"waiting":1`, `"step":"circulated_judged"`, `"median":null`, `"answers":[{`}},
		{"/statistics?market=BR&sector=motorcycles", []string{`"from":"2025-04-01"`, `"markets":[{"name":"BR","count":1,"before":0}]`}},
		{"/version", []string{`"test"`}},
		{"/counts", []string{`"notices":1`, `"exporters":1`}},
	} {
		got := r.do("GET", "/api/v1"+c.path, "")
		if got.status != http.StatusOK {
			t.Errorf("GET %s: %d %s", c.path, got.status, got.body)
		}
		for _, w := range c.want {
			if !strings.Contains(got.body, w) {
				t.Errorf("GET %s: %q is not in %s", c.path, w, got.body)
			}
		}
	}
	raw := r.do("GET", "/api/v1/raw/"+sha, "")
	if h := raw.header; !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a raw capture is served with %v", h)
	}
}

func TestErrorsAreProblems(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"unknown notice", "GET", "/notices/nokey", "", 404},
		{"unknown symbol", "GET", "/notices/by-symbol?symbol=G/TBT/N/USA/1", "", 404},
		{"missing parameter", "GET", "/notices/by-symbol", "", 422},
		{"unknown family", "GET", "/families?id=x", "", 404},
		{"unknown case", "GET", "/cases/nokey", "", 404},
		{"key that is none", "GET", "/cases/a.b*", "", 422},
		{"unknown release", "GET", "/warnings/nokey/3", "", 404},
		{"unknown delivery", "GET", "/deliveries/nokey", "", 404},
		{"unknown state", "GET", "/deliveries?state=lost", "", 422},
		{"limit beyond bounds", "GET", "/notices?limit=9999", "", 422},
		{"unknown capture", "GET", "/raw/" + strings.Repeat("0", 64), "", 404},
		{"capture that is none", "GET", "/raw/..%2f..%2fetc", "", 422},
		{"unknown standard", "GET", "/standards/nokey", "", 404},
		{"side that is none", "GET", "/standards?named=nobody", "", 422},
		{"unknown exporter", "GET", "/exporters/E9", "", 404},
		{"unknown route", "GET", "/nothing", "", 404},
		{"stage that does not run", "POST", "/sources/eping/run", "", 503},
		{"explain an unknown notice", "GET", "/explain?notice=x&exporter=E1", "", 404},
		{"explain an unknown exporter", "GET", "/explain?notice=G/TBT/N/BRA/9001&exporter=E9", "", 404},
		{"index without an index", "POST", "/index/rebuild", "", 503},
		{"replay without ingest", "POST", "/quarantine/q1/replay", "", 503},
		{"import without its function", "POST", "/imports/notices", "x", 503},
		{"body that does not fit", "POST", "/cases/k/dismiss", `{"reason":5}`, 422},
	} {
		checkProblem(t, c.name, r.do(c.method, "/api/v1"+c.path, c.body), c.status)
	}
}
