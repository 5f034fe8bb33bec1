package registry

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/trade"
)

// ColumnNames are the names of a kind of sheet's columns, in the order of
// templates and exports.
func ColumnNames(k Kind) []string {
	var out []string
	for _, c := range Columns(k) {
		out = append(out, c.Name)
	}
	return out
}

// ProductCells is a product as a row of a products sheet, in the order of its
// columns.
func ProductCells(firm trade.Exporter, p trade.Product) []string {
	value := ""
	if p.ExportValue != 0 {
		value = strconv.FormatFloat(p.ExportValue, 'f', -1, 64)
	}
	list := func(items []string) string { return strings.Join(items, ";") }
	return []string{
		p.Exporter, firm.Name, firm.District, p.ID, p.NameZH, p.NameEN, list(p.HS), list(p.ICS), list(p.Terms),
		list(p.Standards), list(p.Substances), list(p.Markets), value,
	}
}

// WriteXLSX writes a table as a workbook whose cells are all text: codes keep
// their zeros, and no cell is a formula.
func WriteXLSX(w io.Writer, rows [][]string) (err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory
	const sheet = "Sheet1"
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return fmt.Errorf("registry: writing a workbook: %w", err)
	}
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return fmt.Errorf("registry: writing a workbook: %w", err)
			}
			if err := f.SetCellStr(sheet, at, cell); err != nil {
				return fmt.Errorf("registry: writing a workbook: %w", err)
			}
		}
	}
	if len(rows) > 0 && len(rows[0]) > 0 {
		last, err := excelize.ColumnNumberToName(len(rows[0]))
		if err != nil {
			return fmt.Errorf("registry: writing a workbook: %w", err)
		}
		if err := f.SetColStyle(sheet, "A:"+last, text); err != nil {
			return fmt.Errorf("registry: writing a workbook: %w", err)
		}
		if err := f.SetColWidth(sheet, "A", last, 18); err != nil {
			return fmt.Errorf("registry: writing a workbook: %w", err)
		}
	}
	return f.Write(w)
}
