package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/demo"
	"tbtwatch/internal/trade"
)

// importStand is a running system with the sample registry and without
// sources: what comes in is imported.
type importStand struct {
	*timeline
	dir string
}

func newImportStand(t *testing.T) *importStand {
	t.Helper()
	s, err := newStand(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	s.cfg.Sources = nil
	sys, stop, err := s.start(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error("stopping:", err)
		}
	})
	return &importStand{&timeline{t, s, sys}, s.cfg.Data}
}

// imported runs `import what file --json` and returns the summary, after
// checking that it is the last line of standard output, one object, its keys
// in this order.
func (t *importStand) imported(status int, what, file string, keys ...string) (map[string]int, string) {
	t.Helper()
	got, out, errs := program(t.T, "import", what, file, "--data", t.dir, "--json")
	if got != status {
		t.Fatalf("import %s %s: status %d, want %d\n%s%s", what, filepath.Base(file), got, status, out, errs)
	}
	form := `^\{"` + strings.Join(keys, `": \d+, "`) + `": \d+\}\n$`
	if !regexp.MustCompile(form).MatchString(out) {
		t.Fatalf("standard output is %q, want one line of the form %s", out, form)
	}
	counts := map[string]int{}
	if err := json.Unmarshal([]byte(out), &counts); err != nil {
		t.Fatal(err)
	}
	return counts, errs
}

var noticeKeys = []string{"rows", "notices", "duplicates", "unchanged", "quarantined", "refused"}

// importedNotices also checks that every row has one outcome.
func (t *importStand) importedNotices(status int, file string) (map[string]int, string) {
	t.Helper()
	c, errs := t.imported(status, "notices", file, noticeKeys...)
	if sum := c["notices"] + c["duplicates"] + c["unchanged"] + c["quarantined"] + c["refused"]; sum != c["rows"] {
		t.Errorf("%d rows and %d outcomes: %v", c["rows"], sum, c)
	}
	return c, errs
}

// places are the last sequences of what an import may write.
func (t *importStand) places() (out [3]uint64) {
	t.Helper()
	var errs [3]error
	out[0], errs[0] = t.sys.bus.Notices.LastSeq(t.Context())
	out[1], errs[1] = t.sys.bus.Families.LastSeq(t.Context())
	out[2], errs[2] = t.sys.bus.Cases.LastSeq(t.Context())
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return out
}

// silent checks that nobody was alerted.
func (t *importStand) silent() {
	t.Helper()
	if n, err := t.sys.bus.Warnings.LastSeq(t.Context()); err != nil || n > 0 {
		t.Errorf("%d warnings were released, %v", n, err)
	}
	if n, err := t.sys.bus.Deliveries.LastSeq(t.Context()); err != nil || n > 0 {
		t.Errorf("%d deliveries were planned, %v", n, err)
	}
	if n := len(t.stand.mail.Mails()); n > 0 {
		t.Errorf("%d mails were sent", n)
	}
}

// queue checks that exactly the families with a day ahead have a case, open
// and waiting for a person, and returns the cases.
func (t *importStand) queue() map[string]trade.Case {
	t.Helper()
	now, open := time.Now(), map[string]bool{}
	stored := current(t.T, t.sys.bus.Notices)
	for key, f := range current(t.T, t.sys.bus.Families) {
		for _, p := range f.Papers {
			n := stored[p.Notice]
			open[key] = open[key] || n.OpenDates(now)
		}
	}
	cases := current(t.T, t.sys.bus.Cases)
	for key, ahead := range open {
		if _, ok := cases[key]; ok != ahead {
			t.Errorf("family %s: a day lies ahead: %v, a case exists: %v", key, ahead, ok)
		}
	}
	for key, c := range cases {
		if !open[key] || c.State != trade.CaseOpen || !c.Backfill || c.Release != 0 || !strings.HasPrefix(c.Pending.EN, "history") {
			t.Errorf("case %s: state %s, release %d, backfill %v, waits because %q", c.Family, c.State, c.Release, c.Backfill, c.Pending.EN)
		}
	}
	return cases
}

