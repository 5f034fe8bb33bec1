package ingest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// sharedData is where the authorities' real payloads lie, beside the
// repository; none of them is part of it.
const sharedData = "../../shared/data"

// realPayload opens a real payload in place, or skips.
func realPayload(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sharedData, name))
	if err != nil {
		t.Skipf("../shared/data is not here: %s is not read", name)
	}
	return b
}

func fromYAML(t testing.TB, kind, options string) Source {
	t.Helper()
	c := Config{Name: "test", Kind: kind}
	if err := yamlInto(options, &c.Options); err != nil {
		t.Fatal(err)
	}
	s, _, err := c.Open()
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return s
}

// fact is what the golden files keep of a real notice: facts and hashes, no
// sentence of the authority's.
type fact struct {
	Key      string     `json:"key"`
	Hash     string     `json:"hash"`
	ID       string     `json:"id"`
	Symbols  []string   `json:"symbols,omitempty"`
	Kind     trade.Kind `json:"kind"`
	Area     string     `json:"area,omitempty"`
	Members  []string   `json:"members"`
	Markets  []string   `json:"markets"`
	Affected []string   `json:"affected,omitempty"`
	Lang     string     `json:"lang,omitempty"`
	HS       []string   `json:"hs,omitempty"`
	ICS      []string   `json:"ics,omitempty"`
	Dates    []string   `json:"dates,omitempty"`
	Links    int        `json:"links"`
	Fields   []string   `json:"fields"` // names only
}

func factsOf(t *testing.T, source string, items []Item) []fact {
	t.Helper()
	var out []fact
	for _, i := range items {
		if i.Bad != nil {
			t.Errorf("%s: %s: %s", source, i.Bad.Where, i.Bad.Reason)
		}
		if i.Notice == nil {
			continue
		}
		n := i.Notice
		n.Source = source
		checkNotice(t, n)
		f := fact{Key: n.Key(), Hash: n.Hash(), ID: n.ID, Symbols: n.Symbols, Kind: n.Kind, Area: n.Area, Members: n.Members, Markets: n.Markets,
			Affected: n.Affected, Lang: n.Lang, HS: n.HS, ICS: n.ICS, Links: len(n.Links), Fields: sortedKeys(n.Fields)}
		for _, d := range n.Dates {
			f.Dates = append(f.Dates, d.What+" "+d.From+" "+d.Basis)
		}
		out = append(out, f)
	}
	return out
}

