package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// queue stores cases, one for each line "family | state | assignee | sector |
// market | direct products".
func (r *rig) queue(lines ...string) {
	r.t.Helper()
	had := r.cases()
	for _, line := range lines {
		f := strings.Split(line, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		c := trade.Case{Family: f[0], State: trade.CaseState(f[1]), Assignee: f[2], Sectors: []string{f[3]}, Markets: []string{f[4]}, Kind: trade.KindNew, Level: "blue",
			HeadlineZH: "标题 " + f[0], HeadlineEN: "Headline " + f[0], Title: "電動摩托車安全", Direct: len(f[5]), Exporters: len(f[5]), Opened: "2026-03-01T00:00:00Z"}
		put(r.t, r.bus.Cases, trade.FamilyKey(f[0]), c)
	}
	waitFor(r.t, "the cases to be shown", func() bool { return r.cases() == had+len(lines) })
}

// cases counts what the queue knows.
func (r *rig) cases() (all int) {
	for _, n := range r.view.Counts().Cases {
		all += n
	}
	return all
}

// families lists the cases that the page shows.
func (r *rig) families(path string) string {
	r.t.Helper()
	var out []string
	for _, a := range r.page(path, http.StatusOK).Find(".rows .row-title").EachIter() {
		out = append(out, strings.TrimPrefix(strings.TrimSpace(a.Text()), "标题 "))
	}
	return strings.Join(out, " ")
}

func TestTheQueueIsFiltered(t *testing.T) {
	r := newRig(t, true, nil)
	r.queue("A/1 | open | | motorcycles | EU | 1", "A/2 | open | 演示 lead | motorcycles | BR | ", "A/3 | in_review | 李明 | agrifood | US | 1", "A/4 | irrelevant | | agrifood | US | 1")
	for query, want := range map[string]string{
		"": "A/1 A/3 A/2", "?sector=motorcycles": "A/1 A/2", "?market=DE": "A/1", "?market=EU": "A/1", "?who=me": "A/2", "?who=-": "A/1", "?who=李明": "A/3",
		"?grade=direct": "A/1 A/3", "?state=irrelevant": "A/4", "?q=电动摩托车": "A/1 A/3 A/2", "?q=a/2": "A/2", "?q=A/2 没有": "", "?kind=addendum": "", "?level=red": "",
		"?state=irrelevant&sector=motorcycles": "", "?sector=<b>": "",
	} {
		if got := r.families("/cases" + strings.ReplaceAll(query, " ", "%20")); got != want {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
	}
}

func TestViewsAreKept(t *testing.T) {
	r := newRig(t, true, nil)
	r.queue("A/1 | open | | motorcycles | EU | 1")
	doc := r.submit("/cases/views", url.Values{"name": {"欧盟 摩托车"}, "query": {"market=EU&sector=motorcycles&offset=60&evil=1"}}, http.StatusOK)
	link := doc.Find(`nav a:contains("欧盟 摩托车")`)
	if link.AttrOr("href", "") != "/cases?market=EU&sector=motorcycles" {
		t.Errorf("the view leads to %q", link.AttrOr("href", ""))
	}
	doc = r.submit("/cases/views", url.Values{"name": {"欧盟 摩托车"}, "query": {"market=EU"}, "drop": {"yes"}}, http.StatusOK)
	if doc.Find(`nav a:contains("欧盟 摩托车")`).Length() > 0 {
		t.Error("a deleted view is still there")
	}
	for _, name := range []string{"", strings.Repeat("长", 41)} {
		r.submit("/cases/views", url.Values{"name": {name}, "query": {"market=EU"}}, http.StatusUnprocessableEntity)
	}
}

func TestSeveralCasesAreDecidedAtOnce(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	r.queue("B/1 | open | | agrifood | US | ", "B/2 | irrelevant | | agrifood | US | ")
	seq := func(key string) string {
		e, err := r.bus.Cases.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return key + "@" + strconv.FormatUint(e.Seq, 10)
	}
	one, two := trade.FamilyKey("B/1"), trade.FamilyKey("B/2")
	all := url.Values{"case": {seq(key), seq(one), seq(two)}}
	with := func(more url.Values) url.Values {
		out := url.Values{"case": all["case"]}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	doc := r.page("/cases/bulk?"+with(url.Values{"do": {"release"}}).Encode(), http.StatusOK)
	if text := doc.Find("main").Text(); !strings.Contains(text, "甲头盔厂") || !strings.Contains(text, "1 件可以执行，共勾选 3 件") || !strings.Contains(text, "邮件 1") {
		t.Errorf("the preview of a release says\n%s", text)
	}
	if e, _ := r.bus.Cases.Get(t.Context(), key); e.Value.State != trade.CaseOpen {
		t.Fatal("the preview released it")
	}
	r.submit("/cases/bulk", with(url.Values{"do": {"dismiss"}}), http.StatusUnprocessableEntity)
	doc = r.submit("/cases/bulk", with(url.Values{"do": {"assign"}, "to": {"me"}}), http.StatusOK)
	if n := doc.Find(`td:contains("已执行")`).Length(); n != 3 {
		t.Errorf("%d of 3 were assigned", n)
	}
	// The same form again: everything has changed since.
	doc = r.submit("/cases/bulk", with(url.Values{"do": {"dismiss"}, "reason": {"不涉及"}}), http.StatusOK)
	if text := doc.Find("tbody").Text(); strings.Count(text, "已被他人或系统更新") != 2 || strings.Count(text, "它现在的状态不允许此操作") != 1 {
		t.Errorf("a stale form says\n%s", text)
	}
	all = url.Values{"case": {seq(key), seq(one)}}
	r.submit("/cases/bulk", with(url.Values{"do": {"dismiss"}, "reason": {"不涉及"}}), http.StatusOK)
	for _, k := range []string{key, one} {
		e, _ := r.bus.Cases.Get(t.Context(), k)
		if e.Value.State != trade.CaseIrrelevant || e.Value.Assignee != "演示 lead" || e.Value.History[len(e.Value.History)-1].Reason.ZH != "不涉及" {
			t.Errorf("%s is %s with %q", k, e.Value.State, e.Value.Assignee)
		}
	}
	r.submit("/cases/bulk", with(url.Values{"do": {"delete"}}), http.StatusUnprocessableEntity)
	r.shows("/cases/bulk?do=assign", "没有勾选任何件")
}

func TestACaseIsAssignedGradedAndTakenBack(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	state := func() trade.Case {
		e, err := r.bus.Cases.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return e.Value
	}
	doc := r.press(r.page("/cases/"+key, 200), "/assign", url.Values{"to": {"me"}}, 200)
	if state().Assignee != "演示 lead" || !strings.Contains(doc.Text(), "经办：演示 lead") {
		t.Errorf("assigned to %q", state().Assignee)
	}
	r.press(doc, "/grade", url.Values{"level": {"red"}, "reason": {" "}}, http.StatusUnprocessableEntity)
	doc = r.press(doc, "/grade", url.Values{"level": {"red"}, "reason": {"停产风险"}}, 200)
	if state().Level != "red" || !strings.Contains(doc.Text(), "停产风险") {
		t.Errorf("graded %s", state().Level)
	}
	r.press(doc, "/comment", url.Values{"text": {" "}}, http.StatusUnprocessableEntity)
	doc = r.press(r.press(doc, "/undo", nil, 200), "/comment", url.Values{"text": {"已问过检测机构"}}, 200)
	if !strings.Contains(doc.Find(".timeline").Text(), "已问过检测机构") {
		t.Error("the comment is not in the history")
	}
	if state().LevelBy != "" || doc.Find(`form[action$="/undo"]`).Length() != 0 {
		t.Errorf("taken back it is %s by %q", state().Level, state().LevelBy)
	}
}

func TestCodesAreSetAfterALookAtTheChange(t *testing.T) {
	var asked []trade.Codes
	var saved, conflict bool
	r := newRig(t, true, func(d *Deps) {
		d.Guesses = func(*trade.Notice) (hs, ics []trade.CodeGuess) {
			return []trade.CodeGuess{{Code: "650610", Confidence: 0.8, Inferred: true, Words: "Helmets"}, {Code: "8714", Confidence: 0.2, Inferred: true}}, nil
		}
		d.Recode = func(_ context.Context, _ string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error) {
			if conflict || seq == 0 {
				return trade.AudienceChange{}, trade.ErrConflict
			}
			asked, saved = append(asked, codes), save
			return trade.AudienceChange{In: []trade.Match{{Exporter: "E1", Product: "P1"}}, Out: []trade.Match{{Exporter: "E9", Product: "P1"}}, Same: 4, Seq: seq}, nil
		}
	})
	key, _ := r.seed()
	path := "/cases/" + key + "/codes"
	doc := r.page(path, 200)
	if text := doc.Find("textarea[name=hs]").Text(); text != "650610" || !strings.Contains(doc.Text(), "推断 0.80 “Helmets”") {
		t.Errorf("the form begins with %q", text)
	}
	form := url.Values{"hs": {"8711; 871120，8711"}, "ics": {"43.140"}, "do": {"preview"}}
	doc = r.press(doc, "/codes", form, 200)
	if text := doc.Find("main").Text(); !strings.Contains(text, "新增 1 项产品，移出 1 项，等级改变 0 项，不变 4 项") || !strings.Contains(text, "甲头盔厂") || !strings.Contains(text, "E9") || saved {
		t.Errorf("the preview says\n%s", text)
	}
	if got := asked[0]; strings.Join(got.HS, " ") != "8711 871120" || got.By != "演示 lead" {
		t.Errorf("asked with %+v", got)
	}
	form.Set("do", "save")
	if doc = r.press(doc, "/codes", form, 422); saved || doc.Find("textarea[name=hs]").Text() != form.Get("hs") {
		t.Error("saved without a reason, or what was typed is lost")
	}
	form.Set("reason", "附件")
	conflict = true
	doc = r.press(doc, "/codes", form, 409)
	conflict = false
	if doc = r.press(doc, "/codes", form, 200); !saved || asked[len(asked)-1].Reason != "附件" || !strings.Contains(doc.Text(), "编码已保存") {
		t.Errorf("saved %v with %+v", saved, asked)
	}
	r.press(r.page(path, 200), "/codes", url.Values{"hs": {" "}, "ics": {""}, "do": {"preview"}}, 422)
}
