package notify

import (
	"bytes"
	"flag"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file; the diff is the review.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update to accept):\n%s", name, diff)
	}
}

// The world of the tests: four made-up firms, three of them in motorcycles.
var firms = map[string]trade.Exporter{
	"A": {ID: "A", Name: "甲样摩托（虚构）", District: "东区"},
	"B": {ID: "B", Name: "乙样车业（虚构）", District: "东区"},
	"C": {ID: "C", Name: "丙样机车（虚构）", District: "西区"},
	"D": {ID: "D", Name: "丁样电池（虚构）", District: "西区"},
}

var goods = map[string]trade.Product{
	"A/a1": {ID: "a1", Exporter: "A", NameZH: "两轮摩托车 A1", NameEN: "Motorcycle A1", HS: []string{"871120"}, ICS: []string{"43.140"}, Markets: []string{"DE", "FR"}, ExportValue: 1_000_001},
	"A/a2": {ID: "a2", Exporter: "A", NameZH: "摩托车消声器 A2", NameEN: "Silencer A2", HS: []string{"871410"}, Markets: []string{"*"}, ExportValue: 200_000},
	"B/b1": {ID: "b1", Exporter: "B", NameZH: "踏板车 B1", NameEN: "Scooter B1", HS: []string{"871110"}, Markets: []string{"IT"}, ExportValue: 3_000_000},
	"C/c1": {ID: "c1", Exporter: "C", NameZH: "越野车 C1", NameEN: "Trail bike C1", HS: []string{"871130"}, Markets: []string{"EU"}, ExportValue: 500_000},
	"D/d1": {ID: "d1", Exporter: "D", NameZH: "蓄电池 D1", NameEN: "Battery D1", HS: []string{"850760"}, Markets: []string{"DE"}, ExportValue: 70_000},
}

func facts() Facts {
	return Facts{
		Product:  func(e, id string) (trade.Product, bool) { p, ok := goods[e+"/"+id]; return p, ok },
		Exporter: func(id string) (trade.Exporter, bool) { e, ok := firms[id]; return e, ok },
		Levels:   LevelsOf(triage.DefaultConfig()),
	}
}

func evidence(kind, notice, product, where string) []trade.Evidence {
	return []trade.Evidence{{Kind: kind, Notice: notice, Product: product, Where: where}}
}

// soundWarning is about the noise of motorcycles in the European Union and
// touches all four firms.
func soundWarning() *trade.Warning {
	return &trade.Warning{
		Number: "2026-0042", Family: "G/TBT/N/EU/9901", Release: 1, FamilySeq: 7, Level: "orange",
		LevelWhy: trade.Text{ZH: "涉及 4 家", EN: "exposure 3 (4 firms, US$ 4,770,001) + urgency 2"}, Kind: trade.KindNew,
		Symbols: []string{"G/TBT/N/EU/9901"}, Markets: []string{"EU"}, Lang: "en",
		Title: "Draft rules on the sound level of motorcycles", Original: "New limits for L3e vehicles.\nMeasured as in UN R41.",
		Headline: trade.Text{ZH: "欧盟：摩托车噪声限值拟收紧", EN: "European Union: stricter sound limits for motorcycles"},
		Summary:  trade.Text{ZH: "欧盟通报摩托车噪声新限值草案。", EN: "The European Union notified a draft with new sound limits for motorcycles."},
		Dates: []trade.Date{
			{What: trade.DatePublished, Text: "2026-09-21", From: "2026-09-21", To: "2026-09-21", Basis: "as given"},
			{What: trade.DateCommentDeadline, Text: "45 days from notification", From: "2026-11-05", To: "2026-11-05", Basis: "45 days from 2026-09-21 (circulation)"},
			{What: trade.DateAdoption, Text: "To be determined", Basis: "not a day: to be determined"},
			{What: trade.DateEntryIntoForce, Text: "mid-2027", From: "2027-05-01", To: "2027-08-31", Basis: "interval: middle third of 2027"},
		},
		Centre: &trade.CentreDay{Day: "2026-10-15", Close: "2026-11-05", Basis: trade.Text{ZH: "欧盟：评议截止前 3 周", EN: "European Union: 3 weeks before comments close"}, Languages: []string{"en"}},
		Link:   "https://eping.example.org/notice/9901?lang=en&x=1",
		Papers: []trade.Paper{{ID: "G/TBT/N/EU/9901", Kind: trade.KindNew, Published: "2026-09-21"}},
		Audience: []trade.Match{
			{Exporter: "A", Product: "a2", Markets: []string{"EU"}, Grade: trade.Likely, Score: .5, Inferred: true, Evidence: evidence("concept", "motorcycles", "摩托车", "title")},
			{Exporter: "A", Product: "a1", Markets: []string{"DE", "FR"}, Grade: trade.Direct, Score: .9, Evidence: evidence("hs", "8711", "871120", "hs")},
			{Exporter: "B", Product: "b1", Markets: []string{"IT"}, Grade: trade.Direct, Score: .8, Evidence: evidence("term", "scooters-of-B", "乙的踏板车", "products")},
			{Exporter: "C", Product: "c1", Markets: []string{"EU"}, Grade: trade.Direct, Score: .8, Evidence: evidence("hs", "8711", "871130", "hs")},
			{Exporter: "D", Product: "d1", Markets: []string{"DE"}, Grade: trade.Likely, Score: .4, Evidence: evidence("substance", "lead", "lead", "description")},
		},
		By: "王某", At: "2026-10-01T09:00:00+08:00",
	}
}

