package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

var _ = register(Kind{
	Name:  "eping-bulk",
	About: "every WTO TBT and SPS notification since 1995: ePing's daily Excel export, no key needed",
	Every: 24 * time.Hour,
	Rows:  true,
	New:   newEpingBulk,
})

// epingBulk reads the export row by row. A joint paper has one row for each
// member that sent it, all with the same list of symbols; each row becomes a
// notice of its own member, and the publisher joins them.
type epingBulk struct {
	URL string `yaml:"url"` // of the workbook
}

func newEpingBulk(options *yaml.Node) (Source, error) {
	s := &epingBulk{URL: "https://eping.wto.org/NotificationExcelFiles/Notification_EN.xlsx"}
	if err := config.Decode(options, s); err != nil {
		return nil, err
	}
	return s, checkURL(s.URL)
}

// Plan asks for the workbook; whether it has changed is the client's to find out.
func (s *epingBulk) Plan(bus.SourceState, time.Time) []Request {
	return []Request{{URL: s.URL, Role: "workbook"}}
}

// The columns by name, blanks collapsed and case ignored; the live file has
// double blanks in two of them.
const (
	colSymbol    = "Document symbol"
	colMember    = "Notifying Member"
	colTitle     = "Title"
	colDescr     = "Description"
	colProducts  = "Products covered"
	colHS        = "HS code(s)"
	colICS       = "ICS code(s)"
	colKeywords  = "Keywords"
	colObjective = "Objectives"
	colAffected  = "Specific regions or countries likely to be affected"
	colPublished = "Distribution date"
	colType      = "Notification type"
	colAdoption  = "Proposed adoption date"
	colForce     = "Proposed entry into force date"
	colDeadline  = "Final date for comments"
	colDocument  = "Notified document"
	colLink      = "Link to notification" // (EN), (FR), (ES)
)

var (
	bulkEssential = []string{colSymbol, colMember, colTitle}
	bulkColumns   = append(slices.Clone(bulkEssential), colDescr, colProducts, colHS, colICS, colKeywords, colObjective,
		colAffected, colPublished, colType, colAdoption, colForce, colDeadline, colDocument,
		colLink+"(EN)", colLink+"(FR)", colLink+"(ES)")
)

// Parse reads the first sheet. Without the essential columns it is not this
// export; a row that cannot be believed is set aside alone.
func (s *epingBulk) Parse(doc Document, emit func(Item) error) error {
	book, err := openWorkbook(doc.Body)
	if err != nil {
		return fmt.Errorf("ePing export: %w", err)
	}
	defer book.Close()
	var header []string
	count := 0
	err = book.rows(func(row int, cells []sheetCell) error {
		if header == nil {
			header, err = bulkHeader(cells)
			return err
		}
		count++
		return emit(bulkItem(header, row, cells))
	})
	switch {
	case err != nil:
		return fmt.Errorf("ePing export: %w", err)
	case header == nil, count == 0:
		return fmt.Errorf("ePing export: %w", ErrEmpty)
	}
	return nil
}

// bulkHeader names the columns: the known ones as above, others as printed
// with blanks collapsed.
func bulkHeader(cells []sheetCell) ([]string, error) {
	header := make([]string, maxColumns)
	for _, c := range cells {
		name := prose.Line(c.text)
		for _, known := range bulkColumns {
			if strings.EqualFold(strings.ReplaceAll(name, " ", ""), strings.ReplaceAll(known, " ", "")) {
				name = known
			}
		}
		for base, n := name, 2; name != "" && slices.Contains(header, name); n++ {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		header[c.column] = name
	}
	var missing []string
	for _, name := range bulkEssential {
		if !slices.Contains(header, name) {
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	if len(missing) > 0 {
		found := slices.DeleteFunc(slices.Clone(header), func(s string) bool { return s == "" })
		return nil, trade.Refusef("column %s is missing; the first row holds %q", strings.Join(missing, ", "), found[:min(len(found), 30)])
	}
	return header, nil
}
