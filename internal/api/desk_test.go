package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// located are the fields that a problem names.
func located(t *testing.T, what string, got reply, status int) string {
	t.Helper()
	var at []string
	for _, e := range checkProblem(t, what, got, status).Errors {
		at = append(at, e.Location)
	}
	return strings.Join(at, " ")
}

func TestFieldsThatAreWrongAreNamed(t *testing.T) {
	r := newRig(t, func(d *Deps) {
		d.Recode = func(context.Context, string, trade.Codes, uint64, bool) (trade.AudienceChange, error) {
			t.Error("wrong codes came as far as the matcher")
			return trade.AudienceChange{}, nil
		}
	})
	key := trade.FamilyKey(brazil)
	path := "/api/v1/cases/" + key
	for _, c := range []struct{ name, method, path, body, want string }{
		{"codes", "POST", path + "/codes/preview", `{"codes":{"hs":["8711","871120","87x"],"ics":["43.14"]}}`, "body.codes.hs[2] body.codes.ics[0]"},
		{"no codes", "POST", path + "/codes/preview", `{"codes":{}}`, "body.codes"},
		{"codes without a reason", "PUT", path + "/codes", `{"codes":{"hs":["1"]},"reason":" "}`, "body.codes.hs[0] body.reason"},
		{"an unknown case", "POST", "/api/v1/cases/bulk", `{"action":"review","cases":[{"key":"` + key + `"},{"key":"x"},{"key":"` + key + `"}]}`, "body.cases[1].key body.cases[2].key"},
		{"no reason to dismiss", "POST", "/api/v1/cases/bulk", `{"action":"dismiss","cases":[{"key":"` + key + `"}]}`, "body.reason"},
		{"no such action", "POST", "/api/v1/cases/bulk", `{"action":"burn","cases":[{"key":"` + key + `"}]}`, "body.action"},
		{"a view of something else", "PUT", "/api/v1/views/x", `{"query":"level=red&evil=1"}`, "body.query"},
		{"an empty comparison", "PUT", path + "/comparisons", `{"standard":"ISO 1"}`, "body"},
		{"a rewrite without a language", "PUT", path + "/bulletin/advice", `{"audience":"internal","lang":"fr","text":"x","reason":"y"}`, "body.lang"},
	} {
		if at := located(t, c.name, r.do(c.method, c.path, c.body), http.StatusUnprocessableEntity); at != c.want {
			t.Errorf("%s: the problem names %q, want %q", c.name, at, c.want)
		}
	}
	for _, c := range []struct{ name, method, path, body string }{
		{"codes", "PUT", path + "/codes", `{"codes":{"hs":["8711"]},"reason":"x"}`},
		{"codes given back", "DELETE", path + "/codes", ""},
		{"a bulletin", "POST", path + "/bulletin/publish", `{"reason":"x"}`},
	} {
		checkProblem(t, c.name+" without If-Match", r.do(c.method, c.path, c.body), http.StatusPreconditionRequired)
	}
}

