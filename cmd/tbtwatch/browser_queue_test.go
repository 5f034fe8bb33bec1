package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A morning at the queue, without a mouse: narrow it, keep the view, walk down,
// open a case, take it, grade it, take that back, release it and read the mail;
// then several cases at once.
func TestBrowserAtTheQueue(t *testing.T) {
	t.Parallel()
	s := serveChild(t, t.TempDir(), "--demo")
	until(t, 60*time.Second, "a follow-up has arrived", func() bool { return updates(s) > 0 })
	s.readSources() // so that no case comes while others are counted
	b := newBrowser(t, s.url)
	b.open("/cases?state=open&grade=likely")
	b.keeps("很可能的")
	b.walks()
	key := b.decides()
	b.readMail(key)
	b.recodes(key)
	b.picks()
}

// recodes sets other codes for a case after a look at whom that changes, and
// gives them back.
func (b *browser) recodes(key string) {
	b.open("/cases/" + key)
	before := b.text(".page-head")
	b.key("c")
	b.shows("最新文件所载与推断")
	b.fill("textarea[name=hs]", "0902")
	b.fill("textarea[name=ics]", "67.140.10")
	b.click(`button[value=preview]`)
	b.shows("尚未保存", "移出")
	b.expected = append(b.expected, "Failed to load resource: the server responded with a status of 422")
	if b.click(`button[value=save]`); !strings.Contains(b.text("[role=alert]"), "请填写理由") {
		b.Errorf("codes are saved without a reason: %s", b.text("main"))
	}
	b.fill("input[name=reason]", "附件写的是茶叶")
	b.click(`button[value=preview]`)
	b.click(`button[value=save]`)
	b.shows("编码已保存", "附件写的是茶叶")
	b.open("/cases/" + key + "/codes")
	b.click(`button[value=reset]`)
	until(b.T, stepWithin, "the case is as before", func() bool {
		b.open("/cases/" + key)
		return b.text(".page-head") == before
	})
}

// keeps saves what the queue shows as a view and finds it again.
func (b *browser) keeps(name string) {
	all := ask[int](b, "document.querySelectorAll('.row').length")
	b.fill(`form[action="/cases/views"] input[name=name]`, name)
	b.key("\r")
	b.shows("视图已保存。", "★ "+name)
	b.open("/cases")
	b.click(`nav a[href*="grade=likely"]`)
	if n := ask[int](b, "document.querySelectorAll('.row').length"); n != all || n == 0 {
		b.Errorf("the view shows %d cases, before it was kept %d", n, all)
	}
}

// walks goes through the rows and opens one of them.
func (b *browser) walks() {
	focused := func() int {
		return ask[int](b, "[...document.querySelectorAll('.row-title')].indexOf(document.activeElement)")
	}
	for _, step := range []struct {
		key string
		at  int
	}{{"j", 0}, {"j", 1}, {"j", 2}, {"k", 1}, {"x", 1}} {
		b.types(step.key)
		if at := focused(); at != step.at {
			b.Fatalf("after %s row %d has the focus, not %d", step.key, at, step.at)
		}
	}
	if n := ask[int](b, "document.querySelectorAll('.row:nth-child(2) .pick :checked').length"); n != 1 {
		b.Errorf("x picked %d cases", n)
	}
	b.types("/")
	b.types("jjj") // into the search box now
	if text := ask[string](b, "document.querySelector('main input[type=search]').value"); !strings.HasSuffix(text, "jjj") {
		b.Errorf("the search box holds %q", text)
	}
	b.types("\x1b") // Escape gives the keys back
	b.types("j")
	b.key("\r")
}

// decides takes a case, grades it, takes that back, releases it, and returns
// its key.
func (b *browser) decides() string {
	key := strings.TrimPrefix(b.path(), "/cases/")
	level := b.text(".page-head .level")
	b.key("a")
	b.shows("经办人已更新。", "经办：演示 lead")
	b.do("choose a level", chromedp.SetValue(chromedp.CSS(`select[name=level]`), "red"))
	b.fill(`form[action$="/grade"] input[name=reason]`, "龙头企业停产风险")
	b.key("\r")
	b.shows("等级已更新", "龙头企业停产风险", "按规则为")
	if now := b.text(".page-head .level"); now == level || now != "红色" {
		b.Errorf("the level was %s and is %s", level, now)
	}
	b.key("u")
	b.shows("上一步已撤销。")
	if now := b.text(".page-head .level"); now != level {
		b.Errorf("taken back the level is %s, not %s", now, level)
	}
	b.types("p")
	b.key("\r")
	b.shows("预警已发布，通知正在送出。")
	until(b.T, stepWithin, "somebody was told", func() bool {
		b.open("/cases/" + key)
		return strings.Contains(b.text("table:has(a[href^='/deliveries/'])"), "已送达渠道")
	})
	return key
}

// picks dismisses two cases at once, after a look at what that does.
func (b *browser) picks() {
	b.open("/cases?state=open")
	waiting := ask[int](b, "document.querySelectorAll('.row').length")
	b.types("jxjxb")
	b.do("choose", chromedp.SetValue(chromedp.CSS("select[name=do]"), "dismiss"))
	b.click(".bulk button")
	b.shows("判为不涉及需要理由。", "2 件可以执行，共勾选 2 件")
	b.fill("input[name=reason]", "只涉及整车")
	b.click("main form button")
	b.shows("已执行，结果如下")
	b.open("/cases?state=open")
	if left := ask[int](b, "document.querySelectorAll('.row').length"); left != waiting-2 {
		b.Errorf("of %d cases %d are left", waiting, left)
	}
}

// types presses keys that lead to no other page.
func (b *browser) types(keys string) {
	b.Helper()
	b.do("type "+keys, chromedp.KeyEvent(keys))
}

// key presses a key that leads to another page.
func (b *browser) key(key string) int64 {
	b.Helper()
	return b.load("press "+key, func(ctx context.Context, t *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, chromedp.KeyEvent(key))
	})
}
