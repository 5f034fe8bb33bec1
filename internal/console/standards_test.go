package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

func (s sample) compared() trade.Comparison {
	return trade.Comparison{Standard: s.text, Domestic: s.text, Foreign: s.text, Gap: s.text}
}

func (s sample) newer() *view.NewerEdition {
	return &view.NewerEdition{Name: s.text, Measure: "2023", Product: "2017"}
}

func (s sample) standardMeasure() view.StandardMeasure {
	return view.StandardMeasure{FamilyKey: "k", NoticeKey: "n", Notice: s.text, Headline: s.t(), Markets: []string{"BR", s.text}, State: trade.CaseReleased, Published: "2026-03-01", Due: "2026-04-01", Forms: []string{s.text, s.text}, Newer: s.newer()}
}

func (s sample) standardRow() view.StandardRow {
	m := s.standardMeasure()
	return view.StandardRow{Key: "k", Name: s.text, Body: s.text, BodyName: s.t(), Measures: 1234, Products: 56789, Latest: &m}
}

func (s sample) standards() standardsBody {
	row := s.standardRow()
	return standardsBody{Text: s.text, Body: s.text, Named: view.NamedByBoth, Sides: sides, Next: "/standards?offset=50", Page: view.StandardPage{
		Rows: []view.StandardRow{row, {Key: "o", Name: s.text, Body: view.OtherBody, BodyName: s.t(), Products: 1}}, Total: 2,
		Bodies: []view.BodyStandard{{Body: s.text, Name: s.t(), Standards: 9}, {Body: view.OtherBody, Name: s.t(), Standards: 1}},
	}}
}

func (s sample) standard() standardBody {
	nocase := s.standardMeasure()
	nocase.State, nocase.Newer = "", nil
	firm := view.StandardExporter{Exporter: trade.Exporter{ID: s.text, Name: s.text, District: s.text}, Products: 9, Some: []trade.Product{{ID: s.text}, {NameZH: s.text}}, Forms: []string{s.text, s.text}, Newer: s.newer()}
	return standardBody{NextNaming: "/standards/k?measures=25", NextClaiming: "/standards/k?firms=25", StandardDetail: view.StandardDetail{
		StandardRow: s.standardRow(), Forms: []view.StandardForm{{Name: s.text, Edition: "2017", Measures: 1, Products: 2}, {Name: s.text}}, Related: []view.StandardRow{s.standardRow()},
		Naming: []view.StandardMeasure{s.standardMeasure(), nocase}, Claiming: []view.StandardExporter{firm}, Exporters: 30,
	}}
}

