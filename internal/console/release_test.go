package console

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// A release is previewed with the remark that was typed, and made from there.
func TestAReleaseIsPreviewedOnAPage(t *testing.T) {
	var asked *trade.Warning
	r := newRig(t, true, func(d *Deps) {
		d.PreviewRelease = func(_ context.Context, w *trade.Warning) (trade.ReleasePreview, error) {
			asked = w
			return trade.ReleasePreview{
				Family: w.Family, Release: w.Release, Subscribers: 8, Recipients: 2, Share: 0.25, Channels: []trade.Counted{{Name: "email", Count: 2}},
				First:   []trade.PreviewRecipient{{Name: "甲厂信箱", Kind: trade.SubExporter, Channel: "email", When: trade.WhenDaily, Why: trade.Text{ZH: "涉及该企业产品 1 项", EN: "x"}}},
				NotTold: []trade.PreviewReason{{Kind: "level", Count: 6, Example: trade.Text{ZH: "等级不到：预警为橙色", EN: "x"}}},
				Sample:  &trade.PreviewMessage{Name: "甲厂信箱", Subject: "【橙色】预警", Text: "正文"},
			}, nil
		}
	})
	key, _ := r.seed()
	if b := r.page("/cases/"+key, 200).Find(`button[formaction="/cases/` + key + `/release"]`); b.Length() != 1 || b.AttrOr("formmethod", "") != "get" {
		t.Error("no way from the case to the preview")
	}
	doc := r.page("/cases/"+key+"/release?reason="+url.QueryEscape("请尽快"), 200)
	for _, want := range []string{"通知 2 个接收人，占全部 8 个接收人的 25 %", "甲厂信箱", "随每日摘要", "涉及该企业产品 1 项", "等级不到：预警为橙色", "【橙色】预警", "正文"} {
		if !strings.Contains(doc.Text(), want) {
			t.Errorf("the preview does not show %q", want)
		}
	}
	if asked == nil || asked.Release != 1 || len(asked.Audience) != 1 {
		t.Errorf("asked about %+v", asked)
	}
	if e, err := r.bus.Cases.Get(t.Context(), key); err != nil || e.Value.State != trade.CaseOpen {
		t.Errorf("the preview moved the case: %+v, %v", e.Value, err)
	}
	r.press(doc, "/release", nil, 200)
	e, err := r.bus.Cases.Get(t.Context(), key)
	if err != nil || e.Value.State != trade.CaseReleased || !strings.HasPrefix(e.Value.History[len(e.Value.History)-1].Reason.ZH, "请尽快") {
		t.Errorf("after the release: %+v, %v", e.Value, err)
	}
}

