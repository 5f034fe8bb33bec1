package nomenclature

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed data
var tables embed.FS

// row is a line of a table: cells by column name.
type row struct {
	where string // file:line, for complaints
	cells map[string]string
}

func (r row) text(column string) string   { return r.cells[column] }
func (r row) list(column string) []string { return splitList(r.cells[column]) }

// readTable reads an embedded table. The first line that is no comment names
// the columns. A malformed table is a mistake of the programmer, which the
// first test of the package finds: it panics.
func readTable(name string) []row {
	data, err := tables.ReadFile(path.Join("data", name))
	if err != nil {
		panic(fmt.Errorf("nomenclature: %w", err))
	}
	rows, err := parseTable(name, string(data))
	if err != nil {
		panic(fmt.Errorf("nomenclature: %w", err))
	}
	return rows
}

// readFolder reads all tables of a folder under data, in the order of their names.
func readFolder(name string) []row {
	files, err := tables.ReadDir(path.Join("data", name))
	if err != nil {
		panic(fmt.Errorf("nomenclature: %w", err))
	}
	var rows []row
	for _, f := range files {
		rows = append(rows, readTable(path.Join(name, f.Name()))...)
	}
	return rows
}

func parseTable(name, data string) ([]row, error) {
	var columns []string
	var rows []row
	for i, line := range strings.Split(data, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		if columns == nil {
			columns = cells
			continue
		}
		where := fmt.Sprintf("%s:%d", name, i+1)
		if len(cells) > len(columns) {
			return nil, fmt.Errorf("%s: %d cells, the table has %d columns", where, len(cells), len(columns))
		}
		r := row{where: where, cells: make(map[string]string, len(cells))}
		for j, c := range cells {
			r.cells[columns[j]] = c
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// splitList cuts a cell into its alternatives.
func splitList(cell string) []string {
	var out []string
	for _, s := range strings.Split(cell, ";") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
