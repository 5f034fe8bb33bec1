package registry

import (
	"regexp"
	"strings"
)

// formula matches cells that a spreadsheet would run: after quotes and blanks
// a sign that begins a formula, full-width forms included (OWASP, CSV
// injection). A tab or carriage return at the beginning counts as well.
var formula = regexp.MustCompile(`^'*[\s\x{3000}\x{A0}]*[=+\-@＝＋－＠]|^'*[\t\r]`)

// Harmless puts a single quote before a cell of a table that we write which a
// spreadsheet would run, so that it stays text there; Restore takes it off.
func Harmless(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// Restore takes off the single quote that other systems put before such a cell
// to make it harmless, so that it does not become part of a name.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula.MatchString(rest) {
		return rest
	}
	return cell
}