// A name with markup is shown as it is, and leads nowhere else.
func TestHostileNamesOfStandardsStayText(t *testing.T) {
	s := bareSite()
	for name, body := range map[string]any{"standards": sample{hostile}.standards(), "standard": sample{hostile}.standard()} {
		for _, lang := range languages {
			text, err := s.execute(lang, name, frame{Lang: lang, Title: "nav.standards", Body: body})
			if err != nil {
				t.Fatal(err)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Find("th[scope=row]").First().Text(); !strings.HasPrefix(got, string(undirected([]byte(hostile)))) {
				t.Errorf("%s: the name is shown as %q", name, got)
			}
			if doc.Find("main script, main img").Length() > 0 {
				t.Errorf("%s: markup of a name became markup of the page", name)
			}
		}
	}
}

// seedStandards adds to the seed what names standards.
func (r *rig) seedStandards() (caseKey string) {
	caseKey, noticeKey := r.seed()
	e, err := r.bus.Notices.Get(r.t.Context(), noticeKey)
	if err != nil {
		r.t.Fatal(err)
	}
	n := e.Value
	n.Description = "Helmets shall comply with UN Regulation No. 22.06 and with ABNT NBR 7471:2023"
	if _, err := r.bus.Notices.Put(r.t.Context(), noticeKey, n, e.Seq); err != nil {
		r.t.Fatal(err)
	}
	old := trade.Product{ID: "P1", Exporter: "E1"}
	known, err := r.bus.Products.Get(r.t.Context(), old.Key())
	if err != nil {
		r.t.Fatal(err)
	}
	p := known.Value
	p.Standards = []string{"ECE R22.05", "<i>一号</i>"}
	if _, err := r.bus.Products.Put(r.t.Context(), old.Key(), p, known.Seq); err != nil {
		r.t.Fatal(err)
	}
	waitFor(r.t, "the standards to be seen", func() bool {
		row, _ := r.view.StandardOf("UN R22")
		return row.Measures == 1 && row.Products == 1
	})
	return caseKey
}

func TestTheLibraryIsRead(t *testing.T) {
	r := newRig(t, true, nil)
	r.shows("/standards", "还没有标准")
	r.shows("/standards?lang=en", "No standard yet")
	caseKey := r.seedStandards()
	r.shows("/standards?lang=zh", "UN R22", "联合国世界车辆法规协调论坛", "巴西新措施：头盔", "<i>一号</i>", "未识别的标准名称", "仅措施引用")
	r.shows("/standards?lang=en", "UN R22", "WP.29", "Brazil: helmets", "Not recognised as a standard", "Only measures")
	doc := r.page("/standards?q=ece+r22.06", http.StatusOK)
	if rows := doc.Find("tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "UN R22") {
		t.Errorf("ece r22.06 finds %q", rows.Text())
	}
	r.shows("/standards?q=ISO+1", "Nothing fits")
	if rows := r.page("/standards?named=measures&body=ABNT+NBR", http.StatusOK).Find("tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "ABNT NBR 7471") {
		t.Errorf("what only measures name: %q", rows.Text())
	}
	link := doc.Find("tbody th a").AttrOr("href", "")
	r.shows(link+"?lang=zh", "UN R22", "引用它的措施 1 项 · 声明符合的产品 1 项 · 企业 1 家", "措施引用 06 版，产品声明 05 版", "甲头盔厂", "摩托车头盔", "江北", family, "待研判")
	r.shows(link+"?lang=en", "named by 1 measure · claimed by 1 product of 1 firm", "measure cites 06, product claims 05", "Brazil: helmets", "days left")
	detail := r.page(link, http.StatusOK)
	for _, to := range []string{"/cases/" + caseKey, "/registry?exporter=E1"} {
		if detail.Find(`main a[href="`+to+`"]`).Length() == 0 {
			t.Errorf("the standard does not lead to %s", to)
		}
	}
	r.shows(link+"?measures=25&firms=25", "There is no further entry")
	r.page("/standards/aaaa", http.StatusNotFound)
	r.shows("/cases/"+caseKey+"?lang=zh", "UN R22.06", "措施引用 06 版，产品声明 05 版", "ABNT NBR 7471:2023", "还没有比对记录")
	if r.page("/cases/"+caseKey, http.StatusOK).Find(`main a[href="`+link+`"]`).Length() == 0 {
		t.Error("the case does not lead to the library")
	}
}

// compare fills the form for a further comparison, the page's last one.
func (r *rig) compare(doc *goquery.Document, fields url.Values, status int) *goquery.Document {
	r.t.Helper()
	form := doc.Find(`form[action$="/compare"]`).Last()
	fields.Set("seq", form.Find("[name=seq]").AttrOr("value", ""))
	return r.submit(form.AttrOr("action", ""), fields, status)
}

func TestComparisonsAreWrittenByPeople(t *testing.T) {
	r := newRig(t, true, nil)
	key := r.seedStandards()
	stored := func() trade.Case {
		e, err := r.bus.Cases.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return e.Value
	}
	mine, theirs := r.page("/cases/"+key, 200), r.page("/cases/"+key, 200)
	doc := r.compare(theirs, url.Values{"standard": {"UN R22"}, "domestic": {"GB 811-2022"}, "gap": {"同事的差异 <b>"}}, 200)
	if c := stored(); len(c.Comparisons) != 1 || c.Comparisons[0].Gap != "同事的差异 <b>" || c.History[len(c.History)-1].By != "演示 lead" {
		t.Fatalf("%+v", c)
	}
	for _, w := range []string{"标准比对已保存", "同事的差异 <b>", "编辑了国内外标准比对：UN R22"} {
		if !strings.Contains(doc.Text(), w) {
			t.Errorf("the page does not show %q", w)
		}
	}
	conflict := r.compare(mine, url.Values{"standard": {"UN R22"}, "gap": {"我的差异"}}, http.StatusConflict)
	for _, w := range []string{"我的差异", "同事的差异", "已被他人或系统更新"} {
		if !strings.Contains(conflict.Text(), w) {
			t.Errorf("the second writer does not see %q", w)
		}
	}
	if c := stored(); len(c.Comparisons) != 1 || c.Comparisons[0].Gap != "同事的差异 <b>" {
		t.Errorf("the second writer changed %+v", c.Comparisons)
	}
	if got := conflict.Find("form[action$='/compare'] textarea[name=gap]").Last().Text(); got != "我的差异" {
		t.Errorf("the form begins with %q, not with what was written", got)
	}
	long := strings.Repeat("长", 2001)
	refused := r.compare(conflict, url.Values{"standard": {"UN R22"}, "gap": {long}}, http.StatusUnprocessableEntity)
	if !strings.Contains(refused.Text(), "2001") || !strings.Contains(refused.Find("textarea").Text(), long) {
		t.Error("what is too long is lost, or not explained")
	}
	r.compare(refused, url.Values{"standard": {"un r22"}, "domestic": {""}, "foreign": {""}, "gap": {""}}, 200)
	if c := stored(); len(c.Comparisons) != 0 {
		t.Errorf("after the removal: %+v", c.Comparisons)
	}
}
