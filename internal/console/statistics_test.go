package console

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// statistics has a figure of everything, with names from one text.
func (s sample) statistics() view.Statistics {
	timing := func(step, unit string, median float64) view.Timing {
		return view.Timing{Step: step, Unit: unit, Count: 3, Median: &median, P90: &median}
	}
	var response []view.Timing
	var compared []view.ResponseTime
	for i, step := range []string{view.StepSeen, view.StepJudged, view.StepByPerson, view.StepDelivered, view.StepUntilJudged, view.StepUntilDeliver} {
		unit := view.UnitHours
		if step == view.StepSeen || step == view.StepUntilJudged || step == view.StepUntilDeliver {
			unit = view.UnitDays
		}
		t := timing(step, unit, float64(i)+1.5)
		response, compared = append(response, t), append(compared, view.ResponseTime{Timing: t, Before: view.Timing{Step: step, Unit: unit}})
	}
	half, whole := 0.5, 1.0
	f := view.Statistics{
		Period: view.Period{Month: "2026-02", From: "2026-02-01", To: "2026-02-28"}, Before: view.Period{Month: "2026-01", From: "2026-01-01", To: "2026-01-31"},
		Papers: view.Compared{Count: 1200, Before: 1000}, Uncoded: view.Compared{Count: 300}, MarketsSeen: []string{"BR", s.text},
		Markets:  []view.NamedCount{{Name: "BR", Compared: view.Compared{Count: 900, Before: 1}}, {Name: s.text, Compared: view.Compared{Count: 2}}, {Compared: view.Compared{Count: 1}}},
		Sectors:  []view.NamedCount{{Name: "motorcycles", Compared: view.Compared{Count: 700}}, {Name: view.Uncoded, Compared: view.Compared{Count: 300}}, {Name: s.text, Compared: view.Compared{Count: 2}}},
		Kinds:    []view.KindCount{{Area: "TBT", Kind: trade.KindNew, Compared: view.Compared{Count: 1000, Before: 4}}, {Area: "SPS", Kind: trade.KindNew, Compared: view.Compared{Count: 150}}, {Kind: trade.Kind(s.text), Compared: view.Compared{Count: 50}}},
		Months:   []view.MonthRow{{Month: "2026-01", TBT: 1000, Response: make([]view.Timing, 6)}, {Month: "2026-02", TBT: 1000, SPS: 150, Other: 50, Uncoded: 300, Response: response}},
		Response: compared, Waiting: 7, Decisions: view.Decisions{Released: view.Compared{Count: 3}, Irrelevant: view.Compared{Count: 1, Before: 2}, ByRule: view.Compared{Count: 2}},
		Comment: view.CommentDays{Timing: timing("", view.UnitDays, 30), Lost: 90, Whole: 180, Share: &half, Expired: 1},
		Answers: []view.AnswerRow{{Relevant: 1, NotRelevant: 1, NoAnswer: 9, Share: &half}, {Rule: "hs", NotRelevant: 1, Share: &whole}, {Rule: s.text, NoAnswer: 3}},
	}
	return f
}

