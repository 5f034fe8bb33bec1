package ingest

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func openBus(t testing.TB) *bus.Bus {
	t.Helper()
	b, err := bus.Open(context.Background(), bus.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func readLine(line []byte) (trade.Notice, error) {
	var in struct{ Symbol, Title string }
	if err := json.Unmarshal(line, &in); err != nil {
		return trade.Notice{}, trade.Refusef("%v", err)
	}
	if in.Symbol == "" {
		return trade.Notice{}, trade.Refusef("symbol is missing")
	}
	return trade.Notice{ID: in.Symbol, Symbols: trade.SymbolStrings(in.Symbol), Kind: trade.KindNew, Title: in.Title}, nil
}

func importer(t testing.TB) (*Importer, *bus.Bus) {
	b := openBus(t)
	return &Importer{Bus: b, ReadLine: readLine, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return testNow }}, b
}

var testNow = time.Date(2025, 6, 10, 8, 0, 0, 0, time.UTC)

func TestImportLines(t *testing.T) {
	im, b := importer(t)
	ctx := context.Background()
	text := "\ufeff" + `{"symbol":"G/TBT/N/USA/1","title":"Helmets"}
{"symbol":"G/TBT/N/USA/2","title":"Tyres"

{"title":"nameless"}
{"symbol":"G/TBT/N/USA/3","title":"bad ` + "\xff" + `"}
[1,2]
` + strings.Repeat("x", 3<<20) + `
{"symbol":"G/TBT/N/USA/1","title":"Helmets"}
{"symbol":"G/TBT/N/USA/4","title":"中共澳门皇冠赌场_澳门皇冠游戏-投注app官网委"}`
	var said []string
	tally, err := im.ImportNotices(ctx, strings.NewReader(text), "dir/notices.jsonl", func(p Progress) {
		if p.Line != "" {
			said = append(said, p.Line)
		}
	})
	want := trade.Tally{Rows: 8, Notices: 1, Duplicates: 1, Quarantined: 1, Refused: 5}
	if err != nil || tally != want {
		t.Fatalf("%+v, %v; want %+v", tally, err, want)
	}
	for i, words := range []string{
		"notices.jsonl, line 2: column 41, near", "line 4: symbol is missing", "line 5: not UTF-8", "line 6: column 1", "line 7: the line has 3.0 MiB; a notice has at most 1 MiB",
	} {
		if i >= len(said) || !strings.Contains(said[i], words) {
			t.Errorf("refusals do not say %q:\n%s", words, strings.Join(said, "\n"))
		}
	}
	kept, _ := b.Quarantine.LastSeq(ctx)
	again, err := im.ImportNotices(ctx, strings.NewReader(text), "notices.jsonl", nil)
	if now, err := b.Quarantine.LastSeq(ctx); err != nil || now != kept {
		t.Errorf("the same fault was quarantined %d times more, %v", now-kept, err)
	}
	if want := (trade.Tally{Rows: 8, Unchanged: 1, Duplicates: 1, Quarantined: 1, Refused: 5}); err != nil || again != want {
		t.Errorf("again: %+v, %v; want %+v", again, err, want)
	}
	backfill, quarantined := 0, 0
	_, _ = b.Notices.Scan(ctx, func(e bus.Entry[trade.Notice]) error {
		if e.Value.Backfill && e.Value.Source == "import" && e.Value.Raw != "" {
			backfill++
		}
		return nil
	})
	_, _ = b.Quarantine.Scan(ctx, func(e bus.Entry[trade.Quarantine]) error {
		quarantined++
		if !strings.Contains(e.Value.Where, "notices.jsonl line 9, G/TBT/N/USA/4") || !strings.Contains(e.Value.Reason, "gambling") {
			t.Errorf("quarantined: %+v", e.Value)
		}
		return nil
	})
	if backfill != 1 || quarantined != 1 {
		t.Errorf("%d notices of history, %d in quarantine", backfill, quarantined)
	}
}

func TestImportRefusesOtherFiles(t *testing.T) {
	im, b := importer(t)
	for name, c := range map[string]struct{ file, text, want string }{
		"empty":               {"a.jsonl", "", "a.jsonl is empty"},
		"blank":               {"a.jsonl", " \n", "nothing but blanks"},
		"page":                {"a.jsonl", "<!DOCTYPE html><title>Sign in</title>", `HTML page, titled "Sign in"`},
		"list":                {"a.json", `[{"symbol":"G/TBT/N/USA/1"}]`, "one notice a line"},
		"csv":                 {"a.csv", "symbol,title\n", `begins with "symbol,title`},
		"old Excel":           {"a.xls", "\xd0\xcf\x11\xe0....", "save it as .xlsx"},
		"utf-16":              {"a.jsonl", "\xff\xfe{\x00", "save it as UTF-8"},
		"not even a zip":      {"a.xlsx", "symbol", "does not begin like one"},
		"zip cut off":         {"a.xlsx", "PK\x03\x04 and nothing more", "not a whole .xlsx"},
		"larger than allowed": {"a.jsonl", strings.Repeat("{", 2000), "larger than"},
	} {
		im.MaxFile = 1000
		tally, err := im.ImportNotices(context.Background(), strings.NewReader(c.text), c.file, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || tally.Rows != 0 {
			t.Errorf("%s: %v, %+v; want %q", name, err, tally, c.want)
		}
	}
	if n, err := b.Notices.LastSeq(context.Background()); n != 0 || err != nil {
		t.Errorf("%d notices stored, %v", n, err)
	}
}

const realSheet = "../../shared/data/eping/Notification_EN_2025-06-02_to_06.xlsx"

func TestImportRealSheet(t *testing.T) {
	im, b := importer(t)
	f, err := os.Open(realSheet)
	if err != nil {
		t.Skip("../shared/data is not here: ", err)
	}
	defer f.Close()
	ctx := context.Background()
	tally, err := im.ImportNotices(ctx, f, realSheet, nil)
	if err != nil || tally.Rows != 120 || tally.Check() != nil {
		t.Fatalf("%+v, %v", tally, err)
	}
	t.Logf("%+v", tally)
	_, _ = b.Quarantine.Scan(ctx, func(e bus.Entry[trade.Quarantine]) error {
		t.Logf("quarantined %s: %s", e.Value.Where, e.Value.Reason)
		return nil
	})
	rows, papers := 0, 0
	_, err = b.Notices.Scan(ctx, func(e bus.Entry[trade.Notice]) error {
		papers++
		rows += 1 + len(e.Value.Joint)
		if !e.Value.Backfill {
			t.Errorf("%s is not history", e.Value.ID)
		}
		return nil
	})
	if err != nil || papers != tally.Notices || rows != tally.Notices+tally.Duplicates {
		t.Errorf("%d papers of %d rows stored, %v", papers, rows, err)
	}
	if _, err := f.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	last, _ := b.Notices.LastSeq(ctx)
	again, err := im.ImportNotices(ctx, f, realSheet, nil)
	if now, _ := b.Notices.LastSeq(ctx); err != nil || now != last || again.Notices != 0 || again.Rows != 120 || again.Quarantined != tally.Quarantined {
		t.Errorf("again: %+v, %v, %d records more", again, err, now-last)
	}
}
