package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What the centre's people do all day, in a real browser: see what waits, read
// why, release, look where it went, dismiss, reword, search.
func TestBrowserInTheDemo(t *testing.T) {
	t.Parallel()
	s := serveChild(t, t.TempDir(), "--demo")
	until(t, 30*time.Second, "the first notices have arrived", func() bool {
		c := s.counts()
		return c.Cases["open"] > 3 && c.Deliveries["accepted"] > 5 && s.settled()
	})
	b := newBrowser(t, s.url)
	b.open("/")
	b.shows("总览", "等待研判", "待办队列", "演示")
	b.click(`a.card[href="/cases"]`)
	b.shows("只有“很可能”的匹配，由人员判断")
	b.open("/cases?state=open")

	key := b.release()
	b.readMail(key)
	b.dismiss()
	b.reword()
	b.searchInEnglish()
	b.shots(map[string]string{
		"overview": "/", "cases": "/cases", "case": b.first("/cases"), "released": "/cases/" + key, "notices": "/notices", "notice": b.first("/notices"),
		"warnings": "/warnings", "warning": b.first("/warnings"), "deliveries": "/deliveries", "delivery": b.first("/deliveries"), "sources": "/sources",
		"quarantine": "/quarantine", "quarantined": b.first("/quarantine"), "registry": "/registry", "firm": "/registry?exporter=EX001",
		"explain": "/explain", "explained": "/explain?notice=G/TBT/N/VNM/349&exporter=EX014",
	})
}

// release opens the first case that waits for a person, reads the evidence,
// releases it, and returns the case's key.
func (b *browser) release() string {
	b.click(".row-title")
	key := strings.TrimPrefix(b.path(), "/cases/")
	headline := b.text("h1")
	if ask[int](b, "document.querySelectorAll('.firm:not([open])').length") > 0 { // few firms are unfolded from the start
		b.do("unfold a firm", chromedp.Click(chromedp.CSS(".firm:not([open]) summary")))
	}
	if why := b.text(".firm[open] .evidence ul"); why == "" {
		b.Error("an unfolded firm shows no evidence")
	}
	const remark = "与企业电话核实"
	b.fill(`form[action$="/release"] input[name=reason]`, remark)
	b.click(`form[action$="/release"] button`)
	b.shows("预警已发布，通知正在送出。", remark, headline)
	if b.text(".page-head .state-released") == "" {
		b.Error("the case does not show as released")
	}
	until(b.T, stepWithin, "somebody was told", func() bool {
		b.open("/cases/" + key)
		return strings.Contains(b.text("table:has(a[href^='/deliveries/'])"), "已送达渠道")
	})
	return key
}

// readMail finds a mail about a case in the list of deliveries and reads it.
func (b *browser) readMail(key string) {
	headline := b.text("h1")
	symbol := ask[string](b, `(document.body.innerText.match(/G\/(TBT|SPS)\/N\/[A-Z]+\/\d+|SR\/\d+\/\d+/) || [""])[0]`)
	b.click(`nav a[href="/deliveries"]`)
	b.click(`tr:has(a[href="/warnings/` + key + `/1"]) a[href$="#mail"]`)
	if letter := b.text(".letter"); symbol == "" || !strings.Contains(letter, symbol) || !strings.Contains(b.text("#mail dl"), "Message-ID") {
		b.Errorf("the mail about %q (%s) reads %.400s", headline, symbol, letter)
	}
	b.click(`.page-head a[href="/warnings/` + key + `/1"]`)
	b.shows(headline, "对象与依据")
}

// dismiss judges a case irrelevant and finds the reason in its history.
func (b *browser) dismiss() {
	const reason = "仅涉及整车，本市无此产品"
	b.open("/cases?state=open")
	b.click(".row-title")
	page := b.path()
	b.fill(`form[action$="/dismiss"] input[name=reason]`, reason)
	b.click(`form[action$="/dismiss"] button`)
	b.shows("已判为不涉及。", reason, "重新打开")
	b.open("/cases?state=irrelevant")
	if link := ask[string](b, "document.querySelector('.row-title').getAttribute('href')"); link != page {
		b.Errorf("the dismissed cases show %s, not %s", link, page)
	}
}

// reword changes a headline; the case then says that a person did.
func (b *browser) reword() {
	const headline = "人工改写的标题：请先看测试要求"
	b.open("/cases?state=open")
	b.click(".row-title")
	b.do("unfold the form", chromedp.Click(chromedp.CSS(".edit summary")))
	b.fill("input[name=headline_zh]", headline)
	b.click(".edit button")
	b.shows("已保存。", "人工编辑")
	if h1 := b.text("h1"); h1 != headline {
		b.Errorf("the headline is %q", h1)
	}
}

// searchInEnglish switches the language, which stays, and searches.
func (b *browser) searchInEnglish() {
	b.click(".who a[lang=en]")
	b.shows("Headline and summary", "Release the warning")
	b.click(`nav a[href="/notices"]`)
	b.shows("Symbol, or words of title or text", "Quarantine")
	all := ask[int](b, "document.querySelectorAll('.row').length")
	b.fill("main input[name=q]", "helmets")
	b.click(".filter button")
	found := ask[[]string](b, "Array.from(document.querySelectorAll('.row')).map(e => e.innerText.toLowerCase())")
	if len(found) == 0 || len(found) >= all {
		b.Errorf("%d of %d notices are found", len(found), all)
	}
	if !slices.ContainsFunc(found, func(row string) bool { return strings.Contains(row, "helmets") }) { // others have the word in their text
		b.Errorf("a search for helmets finds %q", found)
	}
	b.click(".who a[lang=zh-CN]")
	b.shows("通报")
}

// first is the address of the first record that a list leads to.
func (b *browser) first(list string) string {
	b.open(list)
	return ask[string](b, "document.querySelector('.row-title, tbody a').getAttribute('href')")
}
