package console

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// bulletinBody is a bulletin with everything on it.
func (s sample) bulletinBody() *bulletinBody {
	n := s.notice()
	paper := trade.Paper{Notice: "n", ID: s.text, Symbols: []string{s.text}, Kind: trade.KindNew, Published: s.text, Title: s.text, Products: s.text, Dates: s.dates()}
	touched := []triage.Touched{{Exporter: s.firms()[0].Exporter, Products: []triage.TouchedProduct{{Product: s.firms()[0].Products[0].Product, Match: s.firms()[0].Products[0].Match}}}}
	c := s.caseBody().Case
	c.Exporters, c.Direct = 4, 5
	for _, p := range []string{"brief", "goods"} {
		c.Overrides = append(c.Overrides, trade.Override{Audience: "public", Part: p, Lang: "zh", Text: s.text, Facts: "old", By: s.text, At: s.text})
	}
	facts := triage.BulletinFacts{Case: c, Family: &trade.Family{ID: s.text, Papers: []trade.Paper{paper, paper}}, Latest: &n, Firms: touched, MoreFirms: 2, Changed: []trade.Text{s.t()}, Config: triage.DefaultConfig(), Now: now, Releases: []triage.Issue{{Number: s.text, Release: 1, Level: s.text, By: s.text, At: s.text}}}
	return &bulletinBody{
		BulletinDetail: view.BulletinDetail{Seq: 7, Bulletin: triage.BulletinOf(facts, triage.Public), Case: c}, Key: "k", Lang: "zh", Writable: true,
		Open: &opening{Release: 1, Why: s.text}, Earlier: []opened{{trade.Publication{Release: 1, Withdrawn: s.text}, "/bulletins/k/1"}}, Part: "measure", Yours: s.text, Conflict: true, Refused: s.text,
	}
}

func TestABulletinIsRewrittenPartByPart(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	page := "/cases/" + key + "/bulletin"
	if href := r.page("/cases/"+key, 200).Find(`a[href="` + page + `"]`); href.Length() != 1 {
		t.Error("the case does not lead to its bulletin")
	}
	r.shows(page, "技术性贸易措施预警通报", "草稿，尚未发布", "甲头盔厂", "一、标题、等级与编号", "十四、签发与审核", "自 2026-01-08 起 60 天", "2026-02-24")
	r.shows(page+"?lang=en", "Internal bulletin: trade measure warning", "14. Issued and reviewed by", "60 days from 2026-01-08")
	r.page(page+"?lang=zh", 200)
	public := r.page(page+"?audience=public", 200)
	if text := public.Find("article").Text(); strings.Contains(text, "甲头盔厂") || !strings.Contains(text, "不列数字") {
		t.Errorf("the public notice says\n%s", text)
	}
	r.page(page+"?audience=all", http.StatusUnprocessableEntity)
	r.page("/cases/none/bulletin", http.StatusNotFound)

	mine := r.page(page, 200)
	doc := r.press(mine, "/bulletin/brief", url.Values{"text": {"人工写的提示\n第二行"}, "reason": {"更清楚"}}, 200)
	if part := doc.Find("#part-brief .prose").First().Text(); part != "人工写的提示\n第二行" || !strings.Contains(doc.Text(), "这一部分已保存") {
		t.Errorf("after rewriting: %q", part)
	}
	if e, err := r.bus.Cases.Get(t.Context(), key); err != nil || e.Value.History[0].By != "演示 lead" || !strings.Contains(e.Value.History[0].Reason.ZH, "更清楚") {
		t.Errorf("the history: %+v, %v", e.Value.History, err)
	}
	if strings.Contains(r.page(page+"?audience=public", 200).Text(), "人工写的提示") {
		t.Error("what was written for departments is on the public notice")
	}
	doc = r.press(mine, "/bulletin/brief", url.Values{"text": {"我的提示"}, "reason": {"r"}}, http.StatusConflict)
	for _, w := range []string{"我的提示", "人工写的提示", "已被他人或系统更新"} {
		if !strings.Contains(doc.Text(), w) {
			t.Errorf("after the conflict the page does not show %q", w)
		}
	}
	doc = r.press(r.page(page, 200), "/bulletin/goods", url.Values{"text": {"没有理由的改写"}, "reason": {" "}}, http.StatusUnprocessableEntity)
	if got := doc.Find("#part-goods textarea").Text(); got != "没有理由的改写" || !strings.Contains(doc.Text(), "请填写理由") {
		t.Errorf("a refused text is lost: %q", got)
	}
	put(t, r.bus.Exporters, "none-of-these", trade.Exporter{ID: "E9", Name: "乙"})
	e, _ := r.bus.Families.Get(t.Context(), key)
	e.Value.Papers[0].Title, e.Value.Matches = "Bicycle bells", nil
	if _, err := r.bus.Families.Put(t.Context(), key, e.Value, e.Seq); err != nil {
		t.Fatal(err)
	}
	c, _ := r.bus.Cases.Get(t.Context(), key)
	c.Value.Exporters, c.Value.Direct = 0, 0
	if _, err := r.bus.Cases.Put(t.Context(), key, c.Value, c.Seq); err != nil {
		t.Fatal(err)
	}
	doc = r.page(page, 200)
	if !strings.Contains(doc.Find("#part-brief").Text(), "改写之后事实有变化") {
		t.Error("the facts changed, and the part is not marked")
	}
	doc = r.press(doc, "/bulletin/brief/restore", url.Values{"reason": {"按事实"}}, 200)
	if part := doc.Find("#part-brief").Text(); strings.Contains(part, "人工写的") || !strings.Contains(part, "登记库中没有") {
		t.Errorf("after taking back: %s", part)
	}
}

