package console

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// press fills in the form that leads to action and sends it.
func (r *rig) press(doc *goquery.Document, action string, more url.Values, status int) *goquery.Document {
	r.t.Helper()
	form := doc.Find(`form[action$="` + action + `"]`)
	if form.Length() != 1 {
		r.t.Fatalf("the page has %d forms for %s", form.Length(), action)
	}
	values := url.Values{}
	form.Find("input,textarea").Each(func(_ int, f *goquery.Selection) {
		values.Set(f.AttrOr("name", ""), f.AttrOr("value", f.Text()))
	})
	for k, v := range more {
		values[k] = v
	}
	return r.submit(form.AttrOr("action", ""), values, status)
}

func TestACaseIsJudgedOnItsPage(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	page := "/cases/" + key
	state := func() trade.Case {
		e, err := r.bus.Cases.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return e.Value
	}
	doc := r.press(r.page(page, 200), "/edit", url.Values{"headline_zh": {"人工写的标题"}}, 200)
	if !strings.Contains(doc.Text(), "已保存") || state().HeadlineZH != "人工写的标题" || state().HeadlineEN != "Brazil: helmets" {
		t.Errorf("after the edit: %+v", state())
	}
	doc = r.press(doc, "/dismiss", url.Values{"reason": {"只涉及自行车头盔"}}, 200)
	if state().State != trade.CaseIrrelevant || !strings.Contains(doc.Text(), "只涉及自行车头盔") {
		t.Errorf("after dismissing: %+v", state())
	}
	if doc.Find(`form[action$="/dismiss"]`).Length() > 0 {
		t.Error("a dismissed case can be dismissed again")
	}
	doc = r.press(doc, "/reopen", nil, 200)
	doc = r.press(doc, "/review", nil, 200)
	doc = r.press(doc, "/release", url.Values{"reason": {"确认"}}, 200)
	if c := state(); c.State != trade.CaseReleased || c.History[len(c.History)-1].By != "演示 lead" {
		t.Errorf("after the release: %+v", c)
	}
	w, err := r.bus.Warnings.Get(t.Context(), key)
	if err != nil || w.Value.Headline.ZH != "人工写的标题" || len(w.Value.Audience) != 1 {
		t.Fatalf("the warning: %+v, %v", w.Value, err)
	}
	waitFor(t, "the release to be seen", func() bool { return r.view.Counts().Warnings == 1 })
	r.shows("/warnings", "人工写的标题", w.Value.Number)
	r.shows("/warnings/"+key+"/1", "人工写的标题", "甲头盔厂", "写到“Helmets”")
	r.page("/warnings/"+key+"/2", http.StatusNotFound)
	if !strings.Contains(doc.Text(), "再次发布") {
		t.Error("a released case cannot be released again")
	}
}

// The second of two people who edit the same case sees both texts, and nothing
// is overwritten.
func TestTheSecondEditorLosesNothing(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	mine, theirs := r.page("/cases/"+key, 200), r.page("/cases/"+key, 200)
	r.press(theirs, "/edit", url.Values{"headline_zh": {"同事的标题"}}, 200)
	doc := r.press(mine, "/edit", url.Values{"headline_zh": {"我的标题"}}, http.StatusConflict)
	for _, w := range []string{"我的标题", "同事的标题", "已被他人或系统更新"} {
		if !strings.Contains(doc.Text(), w) {
			t.Errorf("the page does not show %q", w)
		}
	}
	if e, _ := r.bus.Cases.Get(t.Context(), key); e.Value.HeadlineZH != "同事的标题" {
		t.Errorf("the case's headline is %q", e.Value.HeadlineZH)
	}
	doc = r.press(mine, "/release", nil, http.StatusConflict)
	if !strings.Contains(doc.Text(), "已被他人或系统更新") {
		t.Error("a release of what has changed is not explained")
	}
	if _, err := r.bus.Warnings.Get(t.Context(), key); err == nil {
		t.Error("a warning went out that nobody had seen")
	}
	r.submit("/cases/"+key+"/release", url.Values{}, http.StatusUnprocessableEntity)
	r.press(r.page("/cases/"+key, 200), "/dismiss", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity)
}

func TestOtherSitesCannotPress(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	for name, headers := range map[string]map[string]string{
		"another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, "nowhere": {},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/cases/"+key+"/release", strings.NewReader("seq=1"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range headers {
			req.Header.Set(k, v)
		}
		resp, err := r.browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("a form from %s: %d, want 403", name, resp.StatusCode)
		}
	}
}