// current is the last value of every key.
func current[T any](t *testing.T, table *bus.Table[T]) map[string]T {
	t.Helper()
	out := map[string]T{}
	if _, err := table.Scan(t.Context(), func(e bus.Entry[T]) error { out[e.Key] = e.Value; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// sheetFile writes the demo's daily sheet with these papers added.
func sheetFile(t *testing.T, papers ...demo.Paper) string {
	t.Helper()
	world := demo.New(time.Now())
	for i := range papers {
		papers[i].Via = demo.ViaBulk
	}
	world.Publish(papers...)
	sheet, err := world.Sheet()
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, filepath.Join(t.TempDir(), "sheet.xlsx"), string(sheet))
}

// realSheet is the recorded ePing sheet of 120 rows.
func realSheet(t *testing.T) string {
	t.Helper()
	const path = root + "/../shared/data/eping/Notification_EN_2025-06-02_to_06.xlsx"
	if _, err := os.Stat(path); err != nil {
		t.Skip("../shared/data is not here: the recorded sheet is not imported")
	}
	return path
}

func TestImportOfTheRecordedSheet(t *testing.T) {
	sheet := realSheet(t)
	s := newImportStand(t)
	c, _ := s.importedNotices(exitDone, sheet)
	if c["rows"] != 120 || c["unchanged"]+c["refused"]+c["quarantined"] != 0 || c["notices"] != len(current(t, s.sys.bus.Notices)) {
		t.Errorf("%v, and %d notices are stored", c, len(current(t, s.sys.bus.Notices)))
	}
	everyCellIsKept(t, sheet, current(t, s.sys.bus.Notices))
	s.settle()
	s.silent()
	s.queue()

	before := s.places()
	again, _ := s.importedNotices(exitDone, sheet)
	if again["notices"] != 0 || again["unchanged"] != c["notices"] || again["duplicates"] != c["duplicates"] {
		t.Errorf("the same sheet again: %v, the first time %v", again, c)
	}
	s.settle()
	if after := s.places(); after != before {
		t.Errorf("the same sheet again was stored: the streams ended at %d and end at %d", before, after)
	}
	s.silent()
}

// The same sheet with every other comment deadline ahead: those wait in the
// queue, the others make no case, and nobody is alerted.
func TestImportOfASheetWithDaysAhead(t *testing.T) {
	s := newImportStand(t)
	c, _ := s.importedNotices(exitDone, daysAhead(t, realSheet(t)))
	s.settle()
	s.silent()
	if cases := s.queue(); c["rows"] != 120 || len(cases) < 40 || len(cases) > 100 {
		t.Errorf("%d cases of %v", len(cases), c)
	}
}

// Direct matches of a back-fill would be released by rule if they were news.
func TestImportNeverAlerts(t *testing.T) {
	s := newImportStand(t)
	old := demo.Generate(30, 3)
	for i := range old {
		old[i].AgeHours = 24 * 400
		old[i].Symbols[0] = strings.Replace(old[i].Symbols[0], "/1", "/2", 1)
	}
	sheet := sheetFile(t, append(old, demo.Generate(30, 2)...)...)
	c, told := s.importedNotices(exitDone, sheet)
	if c["notices"] < 60 {
		t.Errorf("%v", c)
	}
	if strings.Contains(told, "refused") {
		t.Errorf("standard error: %s", told)
	}
	s.settle()
	s.silent()
	direct := 0
	for _, k := range s.queue() {
		direct += k.Direct
	}
	if direct == 0 {
		t.Error("no case of the back-fill matches a product directly: the test shows nothing")
	}
	before := s.places()
	again, _ := s.importedNotices(exitDone, sheet)
	s.settle()
	if after := s.places(); after != before || again["notices"] != 0 || again["unchanged"] != c["notices"] {
		t.Errorf("again: %v, the streams ended at %d and end at %d", again, before, after)
	}
	s.silent()
}

func TestImportOfTheRegistry(t *testing.T) {
	s := newImportStand(t)
	keys := []string{"rows", "accepted", "unchanged", "refused"}
	const head = "exporter_id,exporter_name,district,product_id,name_zh,name_en,hs,ics,terms,standards,substances,markets,export_value_usd\n"
	file := func(name, text string) string { return writeFile(t, filepath.Join(t.TempDir(), name), text) }
	good := "NX1,示例新企业,示例区,P1,头盔,Helmet,650610,,,,,EU;US,1000\nNX1,示例新企业,示例区,P2,手套,Glove,420329,,,,,*,\n"
	broken := "NX2,示例二,示例区,P1,茶,Tea,09x2,,,,,EU,5\nNX2,示例二,示例区,P2,茶,Tea,0902,,,,,Atlantis,5\n"
	subscribers := "subscriber_id,kind,name,exporter_id,district,sector,markets,language,channel,address,cadence,lowest_level\n"
	for _, c := range []struct {
		name, what, file string
		status           int
		want             map[string]int
		told             []string // on standard error, in order
	}{
		{"good products", "products", file("good.csv", head+good), exitDone, map[string]int{"rows": 2, "accepted": 2}, nil},
		{"the same again", "products", file("good.csv", head+good), exitDone, map[string]int{"rows": 2, "unchanged": 2}, nil},
		{"good and broken products", "products", file("mixed.csv", head+broken+good), exitPartly, map[string]int{"rows": 4, "unchanged": 2, "refused": 2},
			[]string{"refused: line 2", "hs", "09x2", "refused: line 3", "markets", "Atlantis"}},
		{"a subscriber", "subscribers", file("s.csv", subscribers+"N1,exporter,示例,NX1,,,,zh,email,a@nx1.example,immediate,\n"), exitDone, map[string]int{"rows": 1, "accepted": 1}, nil},
		{"broken subscribers", "subscribers", file("s.csv", subscribers+"N2,king,示例,NX1,,,,zh,email,a@nx1.example,immediate,\nN3,exporter,示例,NX1,,,,zh,email,nobody,immediate,\n"),
			exitPartly, map[string]int{"rows": 2, "refused": 2}, []string{"line 2", "kind", "king", "line 3", "address", "nobody"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, told := (&importStand{&timeline{t, s.stand, s.sys}, s.dir}).imported(c.status, c.what, c.file, keys...)
			maps.DeleteFunc(got, func(_ string, n int) bool { return n == 0 })
			if !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			inOrder(t, told, c.told)
		})
	}
	status, out, errs := program(t, "import", "products", file("none.csv", "a,b\n1,2\n"), "--data", s.dir, "--json")
	if status != exitNothing || out != "" || !strings.Contains(errs, "exporter_id") {
		t.Errorf("a file without our columns: status %d, %q, %q", status, out, errs)
	}
	status, _, errs = program(t, "import", "products", file("good.csv", head+good), "--data", t.TempDir())
	if status != exitNothing || !strings.Contains(errs, "tbtwatch serve --data") {
		t.Errorf("no server: status %d, %q", status, errs)
	}
}

// inOrder checks that text holds the words one after the other.
func inOrder(t *testing.T, text string, words []string) {
	t.Helper()
	rest := text
	for _, w := range words {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Errorf("%q is missing, or out of order, in:\n%s", w, text)
			return
		}
		rest = after
	}
}
