package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tbtwatch/internal/export"
)

// An exporter's morning: answer a warning, look at what a channel would have
// brought and try it, import a broken workbook, mend it and import it again.
func TestBrowserOfAnExporter(t *testing.T) {
	t.Parallel()
	s := serveChild(t, t.TempDir(), "--demo")
	until(t, 60*time.Second, "a follow-up has arrived", func() bool { return updates(s) > 0 })
	s.readSources()
	b := newBrowser(t, s.url)
	b.open("/?as=exporter")
	b.shows("示例江州摩托车制造有限公司", "待处理的预警", "待答复", "应对建议")
	if text := b.text("main"); strings.Contains(text, "EX002") || strings.Contains(text, "示例两岸") {
		b.Errorf("another firm shows: %s", text)
	}
	b.answers()
	b.hears()
	b.mends()
}

// answers confirms a warning, calls a product not relevant, tells what it
// costs, and comments.
func (b *browser) answers() {
	b.click("main .row-title")
	b.shows("涉及的本企业产品与依据", "您的产品", "尚未答复")
	b.click(`form:has(input[value=receipt]) button`)
	b.shows("答复已记录", "已收到")
	b.do("open the form", chromedp.Click(chromedp.CSS(".firm details summary")))
	b.do("choose a reason", chromedp.SetValue(chromedp.CSS("select[name=code]"), "not_exported"))
	b.click(".firm details button")
	b.shows("更改答复：涉及本产品", "演示 exporter", "不出口到该市场")
	b.fill("input[name=affected]", "120,000")
	b.click("#survey button")
	b.shows("受影响出口额 120000 美元")
	b.do("comment", chromedp.SendKeys(chromedp.CSS("form:has(input[value=comment]) textarea"), "过渡期太短 <script>alert(1)</script>"))
	b.click(`form:has(input[value=comment]) button`)
	b.shows("过渡期太短 <script>alert(1)</script>")
}

// hears previews and saves a subscription, tests it, and makes a calendar link.
func (b *browser) hears() {
	b.open("/my/channel")
	b.fill("input[name=address]", "second@ex001.example")
	b.click("button[value=preview]")
	b.shows("过去十二个月会收到", "最近的")
	b.click("button[value=save]")
	b.shows("second@ex001.example")
	b.click(`form[action="/my/channel/test"] button`)
	b.shows("测试消息已交给渠道")
	b.click("button[value=renew]")
	address := b.text("#feed code")
	answer, body := fetch(b.T, address)
	if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/calendar") || !strings.Contains(string(body), "BEGIN:VEVENT") {
		b.Errorf("the calendar: %s, %.300s", kind, body)
	}
	if answer, _ := fetch(b.T, strings.Replace(address, "/deadlines", "x/deadlines", 1)); answer.StatusCode != 404 {
		b.Errorf("another token: %d", answer.StatusCode)
	}
}

// mends imports a broken workbook, then its refused row mended.
func (b *browser) mends() {
	head := []string{"product_id", "name_zh", "hs", "markets"}
	b.upload("broken.xlsx", [][]string{head, {"N1", "防爆手电筒", "851310", "EU"}, {"N2", `=cmd|"/c calc"!A1`, "85x", "巴西国"}})
	b.shows("有误 1", "尚未保存", "含有非数字字符", "未知的市场", "将新增", "防爆手电筒", "已登记但不在文件中")
	if n := ask[int](b, "document.querySelectorAll('#refused tbody tr').length"); n < 1 {
		b.Errorf("%d rows of mistakes", n)
	}
	b.click(`form[action="/my/import/confirm"] button`)
	b.shows("已导入", "防爆手电筒")
	b.upload("mended.xlsx", [][]string{head, {"N2", `=cmd|"/c calc"!A1`, "851310", "巴西"}})
	b.shows("有误 0", "新增 1")
	b.click(`form[action="/my/import/confirm"] button`)
	b.shows("已导入", `=cmd|"/c calc"!A1`)
	b.open("/my/product?id=N2")
	b.fill("input[name=name_zh]", "摩托车")
	b.click("button[value=suggest]")
	b.shows("推荐", "8711", "43.140")
}

// upload gives a workbook to the import page.
func (b *browser) upload(name string, rows [][]string) {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	f, err := os.Create(path)
	if err == nil {
		err = export.WriteXLSX(f, "products", rows)
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.open("/my/import")
	b.do("choose "+name, chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{path}))
	b.click(`form[action="/my/import"] button`)
}