func TestSourcesAreRunAndQuarantineIsReplayed(t *testing.T) {
	var ran, replayed string
	var forced bool
	r := newRig(t, true, func(d *Deps) {
		d.RunSource = func(_ context.Context, name, by string) (bus.Run, error) {
			if ran != "" {
				return bus.Run{}, errFetch
			}
			ran = name + " by " + by
			return bus.Run{}, nil
		}
		d.Replay = func(_ context.Context, key, by string, force bool) (bus.Run, error) {
			replayed, forced = key+" by "+by, force
			return bus.Run{}, nil
		}
	})
	r.seed()
	if doc := r.press(r.page("/sources", 200), "/sources/eping/run", nil, 200); !strings.Contains(doc.Text(), "抓取完毕") || ran != "eping by 演示 lead" {
		t.Errorf("ran %q", ran)
	}
	if doc := r.press(r.page("/sources", 200), "/sources/eping/run", nil, http.StatusUnprocessableEntity); !strings.Contains(doc.Text(), "503") {
		t.Error("a failed run is not explained")
	}
	r.press(r.page("/quarantine/q1", 200), "/replay", url.Values{"force": {"1"}}, 200)
	if replayed != "q1 by 演示 lead" || !forced {
		t.Errorf("replayed %q, force %v", replayed, forced)
	}
}

func TestWhatDoesNotRunHereHasNoButton(t *testing.T) {
	r := newRig(t, true, func(d *Deps) { d.Desk = nil })
	key, _ := r.seed()
	for _, p := range []string{"/cases/" + key, "/sources", "/quarantine/q1"} {
		if n := r.page(p, 200).Find("main form[method=post]").Length(); n > 0 {
			t.Errorf("%s has %d buttons that do nothing", p, n)
		}
	}
	for _, p := range []string{"/cases/" + key + "/release", "/sources/eping/run", "/quarantine/q1/replay"} {
		r.submit(p, url.Values{"seq": {"1"}}, http.StatusUnprocessableEntity)
	}
}

func TestMailsAreRead(t *testing.T) {
	r := newRig(t, true, func(d *Deps) {
		d.Mail = func(_ context.Context, key string) (io.ReadCloser, error) {
			if key == "other" {
				return nil, trade.ErrNotFound
			}
			return io.NopCloser(strings.NewReader("Subject: helmets\r\nFrom: c@example.org\r\n\r\nDear <firm>")), nil
		}
	})
	r.seed()
	for _, key := range []string{"sent", "other"} {
		put(t, r.bus.Deliveries, key, trade.Delivery{Key: key, Subscriber: "S1", Channel: "email", Family: family, Release: 1, State: trade.Accepted})
	}
	waitFor(t, "the deliveries", func() bool { return r.view.Counts().Deliveries["accepted"] == 2 })
	r.shows("/deliveries", "甲厂信箱", "邮件")
	r.shows("/deliveries/sent", "helmets", "Dear <firm>", "已送达渠道")
	if r.page("/deliveries/other", 200).Find("#mail").Length() > 0 {
		t.Error("a mail that is not kept is shown")
	}
	resp, err := r.browser.Get(r.url + "/deliveries/sent/mail")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("Content-Type") != "message/rfc822" || !strings.Contains(resp.Header.Get("Content-Disposition"), "sent.eml") {
		t.Errorf("the mail's file: %v", resp.Header)
	}
	r.page("/deliveries/other/mail", http.StatusNotFound)
}

func TestAnAnswerIsRecordedOnTheCasePage(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	doc := r.press(r.page("/cases/"+key, 200), "/respond", url.Values{"exporter": {"E1"}, "product": {"P1"}, "kind": {"not_relevant"}, "code": {"other_goods"}, "reason": {"只做自行车头盔"}}, 200)
	if text := doc.Text(); !strings.Contains(text, "反馈已记录") || !strings.Contains(text, "不是同类商品：只做自行车头盔") {
		t.Errorf("the page says\n%s", text)
	}
	doc = r.press(doc, "/respond", url.Values{"exporter": {"E9"}, "kind": {"receipt"}}, 422)
	if !strings.Contains(doc.Text(), "没有登记这家企业") {
		t.Error("a firm that nobody knows was taken")
	}
}
