package console

import (
	"net/url"
	"strings"
	"testing"

	"tbtwatch/internal/search"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// pieces are a text of which the middle was asked for.
func (s sample) pieces() []view.Piece {
	return []view.Piece{{Text: s.text}, {Text: s.text, Hit: true}, {Text: s.text}}
}

func (s sample) searchBody() searchBody {
	p, one := s.pieces(), [][]view.Piece{s.pieces()}
	b := searchBody{Text: s.text, Kind: view.SearchCases, Asked: true, All: "/search?q=1", Page: view.SearchPage{
		Index: search.State{Open: true, Done: 3, Of: 105_000}, Cut: true, Slow: true,
		Cases:     view.SearchGroup[view.CaseRow]{Total: 1, Hits: []view.SearchHit[view.CaseRow]{{Row: s.caseRow(), Titles: [][]view.Piece{p, p}, Snippet: p}, {Row: s.caseRow()}}},
		Notices:   view.SearchGroup[view.NoticeRow]{Total: 1, Hits: []view.SearchHit[view.NoticeRow]{{Row: s.noticeRow(), Titles: one, Snippet: p}, {}}},
		Standards: view.SearchGroup[view.StandardRow]{Total: 1, Hits: []view.SearchHit[view.StandardRow]{{Row: s.standardRow()}}},
		Warnings:  view.SearchGroup[view.WarningRow]{Total: 9000, Hits: []view.SearchHit[view.WarningRow]{{Row: s.warningRow(), Titles: [][]view.Piece{p, p}, Snippet: p}}},
	}}
	for _, name := range view.SearchKinds {
		b.Groups = append(b.Groups, searchGroup{name, 9000, "/search?q=1&offset=30"})
	}
	return b
}

// What was asked for is marked, and stays text: in the query, titles and
// snippets.
func TestSearchPageShowsText(t *testing.T) {
	s := bareSite()
	evil := sample{`<b>&amp;</b> 摩托车`}.searchBody()
	page, err := s.execute("zh", "search", frame{Lang: "zh", Title: "search", Here: "/search?", Body: evil})
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if strings.Contains(text, "<b>") || !strings.Contains(text, "<mark>&lt;b&gt;&amp;amp;&lt;/b&gt; 摩托车</mark>") {
		t.Errorf("the page does not show the hit as text")
	}
	for _, want := range []string{"已读入 3 条记录，共 105,000 条", "只按前 200 个字符", "超过两秒"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Without an index the page says so and finds what lists show.
func TestSearchPage(t *testing.T) {
	st := newRig(t, true, nil)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"q=", []string{"可输入中文"}},
		{"q=" + url.QueryEscape("…"), []string{"没有可搜索的文字或数字"}},
		{"q=zzzzzz", []string{"没有找到同时包含", "没有全文索引"}},
		{"q=zzzzzz&lang=en", []string{"No case, notice", "no full-text index"}},
		{"q=" + url.QueryEscape(`"><script>`) + "&kind=warnings&lang=zh&offset=99999999999999999999", []string{"没有找到同时包含"}},
		{"q=G/TBT&kind=nothing", []string{"搜索"}},
	} {
		st.shows("/search?"+c.query, c.want...)
	}
}

func TestTitleInTheReadersLanguage(t *testing.T) {
	zh, en := []view.Piece{{Text: "中"}}, []view.Piece{{Text: "en"}}
	for _, c := range []struct {
		lang   string
		titles [][]view.Piece
		want   string
	}{{"zh", [][]view.Piece{zh, en}, "中"}, {"en", [][]view.Piece{zh, en}, "en"}, {"en", [][]view.Piece{zh, nil}, "中"}, {"zh", [][]view.Piece{nil, en}, "en"}, {"en", [][]view.Piece{zh}, "中"}} {
		if got := titleIn(c.lang, c.titles); len(got) != 1 || got[0].Text != c.want {
			t.Errorf("%s of %v: %v", c.lang, c.titles, got)
		}
	}
	if titleIn("zh", nil) != nil || (trade.Text{}).In("zh") != "" {
		t.Error("no title has a language")
	}
}

func TestSearchGroupsLeadOn(t *testing.T) {
	p := view.SearchPage{Notices: view.SearchGroup[view.NoticeRow]{Total: 100}, Cases: view.SearchGroup[view.CaseRow]{Total: 2}}
	got := searchGroups("a b", view.SearchQuery{Limit: searchRows}, &p)
	if len(got) != 2 || got[0].Name != view.SearchCases || got[0].Next != "" || got[1].Next != "/search?kind=notices&q=a+b" {
		t.Errorf("all groups: %+v", got)
	}
	got = searchGroups("a b", view.SearchQuery{Kind: view.SearchNotices, Offset: 30, Limit: 30}, &p)
	if got[1].Next != "/search?kind=notices&offset=60&q=a+b" {
		t.Errorf("one group: %+v", got)
	}
	if got = searchGroups("a", view.SearchQuery{Kind: view.SearchNotices, Offset: 90, Limit: 30}, &p); got[1].Next != "" {
		t.Errorf("the last part leads on to %s", got[1].Next)
	}
}
