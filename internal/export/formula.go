package export

import (
	"regexp"
	"strings"
)

// formula matches cells that a spreadsheet would run: after quotes and blanks,
// line breaks and invisible characters included, a sign that begins a formula,
// in its full-width form too (OWASP, CSV injection). A tab or a line break at
// the beginning counts by itself.
var formula = regexp.MustCompile(`^'*[\s\x{85}\x{A0}\x{2000}-\x{200F}\x{2028}\x{2029}\x{202F}\x{205F}\x{2060}\x{3000}\x{FEFF}]*[=+\-@＝＋－＠]|^'*[\t\r\n]`)

// Harmless puts a single quote before a cell which a spreadsheet would run, so
// that it stays text there; Restore takes it off.
func Harmless(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// Restore takes off the single quote that Harmless, and other systems, put
// before such a cell, so that it does not become part of a name.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula.MatchString(rest) {
		return rest
	}
	return cell
}
