package main

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/trade"
)

// cellsOf reads the sheet with a library of others: by row, what each named
// column shows and where its link leads.
func cellsOf(t *testing.T, file string) (shown, links []map[string]string) {
	t.Helper()
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows[1:] {
		text, link := map[string]string{}, map[string]string{}
		for col, name := range rows[0] {
			at, _ := excelize.CoordinatesToCellName(col+1, i+2)
			value, _ := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
			formula, _ := f.GetCellFormula(sheet, at)
			if parts := strings.Split(formula, `"`); len(parts) == 5 { // HYPERLINK("address","shown")
				value, link[columnName(name)] = parts[3], strings.TrimSpace(parts[1])
			}
			if value != "" {
				text[columnName(name)] = value
			}
		}
		shown, links = append(shown, text), append(links, link)
	}
	return shown, links
}

// columnName compares names of columns: blanks and case do not count.
func columnName(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// storedRows gives back what each row of the paper said: its first row's
// fields, and for each further one those with its differences.
func storedRows(n trade.Notice) (rows []map[string]string) {
	rename := func(fields map[string]string) map[string]string {
		out := map[string]string{}
		for k, v := range fields {
			out[columnName(k)] = v
		}
		return out
	}
	rows = append(rows, rename(n.Fields))
	for _, j := range n.Joint {
		row := rename(n.Fields)
		for name := range strings.SplitSeq(j.Fields["=gone"], "\n") {
			delete(row, columnName(name))
		}
		for k, v := range rename(j.Fields) {
			if !strings.HasPrefix(k, "=") {
				row[k] = v
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// everyCellIsKept compares all columns of all rows with what is stored.
func everyCellIsKept(t *testing.T, file string, stored map[string]trade.Notice) {
	t.Helper()
	known, addresses := map[string]int{}, map[string]bool{}
	canonical := func(row map[string]string) string {
		row = maps.Clone(row)
		for k, v := range row { // the file's escape of a carriage return, kept as it stands
			row[k] = strings.NewReplacer("_x000D_", "", "\r", "").Replace(v)
		}
		b, _ := json.Marshal(row) // keys sorted
		return string(b)
	}
	for _, n := range stored {
		for _, row := range storedRows(n) {
			known[canonical(row)]++
		}
		for _, l := range n.Links {
			addresses[n.Key()+" "+plainAddress(l.URL)] = true
		}
	}
	shown, links := cellsOf(t, file)
	cells := 0
	for i, row := range shown {
		cells += len(row)
		if known[canonical(row)] == 0 {
			t.Errorf("row %d is not among the stored ones: %v", i+2, row)
		}
		key := (&trade.Notice{Source: "eping-bulk", Symbols: symbolsOf(row["documentsymbol"])}).Key()
		for column, address := range links[i] {
			if !addresses[key+" "+plainAddress(address)] {
				t.Errorf("row %d, column %s: the address %s is lost", i+2, column, address)
			}
		}
	}
	t.Logf("%d rows, %d cells that are not blank", len(shown), cells)
}

func symbolsOf(text string) (out []string) {
	for _, s := range trade.ParseSymbols(text) {
		out = append(out, s.String())
	}
	return out
}

// plainAddress compares addresses: how a blank is escaped does not count.
func plainAddress(url string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url, "%20", " "), "%2C", ",")
}

// daysAhead copies the sheet with the comment deadlines of every other measure
// in the future, and of the others in the past; other days are blanked.
func daysAhead(t *testing.T, file string) string {
	t.Helper()
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	head, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]string{}
	for col, name := range head[0] {
		columns[columnName(name)], _ = excelize.ColumnNumberToName(col + 1)
	}
	shown, _ := cellsOf(t, file)
	ahead := map[string]bool{}
	for i, row := range shown {
		line := strconv.Itoa(i + 2)
		for _, blank := range []string{"proposedadoptiondate", "proposedentryintoforcedate"} {
			_ = f.SetCellValue(sheet, columns[blank]+line, nil)
		}
		measure := strings.Join(trade.Roots(symbolsOf(row["documentsymbol"])), ",")
		if _, known := ahead[measure]; !known {
			ahead[measure] = len(ahead)%2 == 0
		}
		days := -400
		if ahead[measure] {
			days = 30
		}
		day := time.Now().UTC().AddDate(0, 0, days).Format(trade.Day)
		if err := f.SetCellValue(sheet, columns["finaldateforcomments"]+line, day); err != nil {
			t.Fatal(err)
		}
	}
	out := t.TempDir() + "/ahead.xlsx"
	if err := f.SaveAs(out); err != nil {
		t.Fatal(err)
	}
	return out
}
