package console

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// bareSite renders without a bus.
func bareSite() *site {
	s := &site{Deps: Deps{
		View: &view.View{Options: view.Options{Policy: triage.DefaultConfig(), Now: func() time.Time { return now }}},
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)), Location: time.UTC, Version: "test",
	}}
	s.pages, s.assets = parsePages(s), s.makeAssets()
	return s
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) {{.}} </title></textarea> ` + "\u202e" + `عربي`

// sample makes the records of one state from one text.
type sample struct{ text string }

func (s sample) t() trade.Text { return trade.Text{ZH: s.text, EN: s.text} }

func (s sample) caseRow() view.CaseRow {
	return view.CaseRow{
		Key: "k", Seq: 7, Sectors: []string{"motorcycles", s.text}, Assignee: s.text, Family: s.text, Number: "2026-0001", State: trade.CaseOpen, Level: "red", Kind: trade.KindNew, Headline: s.t(),
		Markets: []string{"BR", s.text}, Due: "2026-03-10", Next: "2026-03-12", NextWhat: trade.DateAdoption, Bucket: view.Soon,
		Direct: 1, Exporters: 1, Exposure: 1234567, Pending: s.t(), Backfill: true, Opened: "2026-03-01T00:00:00Z", ChangedAt: now,
	}
}

func (s sample) noticeRow() view.NoticeRow {
	return view.NoticeRow{Key: "k", Source: s.text, ID: s.text, Symbols: []string{s.text}, Kind: trade.Kind(s.text), Markets: []string{"BR"}, Title: s.text, Published: "2026-03-01", Comment: "2026-04-01"}
}

func (s sample) warningRow() view.WarningRow {
	return view.WarningRow{Key: "k", Number: s.text, Family: s.text, Release: 2, Level: "lifted", Corrects: 1, Recalls: 1, Headline: s.t(), Markets: []string{"*"}, Firms: 3, Products: 4, By: s.text, At: "2026-03-02T08:00:00Z"}
}

func (s sample) deliveryRow(st trade.DeliveryState) view.DeliveryRow {
	return view.DeliveryRow{Delivery: trade.Delivery{Key: "d", Subscriber: s.text, Channel: "email", Family: s.text, Release: 1, State: st, Attempt: 2, Provider: s.text, Reason: s.text, NotBefore: "2026-03-02T08:00:00Z", At: s.text}, Name: s.text, FamilyKey: "k"}
}

func (s sample) dates() []trade.Date {
	return []trade.Date{
		{What: trade.DateCommentDeadline, Text: s.text, From: "2026-04-01", To: "2026-04-01", Basis: "60 days from 2026-01-31"},
		{What: trade.DateAdoption, Text: s.text, Basis: "not a day"}, {What: s.text, Text: s.text, From: "2026-07-01", To: "2026-09-30", Basis: s.text},
	}
}

func (s sample) notice() trade.Notice {
	return trade.Notice{
		Source: s.text, ID: s.text, Symbols: []string{s.text}, Area: "TBT", Kind: trade.KindAddendum, Members: []string{"BR"}, Markets: []string{"BR"}, Affected: []string{"CN"}, Lang: s.text,
		Title: s.text, Description: s.text, Products: s.text, HS: []string{"8711", s.text}, ICS: []string{"43.140", s.text}, Keywords: []string{s.text}, Objectives: []string{s.text}, Dates: s.dates(),
		Links:  []trade.Link{{Rel: "notice", URL: "https://example.org/a?b=c&d"}, {Rel: s.text, URL: "javascript:alert(1)"}, {Rel: "page", URL: s.text}},
		Fields: map[string]string{s.text: s.text, "Title": s.text}, Joint: []trade.JointRow{{Member: s.text, Fields: map[string]string{s.text: s.text, "=row": "{}"}}}, Raw: strings.Repeat("a", 64), SeenAt: now, Backfill: true,
	}
}

func (s sample) firms() []view.Firm {
	p := trade.Product{ID: s.text, Exporter: s.text, NameZH: s.text, HS: []string{s.text}, Terms: []string{s.text}, Standards: []string{s.text}, Markets: []string{"BR"}, ExportValue: 1e6}
	e := trade.Evidence{Kind: trade.EvidenceTerm, Notice: s.text, Product: s.text, Where: "title"}
	m := trade.Match{Exporter: s.text, Product: s.text, Markets: []string{"BR"}, Grade: trade.Direct, Inferred: true, Evidence: []trade.Evidence{e}}
	return []view.Firm{{Exporter: trade.Exporter{ID: s.text, Name: s.text, District: s.text}, Best: trade.Direct, Touched: 4, Products: []view.Matched{{Product: p, Match: m, Why: []trade.Text{triage.Evidence(e, triage.ToStaff)}}}}}
}

func (s sample) caseBody() caseBody {
	paper := trade.Paper{Notice: "n", ID: s.text, Kind: trade.KindNew, Published: "2026-03-01", Title: s.text, Backfill: true}
	return caseBody{
		CaseDetail: view.CaseDetail{
			Centre: s.centre(), Late: s.t(), Says: []triage.Argument{{Code: triage.ArgumentPeriod, Brief: s.t(), Text: s.t(), Basis: s.text}},
			Responses: []view.ResponseRow{{Response: trade.Response{Exporter: s.text, Product: s.text, Kind: trade.NotRelevant, Code: "other", Reason: s.text, By: s.text, At: s.text}, Name: s.text, Why: s.t()}, {}},
			Standards: []view.CaseStandard{{StandardRow: s.standardRow(), Forms: []string{s.text, s.text}, Matched: 2, Newer: s.newer()}, {}},
			Impact:    s.impact(),
			Changed:   []trade.Text{s.t()}, Firms: s.firms(), More: 3, Releases: []view.WarningRow{s.warningRow()},
			Dossier: view.Dossier{
				Row: s.caseRow(), Latest: s.notice(), Family: trade.Family{ID: s.text, Papers: []trade.Paper{paper}, Codes: &trade.Codes{HS: []string{s.text}, By: s.text, At: s.text, Reason: s.text}},
				Case: trade.Case{
					Family: s.text, Number: s.text, State: trade.CaseReleased, Level: "orange", Kind: trade.KindNew, Title: s.text, HeadlineZH: s.text, HeadlineEN: s.text, SummaryZH: s.text, SummaryEN: s.text,
					Machine: true, Edited: true, Sectors: []string{"motorcycles", s.text}, Assignee: s.text, LevelBy: s.text, LevelWhy: s.t(), Dates: s.dates(), Link: "https://example.org/", Pending: s.t(), Release: 1,
					History: []trade.Change{{At: s.text, By: s.text, From: trade.CaseOpen, To: trade.CaseReleased, Reason: s.t()}, {By: "rule", Reason: s.t()}},
				},
			},
		},
		Choices:    []trade.Exporter{{ID: s.text, Name: s.text}},
		Deliveries: []view.DeliveryRow{s.deliveryRow(trade.Rejected)}, Delivered: 1, Moves: moves{true, true, true, true, true, true, true, true, true, true}, Drill: &view.Drill{Number: s.text, At: s.text, Sent: 12, Accepted: 10, Confirmed: 3}, Levels: triage.DefaultConfig().Levels,
		Conflict: &wording{s.t(), s.t(), s.compared()}, Refused: s.text, Kept: &wording{Compared: s.compared()},
		Waits: s.caseWaiting(), Braked: view.Braked{Waiting: 1200, Reason: s.text},
		Comparisons: []comparison{{s.compared(), "k"}, {trade.Comparison{Standard: s.text}, ""}}, Compare: s.compared(),
	}
}

func (s sample) source(h view.Health) view.SourceRow {
	last := bus.Run{Source: s.text}
	return view.SourceRow{Source: view.Source{Name: s.text, Kind: s.text, About: s.text}, Health: h, LastOK: "2026-03-01T00:00:00Z", LastRun: "2026-03-02T00:00:00Z", Error: s.text, Last: &last}
}

func (s sample) precision() view.Precision {
	half := 0.5
	row := view.PrecisionRow{Rule: s.text, Grade: trade.Direct, Market: s.text, Sector: s.text, Relevant: 1, NotRelevant: 1, NoAnswer: 1000, Precision: &half}
	return view.Precision{Overall: row, Rules: []view.PrecisionRow{row, {Rule: "hs"}}, Markets: []view.PrecisionRow{row}, Sectors: []view.PrecisionRow{row}}
}

// bodies are all pages with everything on them.
func (s sample) bodies() map[string]any {
	healths := []view.SourceRow{s.source(view.HealthOK), s.source(view.HealthFailing), s.source(view.HealthSilent), s.source(view.HealthOff), s.source(view.HealthPast), s.source(view.HealthWaiting)}
	row, told := s.caseRow(), []view.DeliveryRow{s.deliveryRow(trade.Accepted), s.deliveryRow(trade.Held)}
	exporter := trade.Exporter{ID: s.text, Name: s.text, District: s.text}
	counts := view.Counts{Notices: 1, Overdue: 1, Cases: map[string]int{"open": 1, "released": 2}, Deliveries: map[string]int{"accepted": 5, "held": 1}, Exporters: 1}
	return map[string]any{
		"overview": overviewBody{
			Running: []string{s.text}, NotReady: s.text, Counts: counts, Sources: healths, Troubled: healths[1:3], Queue: []view.CaseRow{row}, Waiting: 30, Next: &row,
			Warnings: []view.WarningRow{s.warningRow()}, Notices: []view.NoticeRow{s.noticeRow()}, Deliveries: told, Mail: true,
		},
		"cases": casesBody{State: trade.CaseOpen, Text: s.text, Filtered: true, Filters: []filter{{"level", "case.level", []choice{{s.text, s.text, true}}}}, States: trade.CaseStates, Counts: counts.Cases, Buckets: []bucket{{view.Overdue, []view.CaseRow{row}}, {view.Soon, []view.CaseRow{row, row}}, {view.Later, []view.CaseRow{row}}}, Total: 3, Partial: true, Next: "/cases?offset=60", Here: "q=1", Saved: []trade.SavedView{{Name: s.text, Query: "q=1"}}, Act: true, Actions: view.BulkActions},
		"codes": codesBody{Dossier: s.caseBody().Dossier, HS: []trade.CodeGuess{{Code: "8711", Confidence: 1}, {Code: s.text, Confidence: 0.4, Inferred: true, Words: s.text}}, Typed: codesForm{s.text, s.text, s.text}, Seq: 3, Change: &trade.AudienceChange{Same: 3},
			In: []view.BulkFirm{{Exporter: exporter, Products: 3}}, Refused: s.text, Conflict: true},
		"bulk":        bulkBody{Bulk: view.Bulk{Action: view.BulkRelease, Items: []view.BulkItem{{Row: row, Firms: 3}, {Row: row, Refused: &trade.Text{ZH: s.text, EN: s.text}}, {Row: row, Done: true}}, Possible: 2, Firms: []view.BulkFirm{{Exporter: exporter, Products: 3}}, More: 2, Products: 9, Boxes: []view.Choice{{Value: "email", Cases: 4}}}, Missing: "bulk.reason.missing"},
		"case":        s.caseBody(),
		"firms":       firmsBody{FirmPage: view.FirmPage{Firms: s.firms(), Total: 3}, Headline: s.t(), Back: "/cases/k", Path: "/cases/k/firms", Next: "/cases/k/firms?offset=50"},
		"notices":     noticesBody{Text: s.text, Source: s.text, Sources: []string{s.text}, Page: view.Page[view.NoticeRow]{Rows: []view.NoticeRow{s.noticeRow()}, Total: 105000, Coverage: view.Coverage{Partial: true}}, Next: "/notices?before=3"},
		"notice":      noticeBody{Key: "k", Notice: s.notice(), Fields: []string{s.text, "Title"}, Family: &trade.Family{ID: s.text}, FamKey: "k", HasCase: true, Grades: map[string]int{"direct": 1}},
		"warnings":    warningsBody{Page: view.Page[view.WarningRow]{Rows: []view.WarningRow{s.warningRow()}, Total: 1}, Next: "/warnings?before=3", Precision: s.precision()},
		"warning":     warningBody{Key: "k", Firms: s.firms(), More: 2, Releases: []int{1, 2}, Deliveries: told, MoreDeliveries: true, Own: s.centre(), Late: s.t(), Braked: view.Braked{Waiting: 1200, Reason: s.text}, MayPass: true, Refused: s.text, Reason: s.text, Warning: trade.Warning{Number: s.text, Family: s.text, Release: 2, Corrects: 1, Level: "red", LevelWhy: s.t(), Symbols: []string{s.text}, Markets: []string{"EU"}, Title: s.text, Lang: s.text, Original: s.text, Headline: s.t(), Summary: s.t(), Machine: true, Changed: []trade.Text{s.t()}, Dates: s.dates(), Link: s.text, Papers: s.caseBody().Family.Papers, By: s.text, At: s.text}},
		"deliveries":  deliveriesBody{State: trade.Held, States: view.DeliveryStates, Counts: counts.Deliveries, Page: view.Page[view.DeliveryRow]{Rows: told, Total: 2}, Next: "/deliveries?before=2", Mail: true},
		"delivery":    deliveryBody{Actions: trade.DeliveryActions, Refused: s.text, Changed: true, Reason: s.text, DeliveryDetail: view.DeliveryDetail{DeliveryRow: told[0], History: []trade.Delivery{told[0].Delivery, told[1].Delivery}, Warning: &view.WarningRow{Key: "k", Number: s.text, Release: 1}}, Mail: &letter{s.text, s.text, s.text, s.text, s.text, s.text}},
		"sources":     sourcesBody{Sources: healths, Runs: []bus.Run{{Source: s.text, Started: s.text, Trigger: s.text, Error: s.text, First: true, Notes: []string{s.text}}}, CanRun: true},
		"quarantine":  quarantineBody{Page: view.Page[view.QuarantineRow]{Rows: []view.QuarantineRow{{Key: "q", Source: s.text, Where: s.text, Reason: s.text, Whole: true, At: s.text}}, Total: 1}, Dead: view.Page[view.DeadLetterRow]{Rows: []view.DeadLetterRow{{Key: "d", Consumer: s.text, Subject: s.text, Reason: s.text, At: s.text}}, Total: 1}, Next: "/quarantine?before=1"},
		"quarantined": quarantinedBody{Key: "q", Item: trade.Quarantine{Source: s.text, Where: s.text, Reason: s.text, Raw: strings.Repeat("b", 64), Bytes: []byte(s.text + "\xff\xfe"), At: s.text, Whole: true}, CanReplay: true},
		"registry": registryBody{
			Counts: counts, Text: s.text, Exporters: []trade.Exporter{exporter}, Found: 1, Exporter: &exporter, Products: view.Page[trade.Product]{Rows: []trade.Product{s.firms()[0].Products[0].Product}}, NextPart: "/registry?before=3", NextFirms: "/registry?offset=50",
			Subscribers: []trade.Subscriber{{ID: s.text, Kind: trade.SubExporter, Name: s.text, Exporter: s.text, District: s.text, Channel: s.text, Cadence: s.text, LowestLevel: "red"}, {ID: "x", Kind: trade.SubscriberKind(s.text), Markets: []string{"*"}, LowestLevel: s.text}},
		},
		"search":    s.searchBody(),
		"standards": s.standards(), "standard": s.standard(),
		"bulletin":   s.bulletinBody(),
		"published":  publishedBody{view.PublicBulletin{Bulletin: s.bulletinBody().Bulletin, Later: 2}, "k"},
		"statistics": newStatistics("zh", s.statistics(), "2026-03-02"),
		"explain":    explainBody{Notice: s.text, Exporter: s.text, Unknown: true, Answer: &view.Explanation{NoticeKey: "k", Notice: s.text, FamilyKey: "k", Exporter: exporter, Verdict: s.t(), Steps: []view.Step{{Passed: true, Text: s.t()}, {Text: s.t()}}, Products: []view.Explained{{Product: s.firms()[0].Products[0].Product, Grade: trade.NoGrade, Why: []trade.Text{s.t()}}}, Deliveries: told}},
		"signin":     signInBody{Next: s.text, Wrong: true, Wait: 30},
		"error":      errorBody{Status: 422, Key: "error.refused", Detail: s.text},
	}
}

// empties are all pages with nothing on them.
// everything is a body for each page.
func (s sample) everything() map[string]any {
	return joined(s.bodies(), s.peopleBodies(), s.groupBodies(), s.myBodies(), s.answerBodies(), s.releaseBodies())
}

func joined(parts ...map[string]any) map[string]any {
	out := map[string]any{}
	for _, part := range parts {
		maps.Copy(out, part)
	}
	return out
}

func empties() map[string]any {
	return map[string]any{
		"overview": overviewBody{}, "cases": casesBody{}, "bulk": bulkBody{}, "codes": codesBody{}, "case": caseBody{}, "firms": firmsBody{Back: "/cases/k", Path: "/cases/k/firms"}, "notices": noticesBody{}, "notice": noticeBody{}, "warnings": warningsBody{}, "warning": warningBody{},
		"deliveries": deliveriesBody{}, "delivery": deliveryBody{}, "sources": sourcesBody{}, "quarantine": quarantineBody{}, "quarantined": quarantinedBody{}, "registry": registryBody{}, "statistics": newStatistics("en", view.Statistics{}, ""), "standards": standardsBody{Empty: true}, "search": searchBody{}, "standard": standardBody{}, "explain": explainBody{}, "signin": signInBody{},
		"error": errorBody{Status: 500, Key: "error.ours"}, "bulletin": &bulletinBody{}, "published": publishedBody{view.PublicBulletin{Withdrawn: "2026-03-02T08:00:00Z", Later: 2}, "k"},
	}
}

// pageStates are the bodies of all pages by state.
func pageStates() map[string]map[string]any {
	states := map[string]map[string]any{
		"empty":   joined(empties(), emptyPeople(), emptyGroups(), emptyMy(), emptyAnswers(), map[string]any{"release": releaseBody{}}),
		"one":     sample{"巴西摩托车头盔新规"}.everything(),
		"long":    sample{strings.Repeat("Sicherheitsanforderungen für Motorradhelme und Zubehör 安全要求 ", 60)}.everything(),
		"hostile": sample{hostile}.everything(),
	}
	many := sample{"多"}.everything()
	cases := many["cases"].(casesBody)
	for range 500 {
		cases.Buckets[0].Rows = append(cases.Buckets[0].Rows, sample{"多"}.caseRow())
	}
	many["cases"] = cases
	states["many"] = many
	return states
}

func TestEveryPageInEveryState(t *testing.T) {
	s, states := bareSite(), pageStates()
	for _, lang := range languages {
		for name := range s.pages[lang] {
			for state, bodies := range states {
				body, ok := bodies[name]
				if !ok {
					t.Fatalf("page %s has no body for the state %q: add it", name, state)
				}
				what := fmt.Sprintf("%s, %s, %s", name, state, lang)
				for _, person := range []auth.Person{{}, {Name: "token x", Role: trade.RoleLead}, {Name: "演示 lead", Demo: true}} {
					page, err := s.execute(lang, name, frame{Lang: lang, Title: "nav." + "overview", Nav: name, Person: person, Version: "test", Here: "/x?", Done: "done.ran", Body: body})
					if err != nil {
						t.Fatalf("%s: %v", what, err)
					}
					checkPage(t, what, page)
				}
			}
		}
	}
}

var void = map[string]bool{"meta": true, "link": true, "img": true, "input": true, "br": true, "hr": true}

// checkPage reads the page as a browser would: tags balanced, nothing that
// runs, every label known, one h1, every field labelled.
func checkPage(t *testing.T, what string, page []byte) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		tok := z.Token()
		switch {
		case tt == html.StartTagToken && !void[tok.Data]:
			open = append(open, tok.Data)
		case tt == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("%s: </%s> closes %v", what, tok.Data, open)
			}
			open = open[:len(open)-1]
		}
		for _, a := range tok.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Fatalf("%s: <%s %s=%q>", what, tok.Data, a.Key, a.Val)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "#") && !(tok.Data == "img" && strings.HasPrefix(a.Val, "data:image/png;base64,")) {
				t.Fatalf("%s: <%s %s=%q> leads elsewhere", what, tok.Data, a.Key, a.Val)
			}
		}
		if tok.Data == "script" && !ownScript.MatchString(tok.String()) || tok.Data == "iframe" || tok.Data == "style" {
			if tt == html.StartTagToken {
				t.Fatalf("%s: holds a <%s>", what, tok.Data)
			}
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s: left open: %v", what, open)
	}
	for _, bad := range []string{"ZgotmplZ", "%!", "⟦", "<nil>", "map[", "\u202e"} {
		if i := strings.Index(string(page), bad); i >= 0 {
			t.Fatalf("%s: shows %q: …%s…", what, bad, page[max(0, i-80):min(len(page), i+80)])
		}
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s: %d h1", what, n)
	}
	if strings.TrimSpace(doc.Find("h1").Text()) == "" && !strings.Contains(what, "empty") {
		t.Errorf("%s: the h1 is empty", what)
	}
	doc.Find("input:not([type=hidden]):not([hidden]),select,textarea").Each(func(_ int, f *goquery.Selection) {
		if f.Closest("label").Length() == 0 {
			t.Errorf("%s: a field without a label: %v", what, f.AttrOr("name", "?"))
		}
	})
}

func TestHostileTextStaysText(t *testing.T) {
	s := bareSite()
	page, err := s.execute("zh", "case", frame{Lang: "zh", Title: "case.title", Body: sample{hostile}.caseBody()})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Find(".original .headline").Text(); got != string(undirected([]byte(hostile))) {
		t.Errorf("the original title is shown as %q", got)
	}
	if doc.Find("body script, main img").Length() > 0 {
		t.Error("markup of the title became markup of the page")
	}
}

// ownScript is a script of ours, served as a file.
var ownScript = regexp.MustCompile(`^<script src="/static/[a-z]+\.js" defer="">$`)

var labelCall = regexp.MustCompile(`(?:\{\{|\()t "([^"]+)"`)

// Both languages have every label that the templates, the menu and the actions
// use, each in its own script, with the same places for numbers; and none is
// left over.
func TestCatalogueIsWhole(t *testing.T) {
	used := map[string]bool{}
	names, _ := files.ReadDir("templates")
	var all strings.Builder
	for _, n := range names {
		text, err := files.ReadFile("templates/" + n.Name())
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, m := range labelCall.FindAllStringSubmatch(all.String(), -1) {
		used[m[1]] = true
		if _, ok := catalogue[m[1]]; !ok {
			t.Errorf("a template asks for the label %q, which nobody wrote", m[1])
		}
	}
	han := regexp.MustCompile(`\p{Han}`)
	verbs := regexp.MustCompile(`%(\[\d\])?v`)
	for key, text := range catalogue {
		if text.ZH == "" || text.EN == "" {
			t.Errorf("label %q lacks a language", key)
		}
		if han.MatchString(text.EN) {
			t.Errorf("label %q: Chinese in the English text %q", key, text.EN)
		}
		if !han.MatchString(text.ZH) && key != "comma" {
			t.Errorf("label %q: no Chinese in %q", key, text.ZH)
		}
		if a, b := len(verbs.FindAllString(text.ZH, -1)), len(verbs.FindAllString(text.EN, -1)); a != b {
			t.Errorf("label %q has %d numbers in Chinese and %d in English", key, a, b)
		}
	}
	for _, e := range menu {
		if _, ok := catalogue[e.Label]; !ok {
			t.Errorf("the menu's %q has no label", e.Label)
		}
	}
}

func TestStylesheetTakesTheLevelsOfTheConfiguration(t *testing.T) {
	s := bareSite()
	s.View.Policy.Levels = []triage.Level{{ID: "purple", Color: "#550055"}, {ID: "evil", Color: "red} body{display:none"}, {ID: "x}y", Color: "#000000"}}
	css := s.stylesheet()
	if !strings.Contains(css, ".level-purple{--level:#550055}") {
		t.Error("a configured level has no colour")
	}
	if strings.Contains(css, "display:none}") || strings.Contains(css, "level-x}y") {
		t.Error("a colour broke out of its rule")
	}
	if strings.Contains(css, "http:") || strings.Contains(css, "https:") || strings.Contains(css, "@import") {
		t.Error("the stylesheet asks for something remote")
	}
}
