package registry

import (
	"strconv"
	"strings"

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
