package api

import (
	"net/http"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestWritesSayWhatTheySaw(t *testing.T) {
	r := newRig(t, nil)
	path := "/api/v1/cases/" + trade.FamilyKey("G/TBT/N/BRA/9001")
	first := r.do("GET", path, "")
	tag := first.header.Get("ETag")
	if tag == "" {
		t.Fatalf("a case has no ETag: %v", first.header)
	}
	checkProblem(t, "edit without If-Match", r.do("PATCH", path, `{"headline":{"zh":"甲","en":""}}`), http.StatusPreconditionRequired)
	edited := r.do("PATCH", path, `{"headline":{"zh":"人工标题","en":""}}`, "If-Match", tag)
	if edited.status != http.StatusOK || !strings.Contains(edited.body, "人工标题") || !strings.Contains(edited.body, "Brazil, new measure") {
		t.Fatalf("edit: %d %s", edited.status, edited.body)
	}
	if edited.header.Get("ETag") == tag {
		t.Error("the ETag did not move with the edit")
	}
	checkProblem(t, "edit with an old If-Match", r.do("PATCH", path, `{"headline":{"zh":"乙","en":""}}`, "If-Match", tag), http.StatusPreconditionFailed)
	checkProblem(t, "dismiss with an old If-Match", r.do("POST", path+"/dismiss", `{"reason":"x"}`, "If-Match", tag), http.StatusPreconditionFailed)
	checkProblem(t, "If-Match that is no ETag", r.do("POST", path+"/dismiss", `{"reason":"x"}`, "If-Match", `"abc"`), http.StatusBadRequest)
	p := checkProblem(t, "dismiss without a reason", r.do("POST", path+"/dismiss", ""), http.StatusUnprocessableEntity)
	if p.DetailZH != "请填写理由" {
		t.Errorf("the Chinese detail is %q", p.DetailZH)
	}
	if e := must(r.bus.Cases.Get(t.Context(), trade.FamilyKey("G/TBT/N/BRA/9001")))(t); e.Value.HeadlineZH != "人工标题" || e.Value.State != trade.CaseOpen {
		t.Errorf("refused writes changed the case: %+v", e.Value)
	}
}

func TestDecisionsAreRecordedWithTheirActor(t *testing.T) {
	r := newRig(t, nil)
	key := trade.FamilyKey("G/TBT/N/BRA/9001")
	for _, c := range []struct {
		verb, body string
		status     int
		state      trade.CaseState
	}{
		{"review", "", 200, trade.CaseInReview},
		{"dismiss", `{"reason":"只涉及自行车头盔"}`, 200, trade.CaseIrrelevant},
		{"review", "", 422, trade.CaseIrrelevant},
		{"reopen", "", 200, trade.CaseOpen},
		{"release", `{"reason":"确认涉及"}`, 200, trade.CaseReleased},
	} {
		got := r.do("POST", "/api/v1/cases/"+key+"/"+c.verb, c.body)
		if got.status != c.status {
			t.Fatalf("%s: %d %s, want %d", c.verb, got.status, got.body, c.status)
		}
		e := must(r.bus.Cases.Get(t.Context(), key))(t)
		if e.Value.State != c.state {
			t.Fatalf("after %s the case is %s, want %s", c.verb, e.Value.State, c.state)
		}
		if last := e.Value.History[len(e.Value.History)-1]; last.By != "token abcdefgh" {
			t.Errorf("%s is recorded as done by %q", c.verb, last.By)
		}
	}
	w := must(r.bus.Warnings.Get(t.Context(), key))(t)
	if w.Value.Release != 1 || w.Value.By != "token abcdefgh" || len(w.Value.Audience) != 1 {
		t.Errorf("the released warning: %+v", w.Value)
	}
}

func TestOtherSitesCannotWrite(t *testing.T) {
	r := newRig(t, nil)
	path := "/api/v1/cases/" + trade.FamilyKey("G/TBT/N/BRA/9001") + "/review"
	for name, headers := range map[string][]string{
		"by Sec-Fetch-Site": {"Sec-Fetch-Site", "cross-site"},
		"by Origin":         {"Origin", "https://evil.example"},
	} {
		if got := r.do("POST", path, "", headers...); got.status != http.StatusForbidden {
			t.Errorf("a write from another site, told %s: %d, want 403", name, got.status)
		}
	}
	if got := r.do("POST", path, ""); got.status != http.StatusOK {
		t.Errorf("a program without those headers: %d, want 200", got.status)
	}
}

func TestACaseIsAssignedGradedAndTakenBack(t *testing.T) {
	r := newRig(t, nil)
	key := trade.FamilyKey("G/TBT/N/BRA/9001")
	path := "/api/v1/cases/" + key
	at := func() trade.Case { return must(r.bus.Cases.Get(t.Context(), key))(t).Value }
	rule := at().Level
	for _, c := range []struct {
		verb, body string
		status     int
		assignee   string
		level      string
	}{
		{"assign", `{"assignee":"李明"}`, 200, "李明", rule},
		{"grade", `{"level":"purple","reason":"x"}`, 422, "李明", rule},
		{"grade", `{"level":"red"}`, 422, "李明", rule},
		{"grade", `{"level":"red","reason":"停产风险"}`, 200, "李明", "red"},
		{"undo", ``, 200, "李明", rule},
		{"undo", ``, 422, "李明", rule},
		{"comment", `{"text":"已问过检测机构"}`, 200, "李明", rule},
		{"comment", `{"text":" "}`, 422, "李明", rule},
		{"assign", `{"assignee":"` + strings.Repeat("长", 61) + `"}`, 422, "李明", rule},
	} {
		if got := r.do("POST", path+"/"+c.verb, c.body); got.status != c.status {
			t.Fatalf("%s %s: %d %s, want %d", c.verb, c.body, got.status, got.body, c.status)
		}
		if now := at(); now.Assignee != c.assignee || c.level != "" && now.Level != c.level {
			t.Fatalf("after %s %s it is with %q at %s", c.verb, c.body, now.Assignee, now.Level)
		}
	}
	checkProblem(t, "assign with an old If-Match", r.do("POST", path+"/assign", `{"assignee":"x"}`, "If-Match", `"1"`), http.StatusPreconditionFailed)
	got := r.do("GET", "/api/v1/cases?assignee="+"%E6%9D%8E%E6%98%8E", "")
	if none := r.do("GET", "/api/v1/cases?assignee=-", ""); !strings.Contains(got.body, "9001") || strings.Contains(none.body, "9001") {
		t.Errorf("by assignee: %s\nby nobody: %s", got.body, none.body)
	}
}
