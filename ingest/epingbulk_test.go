package ingest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func bulkOf(t testing.TB, rows ...[]any) ([]Item, error) {
	return parse(fromYAML(t, "eping-bulk", ""), Document{Body: bytes.NewReader(zipOf(t, sheetParts(rows)))})
}

func TestBulkColumns(t *testing.T) {
	cases := []struct {
		name   string
		header []any
		err    string
		fields []string
	}{
		{"the essential ones, in any order", []any{"Title", "Document symbol", "Notifying Member"}, "", []string{"Document symbol", "Notifying Member", "Title"}},
		{"blanks, line ends and case", []any{" title ", "Document\n symbol", "NOTIFYING  member", "Proposed entry  into  force date"}, "",
			[]string{"Document symbol", "Notifying Member", "Proposed entry into force date", "Title"}},
		{"unknown ones are kept", []any{"Title", "Document symbol", "Notifying Member", "Trade value", "Trade value"}, "",
			[]string{"Document symbol", "Notifying Member", "Title", "Trade value", "Trade value (2)"}},
		{"a cell under no header", []any{"Title", "Document symbol", "Notifying Member", ""}, "", []string{"Document symbol", "Notifying Member", "Title", "column 4"}},
		{"one missing", []any{"Title", "Notifying Member", "Area"}, `column "Document symbol" is missing; the first row holds ["Title" "Notifying Member" "Area"]`, nil},
		{"all missing", []any{"exporter_id", "hs"}, `column "Document symbol", "Notifying Member", "Title" is missing`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values := make([]any, len(c.header))
			for i, h := range c.header {
				switch {
				case strings.Contains(strings.ToLower(h.(string)), "symbol"):
					values[i] = "G/TBT/N/USA/1"
				case strings.Contains(strings.ToLower(h.(string)), "member"):
					values[i] = "United States of America"
				default:
					values[i] = "x"
				}
			}
			items, err := bulkOf(t, c.header, values)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || len(items) != 1 || items[0].Notice == nil {
				t.Fatalf("%+v, %v", items, err)
			}
			if got := strings.Join(sortedKeys(items[0].Notice.Fields), "|"); got != strings.Join(c.fields, "|") {
				t.Errorf("fields %q, want %q", got, c.fields)
			}
		})
	}
}

func TestBulkRowsThatCannotBeBelieved(t *testing.T) {
	header := []any{"Notifying Member", "Document symbol", "Title"}
	items, err := bulkOf(t, header,
		[]any{"Japan", "G/TBT/N/JPN/1", "a"},
		[]any{"Japan", "", "no symbol"},
		[]any{"Atlantis", "none", "no market"},
		[]any{"", "", ""},
		[]any{"Japan", "=HYPERLINK(\"https://x.example/\",\" G/TBT/N/JPN/2\")", "b"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range items {
		if i.Bad != nil {
			got = append(got, i.Bad.Where+" "+i.Bad.Reason)
			continue
		}
		got = append(got, i.Notice.ID)
	}
	want := []string{"G/TBT/N/JPN/1", "row 3 the row has no document symbol", `row 4 no market: the notifying member "Atlantis" is in no table, and symbol "none" does not tell it`, "G/TBT/N/JPN/2"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(string(items[1].Bad.Bytes), "no symbol") {
		t.Errorf("the bad row's cells are lost: %s", items[1].Bad.Bytes)
	}
}

func TestBulkWithoutRows(t *testing.T) {
	for name, rows := range map[string][][]any{"no row": nil, "header only": {{"Notifying Member", "Document symbol", "Title"}}} {
		if _, err := bulkOf(t, rows...); !errors.Is(err, ErrEmpty) {
			t.Errorf("%s: %v, want ErrEmpty", name, err)
		}
	}
}

func TestBulkRowsOfAJointPaperShareTheirKey(t *testing.T) {
	const symbols = "G/TBT/N/BDI/606, G/TBT/N/KEN/1806"
	header := []any{"Notifying Member", "Document symbol", "Title"}
	items, err := bulkOf(t, header, []any{"Burundi", symbols, "a"}, []any{"Kenya", symbols, "a"}, []any{"Kenya", "G/TBT/N/KEN/1806, G/TBT/N/BDI/606", "a"})
	if err != nil || len(items) != 3 {
		t.Fatalf("%+v, %v", items, err)
	}
	first := items[0].Notice
	for _, i := range items[1:] {
		if i.Notice.Key() != first.Key() {
			t.Errorf("rows of one paper have the keys %s and %s", first.Key(), i.Notice.Key())
		}
	}
	if first.Members[0] != "BI" || items[1].Notice.Members[0] != "KE" {
		t.Errorf("each row is its own member's: %v, %v", first.Members, items[1].Notice.Members)
	}
}
