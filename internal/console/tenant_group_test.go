package console

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"tbtwatch/internal/export"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// What firms and authorities wrote stays text in the tables that are handed
// out.
func TestGroupTablesAreHarmless(t *testing.T) {
	for _, evil := range []string{"=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1", "　＝1"} {
		report := portal.Report{Name: evil, Year: "2026", Warnings: []portal.Received{{Number: evil, Headline: trade.Text{ZH: evil, EN: evil}, Markets: []string{evil}}}}
		tables := map[string][][]string{
			"area":   areaRows("zh", portal.Area{Districts: []portal.AreaScore{{District: evil}}}),
			"report": {{"x", evil}},
		}
		tables["scorecard"] = scorecardRows("zh", portal.Scorecard{Firms: []portal.FirmScore{{ID: evil, Name: evil}}})
		for _, s := range reportSections("zh", func(_, id string) string { return id }, report) {
			tables["report"] = append(tables["report"], s.Rows...)
		}
		for name, rows := range tables {
			var out bytes.Buffer
			if err := export.WriteCSV(&out, rows); err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
			r.FieldsPerRecord = -1
			lines, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, line := range lines {
				for _, cell := range line {
					found = found || strings.HasPrefix(cell, "'"+evil)
					if cell == evil {
						t.Errorf("%s: the cell %q would be run", name, cell)
					}
				}
			}
			if !found {
				t.Errorf("%s: %q is in no cell", name, evil)
			}
		}
	}
}

func TestNoughtSaysNoMoreThanFew(t *testing.T) {
	if told("zh", 0) != "无，或少于三家企业" || told("en", 1234) != "1,234" {
		t.Errorf("told: %q, %q", told("zh", 0), told("en", 1234))
	}
}