func TestRealEpingSheet(t *testing.T) {
	body := realPayload(t, "eping/Notification_EN_2025-06-02_to_06.xlsx")
	items, err := parse(fromYAML(t, "eping-bulk", ""), Document{Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 120 {
		t.Errorf("%d items from 120 rows", len(items))
	}
	facts := factsOf(t, "eping-bulk", items)
	compareGolden(t, "eping-bulk/real.golden.json", facts)

	joint := slices.IndexFunc(facts, func(f fact) bool {
		return f.ID == "G/TBT/N/BDI/606, G/TBT/N/KEN/1806, G/TBT/N/RWA/1205, G/TBT/N/TZA/1347, G/TBT/N/UGA/2161"
	})
	if joint < 0 || !slices.Equal(facts[joint].Markets, []string{"BI", "KE", "RW", "TZ", "UG"}) || !slices.Equal(facts[joint].HS, []string{"3808"}) {
		t.Errorf("the joint paper BDI/606 is not read whole: %+v", facts[max(joint, 0)])
	}
	keys := map[string]bool{}
	for _, f := range facts {
		keys[f.Key] = true
	}
	if len(keys) != 88 {
		t.Errorf("120 rows are %d papers, want 88", len(keys))
	}
}

// Each cell of the sheet is found again in the notice, whatever became of it.
func TestRealEpingSheetKeepsEveryCell(t *testing.T) {
	body := realPayload(t, "eping/Notification_EN_2025-06-02_to_06.xlsx")
	book, err := openWorkbook(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var rows [][]sheetCell
	if err := book.rows(func(_ int, cells []sheetCell) error {
		rows = append(rows, slices.Clone(cells))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	items, err := parse(fromYAML(t, "eping-bulk", ""), Document{Body: bytes.NewReader(body)})
	if err != nil || len(items) != len(rows)-1 {
		t.Fatalf("%d items for %d rows, %v", len(items), len(rows)-1, err)
	}
	for i, cells := range rows[1:] {
		for _, c := range cells {
			name := strings.Join(strings.Fields(rows[0][c.column].text), " ")
			if got := items[i].Notice.Fields[name]; got != c.text {
				t.Errorf("row %d, %s: %q was kept as %q", i+2, name, c.text, got)
			}
		}
		if len(cells) != len(items[i].Notice.Fields) {
			t.Errorf("row %d: %d cells, %d fields", i+2, len(cells), len(items[i].Notice.Fields))
		}
	}
}

func TestRealPayloadsOfOtherKinds(t *testing.T) {
	cases := []struct {
		kind, file, url, role string
		notices, next         int
	}{
		{"eping", "eping/azureSearch_getAll.json", "https://eping.wto.org/api/v1/azureSearch/getAll?language=1", "list", 2, 0},
		{"federal-register", "federal-register/document_2026-11634.json", "https://www.federalregister.gov/api/v1/documents/2026-11634.json", "detail", 1, 0},
		{"federal-register", "federal-register/search_page.json", "https://www.federalregister.gov/api/v1/documents.json?per_page=100", "list", 0, 2},
		{"safety-gate", "safety-gate/notification_10099440.json", "https://ec.europa.eu/safety-gate-alerts/public/api/notification/10099440?language=en", "alert", 1, 0},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			body := realPayload(t, c.file)
			items, err := parse(fromYAML(t, c.kind, ""), Document{Request: Request{URL: c.url, Role: c.role}, URL: c.url, Body: bytes.NewReader(body)})
			if err != nil {
				t.Fatal(err)
			}
			facts := factsOf(t, c.kind, items)
			if len(facts) != c.notices || len(items)-len(facts) != c.next {
				t.Errorf("%d notices and %d requests, want %d and %d", len(facts), len(items)-len(facts), c.notices, c.next)
			}
			if len(facts) > 0 {
				compareGolden(t, c.kind+"/real."+filepath.Base(c.file)+".golden.json", facts)
			}
		})
	}
}

// The page of China's national site is filled by a script afterwards: a
// declaration reads its number, and is told which fields the page leaves empty.
func TestRealChinesePage(t *testing.T) {
	body := realPayload(t, "china-tbt-sps/notice-page.html")
	s := fromYAML(t, "page", `
url: http://www.tbtsps.cn/page/tbtDetail.html
market: CN
area: TBT
lang: zh
fields:
  id: {selector: "#tbtid", attr: value, required: true}
  title: {selector: title}
  description: {selector: "table.content_table td + td", all: true}
  published: {selector: "#tbdate", format: iso}
  hs: "#hscode"
  link: {selector: "link[rel='shortcut icon']", attr: href}
  field.nothing: "#no-such-element"
`)
	doc := func() Document {
		return Document{URL: "http://www.tbtsps.cn/tbt/1/CD7F5EB359636B19", Body: bytes.NewReader(body)}
	}
	items, err := parse(s, doc())
	if err != nil || len(items) != 1 || items[0].Notice == nil {
		t.Fatalf("%+v, %v", items, err)
	}
	n := items[0].Notice
	if n.ID != "CD7F5EB359636B19" || n.Lang != "zh" || !slices.Equal(n.Markets, []string{"CN"}) || len(n.Links) != 1 || n.Links[0].URL != "http://www.tbtsps.cn/custom/images/logo_icon.jpg" {
		t.Errorf("the page was read as %+v", n)
	}
	for _, label := range []string{"通报成员:", "覆盖的产品:", "意见反馈截止日期:"} {
		if !strings.Contains(n.Description, label) {
			t.Errorf("the description lacks %q: %q", label, n.Description)
		}
	}
	if strings.Contains(n.Description, "function") || strings.Contains(n.Description, "ajax") {
		t.Error("a script was taken for text")
	}
	readings, _, err := Check(s, doc())
	if err != nil {
		t.Fatal(err)
	}
	problems := map[string]string{}
	for _, r := range readings {
		problems[r.Field] = r.Problem
	}
	for field, want := range map[string]string{"id": "", "title": "", "published": "matches, but is empty", "hs": "matches, but is empty", "field.nothing": "matches nothing"} {
		if problems[field] != want {
			t.Errorf("check says of %s: %q, want %q", field, problems[field], want)
		}
	}
}

// Every member, symbol and code that real clients stored is one that we know.
func TestRealMembersAndSymbolsAreKnown(t *testing.T) {
	type meta map[string]string
	lines := strings.Split(strings.TrimSpace(string(realPayload(t, "eping/vehicle-items.jsonl"))), "\n")
	for i, line := range lines {
		var item struct {
			Title string `json:"title"`
			Meta  meta   `json:"meta"`
			Link  string `json:"link"`
			Extra string `json:"extra_link"`
		}
		if err := json.Unmarshal([]byte(line), &item); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		var n trade.Notice
		if err := identify(&n, item.Meta["Document symbol(s)"], "line", item.Meta["Notifying member"], item.Meta["Area"], ""); err != nil {
			t.Errorf("line %d: %v", i+1, err)
			continue
		}
		if len(n.Members) != 1 || len(n.Symbols) == 0 || len(n.Markets) < len(trade.Roots(n.Symbols)) {
			t.Errorf("line %d: %q of %q was read as %v of %v for %v", i+1, item.Meta["Document symbol(s)"], item.Meta["Notifying member"], n.Symbols, n.Members, n.Markets)
		}
		if n.Area != item.Meta["Area"] {
			t.Errorf("line %d: area %q, want %q", i+1, n.Area, item.Meta["Area"])
		}
		n.Dates = addDate(nil, trade.DatePublished, item.Meta["Distribution date"], "")
		n.Dates = addDate(n.Dates, trade.DateCommentDeadline, item.Meta["Comment deadline"], "")
		if len(n.Dates) == 0 || n.PublishedDay() == "" {
			t.Errorf("line %d: no day in %q", i+1, item.Meta["Distribution date"])
		}
		for _, text := range []string{item.Link, item.Extra} {
			if strings.Contains(text, "http") && len(addLinks(nil, "text", text)) == 0 {
				t.Errorf("line %d: no address in %q", i+1, text)
			}
		}
		if title := prose.Line(item.Title); title == "" || markupLeft.MatchString(title) {
			t.Errorf("line %d: title %q", i+1, title)
		}
	}
	if len(lines) != 30 {
		t.Errorf("%d lines, want 30", len(lines))
	}
}

// The Chinese names and abbreviations of the national site's data are read by
// the same words as English ones.
func TestRealChineseFields(t *testing.T) {
	var f struct {
		Symbol  string `json:"tbtno"`
		Area    string `json:"areaName"`
		HS      string `json:"hscode"`
		ICS     string `json:"icscode"`
		Terms   string `json:"accordingterms"`
		Date    string `json:"tbdate"`
		Close   string `json:"stopfeedbackdate"`
		Force   string `json:"neffedate"`
		Content string `json:"tbcontent"`
		Source  string `json:"sourcelinkQt"`
	}
	if err := json.Unmarshal(realPayload(t, "china-tbt-sps/notice-fields.json"), &f); err != nil {
		t.Fatal(err)
	}
	var n trade.Notice
	if err := identify(&n, f.Symbol, "", f.Area, "", f.Terms); err != nil {
		t.Fatal(err)
	}
	if n.Kind != trade.KindNew || !slices.Equal(n.Members, []string{"JP"}) || n.Area != "TBT" {
		t.Errorf("read as %+v", n)
	}
	if hs, ics := hsCodes(f.HS), icsCodes(f.ICS); !slices.Equal(hs, []string{"85"}) || !slices.Equal(ics, []string{"35.110"}) {
		t.Errorf("codes %q, %q", hs, ics)
	}
	n.Dates = addDate(nil, trade.DatePublished, f.Date, "")
	n.Dates = addDate(n.Dates, trade.DateCommentDeadline, f.Close, "")
	n.Dates = addDate(n.Dates, trade.DateEntryIntoForce, f.Force, "")
	for what, want := range map[string][2]string{
		trade.DatePublished:       {"2023-06-28", "2023-06-28"},
		trade.DateCommentDeadline: {"2023-08-27", "2023-08-27"},
		trade.DateEntryIntoForce:  {"2023-10-01", "2023-10-31"},
	} {
		if d := n.Date(what); d.From != want[0] || d.To != want[1] {
			t.Errorf("%s is %+v, want %v", what, d, want)
		}
	}
	if text := prose.Plain(f.Content); strings.ContainsAny(text, "<>\t") || text == "" {
		t.Errorf("content %q", text)
	}
	if links := addLinks(nil, "text", f.Source); len(links) != 1 || !strings.HasSuffix(links[0].URL, ".pdf") {
		t.Errorf("links %v", links)
	}
}