// stranger reads an address without a session.
func (r *rig) stranger(path string) (int, *goquery.Document) {
	r.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, r.read("GET "+path, resp, resp.StatusCode)
}

func TestStrangersReadWhatWasPublishedAndNothingElse(t *testing.T) {
	r := newRig(t, false, nil)
	key, _ := r.seed()
	r.submit("/sign-in", url.Values{"token": {testToken}, "next": {"/"}}, 200)
	page, open := "/cases/"+key+"/bulletin?audience=public", "/bulletins/"+key+"/1"
	hidden := func(when string) {
		t.Helper()
		var first string
		for _, path := range []string{open, "/bulletins/" + key + "/0", "/bulletins/" + key + "/2", "/bulletins/" + key + "/x", "/bulletins/" + trade.FamilyKey("other") + "/1", "/bulletins/*/1", "/bulletins/a.b/1", "/bulletins/" + key, "/bulletins/"} {
			status, doc := r.stranger(path)
			if text := doc.Find("main").Text(); status != http.StatusNotFound || first != "" && text != first {
				t.Errorf("%s, %s: %d %s", when, path, status, text)
			} else {
				first = text
			}
		}
	}
	hidden("before the release")
	if doc := r.page(page, 200); doc.Find(`form[action$="/publish"]`).Length() > 0 || !strings.Contains(doc.Text(), "请先在研判页发布预警") {
		t.Error("a case that is not released can be published")
	}
	r.press(r.page("/cases/"+key, 200), "/release", nil, 200)
	waitFor(t, "the release to be seen", func() bool { return r.view.Counts().Warnings == 1 })
	hidden("released, not published")
	stale := r.page(page, 200)
	r.press(r.page(page, 200), "/bulletin/brief", url.Values{"text": {"请甲头盔厂注意"}, "reason": {"r"}}, 200)
	if doc := r.page(page, 200); !strings.Contains(doc.Text(), "出现企业名称“甲头盔厂”") || doc.Find(`form[action$="/publish"]`).Length() > 0 {
		t.Error("a notice that names a firm may be published")
	}
	r.press(stale, "/publish", url.Values{"reason": {"公开"}}, http.StatusConflict)
	hidden("after a conflict")
	r.press(r.page(page, 200), "/bulletin/brief", url.Values{"text": {"公开的提示"}, "reason": {"r"}}, 200)
	r.press(r.page(page, 200), "/publish", url.Values{"reason": {"公开"}}, 200)
	status, doc := r.stranger(open)
	text := doc.Find("main").Text()
	if status != 200 || !strings.Contains(text, "公开的提示") || !strings.Contains(text, "技术性贸易措施预警通告") || strings.Contains(text, "甲头盔厂") || strings.Contains(text, "token abcdefgh") {
		t.Errorf("the public page: %d\n%s", status, text)
	}
	if doc.Find("form, main details, nav").Length() > 0 {
		t.Error("strangers are shown what is for staff")
	}
	r.press(r.page(page, 200), "/bulletin/brief", url.Values{"text": {"后来的提示"}, "reason": {"r"}}, 200)
	if _, doc := r.stranger(open); strings.Contains(doc.Text(), "后来的提示") {
		t.Error("what is public changed afterwards")
	}
	r.press(r.page(page, 200), "/withdraw", url.Values{"reason": {"有误"}}, 200)
	if p, err := r.view.Published(t.Context(), key, 1); err != nil || p.Withdrawn == "" || len(p.Bulletin.Parts) > 0 {
		t.Errorf("a withdrawn notice is still handed out: %v, parts: %d", err, len(p.Bulletin.Parts))
	}
	if status, doc := r.stranger(open); status != 200 || !strings.Contains(doc.Text(), "通告已撤回") || strings.Contains(doc.Text(), "提示") || strings.Contains(doc.Text(), "2026-0001") {
		t.Errorf("after withdrawing: %d\n%s", status, doc.Text())
	}
}