func TestSeveralCasesAreDecidedAtOnce(t *testing.T) {
	r := newRig(t, nil)
	key := trade.FamilyKey(brazil)
	type outcome struct {
		Possible int
		Firms    []struct{ ID string }
		Boxes    []struct{ Value string } `json:"subscriptions"`
		Done     bool
		Items    []struct {
			Case    struct{ State string }
			Done    bool
			Refused *trade.Text
		}
	}
	do := func(path, body string) (out outcome) {
		t.Helper()
		got := r.do("POST", "/api/v1/cases/bulk"+path, body)
		if got.status != 200 {
			t.Fatalf("%s %s: %d %s", path, body, got.status, got.body)
		}
		if err := json.Unmarshal([]byte(got.body), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	state := func() trade.CaseState { return must(r.bus.Cases.Get(t.Context(), key))(t).Value.State }
	release := `{"action":"release","cases":[{"key":"` + key + `"}]}`
	if p := do("/preview", release); p.Possible != 1 || len(p.Firms) != 1 || p.Firms[0].ID != "E1" || len(p.Boxes) != 1 || p.Boxes[0].Value != "email" || p.Done || state() != trade.CaseOpen {
		t.Errorf("the preview: %+v, the case is %s", p, state())
	}
	if p := do("", `{"action":"review","cases":[{"key":"`+key+`","seq":99}]}`); p.Items[0].Done || p.Items[0].Refused == nil || state() != trade.CaseOpen {
		t.Errorf("a case that has changed: %+v, it is %s", p, state())
	}
	if p := do("", release); !p.Done || !p.Items[0].Done || state() != trade.CaseReleased {
		t.Errorf("the decision: %+v, the case is %s", p, state())
	}
	waitFor(t, "the view to see the release", func() bool { row, _ := r.view.CaseRow(key); return row.State == trade.CaseReleased })
	if p := do("/preview", `{"action":"review","cases":[{"key":"`+key+`"}]}`); p.Possible != 0 || p.Items[0].Refused == nil || p.Items[0].Refused.ZH == "" {
		t.Errorf("a case in the wrong state: %+v", p)
	}
}

func TestViewsAreKept(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want, not                string
	}{
		{"none", "GET", "/views", "", 200, "[]", ""},
		{"kept", "PUT", "/views/%E6%88%91%E7%9A%84", `{"query":"level=yellow&who=-"}`, 200, `"cases":"/api/v1/cases?assignee=-&level=yellow&waiting=true"`, ""},
		{"again, otherwise", "PUT", "/views/%E6%88%91%E7%9A%84", `{"query":"state=open&who=me"}`, 200, `assignee=token+abcdefgh&state=open`, "yellow"},
		{"a name that is too long", "PUT", "/views/" + strings.Repeat("x", 41), `{"query":""}`, 422, "", ""},
		{"forgotten", "DELETE", "/views/%E6%88%91%E7%9A%84", "", 200, "[]", "我的"},
		{"forgotten again", "DELETE", "/views/%E6%88%91%E7%9A%84", "", 200, "[]", ""},
	} {
		got := r.do(c.method, "/api/v1"+c.path, c.body)
		if got.status != c.status || !strings.Contains(got.body, c.want) || c.not != "" && strings.Contains(got.body, c.not) {
			t.Errorf("%s: %d %s, want %d with %s and without %q", c.name, got.status, got.body, c.status, c.want, c.not)
		}
	}
}

func TestCodesAreSetByAPerson(t *testing.T) {
	var saved []trade.Codes
	r := newRig(t, func(d *Deps) {
		d.Guesses = func(*trade.Notice) (hs, ics []trade.CodeGuess) { return []trade.CodeGuess{{Code: "650610"}}, nil }
		d.Recode = func(_ context.Context, _ string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error) {
			if seq > 1 {
				return trade.AudienceChange{}, trade.ErrConflict
			}
			if save {
				saved = append(saved, codes)
			}
			return trade.AudienceChange{In: []trade.Match{{Exporter: "E1", Product: "P9"}}, Out: []trade.Match{}, Regrade: []trade.Match{}, Seq: 1}, nil
		}
	})
	path := "/api/v1/cases/" + trade.FamilyKey(brazil) + "/codes"
	read := r.do("GET", path, "")
	if read.status != 200 || !strings.Contains(read.body, "650610") || read.header.Get("ETag") != `"1"` {
		t.Fatalf("%d %v %s", read.status, read.header, read.body)
	}
	body := `{"codes":{"hs":["6506"],"ics":["13.340.20"]},"reason":"只涉及头盔"}`
	if got := r.do("POST", path+"/preview", body); got.status != 200 || !strings.Contains(got.body, "甲头盔厂") || len(saved) != 0 {
		t.Errorf("the preview: %d %s; saved %v", got.status, got.body, saved)
	}
	checkProblem(t, "codes of an old version", r.do("PUT", path, body, "If-Match", `"7"`), http.StatusPreconditionFailed)
	if got := r.do("PUT", path, body, "If-Match", read.header.Get("ETag")); got.status != 200 || !strings.Contains(got.body, `"saved":true`) {
		t.Errorf("saved: %d %s", got.status, got.body)
	}
	if got := r.do("DELETE", path+"?reason=x", "", "If-Match", `"1"`); got.status != 200 {
		t.Errorf("given back: %d %s", got.status, got.body)
	}
	if len(saved) != 2 || !slices.Equal(saved[0].HS, []string{"6506"}) || saved[0].By != "token abcdefgh" || saved[0].Reason != "只涉及头盔" || saved[1].Any() {
		t.Errorf("the matcher was told %+v", saved)
	}
}

func TestBulletinAndComparisons(t *testing.T) {
	r := newRig(t, nil)
	path := "/api/v1/cases/" + trade.FamilyKey(brazil)
	bulletin := r.do("GET", path+"/bulletin?audience=public", "")
	var shown struct {
		Bulletin struct{ Parts []struct{ Key string } }
	}
	if err := json.Unmarshal([]byte(bulletin.body), &shown); err != nil {
		t.Fatal(err)
	}
	part := path + "/bulletin/" + shown.Bulletin.Parts[0].Key
	for _, c := range []struct {
		name, method, path, body, match string
		status                          int
		want, not                       string
	}{
		{"rewritten", "PUT", part, `{"audience":"public","lang":"zh","text":"人写的话","reason":"更清楚"}`, bulletin.header.Get("ETag"), 200, "人写的话", ""},
		{"by an old version", "PUT", part, `{"audience":"public","lang":"zh","text":"又一句","reason":"x"}`, bulletin.header.Get("ETag"), 412, "", ""},
		{"no such part", "PUT", path + "/bulletin/nothing", `{"audience":"public","lang":"zh","text":"x","reason":"x"}`, "", 422, "", ""},
		{"restored", "POST", part + "/restore", `{"audience":"public","lang":"zh","reason":"不需要"}`, "", 200, "", "人写的话"},
		{"restored again", "POST", part + "/restore", `{"audience":"public","lang":"zh","reason":"不需要"}`, "", 422, "", ""},
		{"published too early", "POST", path + "/bulletin/publish", `{"reason":"x"}`, "now", 422, "", ""},
		{"released", "POST", path + "/release", `{"reason":"x"}`, "", 200, "", ""},
		{"published unseen", "POST", path + "/bulletin/publish", `{"reason":"x"}`, bulletin.header.Get("ETag"), 412, "", ""},
		{"published", "POST", path + "/bulletin/publish", `{"reason":"x"}`, "now", 200, "", ""},
		{"withdrawn", "POST", path + "/bulletin/withdraw", `{"release":1,"reason":"x"}`, "", 200, "", ""},
		{"withdrawn again", "POST", path + "/bulletin/withdraw", `{"release":1,"reason":"x"}`, "", 422, "", ""},
		{"compared", "PUT", path + "/comparisons", `{"standard":"UN R22","domestic":"GB 811","gap":"冲击"}`, "", 200, `"domestic":"GB 811"`, ""},
		{"comparison removed", "DELETE", path + "/comparisons?standard=un+r22", "", "", 200, "", "GB 811"},
		{"removed again", "DELETE", path + "/comparisons?standard=un+r22", "", "", 404, "", ""},
	} {
		if c.match == "now" {
			c.match = r.do("GET", path+"/bulletin?audience=public", "").header.Get("ETag")
		}
		got := r.do(c.method, c.path, c.body, "If-Match", c.match)
		if got.status != c.status || !strings.Contains(got.body, c.want) || c.not != "" && strings.Contains(got.body, c.not) {
			t.Fatalf("%s: %d, want %d with %q and without %q\n%.600s", c.name, got.status, c.status, c.want, c.not, got.body)
		}
	}
}

// The draft of a comment names a firm only with what was chosen.
func TestADraftCommentIsRead(t *testing.T) {
	r := newRig(t, nil)
	key := trade.FamilyKey("G/TBT/N/BRA/9001")
	if got := r.do("POST", "/api/v1/families/"+key+"/responses", `{"exporter":"E1","kind":"comment","reason":"过渡期太短"}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var d view.OpinionDetail
	got := r.do("GET", "/api/v1/cases/"+key+"/opinion", "")
	if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &d) != nil || len(d.Opinion.Available) != 1 || len(d.Opinion.Parts) != 5 || got.header.Get("ETag") == "" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for query, want := range map[string]bool{"": false, "?quote=" + d.Opinion.Available[0].Key: true, "?quote=x&quote=" + d.Opinion.Available[0].Key: true} {
		if got := r.do("GET", "/api/v1/cases/"+key+"/opinion"+query, ""); strings.Contains(got.body, "甲头盔厂 表示") != want {
			t.Errorf("%q: %d %s", query, got.status, got.body)
		}
	}
}
