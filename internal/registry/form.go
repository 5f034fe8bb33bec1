package registry

import (
	"maps"
	"slices"
)

// FormRow is a row that was typed into a form: the value of each column, by
// its name. ParseProduct and ParseSubscriber read it as a line of a file.
func FormRow(values map[string]string) Row {
	names := slices.Sorted(maps.Keys(values))
	row := Row{Line: 1, head: &header{at: map[string]int{}, width: len(names)}}
	for i, name := range names {
		row.head.at[name] = i
		row.cells = append(row.cells, values[name])
	}
	return row
}