func TestLengthsOfPictures(t *testing.T) {
	for _, c := range []struct{ v, most, full, want float64 }{
		{0, 100, 400, 0}, {100, 100, 400, 400}, {50, 100, 400, 200}, {1, 1, 400, 400}, {1, 1e15, 400, leastDrawn}, {1e300, 1e300, 400, 400}, {2, 1, 400, 400},
		{-5, 100, 400, 0}, {5, 0, 400, 0}, {5, -1, 400, 0}, {math.NaN(), 10, 400, 0}, {5, math.NaN(), 400, 0}, {5, math.Inf(1), 400, 0}, {math.Inf(1), 10, 400, 400},
	} {
		if got := length(c.v, c.most, c.full); got != c.want {
			t.Errorf("length(%v of %v) = %v, want %v", c.v, c.most, got, c.want)
		}
	}
	for most, want := range map[float64]float64{
		-1: 1, 0: 1, .5: 1, 1: 1, 2: 2, 3: 4, 4: 4, 5: 6, 7: 10, 11: 20, 39: 40, 60: 60, 61: 100, 105000: 200000, math.NaN(): 1, math.Inf(1): 1,
	} {
		if got := niceTop(most); got != want {
			t.Errorf("niceTop(%v) = %v, want %v", most, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 500: "500", 5000: "5,000", 10000: "10k", 200000: "200k", 2e6: "2M", 1e9: "1G", 4e12: "4T"} {
		if got := axisWords(v); got != want {
			t.Errorf("axisWords(%v) = %q, want %q", v, got, want)
		}
	}
}

// Whatever the numbers are, nothing is drawn outside the picture.
func TestPicturesStayInTheirFrames(t *testing.T) {
	months := make([]monthMark, 12)
	none := math.NaN()
	for name, values := range map[string][]float64{
		"zero": {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "one": {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "huge": {1e300, 1, 1e9, 0, 1, 1, 1, 1, 1, 1, 1, 1},
		"negative": {-1, -1e9, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "gaps": {1, none, 2, 3, none, none, 4, none, 5, 6, 7, 8},
	} {
		words := make([]string, 12)
		parts := []series{{Class: "c1", Values: values, Words: words}, {Class: "c2", Values: values, Words: words}}
		for kind, c := range map[string]chart{"bars": bars("x", "", "", words, parts, words), "columns": columns("x", "", "", months, parts), "lines": lines("x", "", "", months, parts)} {
			for _, r := range c.Rects {
				if !(r.X >= 0 && r.W > 0 && r.X+r.W <= c.Width+.2 && r.Y >= 0 && r.H > 0 && r.Y+r.H <= c.Height) {
					t.Errorf("%s, %s: %+v is not within %v × %v", name, kind, r, c.Width, c.Height)
				}
			}
			for _, d := range c.Dots {
				if !(d.X >= plotLeft && d.X <= c.Width && d.Y >= plotTop && d.Y <= plotTop+plotTall) {
					t.Errorf("%s, %s: %+v is outside the plot", name, kind, d)
				}
			}
			if kind == "columns" && (len(c.Rects) == 0) != (name == "zero") {
				t.Errorf("%s: %d columns", name, len(c.Rects))
			}
		}
	}
	c := lines("x", "", "", months, []series{{Class: "c1", Values: []float64{1, none, 2, 3, none, none, 4, none, 5, 6, 7, 8}, Words: make([]string, 12)}})
	if len(c.Lines) != 2 || len(c.Dots) != 8 || strings.Count(c.Lines[1].Points, ",") != 4 {
		t.Errorf("a line with gaps: %d lines, %d dots", len(c.Lines), len(c.Dots))
	}
}

func TestHowLongInWords(t *testing.T) {
	for _, c := range []struct {
		unit string
		v    float64
		want string
	}{
		{view.UnitDays, 0, "0 天"}, {view.UnitDays, 5.5, "5.5 天"}, {view.UnitHours, 0, "0 分钟"}, {view.UnitHours, .001, "1 分钟"}, {view.UnitHours, .5, "30 分钟"}, {view.UnitHours, 1.25, "1.3 小时"}, {view.UnitHours, 47, "47 小时"}, {view.UnitHours, 60, "2.5 天"},
	} {
		if got := lasted("zh", c.unit, &c.v); got != c.want {
			t.Errorf("%v %s: %q, want %q", c.v, c.unit, got, c.want)
		}
	}
	for v, want := range map[float64]string{1: "1 day", 2.1: "2.1 days", 4: "4 days"} {
		if got := lasted("en", view.UnitDays, &v); got != want {
			t.Errorf("%v days: %q, want %q", v, got, want)
		}
	}
	if got := lasted("en", view.UnitDays, nil); got != "—" {
		t.Errorf("nothing lasts %q", got)
	}
}

// A sentence stands in the report only if its number does.
func TestSummarySaysWhatThereIs(t *testing.T) {
	full := sample{"x"}.statistics()
	for lang, want := range map[string]string{
		"zh": "2026年2月共有通报文件 1,200 件（TBT 1,000、SPS 150、其他来源 50）。比上期的 1,000 件多 200 件（20 %）。通报最多的市场：巴西 900 件、x 2 件。涉及最多的行业：摩托车及零部件 700 件、x 2 件。其中 300 件（25 %）既无海关税号也无 ICS 编码。" +
			"从通报到首次收录，中位数 1.5 天，九成不超过 1.5 天（3 件）。本期研判 4 起：发布 3、不涉及 1、关闭 0，其中按规则发布 2。从通报到研判，中位数 5.5 天，九成不超过 5.5 天（3 起）。这些措施的评议期共 180 天，研判时已过 90 天（50 %）。有 1 起在评议截止日之后才研判。从首次发布到首次送达，中位数 4.5 小时，九成不超过 4.5 小时（3 起）。截至目前，收件人对 2 项匹配作出反馈，其中 1 项不相关（50 %）。目前有 7 起等待研判。",
		"en": "February 2026: 1,200 papers (TBT 1,000, SPS 150, other sources 50). After 1,000 before, that is 200 more (20 %). Most came from: Brazil (900), x (2). Sectors most concerned: Motorcycles and parts (700), x (2). Neither HS nor ICS code: 300 (25 %). " +
			"From circulation to first storing: median 1.5 days, nine in ten within 1.5 days (3 papers). Judged: 4 cases (released 3, irrelevant 1, closed 0; of these by rule 2). From circulation to judgement: median 5.5 days, nine in ten within 5.5 days (3 cases). Of 180 days of comment periods, 90 (50 %) had gone when the cases were judged. Judged after the last day for comments: 1 case. From release to first delivery: median 4.5 hours, nine in ten within 4.5 hours (3 cases). Up to now recipients answered about 2 matches and called 1 not relevant (50 %). Waiting to be judged now: 7 cases.",
	} {
		if got := summary(lang, full); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", lang, got, want)
		}
	}
	year := view.Period{From: "2025-04-01", To: "2026-03-31", Running: true}
	if got, want := summary("zh", view.Statistics{Period: year, Market: "BR", Sector: view.Uncoded}), "范围：巴西、无编码。2025年4月至2026年3月没有通报文件。本期尚未结束，数字还会变化。"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	full.Papers.Before, full.Sector = 1500, "motorcycles"
	if got := summary("en", full); !strings.Contains(got, "that is 300 fewer (20 %)") || strings.Contains(got, "Sectors most") {
		t.Errorf("fewer in one sector: %s", got)
	}
	if full.Papers.Before = 0; strings.Contains(summary("en", full), "before") {
		t.Error("nothing before is compared with")
	}
}

func TestStatisticsAsATable(t *testing.T) {
	for _, lang := range languages {
		var out bytes.Buffer
		if err := writeStatistics(&out, lang, sample{"=HYPERLINK(\"http://example.org\",\"x\")"}.statistics()); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "statistics-"+lang+".csv")
		if *update {
			if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s differs; look at it with -update:\n%s", file, out.String())
		}
		text, marked := strings.CutPrefix(out.String(), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(rows) < 60 {
			t.Fatalf("%s: %d rows, marked %v, %v", lang, len(rows), marked, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t") {
					t.Errorf("%s: a spreadsheet would run %q", lang, cell)
				}
			}
		}
	}
}

func TestStatisticsPage(t *testing.T) {
	r := newRig(t, true, nil)
	r.shows("/statistics?lang=zh", "没有通报文件", "本期没有可统计的记录")
	r.seed()
	waitFor(t, "the paper to be counted", func() bool {
		s, err := r.view.Statistics(view.StatisticsQuery{})
		return err == nil && s.Papers.Count == 1 && s.Waiting == 1
	})
	r.shows("/statistics?month=2026-03&lang=zh", "通报统计分析", "2026年3月", "2026年3月共有通报文件 1 件", "巴西", "无编码", "通报 → 首次收录", "目前有 1 起等待研判", "上期 0", "多个市场的，各计一次")
	r.shows("/statistics?month=2026-03&lang=en", "Statistics of notices", "March 2026: 1 paper", "Brazil", "Uncoded", "Waiting to be judged now: 1 case.")
	r.shows("/statistics?month=2026-02&lang=zh", "2026年2月没有通报文件")
	r.shows("/statistics?market=BR&sector=toys&lang=zh", "范围：巴西、玩具与儿童用品", "去掉一项筛选")
	r.shows("/statistics?month=1996-01&market=XX&sector=none&lang=zh", "1996年1月没有通报文件")
	doc := r.page("/statistics?month=2026-03&lang=zh", http.StatusOK)
	doc.Find("figure.chart").Each(func(i int, f *goquery.Selection) {
		svg := f.Find("svg[role=img]")
		if f.Find(".empty").Length() > 0 {
			return
		}
		title, desc, _ := strings.Cut(svg.AttrOr("aria-labelledby", ""), " ")
		if f.Find("svg #"+title).Text() == "" || f.Find("svg #"+desc).Text() == "" || f.Find("details table tbody tr").Length() == 0 {
			t.Errorf("chart %d has no words or no table", i)
		}
	})
	if n := doc.Find("select[name=month] option[selected]").Length(); n != 1 {
		t.Errorf("%d months are chosen", n)
	}
	if text := r.page("/statistics?month=2026-3", http.StatusUnprocessableEntity).Text(); !strings.Contains(text, "月份应写作") {
		t.Errorf("a wrong month is not explained: %s", text)
	}
	resp, err := r.browser.Get(r.url + doc.Find(".filter a").AttrOr("href", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Disposition") != `attachment; filename="statistics-2026-03.csv"` || !strings.Contains(string(text), "2026-03-01/2026-03-31,按市场,巴西,BR,件数,1,件,0") {
		t.Errorf("the table: %v, %v\n%s", err, resp.Header, text)
	}
}