// The file for word processors says what the page says.
func TestTheFileSaysWhatTheBulletinSays(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	r.press(r.page("/cases/"+key+"/bulletin", 200), "/bulletin/advice", url.Values{"text": {"人工建议 <b>\n第二行"}, "reason": {"r"}}, 200)
	for _, c := range []struct {
		to   triage.Audience
		lang string
	}{{triage.Internal, "zh"}, {triage.Internal, "en"}, {triage.Public, "zh"}, {triage.Public, "en"}} {
		var files [2][]byte
		for i := range files {
			resp, err := r.browser.Get(r.url + "/cases/" + key + "/bulletin.docx?audience=" + string(c.to) + "&lang=" + c.lang)
			if err != nil {
				t.Fatal(err)
			}
			files[i], _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != 200 || !strings.HasSuffix(resp.Header.Get("Content-Disposition"), string(c.to)+"-"+c.lang+`.docx"`) {
				t.Fatalf("%v: %d %v", c, resp.StatusCode, resp.Header)
			}
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%v: the same bulletin gives other bytes", c)
		}
		d, err := r.view.Bulletin(t.Context(), key, c.to)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i, p := range d.Bulletin.Parts {
			want = append(want, nth(i+1, c.lang)+p.Heading.In(c.lang))
			if own := p.In(c.lang); own != nil {
				want = append(want, own.Text)
			} else {
				want = append(want, p.Plain(c.lang))
			}
		}
		flat := strings.NewReplacer("\n", "", " | ", "")
		if got := wordText(t, files[0]); !strings.HasSuffix(got, flat.Replace(strings.Join(want, ""))) || !strings.Contains(got, d.Bulletin.Headline.In(c.lang)) {
			t.Errorf("%v: the file says\n%s\nwant\n%s", c, got, strings.Join(want, "\n"))
		}
		if c.to == triage.Public && strings.Contains(wordText(t, files[0]), "甲头盔厂") {
			t.Error("the public file names a firm")
		}
	}
}

// wordText is all text of a file, read by itself.
func wordText(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = part.Close() }()
	var out strings.Builder
	for d, inside := xml.NewDecoder(part), false; ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			inside = e.Name.Local == "t"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				out.Write(e)
			}
		}
	}
}

func TestNumbersOfParts(t *testing.T) {
	for i, want := range map[int]string{1: "一、", 10: "十、", 11: "十一、", 14: "十四、"} {
		if got := nth(i, "zh"); got != want {
			t.Errorf("%d is %q", i, got)
		}
	}
}
