package demo

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestSheetHasFormulasAndSerials(t *testing.T) {
	rec := ask(t, New(noon), "GET", "/eping-bulk/NotificationExcelFiles/Notification_EN.xlsx", "")
	f, err := excelize.OpenReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 1+7+5 || len(rows[0]) != len(sheetColumns) {
		t.Fatalf("%v; %d rows of %d columns", err, len(rows), len(rows[0]))
	}
	formula, err := f.GetCellFormula(sheet, "C2")
	if err != nil || formula != `HYPERLINK("https://www.epingalert.org/en/Search?viewData= G/TBT/N/MAC/4"," G/TBT/N/MAC/4")` {
		t.Errorf("%v; the symbol is %q", err, formula)
	}
	if rows[1][1] != fmt.Sprint(serial(noon.Add(-92*time.Hour))) || serial(time.Date(2025, 6, 6, 0, 0, 0, 0, time.UTC)) != 45814 {
		t.Errorf("the distribution date is %q", rows[1][1])
	}
}

func TestSerial(t *testing.T) {
	for day, want := range map[string]int{"1900-03-01": 61, "2025-06-06": 45814, "2025-08-05": 45874, "2026-02-28": 46081} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := serial(at.Add(23 * time.Hour)); got != want {
			t.Errorf("%s is %d, want %d", day, got, want)
		}
	}
}

func TestDocumentLink(t *testing.T) {
	for symbol, want := range map[string]string{
		"G/TBT/N/BDI/606":             "/t/G/TBTN26/BDI606.DOCX",
		"G/SPS/N/JPN/1326/Add.1":      "/t/G/SPSN26/JPN1326A1.DOCX",
		"G/TBT/N/USA/552/Rev.3/Add.5": "/t/G/TBTN26/USA552R3A5.DOCX",
	} {
		if got := documentLink(symbol, noon); !strings.HasSuffix(got, want) {
			t.Errorf("%s lies at %s, want …%s", symbol, got, want)
		}
	}
}

func TestHyperlinkDoublesQuotes(t *testing.T) {
	if got := hyperlink(`https://x/?a="b"`, `say "c"`).Formula; got != `HYPERLINK("https://x/?a=""b""","say ""c""")` {
		t.Errorf("got %s", got)
	}
}

func TestWriteSheetPassesErrorsOn(t *testing.T) {
	want := errors.New("no more")
	if err := writeSheet(io.Discard, []string{"A"}, func(func([]any) error) error { return want }); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	full := iotest{errors.New("disk full")}
	if err := writeSheet(full, []string{"A"}, func(func([]any) error) error { return nil }); err == nil {
		t.Error("a full disk is no error")
	}
}

// iotest is a writer that always fails.
type iotest struct{ err error }

func (w iotest) Write([]byte) (int, error) { return 0, w.err }