// What the brake holds is let go by the lead on the warning's page, and by
// nobody below.
func TestTheLeadLetsAReleaseGo(t *testing.T) {
	passed := ""
	r := newRig(t, true, func(d *Deps) {
		do := func(verb string) func(context.Context, string, int, string, string) (int, error) {
			return func(_ context.Context, family string, release int, by, reason string) (int, error) {
				if reason == "no" {
					return 0, trade.Refusef("nothing waits; 没有待放行的通知")
				}
				passed = fmt.Sprint(verb, " ", family, " ", release, " ", by, " ", reason)
				return 1, nil
			}
		}
		d.PassRelease, d.DropRelease = do("pass"), do("drop")
	})
	key, _ := r.seed()
	r.press(r.page("/cases/"+key, 200), "/release", nil, 200)
	waitFor(t, "the release to be seen", func() bool { return r.view.Counts().Warnings == 1 })
	page := "/warnings/" + key + "/1"
	if r.page(page, 200).Find("#brake").Length() > 0 {
		t.Error("something waits although nothing is held")
	}
	for i, braked := range []bool{true, true, false} { // the third is held by a person
		put(t, r.bus.Deliveries, fmt.Sprint("d", i), trade.Delivery{Key: fmt.Sprint("d", i), Subscriber: "S1", Channel: "email", Family: family, Release: 1, State: trade.Held, Braked: braked, Reason: "held by the brake: it would tell 2 of 3 subscribers, 67 %, and the limit is 50 %; the lead lets it go or gives it up"})
	}
	waitFor(t, "the deliveries to be seen", func() bool { return r.view.Counts().Deliveries["held"] == 3 })
	doc := r.page(page, 200)
	for _, want := range []string{"有 2 条通知尚未发送", "通知 2 个接收人，全部 3 个，占 67 %", "放行 2 条", "全部放弃"} {
		if !strings.Contains(doc.Find("#brake").Text(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	r.shows("/cases/"+key, "第 1 次发布有 2 条通知待负责人放行")
	staff := r.page(page+"?as=staff", 200)
	if staff.Find("#brake form").Length() > 0 || !strings.Contains(staff.Find("#brake").Text(), "由中心负责人或管理员") {
		t.Error("staff may let it go")
	}
	r.submit(page+"/pass?as=staff", url.Values{"do": {"pass"}, "reason": {"x"}}, 403)
	r.page(page+"?as=lead", 200)
	if doc := r.press(doc, "/pass", url.Values{"reason": {"no"}}, 422); !strings.Contains(doc.Text(), "没有待放行的通知") || passed != "" {
		t.Errorf("a refusal is not shown; %q", passed)
	}
	if doc := r.press(doc, "/pass", url.Values{"reason": {"看过"}, "do": {"pass"}}, 200); passed != "pass "+family+" 1 演示 lead 看过" || !strings.Contains(doc.Text(), "已放行") {
		t.Errorf("let go: %q", passed)
	}
	if doc := r.press(doc, "/pass", url.Values{"reason": {"有误"}, "do": {"give_up"}}, 200); passed != "drop "+family+" 1 演示 lead 有误" || !strings.Contains(doc.Text(), "已放弃") {
		t.Errorf("given up: %q", passed)
	}
}

func TestAReleaseIsCorrectedAndRecalledOnTheCasePage(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	page := "/cases/" + key
	if doc := r.page(page, 200); doc.Find(`form[action$="/correct"],form[action$="/recall"]`).Length() > 0 {
		t.Error("what was not released can be corrected or recalled")
	}
	r.press(r.page(page, 200), "/release", nil, 200)
	waitFor(t, "the release to be seen", func() bool { return r.view.Counts().Warnings == 1 })
	last := func() trade.Warning {
		e, err := r.bus.Warnings.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return e.Value
	}
	seen := func(release int) {
		waitFor(t, "the release to be seen", func() bool {
			rows, err := r.view.ReleaseRows(t.Context(), key)
			return err == nil && len(rows) == release
		})
	}
	if doc := r.press(r.page(page, 200), "/correct", url.Values{"reason": {" "}}, 422); !strings.Contains(doc.Text(), "请填写理由") {
		t.Error("a correction without a reason is not explained")
	}
	doc := r.press(r.page(page, 200), "/correct", url.Values{"reason": {"期限写错"}}, 200)
	if w := last(); w.Corrects != 1 || w.Changed[0].ZH != "更正：期限写错" || !strings.Contains(doc.Text(), "更正已发布") {
		t.Errorf("corrected: %+v", w)
	}
	seen(2)
	doc = r.press(r.page(page, 200), "/recall", url.Values{"reason": {"不应发出"}}, 200)
	if w := last(); w.Recalls != 2 || !strings.Contains(doc.Text(), "已撤回") {
		t.Errorf("recalled: %+v", w)
	}
	seen(3)
	r.shows(page, "待研判", "撤回第 2 次发布", "第 2 次发布已撤回，请重新研判")
	r.shows("/warnings/"+key+"/2", "更正第 1 次发布")
	if doc := r.page(page, 200); doc.Find(`form[action$="/recall"]`).Length() > 0 {
		t.Error("a recall can be recalled")
	}
}
