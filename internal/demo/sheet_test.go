package demo

import (
	"archive/zip"
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/trade"
)

// symbolsOf blows a sheet up and returns of each row the member and the symbols.
func symbolsOf(t *testing.T, src []byte, rows int) (members []string, symbols [][]string, texts []string) {
	t.Helper()
	var out bytes.Buffer
	if err := BlowUp(bytes.NewReader(src), rows, &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.UncompressedSize64 > 1<<20+150*f.CompressedSize64 {
			t.Errorf("%s packs %d into %d bytes: a loader would call it a bomb", f.Name, f.UncompressedSize64, f.CompressedSize64)
		}
	}
	head, pattern, err := readAllRows(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range pattern {
		var all strings.Builder
		for i, c := range line {
			switch head[i] {
			case "Document symbol":
				symbols = append(symbols, trade.SymbolStrings(c.formula))
			case "Notifying Member":
				members = append(members, c.text())
			}
			all.WriteString(c.text() + "|")
		}
		texts = append(texts, all.String())
	}
	return members, symbols, texts
}

// readAllRows is readPattern for sheets of up to 5,000 rows.
func readAllRows(b *bytes.Buffer) ([]string, [][]patternCell, error) { return readPattern(b) }

func checkBlownUp(t *testing.T, src []byte, pattern, rows int) {
	members, symbols, texts := symbolsOf(t, src, rows)
	if len(symbols) != rows {
		t.Fatalf("%d rows, want %d", len(symbols), rows)
	}
	seen, groups, roots := map[string]bool{}, map[string]int{}, map[string]bool{}
	for i := range symbols {
		if len(symbols[i]) == 0 {
			t.Fatalf("row %d has no symbol", i+2)
		}
		key := members[i] + " " + strings.Join(symbols[i], ",")
		if seen[key] {
			t.Fatalf("row %d: %s comes twice", i+2, key)
		}
		seen[key] = true
		groups[strings.Join(symbols[i], ",")]++
		for _, s := range symbols[i] {
			if i >= pattern && i < 2*pattern {
				roots[trade.Roots([]string{s})[0]] = true
			}
		}
	}
	// Each round is the first one under other numbers: same suffixes, same sizes of groups.
	numbers := regexp.MustCompile(`/\d+`)
	for i := pattern; i < rows; i++ {
		was, is := strings.Join(symbols[i%pattern], ","), strings.Join(symbols[i], ",")
		if numbers.ReplaceAllString(was, "/") != numbers.ReplaceAllString(is, "/") || was == is {
			t.Fatalf("row %d: %s became %s", i+2, was, is)
		}
		if groups[was] != groups[is] && i < rows/pattern*pattern {
			t.Fatalf("%s has %d rows, %s has %d", was, groups[was], is, groups[is])
		}
	}
	for i := range pattern {
		for _, s := range symbols[i] {
			if roots[trade.Roots([]string{s})[0]] {
				t.Fatalf("%s comes again in the second round", s)
			}
		}
	}
	if strings.Contains(texts[pattern], "docs.wto.org") && texts[pattern] == texts[0] {
		t.Error("the links of the second round are those of the first")
	}
}

func TestBlowUpOfOurOwnSheet(t *testing.T) {
	w := New(noon)
	src, err := w.makeSheet()
	if err != nil {
		t.Fatal(err)
	}
	checkBlownUp(t, src, 12, 500)
}

func TestBlowUpOfTheRealSheet(t *testing.T) {
	src, err := os.ReadFile("../../../shared/data/eping/Notification_EN_2025-06-02_to_06.xlsx")
	if err != nil {
		t.Skip("../shared/data is not here: " + err.Error())
	}
	checkBlownUp(t, src, 120, 1000)
}

func TestBlowUpKeepsParents(t *testing.T) {
	cell := func(s string) patternCell {
		return patternCell{formula: `HYPERLINK("https://x/` + s + `"," ` + s + `")`}
	}
	text := patternCell{value: "Amends G/TBT/N/KEN/5, see G/TBT/N/KEN/55."}
	r := newRenumber([][]patternCell{{cell("G/TBT/N/KEN/5"), text}, {cell("G/TBT/N/KEN/5/Add.1"), text}, {cell("G/TBT/N/KEN/55"), text}})
	parent, child := r.row([]patternCell{cell("G/TBT/N/KEN/5"), text}, 7), r.row([]patternCell{cell("G/TBT/N/KEN/5/Add.1"), text}, 7)
	a := trade.SymbolStrings(parent[0].(excelize.Cell).Formula)[0]
	b := trade.SymbolStrings(child[0].(excelize.Cell).Formula)[0]
	if b != a+"/Add.1" || a == "G/TBT/N/KEN/5" || !strings.Contains(parent[1].(string), a+", see G/TBT/N/KEN/") {
		t.Errorf("parent %s, child %s, text %q", a, b, parent[1])
	}
}

func TestBlowUpRefuses(t *testing.T) {
	var empty bytes.Buffer
	if err := writeSheet(&empty, sheetColumns, func(func([]any) error) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string][]byte{"no workbook": []byte("Document symbol\n"), "no rows": empty.Bytes()} {
		if err := BlowUp(bytes.NewReader(src), 10, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	r := newRenumber([][]patternCell{{{value: "G/TBT/N/KEN/999998"}}})
	if r.check(3) == nil || r.check(1) != nil {
		t.Error("numbers may run out without a word, or do so too early")
	}
}