var subscribers = map[string]trade.Subscriber{
	"firm":        {ID: "S-A", Kind: trade.SubExporter, Name: "甲样摩托（虚构）", Exporter: "A"},
	"association": {ID: "S-V", Kind: trade.SubAssociation, Name: "摩托车联盟（虚构）", Sector: "motorcycles", Markets: []string{"EU"}},
	"district":    {ID: "S-O", Kind: trade.SubDistrict, Name: "东区商务（虚构）", District: "东区"},
	"department":  {ID: "S-G", Kind: trade.SubDepartment, Name: "外贸部门（虚构）"},
	"machine":     {ID: "S-M", Kind: trade.SubMachine, Name: "接口（虚构）"},
}

// toldTo is what may be told of the firms that soundWarning touches.
var toldTo = map[string]trade.Sums{
	"association": {Firms: 3, Value: trade.BandOf(4_700_001)}, "department": {Firms: 4, Value: trade.BandOf(4_770_001)},
	"machine": {Firms: 4, Value: trade.BandOf(4_770_001)}, "district": {Few: true},
}

// messageTo is soundWarning, or w, as that subscriber gets it.
func messageTo(t *testing.T, who, lang string, w *trade.Warning) Message {
	t.Helper()
	to, ok := subscribers[who]
	if !ok {
		t.Fatalf("no subscriber %q", who)
	}
	to.Language = lang
	f := facts()
	if told, ok := toldTo[who]; ok {
		f.Sums = &told
	}
	v, reason, ok := ViewFor(to, w, f)
	if !ok {
		t.Fatalf("%s gets nothing: %s", who, reason.EN)
	}
	return Message{Key: trade.DeliveryKey(to.ID, "test", w.Family, w.Release), To: to, Warning: w, View: v}
}

// asked is what a channel is asked about an earlier attempt.
func asked(key, address string) Message {
	return Message{Key: key, To: trade.Subscriber{Address: address}}
}

var testNow = time.Date(2026, 10, 1, 2, 0, 0, 0, time.UTC)

// testEnv may reach this machine only, at a clock that stands still.
func testEnv(t *testing.T) (Env, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	return Env{
		DataDir: t.TempDir(), Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		PublicURL: "https://warn.example.org", Centre: trade.Text{ZH: "样例中心", EN: "Sample Centre"},
		Page: func(_ trade.Subscriber, family string) string {
			return "https://warn.example.org/families/" + trade.FamilyKey(family)
		},
		Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return testNow },
	}, &log
}

func mustContain(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

func mustNotContain(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%s says %q:\n%s", what, w, text)
		}
	}
}
